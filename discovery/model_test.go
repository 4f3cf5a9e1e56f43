package discovery_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
)

// TestFailureCodes tests that each code is listed once, in the spelling of the JSON output.
func TestFailureCodes(t *testing.T) {
	codes := discovery.FailureCodes()
	for _, code := range []discovery.FailureCode{
		discovery.NotRecorded, discovery.NotInCatalogue, discovery.Unreachable, discovery.Timeout, discovery.Certificate,
		discovery.Unauthorized, discovery.Forbidden, discovery.Unavailable, discovery.Redirected, discovery.InvalidResponse,
		discovery.Stale, discovery.NoNamespace, discovery.EvaluationFailed, discovery.NoSchema, discovery.OpenSchema,
		discovery.UnjudgedRule, discovery.NotReady, discovery.Unsettled, discovery.OtherEndpoint, discovery.Canceled,
	} {
		at := slices.Index(codes, code)
		if at < 0 || !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(string(code)) {
			t.Errorf("%q is at %d of %q", code, at, codes)
			continue
		}
		codes = slices.Delete(codes, at, at+1)
	}
	if len(codes) > 0 {
		t.Errorf("%q are listed, too", codes)
	}
}

// TestCut tests that a long text ends in a mark, within its limit, and in a whole character.
func TestCut(t *testing.T) {
	for _, test := range []struct {
		text  string
		limit int
		want  string
	}{{"kubernetes", 10, "kubernetes"}, {"kubernetes", 9, "kubern…"}, {"überall", 4, "…"}, {"überall", 5, "ü…"}} {
		if got := discovery.Cut(test.text, test.limit); got != test.want {
			t.Errorf("Cut(%q, %d) is %q, want %q", test.text, test.limit, got, test.want)
		}
	}
}
