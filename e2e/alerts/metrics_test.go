package alerts

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
)

const (
	metricsRules = "../../deploy/prometheus-metrics-rules.yaml"
	dashboard    = "../../deploy/grafana-dashboard.json"
	// reports are what the format writes of many reports.
	reports = "../../internal/view/testdata/*.openmetrics.prom"
)

// TestMetricsAreRead reads what the format writes as the textfile collector and the
// Pushgateway do, and as Prometheus reads OpenMetrics.
func TestMetricsAreRead(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(reports)
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		old := expfmt.NewTextParser(model.UTF8Validation)
		families, err := old.TextToMetricFamilies(bytes.NewReader(content))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		n := 0
		for _, family := range families {
			n += len(family.GetMetric())
		}
		if got := len(openMetrics(t, content)); got != n || n < 2 {
			t.Errorf("%s has %d series as OpenMetrics, and %d otherwise", file, got, n)
		}
		problems, err := promlint.New(bytes.NewReader(content)).Lint()
		if err != nil || len(problems) > 0 {
			t.Errorf("%s: %v %v", file, problems, err)
		}
	}
}

// openMetrics returns the series of a text, each as Prometheus' tests write it.
func openMetrics(t *testing.T, content []byte) []string {
	t.Helper()
	var series []string
	p := textparse.NewOpenMetricsParser(content, labels.NewSymbolTable())
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return series
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, content)
		}
		if entry == textparse.EntrySeries {
			name, at, value := p.Series()
			if at != nil {
				t.Errorf("%s has a timestamp", name)
			}
			series = append(series, strings.TrimSpace(string(name))+" "+model.SampleValue(value).String())
		}
	}
}

// TestMetricsRules tests which alerts fire by what is written of some reports.
func TestMetricsRules(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(metricsRules)
	if err != nil {
		t.Fatal(err)
	}
	if _, errs := rulefmt.Parse(content, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler)); len(errs) != 0 {
		t.Fatal(errs)
	}
	const pushed = `push_time_seconds{job="kreconcile"} 0x90`
	for name, want := range map[string]map[int][]string{
		"satisfied": {1: nil, 59: nil, 61: {"KreconcileMetricsOld"}},
		"drift":     {1: {"KreconcileDrift"}, 40: {"KreconcileDrift"}},
		"targets":   {1: {"KreconcileDrift"}, 31: {"KreconcileDrift", "KreconcileUndetermined"}},
		"error":     {1: {"KreconcileError"}, 40: {"KreconcileError"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(strings.Replace(reports, "*", name, 1))
			if err != nil {
				t.Fatal(err)
			}
			lines := []string{pushed}
			for _, series := range openMetrics(t, content) {
				lines = append(lines, series+"x90")
			}
			got := alertsOf(t, metricsRules, lines, want)
			for minute, names := range want {
				var fired []string
				for _, a := range got[minute] {
					fired = append(fired, a.Labels.Get(labels.AlertName))
				}
				slices.Sort(fired)
				if diff := cmp.Diff(names, fired); diff != "" {
					t.Errorf("minute %d (-want +got):\n%s", minute, diff)
				}
			}
		})
	}
}

// TestDashboard tests that each panel of the dashboard shows something of the reports.
func TestDashboard(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(dashboard)
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&board); err != nil {
		t.Fatal(err)
	}
	lines := []string{"load 1m"}
	for _, name := range []string{"targets", "deprecated"} {
		content, err := os.ReadFile(strings.Replace(reports, "*", name, 1))
		if err != nil {
			t.Fatal(err)
		}
		for _, series := range openMetrics(t, content) {
			// Each report is of another machine.
			metric, rest, _ := strings.Cut(series, "{")
			if rest != "" {
				lines = append(lines, metric+`{instance="`+name+`",`+rest+"x5")
			}
		}
	}
	loader, err := promqltest.NewLazyLoader(strings.Join(lines, "\n"), promqltest.LazyLoaderOpts{})
	if err != nil {
		t.Fatal(err)
	}
	defer loader.Close()
	now := time.Unix(60, 0)
	loader.WithSamplesTill(now, func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	})
	if len(board.Panels) != 4 {
		t.Errorf("there are %d panels", len(board.Panels))
	}
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			query, err := loader.QueryEngine().NewInstantQuery(t.Context(), loader.Storage(), nil, target.Expr, now)
			if err != nil {
				t.Fatalf("%s: %v", panel.Title, err)
			}
			result := query.Exec(t.Context())
			if vector, err := result.Vector(); err != nil || len(vector) == 0 {
				t.Errorf("%s shows nothing: %v", panel.Title, result.Err)
			}
			query.Close()
		}
	}
}
