package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestAvailable tests an API whose own server has to answer.
func TestAvailable(t *testing.T) {
	apps := kubeapi.GroupVersion{Group: "apps", Version: "v1"}
	answered := func(fact discovery.Fact[struct{}]) func(*discovery.Snapshot) {
		return func(s *discovery.Snapshot) {
			s.Available = map[kubeapi.GroupVersion]discovery.Fact[struct{}]{apps: fact}
		}
	}
	const served = "api \"apps/v1\" {\n available = true\n resource \"deployments\" {}\n}"
	ask := discovery.Needs{Available: []kubeapi.GroupVersion{apps}}
	for _, tt := range []struct {
		name, declaration string
		change            func(*discovery.Snapshot)
		needs             discovery.Needs
		want              []string
	}{
		{"nobody asked", served, nil, ask, []string{
			`api["apps/v1"] undetermined not-recorded: whether the server of apps/v1 itself answers was not asked`,
			`api["apps/v1"].resource["deployments"] undetermined because of api["apps/v1"]`,
		}},
		{"it answers", served, answered(discovery.Known(struct{}{})), discovery.Needs{}, []string{
			`api["apps/v1"] satisfied`, `api["apps/v1"].resource["deployments"] satisfied`,
		}},
		{"it does not", served, answered(discovery.Failed[struct{}](&discovery.Failure{Code: discovery.Unavailable, Message: "503"})), discovery.Needs{}, []string{
			`api["apps/v1"] undetermined unavailable: 503`,
			`api["apps/v1"].resource["deployments"] undetermined because of api["apps/v1"]`,
		}},
		{"it is not served", "api \"apps/v3\" {\n available = true\n}", nil, discovery.Needs{}, []string{
			`api["apps/v3"] drifted group-version-not-served "apps/v3" -> "" (v1 and v1beta1 are served)`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot()
			if tt.change != nil {
				tt.change(s)
			}
			d := parse(t, tt.declaration)
			if diff := cmp.Diff(tt.needs, apply.Needs(d, s)); diff != "" {
				t.Errorf("needs (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, outcomes(apply.Diff(d, s))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNeedsLists tests that the resources of a group version are asked for only if one is needed.
func TestNeedsLists(t *testing.T) {
	apps := kubeapi.GroupVersion{Group: "apps", Version: "v1"}
	s := snapshot()
	s.Named.Value[0].Versions[0].Resources = discovery.Fact[[]discovery.Resource]{}
	for declaration, want := range map[string]discovery.Needs{
		`api "apps/v1" {}`: {},
		`api "apps/v1" { resource "deployments" {} }`: {Lists: []kubeapi.GroupVersion{apps}},
	} {
		if diff := cmp.Diff(want, apply.Needs(parse(t, declaration), s)); diff != "" {
			t.Errorf("%s needs (-want +got):\n%s", declaration, diff)
		}
	}
	d := parse(t, `api "apps/v1" { resource "deployments" {} }`)
	if diff := cmp.Diff([]string{
		`api["apps/v1"] undetermined not-recorded: the resources of apps/v1 were not asked for`,
		`api["apps/v1"].resource["deployments"] undetermined because of api["apps/v1"]`,
	}, outcomes(apply.Diff(d, s))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
