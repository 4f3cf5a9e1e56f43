package discovery_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// An API server behind a path, as Rancher has one for each cluster, does not know of it.
// What answers in front of it may.
func TestFieldsBehindAPath(t *testing.T) {
	const behind = "/k8s/clusters/c-1"
	for _, test := range []struct{ name, index string }{
		{"the index does not know the path", "/openapi/v3/apis/apps/v1"},
		{"the index knows the path", behind + "/openapi/v3/apis/apps/v1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Behind(behind))
			server.SetSchemas(apps(deployment))
			server.Always("/openapi/v3", apitest.Reply(200, "application/json",
				fmt.Sprintf(`{"paths":{"apis/apps/v1":{"serverRelativeURL":%q}}}`, test.index)))
			a := ask(t, server)
			s := a.fetch(fields(replicas))
			if got := said(s, replicas); got != "present integer" {
				t.Errorf("got %s", got)
			}
			if s.Endpoint != server.URL() {
				t.Errorf("the endpoint is %s, want %s", s.Endpoint, server.URL())
			}
			if diff := cmp.Diff([]string{"/openapi/v3", "/openapi/v3/apis/apps/v1"}, server.Paths()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIdentity(t *testing.T) {
	const path, list = apitest.IdentityPath, "/apis/authentication.k8s.io/v1"
	answer := func(text string) func(*apitest.Server) {
		return func(s *apitest.Server) { s.Always(path, apitest.Reply(201, "application/json", text)) }
	}
	review := func(status string) string {
		return `{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1","status":` + status + `}`
	}
	documents := discovery.Needs{Documents: true}
	tests := []struct {
		name   string
		known  discovery.Needs
		change func(*apitest.Server)
		want   string
		asked  []string
	}{
		{"the documents are known", documents, nil, apitest.Identity, []string{path}},
		{"they are not known", discovery.Needs{}, nil, apitest.Identity, []string{list, path}},
		{"it is not served", documents, func(s *apitest.Server) { s.SetSnapshot(&discovery.Snapshot{}) }, "", nil},
		{
			"they are not known, and the group version is not served", discovery.Needs{},
			func(s *apitest.Server) { s.Always(list, apitest.Reply(404, "text/plain", "")) }, "", []string{list},
		},
		{"it is refused", documents, func(s *apitest.Server) { s.Always(path, apitest.Refuse(403, "Forbidden", "no")) }, "", []string{path}},
		{"a busy server is not asked again", documents, func(s *apitest.Server) { s.Always(path, apitest.Refuse(429, "", "")) }, "", []string{path}},
		{"a token in the name", documents, answer(review(`{"userInfo":{"username":"a secret-token\n"}}`)), "a [token]", []string{path}},
		{"no name", documents, answer(review(`{"userInfo":{}}`)), "", []string{path}},
		{"no status", documents, answer(`{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}`), "", []string{path}},
		{"another version", documents, answer(`{"kind":"SelfSubjectReview","apiVersion":"v9","status":{"userInfo":{"username":"a"}}}`), "", []string{path}},
		{"another kind", documents, answer(`{"kind":"Status","message":"no"}`), "", []string{path}},
		{"no JSON", documents, answer("hello"), "", []string{path}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			if test.change != nil {
				test.change(server)
			}
			a := ask(t, server)
			s := a.fetch(test.known)
			before := len(server.Requests())
			if got := a.Identity(context.Background(), s); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			var asked []string
			for _, r := range server.Requests()[before:] {
				asked = append(asked, r.Path)
			}
			if diff := cmp.Diff(test.asked, asked); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}
