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

// TestPermissionNeeds tests what is asked in which round.
func TestPermissionNeeds(t *testing.T) {
	path := config.PermissionReview{Verb: "get", Path: "/metrics"}
	pods := may("get pods", resource{Namespace: "web"})
	metrics, getPods := discovery.Review{Verb: "get", Path: "/metrics"}, discovery.Review{Verb: "get", Resource: "pods", Namespace: "web"}
	off := permitting(pods, path)
	for _, r := range off.Permissions[0].Reviews {
		r.Enabled = false
	}
	tests := []struct {
		name   string
		d      *config.Declaration
		s      *discovery.Snapshot
		want   discovery.Needs
		change func(*discovery.Snapshot)
	}{
		{"a path needs no documents", permitting(path), &discovery.Snapshot{}, discovery.Needs{Reviews: []discovery.Review{metrics}}, nil},
		{"any resource needs none", permitting(may("get *", resource{})), &discovery.Snapshot{}, discovery.Needs{Reviews: []discovery.Review{{Verb: "get", Resource: "*"}}}, nil},
		{"a resource needs them first", permitting(pods), &discovery.Snapshot{}, discovery.Needs{Documents: true}, nil},
		{"a path is asked with them", permitting(pods, path), &discovery.Snapshot{}, discovery.Needs{Documents: true, Reviews: []discovery.Review{metrics}}, nil},
		{"then the resource", permitting(pods, pods, path, path), snapshot(), discovery.Needs{Reviews: []discovery.Review{getPods, metrics}}, nil},
		{"a virtual resource needs none", permitting(may("get a.example.com", resource{Virtual: true})), &discovery.Snapshot{}, discovery.Needs{Reviews: []discovery.Review{{Verb: "get", Group: "example.com", Resource: "a"}}}, nil},
		{"a well-known one needs none", permitting(may("approve signers.certificates.k8s.io", resource{})), &discovery.Snapshot{}, discovery.Needs{Reviews: []discovery.Review{{Verb: "approve", Group: "certificates.k8s.io", Resource: "signers"}}}, nil},
		{"finalizers need them", permitting(may("update pods/finalizers", resource{Namespace: "web"})), &discovery.Snapshot{}, discovery.Needs{Documents: true}, nil},
		{"switched off", off, &discovery.Snapshot{}, discovery.Needs{}, nil},
		{
			"an absence needs nothing by itself", permitting(pods, may("get xyz", resource{})), snapshot(),
			discovery.Needs{Reviews: []discovery.Review{getPods}}, func(s *discovery.Snapshot) { s.Confirmed = discovery.Fact[struct{}]{} },
		},
		{
			"another endpoint is not asked", permitting(pods, path), &discovery.Snapshot{}, discovery.Needs{},
			func(s *discovery.Snapshot) {
				s.FailUnasked(&discovery.Failure{Code: discovery.OtherEndpoint, Message: "m"})
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.change != nil {
				tt.change(tt.s)
			}
			if diff := cmp.Diff(tt.want, apply.Needs(tt.d, tt.s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, f := range apply.Diff(tt.d, tt.s).Findings {
				if f.Status == apply.Satisfied || f.Status == apply.Drifted || f.Status == apply.Skipped != (tt.d == off) {
					t.Errorf("%+v", f)
				}
				if tt.name == "another endpoint is not asked" && f.Undetermined.Code != discovery.OtherEndpoint {
					t.Errorf("%+v", f.Undetermined)
				}
			}
		})
	}
}

// Hints take no longer for many permissions than for some.
func TestPermissionHintsHaveABound(t *testing.T) {
	const resources, permissions = 99_999, 60
	version := discovery.Version{Name: "v1", Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known(make([]discovery.Resource, resources))}
	for i := range version.Resources.Value {
		version.Resources.Value[i] = discovery.Resource{Name: fmt.Sprintf("r%d", i), Kind: "R", Verbs: []string{"get"}}
	}
	s := &discovery.Snapshot{
		Core: discovery.Known(discovery.Group{}), Confirmed: discovery.Known(struct{}{}),
		Named: discovery.Known([]discovery.Group{{Name: "served.example.com", Preferred: "v1", Versions: []discovery.Version{version}}}),
	}
	var text strings.Builder
	for i := range permissions {
		fmt.Fprintf(&text, "permission \"p%d\" {\n  verbs     = [\"get\"]\n  resources = [\"things.other.example.com\"]\n  namespace = \"a\"\n}\n", i)
	}
	d, diags := config.Parse([]config.Source{{Name: "main.hcl", Bytes: []byte(text.String())}}, config.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	hints := 0
	for _, f := range apply.Diff(d, s).Findings {
		if f.Status != apply.Drifted || f.Differences[0].Code != apply.ResourceNotServed {
			t.Fatalf("%+v", f)
		}
		if strings.Contains(f.Differences[0].Hint, "is not served") {
			hints++
		}
	}
	// A visit of a group version counts, too.
	if want := 5_000_000 / (resources + 1); hints != want {
		t.Errorf("%d findings have a hint, want %d", hints, want)
	}
}
