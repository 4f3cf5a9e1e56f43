package diag_test

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

func TestDidYouMean(t *testing.T) {
	known := []string{"get", "list", "Namespaced", strings.Repeat("x", 100)}
	for given, want := range map[string]string{
		"lst":                    ` Did you mean "list"?`,
		"GET":                    ` Did you mean "get"?`,
		"namespaced":             ` Did you mean "Namespaced"?`,
		"impersonate":            "",
		strings.Repeat("x", 101): "",
	} {
		if got := diag.DidYouMean(given, known); got != want {
			t.Errorf("%s: got %q, want %q", given, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	if got := diag.Clip(strings.Repeat("x", 101)); got != strings.Repeat("x", 100)+"…" {
		t.Errorf("got %q", got)
	}
	if got := diag.Clip("short"); got != "short" {
		t.Errorf("got %q", got)
	}
}
