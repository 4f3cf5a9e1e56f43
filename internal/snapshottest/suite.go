package snapshottest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Run tests what all sources promise: what is served is known, what is not served is
// known to be absent, and what could not be read is neither.
func Run(t *testing.T, source Source) {
	documents := discovery.Needs{Documents: true}
	refused := &discovery.Failure{Code: discovery.Forbidden, Message: "no"}
	gone := &discovery.Failure{Code: discovery.Unavailable, Message: "gone"}
	with := func(adjust func(*discovery.Snapshot)) *discovery.Snapshot {
		s := apitest.Stock()
		if adjust != nil {
			adjust(s)
		}
		return s
	}
	for _, test := range []struct {
		name    string
		cluster Cluster
		check   func(*testing.T, *discovery.Snapshot)
	}{
		{"served", Cluster{Serves: with(nil), Needs: documents}, func(t *testing.T, s *discovery.Snapshot) {
			want := apitest.Stock()
			for _, name := range []string{"", "apps", "rbac.authorization.k8s.io"} {
				group, failure := s.Group(name)
				if group == nil {
					t.Fatalf("the group %q is not there, failure %v", name, failure)
				}
				served, _ := want.Group(name)
				if group.Name != name || group.Preferred != served.Preferred {
					t.Errorf("the group %q, preferring %q", group.Name, group.Preferred)
				}
				for i, v := range served.Versions {
					version, failure := group.Version(v.Name)
					if version == nil {
						t.Fatalf("%s/%s is not there, failure %v", name, v.Name, failure)
					}
					if diff := cmp.Diff(served.Versions[i].Resources, version.Resources); diff != "" {
						t.Errorf("%s/%s (-served +got):\n%s", name, v.Name, diff)
					}
				}
			}
		}},
		{"absent", Cluster{Serves: with(nil), Needs: documents}, func(t *testing.T, s *discovery.Snapshot) {
			if group, failure := s.Group("example.com"); group != nil || failure != nil {
				t.Errorf("a group that is not served: %v, failure %v", group, failure)
			}
			group, failure := s.Group("apps")
			if group == nil {
				t.Fatal(failure)
			}
			if version, failure := group.Version("v1beta1"); version != nil || failure != nil {
				t.Errorf("a version that is not served: %v, failure %v", version, failure)
			}
			if !s.Confirmed.Known {
				t.Errorf("what is absent is not confirmed: %v", s.Confirmed.Failure)
			}
		}},
		{"not asked for", Cluster{Serves: with(nil), Needs: documents}, func(t *testing.T, s *discovery.Snapshot) {
			for what, failure := range map[string]*discovery.Failure{
				"version": s.Version.Unknown(), "addresses": s.ServerAddresses.Unknown(),
				"review": s.Review(getPods).Unknown(), "field": s.Fields[field("spec")].Unknown(),
			} {
				if failure == nil || failure.Code != discovery.NotRecorded {
					t.Errorf("%s: failure %v", what, failure)
				}
			}
		}},
		{"groups that could not be read", Cluster{
			Serves: with(func(s *discovery.Snapshot) { s.Named = discovery.Failed[[]discovery.Group](refused) }), Needs: documents,
		}, func(t *testing.T, s *discovery.Snapshot) {
			if group, failure := s.Group("apps"); group != nil || failure == nil || failure.Code != discovery.Forbidden {
				t.Errorf("%v, failure %v", group, failure)
			}
			if group, failure := s.Group(""); group == nil {
				t.Errorf("the core group is not there either: %v", failure)
			}
		}},
		{"a version that could not be read", Cluster{
			Serves: with(func(s *discovery.Snapshot) {
				v := &group(s, "apps").Versions[0]
				v.Freshness, v.Resources = kubeapi.FreshnessStale, discovery.Failed[[]discovery.Resource](gone)
			}), Needs: documents,
		}, func(t *testing.T, s *discovery.Snapshot) {
			version, failure := group(s, "apps").Version("v1")
			if version != nil || failure == nil || failure.Code == discovery.NotRecorded {
				t.Errorf("%v, failure %v", version, failure)
			}
		}},
		{"absence that is not confirmed", Cluster{
			Serves: with(func(s *discovery.Snapshot) { s.Confirmed = discovery.Failed[struct{}](gone) }), Needs: documents,
		}, func(t *testing.T, s *discovery.Snapshot) {
			if f := s.Confirmed.Unknown(); f == nil || f.Code != discovery.NotReady {
				t.Errorf("failure %v", f)
			}
		}},
		{"version", Cluster{
			Serves: with(func(s *discovery.Snapshot) {
				s.Version.Value.EmulationMajor, s.Version.Value.EmulationMinor = "1", "34"
			}), Needs: discovery.Needs{Documents: true, Version: true},
		}, func(t *testing.T, s *discovery.Snapshot) {
			if got := s.Version.Value.String(); got != "v1.36.3, emulating 1.34" {
				t.Errorf("%q, failure %v", got, s.Version.Failure)
			}
		}},
		{"addresses", Cluster{
			Serves: with(nil), Needs: discovery.Needs{Documents: true, ServerAddresses: true},
		}, func(t *testing.T, s *discovery.Snapshot) {
			if diff := cmp.Diff(apitest.Stock().ServerAddresses, s.ServerAddresses); diff != "" {
				t.Errorf("(-served +got):\n%s", diff)
			}
		}},
		{"available", Cluster{
			Serves: with(nil), Needs: discovery.Needs{Documents: true, Available: []kubeapi.GroupVersion{apps, {Group: "example.com", Version: "v1"}}},
		}, func(t *testing.T, s *discovery.Snapshot) {
			if !s.Available[apps].Known || s.Available[kubeapi.GroupVersion{Group: "example.com", Version: "v1"}].Unknown() == nil {
				t.Errorf("%v", s.Available)
			}
		}},
		{"fields", Cluster{
			Serves: with(nil), Schemas: apitest.Schemas{"apis/apps/v1": apitest.OpenAPI(apitest.KindSchema("apps", "v1", "Deployment", schema))},
			Needs: discovery.Needs{Documents: true, Fields: fields()},
		}, checkFields},
		{"reviews", Cluster{
			Serves: with(nil), Needs: discovery.Needs{Documents: true, Reviews: []discovery.Review{getPods, deletePods, undecided}},
			Allows: func(r discovery.Review) discovery.ReviewAnswer { return answers()[r] },
		}, func(t *testing.T, s *discovery.Snapshot) {
			for r, want := range answers() {
				if diff := cmp.Diff(discovery.Known(want), s.Review(r)); diff != "" {
					t.Errorf("%v (-served +got):\n%s", r, diff)
				}
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) { test.check(t, source(t, test.cluster)) })
	}
}

var (
	apps       = kubeapi.GroupVersion{Group: "apps", Version: "v1"}
	getPods    = discovery.Review{Verb: "get", Resource: "pods", Namespace: "web"}
	deletePods = discovery.Review{Verb: "delete", Resource: "pods", Subresource: "log", Name: "a"}
	undecided  = discovery.Review{Verb: "get", Path: "/healthz"}
)

func answers() map[discovery.Review]discovery.ReviewAnswer {
	return map[discovery.Review]discovery.ReviewAnswer{
		getPods:    {Allowed: true, Reason: "RBAC: allowed"},
		deletePods: {Denied: true, Reason: "never"},
		undecided:  {EvaluationError: "the webhook is down"},
	}
}

func group(s *discovery.Snapshot, name string) *discovery.Group {
	g, _ := s.Group(name)
	return g
}

func field(path string) discovery.FieldQuery {
	return discovery.FieldQuery{GroupVersion: apps, Kind: "Deployment", Path: path}
}

const schema = `"type":"object","properties":{"spec":{"type":"object","required":["mode"],"properties":{` +
	`"mode":{"type":"string","enum":["a","b"],"pattern":"x"},"any":{"type":"object","x-kubernetes-preserve-unknown-fields":true},` +
	`"a.b":{"type":"integer"}}}}`

func wantedFields() map[string]discovery.Field {
	return map[string]discovery.Field{
		"spec": {Presence: discovery.FieldPresent, Type: "object"},
		"spec.mode": {
			Presence: discovery.FieldPresent, Type: "string", Enum: []string{"a", "b"}, Required: true,
			EnumRules: []discovery.SchemaRule{{Keyword: "pattern", At: "spec.mode"}},
		},
		"spec.other":    {Presence: discovery.FieldAbsent, At: "spec", Siblings: []string{"a.b", "any", "mode"}, Type: "object"},
		"spec.any.x":    {Presence: discovery.FieldOpen, At: "spec.any"},
		`spec["a.b"]`:   {Presence: discovery.FieldPresent, Type: "integer"},
		`spec["a.b"].c`: {Presence: discovery.FieldAbsent, At: `spec["a.b"]`, Type: "integer"},
	}
}

func fields() []discovery.FieldQuery {
	queries := []discovery.FieldQuery{{GroupVersion: apps, Kind: "Gadget", Path: "spec"}}
	for path := range wantedFields() {
		queries = append(queries, field(path))
	}
	return queries
}

func checkFields(t *testing.T, s *discovery.Snapshot) {
	for path, want := range wantedFields() {
		if diff := cmp.Diff(discovery.Known(want), s.Fields[field(path)]); diff != "" {
			t.Errorf("%s (-served +got):\n%s", path, diff)
		}
	}
	unknown := s.Fields[discovery.FieldQuery{GroupVersion: apps, Kind: "Gadget", Path: "spec"}].Unknown()
	if unknown == nil || unknown.Code != discovery.NoSchema {
		t.Errorf("a kind without a schema: %v", unknown)
	}
}
