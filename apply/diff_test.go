package apply_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

func TestDifferencesPointAtTheirFacet(t *testing.T) {
	d := parse(t, "api \"v1\" {\n  resource \"nodes\" {\n    scope = \"Namespaced\"\n    verbs = [\"get\",\n      \"evict\"]\n  }\n}\n")
	finding := apply.Diff(d, snapshot()).Findings[1]
	var lines []int
	for _, difference := range finding.Differences {
		lines = append(lines, difference.Range.Start.Line)
	}
	if diff := cmp.Diff([]int{3, 5}, lines); diff != "" {
		t.Errorf("lines (-want +got)\n%s", diff)
	}
	if finding.Range.Start.Line != 2 {
		t.Errorf("the finding points at line %d", finding.Range.Start.Line)
	}
}

// A plan with thousands of absences, on a server with thousands of names, does not
// compare them all.
func TestHintsHaveALimit(t *testing.T) {
	s := snapshot()
	for i := range 120_000 {
		s.Named.Value[0].Versions = append(s.Named.Value[0].Versions, discovery.Version{Name: fmt.Sprintf("v%da", i)})
	}
	d := parse(t, "api \"app/v1\" {}\napi \"app/v1beta1\" {}\napi \"apps/v1\" {\n resource \"po\" {}\n resource \"deploymnts\" {}\n resource \"deployment\" {}\n}")
	var hints []string
	for _, f := range apply.Diff(d, s).Findings {
		for _, difference := range f.Differences {
			hints = append(hints, difference.Hint)
		}
	}
	if diff := cmp.Diff([]string{"did you mean apps/v1", "", "", "", "did you mean deployments"}, hints); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestFacetCodes tests which differences are about an attribute and not about the requirement itself.
func TestFacetCodes(t *testing.T) {
	var facets []apply.Code
	for _, code := range apply.Codes() {
		if code.IsFacet() {
			facets = append(facets, code)
		}
	}
	want := []apply.Code{
		apply.PreferredMismatch, apply.KindMismatch, apply.ScopeMismatch, apply.VerbNotServed,
		apply.FieldTypeMismatch, apply.FieldEnumMismatch, apply.FieldRequiredMismatch,
	}
	if diff := cmp.Diff(want, facets); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestManyNamesInAHint tests that a hint counts the names past the tenth.
func TestManyNamesInAHint(t *testing.T) {
	s := snapshot()
	group := discovery.Group{Name: "many.example.com"}
	for i := range 12 {
		group.Versions = append(group.Versions, discovery.Version{Name: fmt.Sprintf("v%d", i+1), Resources: discovery.Known([]discovery.Resource{})})
	}
	s.Named.Value = append(s.Named.Value, group)
	hint := apply.Diff(parse(t, `api "many.example.com/v20" {}`), s).Findings[0].Differences[0].Hint
	if want := "v1, v2, v3, v4, v5, v6, v7, v8, v9, v10 and 2 more are served"; hint != want {
		t.Errorf("the hint is %q, want %q", hint, want)
	}
}
