package cli_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// fieldsOf is a server with so many groups, of 100 kinds each, with so many fields each.
func fieldsOf(t *testing.T, groups, fields int) *apitest.Server {
	t.Helper()
	s := apitest.Stock()
	schemas := apitest.Schemas{}
	s.Named = discovery.Known([]discovery.Group{})
	for i := range groups {
		name := fmt.Sprintf("group%d.example.com", i)
		var resources []discovery.Resource
		var kinds []string
		for j := range 100 {
			kind := fmt.Sprint("Kind", j)
			resources = append(resources, discovery.Resource{Name: fmt.Sprint("kind", j), Kind: kind, Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get"}})
			properties := numbered(fields/10, "", `"object%d":{"type":"object","properties":{`+numbered(9, "", `"aFieldOfUsualLength%d":{"type":"string","description":"What it is for, in a few words."},`, "")+`"last":{"type":"string"}}},`, `"end":{"type":"string"}`)
			kinds = append(kinds, apitest.KindSchema(name, "v1", kind, `"type":"object","properties":{`+properties+`}`))
		}
		s.Named.Value = append(s.Named.Value, discovery.Group{Name: name, Preferred: "v1", Versions: []discovery.Version{
			{Name: "v1", Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known(resources)},
		}})
		schemas["apis/"+name+"/v1"] = apitest.OpenAPI(kinds...)
	}
	server := apitest.New(t, s, apitest.Token("t"))
	server.SetSchemas(schemas)
	return server
}

// TestMemoryOfAllFields records as many fields as a snapshot holds, and one group too many.
func TestMemoryOfAllFields(t *testing.T) {
	canMeasure(t)
	for groups, want := range map[int]string{10: "Recorded", 12: "the schemas of the cluster have more fields than a snapshot holds"} {
		t.Run(want, func(t *testing.T) {
			server := fieldsOf(t, groups, 350)
			environ, err := server.Environ()
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "all.json")
			m := measure(t, environ, build(t), "snapshot", "--fields", "all", "--service-account-dir", server.ServiceAccountDir(t), "--out", file)
			t.Logf("%d KiB, exit %d, %.500s", m.peak, m.code, m.stderr)
			if !strings.Contains(strings.ToLower(m.stderr), strings.ToLower(want)) {
				t.Errorf("it exits with %d: %.2000s", m.code, m.stderr)
			}
			if m.peak > hostileMemory {
				t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
			}
			if m.code != 0 {
				return
			}
			if m = measure(t, nil, build(t), "snapshot", "diff", file, "1.37"); m.code != 0 || m.peak > hostileMemory {
				t.Errorf("diff took %d KiB, exit %d: %s", m.peak, m.code, m.stderr)
			}
			t.Logf("diff: %d KiB", m.peak)
		})
	}
}
