package apply_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// diffCase is a declaration and its expected outcomes.
type diffCase struct {
	name        string
	declaration string
	// change changes the shared snapshot, unless it is nil.
	change func(*discovery.Snapshot)
	// want has the outcomes of all requirements.
	want []string
}

func runCases(t *testing.T, tests []diffCase) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot()
			if tt.change != nil {
				tt.change(s)
			}
			if diff := cmp.Diff(tt.want, outcomes(apply.Diff(parse(t, tt.declaration), s))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// outcomes writes each finding in one line.
func outcomes(plan *apply.Plan) []string {
	var out []string
	for _, f := range plan.Findings {
		line := f.Address + " " + string(f.Status)
		if f.Cause != "" {
			line += " because of " + f.Cause
		}
		if u := f.Undetermined; u != nil {
			line += fmt.Sprintf(" %s: %s", u.Code, u.Message)
		}
		var differences []string
		for _, d := range f.Differences {
			text := string(d.Code)
			if d.Facet != "" {
				text += " " + d.Facet
			}
			text += fmt.Sprintf(" %q -> %q", d.Declared, d.Found)
			if d.Hint != "" {
				text += " (" + d.Hint + ")"
			}
			if d.Range.Filename == "" {
				text += " nowhere"
			}
			differences = append(differences, text)
		}
		if len(differences) > 0 {
			line += " " + strings.Join(differences, "; ")
		}
		out = append(out, line)
	}
	return out
}

func parse(t *testing.T, declaration string) *config.Declaration {
	t.Helper()
	d, diags := config.Parse([]config.Source{{Name: "test.hcl", Bytes: []byte(spread(declaration))}}, config.Inputs{})
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, spread(declaration))
	}
	return d
}

// spread puts each argument of a one-line block on a line of its own, because native
// syntax allows only one there.
func spread(declaration string) string {
	return strings.NewReplacer("{ ", "{\n", " }", "\n}", ", subresources", "\nsubresources").Replace(declaration)
}

func snapshot() *discovery.Snapshot {
	version := func(name string, resources ...discovery.Resource) discovery.Version {
		return discovery.Version{Name: name, Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known(resources)}
	}
	deployments := discovery.Resource{
		Name: "deployments", Singular: "deployment", Kind: "Deployment", Scope: kubeapi.ScopeNamespaced,
		Verbs: []string{"create", "get", "list"}, ShortNames: []string{"deploy"},
		Subresources: []discovery.Subresource{
			{Name: "scale", Kind: "Scale", Verbs: []string{"get", "patch"}},
			{Name: "status", Kind: "Deployment", Verbs: []string{"get", "patch"}},
		},
	}
	return &discovery.Snapshot{
		Endpoint:        "https://10.0.0.1:443",
		Confirmed:       discovery.Known(struct{}{}),
		Version:         discovery.Known(discovery.ServerVersion{GitVersion: "v1.31.4-gke.1183000", Major: "1", Minor: "31"}),
		ServerAddresses: discovery.Known([]string{"10.96.0.1:443", "10.0.0.1:6443"}),
		Core: discovery.Known(discovery.Group{Preferred: "v1", Versions: []discovery.Version{version("v1",
			discovery.Resource{Name: "nodes", Singular: "node", Kind: "Node", Scope: kubeapi.ScopeCluster, Verbs: []string{"get", "list"}},
			discovery.Resource{
				Name: "pods", Singular: "pod", Kind: "Pod", Scope: kubeapi.ScopeNamespaced, ShortNames: []string{"po"},
				Verbs: []string{"get", "list", "watch"},
				Subresources: []discovery.Subresource{
					{Name: "log", Kind: "Pod", Verbs: []string{"get"}},
					{Name: "eviction", Kind: "Eviction", Verbs: []string{"create"}},
					{Name: "silent", Verbs: []string{"get"}},
				},
			},
			discovery.Resource{Name: "shadows", Subresources: []discovery.Subresource{{Name: "log", Kind: "Pod"}}},
			discovery.Resource{Name: "twins", Kind: "Twin", Scope: kubeapi.ScopeCluster, Verbs: []string{"get"}},
			discovery.Resource{
				Name: "othertwins", Kind: "Twin", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get", "watch"},
				Subresources: []discovery.Subresource{{Name: "status", Kind: "Twin"}},
			},
		)}}),
		Named: discovery.Known([]discovery.Group{
			{Name: "apps", Preferred: "v1", Versions: []discovery.Version{
				version("v1", deployments,
					discovery.Resource{Name: "daemonsets", Singular: "daemonset", Kind: "DaemonSet", Scope: kubeapi.ScopeNamespaced}),
				version("v1beta1", deployments),
			}},
			{Name: "metrics.k8s.io", Preferred: "v1beta1", Versions: []discovery.Version{{
				Name: "v1beta1", Freshness: kubeapi.FreshnessStale,
				Resources: discovery.Failed[[]discovery.Resource](&discovery.Failure{
					Code: discovery.Stale, Message: "metrics.k8s.io/v1beta1 is stale",
				}),
			}}},
		}),
	}
}
