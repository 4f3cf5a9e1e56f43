package openapi

import (
	"runtime"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
)

// FuzzFields holds that what the walk says of fields is whole, and takes bounded
// memory, whatever a document looks like.
func FuzzFields(f *testing.F) {
	paths := []string{
		"spec", "spec.mode", "spec.port", "spec.limits.*", "spec.matrix[][].cell", "spec.template.metadata.labels.*",
		"spec.either.b.deep", "spec.tree.children[].children[].leaf", "spec.loop.x", "metadata.labels.app",
	}
	whole := openAPI(fuzzGadget, fuzzSchemas...)
	f.Add([]byte(whole))
	f.Add([]byte(openAPI(`"$ref":"#/components/schemas/A"`, `"A":{"items":true,"properties":null}`)))
	f.Add([]byte(`{"openapi":"3.1.0","components":{"schemas":{"a/b~c":{"type":[null]}}}}`))
	f.Add([]byte(`{"kind":"Status","message":"no"}`))
	f.Add([]byte(crdDocument(spec(`"type":"string","enum":["a"],"not":{"anyOf":[{"pattern":"a"},{"maxLength":1}]}`, `"oneOf":[{"required":["mode"]},{"required":["port"]}]`))))
	for _, cut := range []int{1, 3, 7} {
		f.Add([]byte(whole[:len(whole)*cut/8]))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var queries []FieldQuery
		for _, path := range paths {
			queries = append(queries, FieldQuery{GroupVersion: gadgets, Kind: "Gadget", Path: path})
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		answers, err := ReadFields(src, gadgets, queries, "GET /x")
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(32<<20+128*len(src)) {
			t.Errorf("%d bytes took %d KiB", len(src), used>>10)
		}
		if err != nil {
			return
		}
		all, err := ReadSchemas(src, gadgets, []string{"Gadget"}, 1000)
		if err == nil && len(all.Kinds) == 1 && answers[queries[0]].Failure != nil && answers[queries[0]].Failure.Code == model.NoSchema {
			t.Errorf("a kind without a schema has %v", all)
		}
		for _, q := range queries {
			fact := answers[q]
			switch field := fact.Value; {
			case !fact.Asked():
				t.Errorf("%s is not answered", q.Path)
			case !fact.Known:
			case field.Presence == model.FieldPresent:
				if field.At != "" || field.Siblings != nil {
					t.Errorf("%s is %+v", q.Path, field)
				}
			case field.Presence != model.FieldAbsent && field.Presence != model.FieldOpen:
				t.Errorf("%s is %q", q.Path, field.Presence)
			case !strings.HasPrefix(q.Path, field.At) || field.At == q.Path || field.Enum != nil || field.Required || field.EnumRules != nil || field.RequiredRules != nil:
				t.Errorf("%s is %+v", q.Path, field)
			}
		}
	})
}
