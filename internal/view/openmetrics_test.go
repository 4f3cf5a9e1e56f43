package view_test

import (
	"strings"
	"testing"
)

// TestOpenMetricsHasEachSeriesOnce tests that no two lines are of one series, for which
// readers would refuse the whole file.
func TestOpenMetricsHasEachSeriesOnce(t *testing.T) {
	for name, r := range reports(t) {
		seen := map[string]bool{}
		for line := range strings.Lines(written(t, "openmetrics", r)) {
			series := line[:strings.LastIndex(line, " ")]
			if seen[series] {
				t.Errorf("%s: %s is there twice", name, series)
			}
			seen[series] = true
		}
	}
}

// TestOpenMetricsEscapesLabels tests that no text ends a label or a line.
func TestOpenMetricsEscapesLabels(t *testing.T) {
	r := drifted(1, 0)
	r.Targets[0].Plan.Findings[0].Address = `api["a\b"]`
	r.Version = "a\nb\\\"c\u2028"
	got := written(t, "openmetrics", r)
	for _, want := range []string{
		`version="a\\nb\\\"c\\u2028"`,
		`address="api[\"a\\b\"]",status=`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %s in\n%s", want, got)
		}
	}
}
