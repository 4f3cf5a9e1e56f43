package apply_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestChoiceOfAKind tests that of several resources of a kind, the one with the
// fewest errors is judged; warnings count last.
func TestChoiceOfAKind(t *testing.T) {
	// The first twin lacks the subresources of severity error, the second those of
	// severity warning.
	s := snapshot()
	resources := s.Core.Value.Versions[0].Resources.Value
	for i, subresource := range map[int]string{3: "wanted", 4: "needed"} {
		resources[i].Subresources = []discovery.Subresource{{Name: subresource}}
	}
	const needed, wanted = `subresource "needed" {}`, "subresource \"wanted\" { severity = \"warning\" }\n subresource \"also\" { severity = \"warning\" }"
	for name, declaration := range map[string]string{"in order": needed + "\n" + wanted, "reversed": wanted + "\n" + needed} {
		t.Run(name, func(t *testing.T) {
			d := parse(t, "api \"v1\" {\n kind \"Twin\" {\n"+declaration+"\n}\n}")
			for _, f := range apply.Diff(d, s).Findings {
				if drifts := f.Status == apply.Drifted; drifts != (f.Severity == config.SeverityWarning) {
					t.Errorf("%s %s is %s", f.Address, f.Severity, f.Status)
				}
			}
		})
	}
	t.Run("what is undetermined gates less than drift", func(t *testing.T) {
		s := snapshot()
		resources := s.Core.Value.Versions[0].Resources.Value
		resources[3].Scope, resources[4].Scope = kubeapi.ScopeCluster, ""
		d := parse(t, "api \"v1\" {\n kind \"Twin\" {\n scope = \"Namespaced\"\n subresource \"x\" { severity = \"warning\" }\n }\n}")
		resources[3].Subresources = []discovery.Subresource{{Name: "x"}}
		if got := apply.Diff(d, s).Findings[1]; got.Status != apply.StatusUndetermined {
			t.Errorf("%+v", got)
		}
	})
}

// TestKindThatIsLeftOut tests that a resource whose kind the server omits may be of
// the required kind, and meet what the listed one does not.
func TestKindThatIsLeftOut(t *testing.T) {
	for verb, want := range map[string]apply.Status{"patch": apply.StatusUndetermined, "escalate": apply.Drifted, "get": apply.Satisfied} {
		s := snapshot()
		version := &s.Core.Value.Versions[0]
		version.Resources = discovery.Known([]discovery.Resource{
			{Name: "pods", Kind: "Pod", Verbs: []string{"get"}}, {Name: "others", Verbs: []string{"get", "patch"}},
		})
		d := parse(t, "api \"v1\" {\n kind \"Pod\" { verbs = [\""+verb+"\"] }\n}")
		if got := apply.Diff(d, s).Findings[1]; got.Status != want {
			t.Errorf("%s: %+v, want %s", verb, got, want)
		}
	}
}
