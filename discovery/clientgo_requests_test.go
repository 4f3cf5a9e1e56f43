package discovery_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestClientGoServerPreferredResourcesRetries: client-go asks once more for a group
// version that has answered 500. What says that it passes is asked for again here, and
// 500 does not; --wait asks for all again.
func TestClientGoServerPreferredResourcesRetries(t *testing.T) {
	for status, want := range map[int]string{500: "apps/v1, preferred: unavailable", 502: "apps/v1, preferred: "} {
		server := apitest.New(t, apitest.Stock(), apitest.Forms(apitest.Plain))
		server.Script("/apis/apps/v1", apitest.Reply(status, "", ""))
		s := ask(t, server).fetch(documents)
		found := false
		for _, line := range told(s) {
			found = found || strings.HasPrefix(line, want)
		}
		if !found {
			t.Errorf("after %d: %q", status, told(s))
		}
	}
}

// TestClientGoContentTypes has the nine content types of TestDiscoveryContentTypeVersion,
// before a document that each could be of. What does not match, with an error or without,
// client-go then reads as a plain document, whatever the type says.
func TestClientGoContentTypes(t *testing.T) {
	whole := aggregatedList(aggregatedGroup("apps", aggregatedVersion("v1", "deployments", "Deployment")))
	plain := groupList(`{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}]}`)
	const aggregated, one, notJSON = "apps/v1, preferred: deployments Deployment", "apps/v1: deployments Deployment", "GET /apis: invalid-response"
	const otherServer = "a proxy's login page comes so, and no answer of an API server does"
	tests := []struct{ contentType, theirs, body, want, differs string }{
		{"application/json; g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", "match", whole, aggregated, ""},
		{"application/json; v=v2;as=APIGroupDiscoveryList;g=apidiscovery.k8s.io", "match", whole, aggregated, ""},
		{"application/json; as=APIGroupDiscoveryList;g=apidiscovery.k8s.io;v=v2", "match", whole, aggregated, ""},
		{"application/json; g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList;charset=utf-8", "match", whole, aggregated, ""},
		{"application/json", "no match", plain, one, ""},
		{"application/json; charset=UTF-8", "no match", plain, one, ""},
		{"text/json", "no match", plain, notJSON, otherServer},
		{"text/html", "no match", plain, notJSON, otherServer},
		{"", "an error, which discovery passes over", plain, notJSON, otherServer},
	}
	for _, test := range tests {
		t.Run(test.contentType, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/api", apitest.Reply(404, "", ""))
			server.Always("/apis", apitest.Reply(200, test.contentType, test.body))
			server.Always("/apis/apps/v1", apitest.Reply(200, plainJSON, resourceList("apps/v1", "deployments", "Deployment")))
			if diff := cmp.Diff([]string{test.want}, told(ask(t, server).fetch(documents))); diff != "" {
				t.Errorf("client-go: %s\ndiffers: %s\n(-want +got):\n%s", test.theirs, test.differs, diff)
			}
		})
	}
}

// TestClientGoAcceptHeader is TestUseLegacyDiscovery: aggregated documents are asked for
// first, and plain ones last. Nothing switches that off, and v2beta1 is asked for, too,
// which client-go has given up.
func TestClientGoAcceptHeader(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	ask(t, server).fetch(documents)
	want := v2JSON + "," + strings.Replace(v2JSON, "v=v2", "v=v2beta1", 1) + "," + plainJSON
	for _, r := range server.Requests() {
		if diff := cmp.Diff(want, r.Accept); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.Path, diff)
		}
	}
}

// TestClientGoServerVersion is TestGetServerVersion: whatever the texts are, they are
// handed on, and whoever compares versions finds out that these are none.
func TestClientGoServerVersion(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always("/version", apitest.Reply(200, plainJSON, `{"major":"foo","minor":"bar","gitVersion":"","gitCommit":"baz"}`))
	want := discovery.Known(discovery.ServerVersion{Major: "foo", Minor: "bar"})
	if diff := cmp.Diff(want, ask(t, server).fetch(discovery.Needs{Version: true}).Version); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
