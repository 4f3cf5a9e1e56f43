package discovery_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

var appsV1 = kubeapi.GroupVersion{Group: "apps", Version: "v1"}

// allOf needs every field of kinds of apps/v1.
func allOf(kinds ...string) discovery.Needs {
	return discovery.Needs{Schemas: map[kubeapi.GroupVersion][]string{appsV1: kinds}}
}

// deploymentSchemas is every field of a kind with the schema deployment.
var deploymentSchemas = &discovery.Schemas{
	Kinds: map[string]string{"Deployment": ">Deployment"},
	Objects: map[string]discovery.Object{
		"Deployment":      {Fields: []discovery.SchemaField{{Name: "spec", Type: ">Deployment.spec"}}},
		"Deployment.spec": {Fields: []discovery.SchemaField{{Name: "replicas", Type: "integer"}}},
	},
}

// TestSchemasAreFetched tests that every field of a kind is read from the document that
// answers questions about single fields, and that a kind without a schema is left out.
func TestSchemasAreFetched(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.SetSchemas(apps(deployment))
	a := ask(t, server)
	// The document whose tag is kept for this answer has to come again for the others.
	a.fetch(fields(replicas))
	want := map[kubeapi.GroupVersion]discovery.Fact[*discovery.Schemas]{appsV1: discovery.Known(deploymentSchemas)}
	for range 2 {
		s := a.fetch(allOf("Deployment", "Unknown"))
		if diff := cmp.Diff(want, s.Schemas); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if n, m := server.Count(appsPath), a.Stats().NotModified; n != 3 || m != 0 {
		t.Errorf("%d requests, %d not modified", n, m)
	}
	// Nor do they spoil what was kept.
	if s := a.fetch(fields(replicas)); said(s, replicas) != "present integer" || a.Stats().NotModified != 1 {
		t.Errorf("%s, %d not modified", said(s, replicas), a.Stats().NotModified)
	}
}

func TestSchemaFailures(t *testing.T) {
	tests := []struct {
		name, path string
		step       apitest.Step
		code       discovery.FailureCode
		want       string
	}{
		{"403 for the index", "/openapi/v3", apitest.Refuse(403, "Forbidden", "no way, secret-token"), discovery.Forbidden, "GET /openapi/v3: 403 Forbidden: no way, [token]"},
		{"403 for a document", appsPath, apitest.Refuse(403, "Forbidden", "no"), discovery.Forbidden, "GET " + appsPath + ": 403 Forbidden: no"},
		{"a document that is not there", appsPath, apitest.Reply(404, "text/plain", ""), discovery.NoSchema, "GET " + appsPath + ": 404 Not Found"},
		{"a document that is none", appsPath, apitest.Reply(200, "application/json", "{}"), discovery.InvalidResponse, "GET " + appsPath + ": it has no openapi"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.SetSchemas(apps(deployment))
			server.Always(test.path, test.step)
			checkFailure(t, ask(t, server).fetch(allOf("Deployment")).Schemas[appsV1].Unknown(), test.code, test.want)
		})
	}
}

// TestNoPathOfOddGroupVersions tests that only a name that can be nothing else becomes part of a
// path, whatever is asked about it.
func TestNoPathOfOddGroupVersions(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.SetSchemas(apps(deployment))
	odd := kubeapi.GroupVersion{Group: "apps", Version: "../../api"}
	q := discovery.FieldQuery{GroupVersion: odd, Kind: "Deployment", Path: "spec"}
	s := ask(t, server).fetch(discovery.Needs{
		Fields: []discovery.FieldQuery{q}, Schemas: map[kubeapi.GroupVersion][]string{odd: {"Deployment"}},
	})
	const message = `nothing was asked about "apps/../../api", which is no group version`
	checkFailure(t, s.Fields[q].Unknown(), discovery.InvalidResponse, message)
	checkFailure(t, s.Schemas[odd].Unknown(), discovery.InvalidResponse, message)
	if diff := cmp.Diff([]string{"/openapi/v3", "/openapi/v3"}, server.Paths()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestReadDocument tests what is read from a document that no server sent.
func TestReadDocument(t *testing.T) {
	document := []byte(apitest.OpenAPI(apitest.KindSchema("apps", "v1", "Deployment", deployment)))
	answers, err := discovery.ReadFields(document, appsV1, []discovery.FieldQuery{replicas, question("Unknown", "spec")})
	if err != nil || answers[replicas].Value.Type != "integer" {
		t.Errorf("%+v, %v", answers[replicas], err)
	}
	// There is no request to name.
	checkFailure(t, answers[question("Unknown", "spec")].Unknown(), discovery.NoSchema, `no schema in it is of the kind "Unknown"`)
	schemas, err := discovery.ReadSchemas(document, appsV1, []string{"Deployment", "Unknown"})
	if diff := cmp.Diff(deploymentSchemas, schemas); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
