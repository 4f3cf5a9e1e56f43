package discovery_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

const (
	appsPath   = "/openapi/v3/apis/apps/v1"
	deployment = `"type":"object","properties":{"spec":{"type":"object","properties":{"replicas":{"type":"integer"}}}}`
	// grown has a field more.
	grown = `"type":"object","properties":{"spec":{"type":"object","properties":{"replicas":{"type":"integer"},"paused":{"type":"boolean"}}}}`
)

func apps(schema string) apitest.Schemas {
	return apitest.Schemas{"apis/apps/v1": apitest.OpenAPI(apitest.KindSchema("apps", "v1", "Deployment", schema))}
}

func question(kind, path string) discovery.FieldQuery {
	return discovery.FieldQuery{GroupVersion: kubeapi.GroupVersion{Group: "apps", Version: "v1"}, Kind: kind, Path: path}
}

func fields(queries ...discovery.FieldQuery) discovery.Needs { return discovery.Needs{Fields: queries} }

var (
	replicas = question("Deployment", "spec.replicas")
	paused   = question("Deployment", "spec.paused")
)

// said gives what a snapshot holds of a field in a few words.
func said(s *discovery.Snapshot, q discovery.FieldQuery) string {
	fact := s.Fields[q]
	if failure := fact.Unknown(); failure != nil {
		return string(failure.Code) + ": " + failure.Message
	}
	return strings.TrimSpace(string(fact.Value.Presence) + " " + fact.Value.Type)
}

func TestFieldsAreFetched(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	schemas := apps(deployment)
	schemas["api/v1"] = apitest.OpenAPI(apitest.KindSchema("", "v1", "Pod", `"properties":{"spec":{"type":"object"}}`))
	schemas["apis/batch/v1"] = "no JSON, and nobody asks"
	server.SetSchemas(schemas)
	a := ask(t, server)
	pod := discovery.FieldQuery{GroupVersion: kubeapi.GroupVersion{Version: "v1"}, Kind: "Pod", Path: "spec"}
	s := a.fetch(fields(replicas, paused, pod))
	want := map[discovery.FieldQuery]discovery.Fact[discovery.Field]{
		replicas: discovery.Known(discovery.Field{Presence: discovery.FieldPresent, Type: "integer"}),
		paused:   discovery.Known(discovery.Field{Presence: discovery.FieldAbsent, At: "spec", Siblings: []string{"replicas"}, Type: "object"}),
		pod:      discovery.Known(discovery.Field{Presence: discovery.FieldPresent, Type: "object"}),
	}
	if diff := cmp.Diff(want, s.Fields); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/openapi/v3", "/openapi/v3/api/v1", appsPath}, server.Paths()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	for _, r := range server.Requests() {
		if hashed := strings.HasPrefix(r.Query, "hash="); hashed == (r.Path == "/openapi/v3") || r.Accept != "application/json" {
			t.Errorf("%s?%s was asked for as %s", r.Path, r.Query, r.Accept)
		}
	}
	// A document that is the same need not come again, and another has to.
	s = a.fetch(fields(replicas))
	if said(s, replicas) != "present integer" || a.Stats().NotModified != 1 {
		t.Errorf("%s, %d not modified", said(s, replicas), a.Stats().NotModified)
	}
	server.SetSchemas(apps(grown))
	s = a.fetch(fields(replicas, paused))
	if said(s, paused) != "present boolean" || a.Stats().NotModified != 1 {
		t.Errorf("%s, %d not modified", said(s, paused), a.Stats().NotModified)
	}
}

// TestFieldsOfLaggingIndex is an index that lags behind the documents.
func TestFieldsOfLaggingIndex(t *testing.T) {
	tests := []struct {
		name  string
		setup func(*apitest.Server)
		want  string
		// queries are those behind the paths of the requests.
		requests []string
	}{
		{
			"the hash is of an earlier document, and the redirect is not followed",
			func(s *apitest.Server) { s.SetSchemas(apps(grown)); s.SetSchemaIndex(apps(deployment)) },
			"present boolean", []string{"301 hashed", "200 plain"},
		},
		{
			"the group version is not there yet when the index is asked for",
			func(s *apitest.Server) {
				s.SetSchemas(apps(grown))
				s.Script("/openapi/v3", apitest.Reply(200, "application/json", string(apitest.SchemaIndex(nil))))
			},
			"present boolean", []string{"200 plain"},
		},
		{
			"the group version is not there yet at all",
			func(s *apitest.Server) { s.SetSchemas(nil) },
			"no-schema: GET " + appsPath + ": 404 Not Found", []string{"404 plain"},
		},
		{
			"the group version is gone, and the index still has it",
			func(s *apitest.Server) { s.SetSchemas(nil); s.SetSchemaIndex(apps(deployment)) },
			"no-schema: GET " + appsPath + ": the answer is empty", []string{"200 hashed"},
		},
		{
			"the document is not found by its hash",
			func(s *apitest.Server) {
				s.SetSchemas(apps(grown))
				s.Script(appsPath, apitest.Reply(404, "text/plain", ""))
			},
			"present boolean", []string{"404 hashed", "200 plain"},
		},
		{
			"the kind is not there yet",
			func(s *apitest.Server) {
				s.SetSchemas(apitest.Schemas{"apis/apps/v1": apitest.OpenAPI(apitest.KindSchema("apps", "v1", "Other", grown))})
			},
			"no-schema: GET " + appsPath + `: no schema in it is of the kind "Deployment"`, []string{"200 hashed"},
		},
		{
			"a redirect from both",
			func(s *apitest.Server) {
				s.SetSchemas(apps(grown))
				s.Always(appsPath, apitest.Redirect(301, "https://evil.example/x"))
			},
			"redirected: GET " + appsPath + `: 301 Moved Permanently: redirects are not followed, here to "https://evil.example/x"`,
			[]string{"301 hashed", "301 plain"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			test.setup(server)
			s := ask(t, server).fetch(fields(paused))
			if got := said(s, paused); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			var requests []string
			for _, r := range server.Requests() {
				if r.Path == appsPath {
					requests = append(requests, fmt.Sprint(r.Status, map[bool]string{true: " plain", false: " hashed"}[r.Query == ""]))
				}
			}
			if diff := cmp.Diff(test.requests, requests); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFieldFailures(t *testing.T) {
	index := func(url string) apitest.Step {
		return apitest.Reply(200, "application/json", fmt.Sprintf(`{"paths":{"apis/apps/v1":{"serverRelativeURL":%q}}}`, url))
	}
	document := func(text string) apitest.Step { return apitest.Reply(200, "application/json", text) }
	refused := func(url string) string {
		return fmt.Sprintf("invalid-response: GET /openapi/v3: the URL %q is not one below /openapi/v3", url)
	}
	tests := []struct {
		name, path string
		step       apitest.Step
		want       string
		attempts   int
	}{
		{"403", "/openapi/v3", apitest.Refuse(403, "Forbidden", "no way, secret-token"), "forbidden: GET /openapi/v3: 403 Forbidden: no way, [token]", 1},
		{"a server without OpenAPI v3", "/openapi/v3", apitest.Reply(404, "text/plain", ""), "invalid-response: GET /openapi/v3: 404 Not Found", 1},
		{"401", "/openapi/v3", apitest.Refuse(401, "Unauthorized", "Unauthorized"), "unauthorized: GET /openapi/v3: 401 Unauthorized: Unauthorized", 1},
		{"an index that redirects", "/openapi/v3", apitest.Redirect(302, "/login"), `redirected: GET /openapi/v3: 302 Found: redirects are not followed, here to "/login"`, 1},
		{"an index in HTML", "/openapi/v3", apitest.Reply(200, "text/html", "<html>"), `invalid-response: GET /openapi/v3: the content type is "text/html", not JSON; is it a Kubernetes API server?`, 1},
		{"an index in text that is no JSON", "/openapi/v3", apitest.Reply(200, "text/plain", "hello"), "invalid-response: GET /openapi/v3: it is not JSON: invalid character 'h' at start of value after 0 bytes", 1},
		{"an index without paths", "/openapi/v3", document(`{}`), "invalid-response: GET /openapi/v3: it has no paths", 1},
		{"an index that has a path twice", "/openapi/v3", document(`{"paths":{"a":{},"a":{}}}`), `invalid-response: GET /openapi/v3: at /paths: the name "a" is there twice`, 1},
		{"an index in a Status", "/openapi/v3", document(`{"kind":"Status","message":"no"}`), "invalid-response: GET /openapi/v3: it is a Status: no", 1},
		{"a URL of another host", "/openapi/v3", index("https://evil.example/openapi/v3/x"), refused("https://evil.example/openapi/v3/x"), 1},
		{"a URL of another host without a scheme", "/openapi/v3", index("//evil.example/openapi/v3/x"), refused("//evil.example/openapi/v3/x"), 1},
		{"a URL of a user", "/openapi/v3", index("//u@/openapi/v3/x"), refused("//u@/openapi/v3/x"), 1},
		{"a URL beside", "/openapi/v3", index("/api/v1/secrets"), refused("/api/v1/secrets"), 1},
		{"a URL that climbs", "/openapi/v3", index("/openapi/v3/../../api/v1/secrets"), refused("/openapi/v3/../../api/v1/secrets"), 1},
		{"a URL that climbs in disguise", "/openapi/v3", index("/openapi/v3/%2e%2e/x"), refused("/openapi/v3/%2e%2e/x"), 1},
		{"a URL with a hidden slash", "/openapi/v3", index("/openapi/v3/a%2fb"), refused("/openapi/v3/a%2fb"), 1},
		{"a URL with two slashes", "/openapi/v3", index("/openapi/v3//x"), refused("/openapi/v3//x"), 1},
		{"a URL with a fragment", "/openapi/v3", index("/openapi/v3/x#"), refused("/openapi/v3/x#"), 1},
		{"a relative URL", "/openapi/v3", index("openapi/v3/x"), refused("openapi/v3/x"), 1},
		{"a URL with a line break", "/openapi/v3", index("/openapi/v3/x\n"), `invalid-response: GET /openapi/v3: the URL "/openapi/v3/x" is not one below /openapi/v3`, 1},
		{"no URL", "/openapi/v3", index(""), refused(""), 1},
		{"a long URL", "/openapi/v3", index("/openapi/v3/x?hash=" + strings.Repeat("A", 3000)), refused("/openapi/v3/x?hash=" + strings.Repeat("A", 234) + "…"), 1},
		{"the index itself", "/openapi/v3", index("/openapi/v3"), refused("/openapi/v3"), 1},
		{"500 of an aggregated API", appsPath, apitest.Reply(500, "text/plain", "oops"), `unavailable: GET ` + appsPath + `: 500 Internal Server Error: "oops"`, 1},
		{"503 of an aggregated API", appsPath, apitest.Reply(503, "text/plain", ""), "unavailable: GET " + appsPath + ": 503 Service Unavailable", 5},
		{"403 for a document", appsPath, apitest.Refuse(403, "Forbidden", "no"), "forbidden: GET " + appsPath + ": 403 Forbidden: no", 1},
		{"a document that is none", appsPath, document(`{}`), "invalid-response: GET " + appsPath + ": it has no openapi", 1},
		{"a document of another version", appsPath, document(`{"openapi":"2.0"}`), "invalid-response: GET " + appsPath + `: at /openapi: the version "2.0" is not 3`, 1},
		{"a document without schemas", appsPath, document(`{"openapi":"3.0.0"}`), "no-schema: GET " + appsPath + `: no schema in it is of the kind "Deployment"`, 1},
		{"a document that is cut off", appsPath, document(`{"openapi":"3.0.0","components":{"sch`), "unreachable: GET " + appsPath + ": the answer was cut off: at /components: it ends in the middle, after 37 bytes", 5},
		{"a document in protobuf", appsPath, apitest.Reply(200, "application/com.github.proto-openapi.spec.v3.v1.0+protobuf", "x"), "invalid-response: GET " + appsPath + `: the content type is "application/com.github.proto-openapi.spec.v3.v1.0+protobuf", not JSON; is it a Kubernetes API server?`, 1},
		{"a document that says the token", appsPath, document(`{"openapi":"secret-token"}`), "invalid-response: GET " + appsPath + `: at /openapi: the version "[token]" is not 3`, 1},
		{"a schema that says the token", appsPath, document(apitest.OpenAPI(apitest.KindSchema("apps", "v1", "Deployment", `"$ref":"secret-token"`))), "invalid-response: GET " + appsPath + `: the schema of Deployment spec.paused: at /$ref: "[token]" is not a schema of the document`, 1},
		{"a number for a schema", appsPath, document(apitest.OpenAPI(apitest.KindSchema("apps", "v1", "Deployment", `"properties":{"spec":7}`))), "invalid-response: GET " + appsPath + `: the schema of Deployment spec.paused: a number stands where an object is expected`, 1},
		{"a schema that is not there", appsPath, document(apitest.OpenAPI(apitest.KindSchema("apps", "v1", "Deployment", `"$ref":"#/components/schemas/x"`))), "invalid-response: GET " + appsPath + `: the schema of Deployment spec.paused: the schema "x" is referred to, and is not there`, 1},
		{"the kind of another group", appsPath, document(apitest.OpenAPI(apitest.KindSchema("batch", "v1", "Deployment", grown), apitest.KindSchema("apps", "v2", "Deployment", grown))), "no-schema: GET " + appsPath + `: no schema in it is of the kind "Deployment"`, 1},
		{"two schemas of a kind", appsPath, document(apitest.OpenAPI(apitest.KindSchema("apps", "v1", "Deployment", grown), strings.Replace(apitest.KindSchema("apps", "v1", "Deployment", grown), "test.", "other.", 1))), "invalid-response: GET " + appsPath + `: the schema of Deployment spec.paused: 2 schemas are of the kind "Deployment"`, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.SetSchemas(apps(grown))
			server.Always(test.path, test.step)
			a := ask(t, server)
			s := a.fetch(fields(paused))
			if got := said(s, paused); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if n := server.Count(test.path); n != test.attempts {
				t.Errorf("%s was asked for %d times", test.path, n)
			}
			for _, r := range server.Requests() {
				if !strings.HasPrefix(r.Path, "/openapi/v3") {
					t.Errorf("%s was asked for", r.Path)
				}
			}
		})
	}
}

// Another look asks for the document of a field once more, by its entity tag.
func TestFieldsOfAnotherLook(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.SetSchemas(apps(deployment))
	a := ask(t, server)
	s, one := a.Look(t.Context(), wanting(fields(replicas, paused)))
	if said(s, paused) != "absent object" || s.Confirmed.Asked() || !one {
		t.Fatalf("%s, confirmed %+v, one server: %t", said(s, paused), s.Confirmed, one)
	}
	s = a.again(wanting(fields(replicas, paused)))[0]
	if said(s, paused) != "absent object" || !s.Confirmed.Known || a.Stats().NotModified != 1 {
		t.Errorf("%s, confirmed %+v, %d not modified", said(s, paused), s.Confirmed, a.Stats().NotModified)
	}
	server.SetSchemas(apps(grown))
	s = a.again(wanting(fields(replicas, paused)))[0]
	if said(s, paused) != "present boolean" || !s.Confirmed.Known {
		t.Errorf("%s, confirmed %+v", said(s, paused), s.Confirmed)
	}
	// A document that cannot be had any more is no absence.
	server.Always(appsPath, apitest.Refuse(403, "Forbidden", "no"))
	s = a.again(wanting(fields(paused)))[0]
	if got := said(s, paused); got != "forbidden: GET "+appsPath+": 403 Forbidden: no" {
		t.Errorf("%s, confirmed %+v", got, s.Confirmed)
	}
}

func TestFieldsCanceled(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.SetSchemas(apps(grown))
	server.Always(appsPath, apitest.Hang())
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("SIGTERM"))
	s := &discovery.Snapshot{}
	ask(t, server).Fetch(ctx, s, fields(paused))
	if f := s.Fields[paused].Failure; f == nil || f.Code != discovery.Canceled {
		t.Errorf("%+v", s.Fields[paused])
	}
}
