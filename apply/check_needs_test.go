package apply_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// TestCheckNeeds tests what is asked in each round, with a server that serves all of
// snapshot and policy.
func TestCheckNeeds(t *testing.T) {
	const documents, version = "documents", "version"
	tests := []struct {
		condition string
		want      []string
	}{
		{`kubernetes(">= 1.31")`, []string{version}},
		{`kubernetes("< 1.31")`, []string{version}},
		{`live.platform != live.version`, []string{version}},
		{`served("v1")`, []string{documents}},
		{`served("v2")`, []string{documents}},
		{`allowed("get", "pods")`, []string{documents, "get pods own"}},
		{`allowed("get", "pods", "other")`, []string{documents, "get pods other"}},
		{`allowed("get", "*")`, []string{"get * "}},
		{`kubernetes(">= 1.31") || served("v2") || allowed("get", "pods")`, []string{documents + " " + version}},
		{`kubernetes("< 1.31") || served("v1", "pods") || allowed("get", "pods")`, []string{documents + " " + version}},
		{`kubernetes("< 1.31") || served("v2") || allowed("get", "pods")`, []string{documents + " " + version, "get pods own"}},
		{`allowed("get", "pods") && allowed("get", "pods", "own") && allowed("get", "pods", "web")`, []string{documents, "get pods own, get pods web"}},
		{`true || allowed("get", "pods")`, nil},
		{`var.yes ? true : served("v1")`, nil},
		{`var.yes ? served("v1") : allowed("get", "pods")`, []string{documents}},
		// The second question depends on the answer to the first.
		{`allowed("get", served("v2") ? "pods" : "nodes")`, []string{documents, "get nodes "}},
		{`allowed("delete", served("v1", "things") ? "nodes" : "pods")`, []string{documents, "delete pods own"}},
		{
			`allowed(allowed("delete", "nodes") ? "watch" : "list", served("v1") ? "pods" : "nodes")`,
			[]string{documents, "delete nodes , watch pods own, list pods own"},
		},
		{`[for v in ["get", "list"] : allowed(v, "nodes")] == [true, true]`, []string{documents, "get nodes , list nodes "}},
		{`live.git_version > 1`, []string{version}},
		{`served("metrics.k8s.io/v1beta1")`, []string{documents}},
		{`var.secret == "" || served("v1")`, []string{documents}},
	}
	for _, tt := range tests {
		for syntax, d := range checking(t, tt.condition, `"no"`) {
			t.Run(tt.condition+" "+syntax, func(t *testing.T) {
				all := snapshot()
				s := &discovery.Snapshot{}
				var got []string
				for range 9 {
					needs := apply.Needs(d, s)
					if needs.Empty() {
						break
					}
					var parts, reviews []string
					if needs.Documents {
						parts = append(parts, documents)
						s.Core, s.Named = all.Core, all.Named
					}
					if needs.Version {
						parts = append(parts, version)
						s.Version = all.Version
					}
					for _, r := range needs.Reviews {
						reviews = append(reviews, r.Verb+" "+r.Resource+" "+r.Namespace)
						if s.Reviews == nil {
							s.Reviews = map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{}
						}
						s.Reviews[r] = discovery.Known(policy(r))
					}
					if len(reviews) > 0 {
						parts = append(parts, strings.Join(reviews, ", "))
					}
					got = append(got, strings.Join(parts, " "))
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestCheckNeedsOfMessages tests that a message asks for what it uses, and that a
// decided condition asks for nothing more.
func TestCheckNeedsOfMessages(t *testing.T) {
	for _, tt := range []struct {
		condition, message string
		want               discovery.Needs
	}{
		{`false && allowed("get", "pods")`, `"no"`, discovery.Needs{}},
		{`false && allowed("get", "pods")`, `kubernetes("> 1.30") ? "a" : "b"`, discovery.Needs{Version: true}},
		{`false && kubernetes("> 1.30")`, `served("v1") ? "a" : "b"`, discovery.Needs{Documents: true}},
		{`false && kubernetes("> 1.30")`, `served("v1") ? "a" : "a"`, discovery.Needs{}},
		{`var.yes && kubernetes("> 1.30")`, `served("v1") ? "a" : "b"`, discovery.Needs{Version: true}},
		{`live.version == "" && served("v1")`, `"no"`, discovery.Needs{Version: true, Documents: true}},
	} {
		for syntax, d := range checking(t, tt.condition, tt.message) {
			if diff := cmp.Diff(tt.want, apply.Needs(d, &discovery.Snapshot{})); diff != "" {
				t.Errorf("%s, %s, %s (-want +got):\n%s", tt.condition, tt.message, syntax, diff)
			}
		}
	}
}
