package discovery_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// resourcesOf gives what a snapshot holds of a version of a group.
func resourcesOf(t *testing.T, s *discovery.Snapshot, gv kubeapi.GroupVersion) discovery.Fact[[]discovery.Resource] {
	t.Helper()
	group, _ := s.Group(gv.Group)
	if group == nil {
		t.Fatalf("there is no group %q", gv.Group)
	}
	for _, v := range group.Versions {
		if v.Name == gv.Version {
			return v.Resources
		}
	}
	t.Fatalf("there is no %s", gv)
	return discovery.Fact[[]discovery.Resource]{}
}

// TestListsAreFetched tests that the own document of a group version has the last word, for
// this snapshot alone.
func TestListsAreFetched(t *testing.T) {
	core, batch := kubeapi.GroupVersion{Version: "v1"}, kubeapi.GroupVersion{Group: "batch", Version: "v1"}
	server := apitest.New(t, apitest.Stock())
	a := ask(t, server)
	before := a.fetch(documents)
	s := *before
	now := []discovery.Resource{{Name: "pods", Kind: "Pod", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get"}}}
	server.Always("/api/v1", apitest.Reply(200, plainJSON, string(apitest.APIResourceList(core, now))))
	server.Always("/apis/apps/v1", apitest.Refuse(403, "Forbidden", "no"))
	a.Fetch(t.Context(), &s, discovery.Needs{Lists: []kubeapi.GroupVersion{core, appsV1}})

	if diff := cmp.Diff(discovery.Known(now), resourcesOf(t, &s, core)); diff != "" {
		t.Errorf("core (-want +got):\n%s", diff)
	}
	checkFailure(t, resourcesOf(t, &s, appsV1).Unknown(), discovery.Forbidden, "GET /apis/apps/v1: 403 Forbidden: no")
	if diff := cmp.Diff(resourcesOf(t, before, batch), resourcesOf(t, &s, batch)); diff != "" {
		t.Errorf("what was not asked for (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/api", "/api/v1", "/apis", "/apis/apps/v1"}, server.Paths()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	// A client keeps the groups for its next snapshots.
	if diff := cmp.Diff(ask(t, server).fetch(documents), before); diff != "" {
		t.Errorf("the snapshot before (-want +got):\n%s", diff)
	}
}

// TestAvailableIsFetched tests that the own document tells whether the server of a group version answers.
func TestAvailableIsFetched(t *testing.T) {
	batch := kubeapi.GroupVersion{Group: "batch", Version: "v1"}
	server := apitest.New(t, apitest.Stock())
	server.Always("/apis/apps/v1", apitest.Reply(503, "text/plain", "service unavailable"))
	a := ask(t, server)
	s := a.fetch(discovery.Needs{Available: []kubeapi.GroupVersion{appsV1, batch}})
	checkFailure(t, s.Available[appsV1].Unknown(), discovery.Unavailable, `GET /apis/apps/v1: 503 Service Unavailable: "service unavailable"`)
	if !s.Available[batch].Known {
		t.Errorf("batch/v1: %v", s.Available[batch].Unknown())
	}
	if len(a.waits) != 0 || len(server.Requests()) != 2 {
		t.Errorf("waits %v, requests %s", a.waits, server.DumpRequests())
	}
}
