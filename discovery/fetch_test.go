package discovery_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestFetchForms(t *testing.T) {
	lists := []string{
		"/api/v1",
		"/apis/admissionregistration.k8s.io/v1", "/apis/apiextensions.k8s.io/v1", "/apis/apiregistration.k8s.io/v1",
		"/apis/apps/v1", "/apis/authentication.k8s.io/v1", "/apis/authorization.k8s.io/v1", "/apis/autoscaling/v1",
		"/apis/autoscaling/v2", "/apis/batch/v1", "/apis/certificates.k8s.io/v1", "/apis/coordination.k8s.io/v1",
		"/apis/discovery.k8s.io/v1", "/apis/events.k8s.io/v1", "/apis/flowcontrol.apiserver.k8s.io/v1",
		"/apis/networking.k8s.io/v1", "/apis/node.k8s.io/v1", "/apis/policy/v1", "/apis/rbac.authorization.k8s.io/v1",
		"/apis/resource.k8s.io/v1", "/apis/scheduling.k8s.io/v1", "/apis/storage.k8s.io/v1",
	}
	tests := []struct {
		name    string
		options []apitest.Option
		needs   discovery.Needs
		paths   []string
		// core and named tell which document does not tell freshness.
		core, named bool
	}{
		{name: "v2", needs: documents, paths: []string{"/api", "/apis"}},
		{name: "v2beta1 only", options: []apitest.Option{apitest.Forms(apitest.V2Beta1)}, needs: documents, paths: []string{"/api", "/apis"}},
		{
			name: "plain only", options: []apitest.Option{apitest.Forms(apitest.Plain)}, needs: documents,
			paths: slices.Concat([]string{"/api", "/apis"}, lists), core: true, named: true,
		},
		{
			name: "/api aggregated and /apis not", options: []apitest.Option{apitest.NamedForms(apitest.Plain)}, needs: documents,
			paths: slices.Concat([]string{"/api", "/apis"}, lists[1:]), named: true,
		},
		{
			name: "/apis aggregated and /api not", options: []apitest.Option{apitest.CoreForms(apitest.Plain)}, needs: documents,
			paths: []string{"/api", "/apis", "/api/v1"}, core: true,
		},
		{
			name: "all of a round", needs: discovery.Needs{Documents: true, Version: true, ServerAddresses: true},
			paths: []string{"/api", "/api", "/apis", "/version"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), append(test.options, apitest.Token("secret"))...)
			a := ask(t, server)
			got := a.fetch(test.needs)

			want := apitest.Stock()
			want.Endpoint = server.URL()
			want.Confirmed = discovery.Fact[struct{}]{}
			if !test.needs.Version {
				want.Version = discovery.Fact[discovery.ServerVersion]{}
			}
			if !test.needs.ServerAddresses {
				want.ServerAddresses = discovery.Fact[[]string]{}
			}
			if test.core {
				forgetFreshness(&want.Core.Value)
			}
			if test.named {
				for i := range want.Named.Value {
					forgetFreshness(&want.Named.Value[i])
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			slices.Sort(test.paths)
			if diff := cmp.Diff(test.paths, server.Paths()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if n, m := server.Connections(), server.Handshakes(); n != 1 || m != 1 {
				t.Errorf("%d connections, %d handshakes", n, m)
			}
			if stats := a.Stats(); stats.Requests != len(test.paths) || stats.Retries != 0 || stats.Bytes == 0 {
				t.Errorf("stats %+v", stats)
			}
			for _, r := range server.Requests() {
				if !r.Authorized || r.Proto != "HTTP/2.0" {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

// forgetFreshness takes the freshness out of a group, which plain documents do not tell.
func forgetFreshness(g *discovery.Group) {
	for i := range g.Versions {
		g.Versions[i].Freshness = ""
	}
}

func TestFetchNothing(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	if diff := cmp.Diff(&discovery.Snapshot{}, ask(t, server).fetch(discovery.Needs{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestFetchWithoutCoreGroup(t *testing.T) {
	for name, step := range map[string]apitest.Step{
		"404":       apitest.Reply(404, "text/plain", "404 page not found"),
		"no groups": apitest.Reply(200, v2JSON, `{"kind":"APIGroupDiscoveryList","items":[]}`),
		"no versions": apitest.Reply(200, plainJSON,
			`{"kind":"APIVersions","versions":[],"serverAddressByClientCIDRs":null}`),
	} {
		t.Run(name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/api", step)
			s := ask(t, server).fetch(documents)
			if diff := cmp.Diff(discovery.Known(discovery.Group{}), s.Core); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !s.Named.Known {
				t.Error("/apis is not known")
			}
		})
	}
}

// TestFetchPartial holds that one group version which cannot be determined leaves the
// others alone, in each form of the documents.
func TestFetchPartial(t *testing.T) {
	snapshot := apitest.Stock()
	snapshot.Named.Value = append(snapshot.Named.Value, discovery.Group{
		Name: "metrics.k8s.io", Preferred: "v1beta1",
		Versions: []discovery.Version{{
			Name: "v1beta1", Freshness: kubeapi.FreshnessStale,
			Resources: discovery.Failed[[]discovery.Resource](&discovery.Failure{Code: discovery.Stale}),
		}},
	})
	tests := []struct {
		form    apitest.Form
		code    discovery.FailureCode
		message string
	}{
		{apitest.V2, discovery.Stale, "GET /apis: metrics.k8s.io/v1beta1 is stale: the API server could not reach what serves it"},
		{apitest.V2Beta1, discovery.Stale, "GET /apis: metrics.k8s.io/v1beta1 is stale: the API server could not reach what serves it"},
		{apitest.Plain, discovery.Unavailable, `GET /apis/metrics.k8s.io/v1beta1: 503 Service Unavailable: "service unavailable"`},
	}
	for _, test := range tests {
		t.Run(string(test.form), func(t *testing.T) {
			server := apitest.New(t, snapshot, apitest.Forms(test.form))
			a := ask(t, server)
			s := a.fetch(documents)
			group, failure := s.Group("metrics.k8s.io")
			if failure != nil || group == nil || group.Preferred != "v1beta1" {
				t.Fatalf("group %v, failure %v", group, failure)
			}
			_, failure = group.Version("v1beta1")
			checkFailure(t, failure, test.code, test.message)
			known := 0
			for _, g := range s.Named.Value {
				for _, v := range g.Versions {
					if v.Resources.Known {
						known++
					}
				}
			}
			if known != 21 {
				t.Errorf("%d group versions are known", known)
			}
			if len(a.waits) != 0 {
				t.Errorf("waits %v", a.waits)
			}
		})
	}
}

func TestFetchBuildsNoPathOfOddNames(t *testing.T) {
	names := []string{"*", "a/b", "a|b", "..", "a%2fb", "A", "a b", "a?b", "a#b", "-a"}
	var groups []discovery.Group
	for _, name := range names {
		groups = append(groups, discovery.Group{Name: name, Versions: []discovery.Version{{Name: "v1"}}})
	}
	groups = append(groups, discovery.Group{Name: "good.example", Versions: []discovery.Version{{Name: "../../api"}}})
	server := apitest.New(t, apitest.Stock(), apitest.Forms(apitest.Plain))
	server.Always("/apis", apitest.Reply(200, plainJSON, string(apitest.APIGroupList(groups))))
	s := ask(t, server).fetch(documents)
	if len(s.Named.Value) != len(groups) {
		t.Fatalf("%d groups", len(s.Named.Value))
	}
	for i, g := range s.Named.Value {
		if g.Name != groups[i].Name || len(g.Versions) != 1 {
			t.Errorf("group %+v", g)
			continue
		}
		if f := g.Versions[0].Resources.Failure; f == nil || f.Code != discovery.InvalidResponse ||
			!strings.HasPrefix(f.Message, "nothing was asked about "+fmt.Sprintf("%q", g.Name+"/"+g.Versions[0].Name)) {
			t.Errorf("%s: failure %v", g.Name, f)
		}
	}
	if diff := cmp.Diff([]string{"/api", "/api/v1", "/apis"}, server.Paths()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestFetchManyResourceLists holds that group versions which are fetched one by
// one may not hold more together than one document may.
func TestFetchManyResourceLists(t *testing.T) {
	var many strings.Builder
	many.WriteString(`{"resources":[{"name":"r"}`)
	for i := range 9_999 {
		fmt.Fprintf(&many, `,{"name":"r%d"}`, i)
	}
	many.WriteString("]}")
	const empty = `{"resources":[]}`
	const together = "the documents of all group versions hold more than 64 MiB, 100000 resources or 1000000 verbs and other names of these"
	verbs := func(n int) apitest.Step {
		return apitest.Reply(200, plainJSON, `{"resources":[{"name":"r","verbs":[`+strings.Repeat(`"",`, n/2-1)+`""]},{"name":"r/s","verbs":[`+strings.Repeat(`"",`, n/2-1)+`""]}]}`)
	}
	tests := []struct {
		name    string
		answer  apitest.Step
		lists   int
		fail    int
		message string
	}{
		// All that fit are taken: 100,000 resources, 1,000,000 verbs or 64 MiB.
		{"more resources", apitest.Reply(200, plainJSON, many.String()), 12, 2, together},
		{"more verbs", verbs(50_000), 22, 2, together},
		{"more bytes", apitest.Bomb(plainJSON, empty, 2<<20-len(empty)), 33, 1, together},
		{"one that is larger than 2 MiB", apitest.Bomb(plainJSON, empty, 2<<20-len(empty)+1), 1, 1, "the answer is larger than 2 MiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snapshot := &discovery.Snapshot{Core: discovery.Known(discovery.Group{}), Named: discovery.Known([]discovery.Group{{Name: "a"}})}
			server := apitest.New(t, snapshot, apitest.Forms(apitest.Plain))
			for i := range test.lists {
				version := fmt.Sprintf("v%d", i+1)
				snapshot.Named.Value[0].Versions = append(snapshot.Named.Value[0].Versions, discovery.Version{Name: version})
				server.Always("/apis/a/"+version, test.answer)
			}
			s := ask(t, server).fetch(documents)
			failed := 0
			for _, v := range s.Named.Value[0].Versions {
				if f := v.Resources.Failure; f != nil {
					failed++
					checkFailure(t, f, discovery.InvalidResponse, "GET /apis/a/"+v.Name+": "+test.message)
				}
			}
			if failed != test.fail {
				t.Errorf("%d of %d failed", failed, test.lists)
			}
		})
	}
}

// TestNotAcceptable: where something between here and the server does not know
// aggregated discovery, plain discovery is asked for.
func TestNotAcceptable(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Forms(apitest.Plain))
	for _, path := range []string{"/api", "/apis"} {
		server.Always(path, func(e *apitest.Exchange) {
			if strings.Contains(e.Request.Header.Get("Accept"), "apidiscovery") {
				e.WriteHeader(http.StatusNotAcceptable)
				return
			}
			e.Usual.ServeHTTP(e, e.Request)
		})
	}
	s := ask(t, server).fetch(documents)
	if group, failure := s.Group("apps"); failure != nil || group == nil || !group.Versions[0].Resources.Known {
		t.Errorf("apps is %+v, failure %v", group, failure)
	}
	if group, failure := s.Group(""); failure != nil || group == nil {
		t.Errorf("core is %+v, failure %v", group, failure)
	}
	if n := server.Count("/apis"); n != 2 {
		t.Errorf("/apis was asked for %d times", n)
	}
}

// TestForeignNotFound: only an API server that answers 404 itself has no core group.
func TestForeignNotFound(t *testing.T) {
	for contentType, known := range map[string]bool{
		"text/plain; charset=utf-8": true, "application/json": true, "": true, "Text/Plain": true,
		"text/html": false, "TEXT/HTML; charset=utf-8": false, "application/xml": false, "application/problem+json": false,
	} {
		t.Run(contentType, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/api", apitest.Reply(404, contentType, "not here"))
			s := ask(t, server).fetch(documents)
			if s.Core.Known != known || !s.Named.Known {
				t.Errorf("core %+v", s.Core)
			}
		})
	}
}
