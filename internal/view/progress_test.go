package view_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/internal/view"
)

// TestFit tests that a character which may be two columns wide counts as two, so that
// a line takes only one row of a terminal.
func TestFit(t *testing.T) {
	for _, test := range []struct {
		line    string
		columns int
		want    string
	}{
		{"", 10, ""},
		{"123456789", 10, "123456789"},
		{"1234567890", 10, "12345678…"},
		{"漢字漢字", 10, "漢字漢字"},
		{"漢字漢字漢", 10, "漢字漢字…"},
		{"1漢字漢字漢", 10, "1漢字漢…"},
		{"ééééééééé", 10, "ééééééééé"},
		{"ab", 1, "…"},
	} {
		if got := view.Fit(test.line, test.columns); got != test.want {
			t.Errorf("%q in %d columns is %q, want %q", test.line, test.columns, got, test.want)
		}
	}
}
