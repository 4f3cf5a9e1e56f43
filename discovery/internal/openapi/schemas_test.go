package openapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/kubeapi"
)

var gadgets = kubeapi.GroupVersion{Group: "example.com", Version: "v1"}

// openAPI makes a document of schemas, of which the first is that of the kind
// Gadget, with the given members.
func openAPI(gadget string, others ...string) string {
	list := append([]string{`"com.example.v1.Gadget":{` + gadget + `,"x-kubernetes-group-version-kind":[{"group":"example.com","version":"v1","kind":"Gadget"}]}`}, others...)
	return `{"openapi":"3.0.0","info":{"title":"x"},"paths":{"/apis/example.com/v1/":{"get":{}}},"components":{"schemas":{` + strings.Join(list, ",") + `}}}`
}

const (
	metaSchema     = `"io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta":{"type":"object","properties":{"name":{"type":"string"},"labels":{"type":"object","additionalProperties":{"type":"string","default":""}}}}`
	quantitySchema = `"Quantity":{"oneOf":[{"type":"string"},{"type":"number"}]}`
)

// fuzzGadget has one of everything that the walk knows.
const fuzzGadget = `"type":"object","required":["spec"],"properties":{
	"metadata":{"allOf":[{"$ref":"#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}],"default":{},"description":"d"},
	"spec":{"type":"object","required":["mode"],"properties":{
		"mode":{"type":"string","enum":["Fast","Slow",""],"nullable":true},
		"level":{"type":"integer","enum":[1,2.50,null]},
		"port":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]},
		"builtinPort":{"allOf":[{"$ref":"#/components/schemas/IntOrString"}]},
		"limits":{"type":"object","additionalProperties":{"allOf":[{"$ref":"#/components/schemas/Quantity"}]}},
		"free":{"type":"object","additionalProperties":true},
		"closed":{"type":"object","additionalProperties":false},
		"raw":{"type":"object"},
		"any":{"description":"anything"},
		"kept":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"known":{"type":"boolean"}}},
		"keptAny":{"x-kubernetes-preserve-unknown-fields":true},
		"matrix":{"type":"array","items":{"type":"array","items":{"type":"object","properties":{"cell":{"type":"number"}}}}},
		"anyList":{"type":"array"},
		"template":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true},
		"strictTemplate":{"type":"object","x-kubernetes-embedded-resource":true,"properties":{"spec":{"type":"object","properties":{"a":{"type":"string"}}}}},
		"either":{"oneOf":[{"$ref":"#/components/schemas/A"},{"allOf":[{"$ref":"#/components/schemas/B"}],"description":"d"}]},
		"restricted":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"anyOf":[{"required":["a"]},{"type":"object","required":["b"]}]},
		"merged":{"allOf":[{"$ref":"#/components/schemas/A"},{"properties":{"c":{"type":"boolean"}},"required":["c"]},{"properties":{"a":{"enum":["x","z"]}}}]},
		"tree":{"$ref":"#/components/schemas/Tree"},
		"loop":{"$ref":"#/components/schemas/Loop"},
		"keptList":{"type":"array","x-kubernetes-preserve-unknown-fields":true,"items":{"type":"string"}},
		"patterned":{"type":"object","properties":{"b":{"type":"string"}},"patternProperties":{"^x-":{"type":"string"}}},
		"conditional":{"type":"object","if":{"required":["a"]},"then":{"properties":{"b":{"type":"string"}}}},
		"listed":{"type":["string","null"]},
		"untyped":{"properties":{"x":{"items":{"type":"string"}}}}
	}}}`

var fuzzSchemas = []string{
	metaSchema, quantitySchema,
	`"IntOrString":{"oneOf":[{"type":"integer"},{"type":"string"}],"format":"int-or-string"}`,
	`"A":{"type":"object","required":["a"],"properties":{"a":{"type":"string","enum":["x","y"]}}}`,
	`"B":{"type":"object","required":["a"],"properties":{"a":{"type":"string","enum":["z"]},"b":{"type":"object","properties":{"deep":{"type":"string"}}}}}`,
	`"Tree":{"type":"object","properties":{"children":{"type":"array","items":{"allOf":[{"$ref":"#/components/schemas/Tree"}]}},"leaf":{"type":"string"}}}`,
	`"Loop":{"allOf":[{"$ref":"#/components/schemas/Loop2"}]}`,
	`"Loop2":{"anyOf":[{"$ref":"#/components/schemas/Loop"}],"allOf":[{"$ref":"#/components/schemas/Loop"}]}`,
}

func shownField(f Field) string {
	switch f.Presence {
	case model.FieldPresent:
		s := "present " + f.Type
		if f.Enum != nil {
			s += fmt.Sprintf(" %q", f.Enum)
		}
		for _, rule := range f.EnumRules {
			s += " " + shownRule(rule) + "?"
		}
		if f.Required {
			s += " required"
		}
		for i, rule := range f.RequiredRules {
			if i == 0 {
				s += " required:"
			}
			s += " " + shownRule(rule) + "?"
		}
		return s
	case model.FieldOpen:
		return "open at " + f.At
	}
	return fmt.Sprintf("absent at %s %v", f.At, f.Siblings)
}

func shownRule(r SchemaRule) string { return r.Keyword + "@" + r.At }

// A name that is too long to be shown is a field like others, and is not shown.
func TestLongNamesAreNoSiblings(t *testing.T) {
	long := strings.Repeat("x", 257)
	src := openAPI(`"properties":{"` + long + `":{"type":"string"},"` + long[1:] + `":{"type":"string"}}`)
	if got := saidOf(t, src, "other"); got != "absent at  ["+long[1:]+"]" {
		t.Errorf("another field is %s", got)
	}
	if got := saidOf(t, src, long); got != "present string" {
		t.Errorf("the field is %s", got)
	}
}

func TestFields(t *testing.T) {
	src := openAPI(fuzzGadget, fuzzSchemas...)
	tests := map[string]string{
		"spec":                                 "present object required",
		"status":                               "absent at  [metadata spec]",
		"metadata":                             "present object required",
		"metadata.name":                        "present string metadata@metadata?",
		"metadata.labels":                      "present object",
		"metadata.labels.*":                    "present string metadata@metadata?",
		"metadata.labels.app":                  "open at metadata.labels",
		"metadata.label":                       "absent at metadata [labels name]",
		"spec.mode":                            `present string ["Fast" "Slow" ""] required`,
		"spec.mode.x":                          "absent at spec.mode []",
		"spec.mode[]":                          "absent at spec.mode []",
		"spec.mode.*":                          "absent at spec.mode []",
		"spec.level":                           "present integer",
		"spec.port":                            "present int-or-string",
		"spec.port.x":                          "absent at spec.port []",
		"spec.builtinPort":                     "present int-or-string",
		"spec.limits.*":                        "present string",
		"spec.limits[]":                        "absent at spec.limits []",
		"spec.limits.*.x":                      "absent at spec.limits.* []",
		"spec.free.*":                          "present  type@spec.free.*?",
		"spec.free.*.x":                        "open at spec.free.*",
		"spec.free.x":                          "open at spec.free",
		"spec.closed.x":                        "absent at spec.closed []",
		"spec.closed.*":                        "absent at spec.closed []",
		"spec.raw":                             "present object",
		"spec.raw.x":                           "open at spec.raw",
		"spec.raw.*":                           "open at spec.raw",
		"spec.raw[]":                           "absent at spec.raw []",
		"spec.any":                             "present  type@spec.any?",
		"spec.any.x":                           "open at spec.any",
		"spec.any[]":                           "open at spec.any",
		"spec.any.*":                           "open at spec.any",
		"spec.kept.known":                      "present boolean",
		"spec.kept.other":                      "open at spec.kept",
		"spec.kept.*":                          "open at spec.kept",
		"spec.kept[]":                          "absent at spec.kept [known]",
		"spec.keptAny.x":                       "open at spec.keptAny",
		"spec.keptList.x":                      "absent at spec.keptList []",
		"spec.keptList[]":                      "present string",
		"spec.patterned.b":                     "present string patternProperties@spec.patterned? required: patternProperties@spec.patterned?",
		"spec.patterned.x-a":                   "open at spec.patterned",
		"spec.conditional.b":                   "open at spec.conditional",
		"spec.keptAny[]":                       "open at spec.keptAny",
		"spec.matrix":                          "present array",
		"spec.matrix[]":                        "present array",
		"spec.matrix[][]":                      "present object",
		"spec.matrix[][].cell":                 "present number",
		"spec.matrix[].cell":                   "absent at spec.matrix[] []",
		"spec.matrix[][].call":                 "absent at spec.matrix[][] [cell]",
		"spec.matrix.cell":                     "absent at spec.matrix []",
		"spec.anyList[]":                       "open at spec.anyList",
		"spec.anyList.x":                       "absent at spec.anyList []",
		"spec.template.kind":                   "present string x-kubernetes-embedded-resource@spec.template? required",
		"spec.template.metadata.labels.*":      "present string x-kubernetes-embedded-resource@spec.template?",
		"spec.template.spec":                   "open at spec.template",
		"spec.strictTemplate.apiVersion":       "present string x-kubernetes-embedded-resource@spec.strictTemplate? required",
		"spec.strictTemplate.metadata":         "present object",
		"spec.strictTemplate.spec.a":           "present string",
		"spec.strictTemplate.status":           "absent at spec.strictTemplate [apiVersion kind metadata spec]",
		"spec.either.a":                        `present string ["x" "y" "z"] oneOf@spec.either? required`,
		"spec.either.b":                        "present object required: oneOf@spec.either?",
		"spec.either.b.deep":                   "present string oneOf@spec.either?",
		"spec.either.c":                        "absent at spec.either [a b]",
		"spec.restricted.a":                    "present string",
		"spec.restricted.c":                    "absent at spec.restricted [a b]",
		"spec.merged.a":                        `present string ["x"] required`,
		"spec.merged.c":                        "present boolean required",
		"spec.tree.children[].children[].leaf": "present string",
		"spec.tree.children[].children[].leav": "absent at spec.tree.children[].children[] [children leaf]",
		"spec.loop":                            "present  type@spec.loop?",
		"spec.loop.x":                          "open at spec.loop",
		"spec.listed":                          "present string",
		"spec.untyped":                         "present object",
		"spec.untyped.x":                       "present array",
		"spec.untyped.x[]":                     "present string",
		"spec.untyped.y":                       "absent at spec.untyped [x]",
	}
	var queries []FieldQuery
	for path := range tests {
		queries = append(queries, FieldQuery{GroupVersion: gadgets, Kind: "Gadget", Path: path})
	}
	answers, err := ReadFields([]byte(src), gadgets, queries, "GET /x")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for q, answer := range answers {
		if got[q.Path] = shownField(answer.Value); answer.Failure != nil {
			got[q.Path] = answer.Failure.Message
		}
	}
	if diff := cmp.Diff(tests, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSchemaErrors(t *testing.T) {
	many := func(n int, item string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, item, i)
		}
		return b.String()
	}
	tests := []struct{ name, src, err string }{
		{"duplicate name in what nobody asks about", openAPI(`"type":"object"`, `"x":{"a":1,"a":2}`), `at /components/schemas/x: the name "a" is there twice`},
		{"a schema twice", openAPI(`"type":"object"`, `"x":{}`, `"x":{}`), `at /components/schemas: the name "x" is there twice`},
		{"a schema that is a list", openAPI(`"type":"object"`, `"x":[]`), "at /components/schemas/x: a list stands where an object is expected"},
		{"nested too deep in lists", openAPI(`"x":` + strings.Repeat("[", 200) + strings.Repeat("]", 200)), "it is nested deeper than 128 levels"},
		{"nested too deep in objects", openAPI(strings.Repeat(`"x":{`, 200) + strings.Repeat("}", 200)), "it is nested deeper than 128 levels"},
		{"a long text", openAPI(`"x":"` + strings.Repeat("x", maxSchemaText) + `"`), "a text in it is larger than 1 MiB"},
		{"long names", openAPI(many(5, `"%d`+strings.Repeat("x", maxSchemaText-10)+`":0,`) + `"x":0`), "the names in it take more than 4 MiB"},
		{"many names", openAPI(many(maxSchemaMembers+1, `"n%d":0,`) + `"x":0`), "at /components/schemas/com.example.v1.Gadget/n4000: an object has more than 4000 names"},
		{"more behind the end", openAPI(`"x":0`) + "{}", "something follows the end of the document"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadFields([]byte(test.src), gadgets, []FieldQuery{{GroupVersion: gadgets, Kind: "Gadget", Path: "spec"}}, "GET /x")
			if err == nil || err.Error() != test.err {
				t.Errorf("error %v, want %s", err, test.err)
			}
		})
	}
	// Names in objects that do not stand in each other do not add up.
	src := openAPI(many(50, `"%d":{"`+strings.Repeat("x", 100_000)+`":0},`) + `"x":0`)
	if _, err := ReadFields([]byte(src), gadgets, nil, "GET /x"); err != nil {
		t.Error(err)
	}
}

// TestQuotedFields has names with dots, which a path quotes, through the schema and
// through a snapshot.
func TestQuotedFields(t *testing.T) {
	src := openAPI(`"type":"object","properties":{"spec":{"type":"object","properties":{"a.b":{"type":"object","properties":{"c":{"type":"string"}}},"*":{"type":"integer"}}}}`)
	tests := map[string]string{
		`spec["a.b"]`:        "present object",
		`spec["a.b"].c`:      "present string",
		`spec["*"]`:          "present integer",
		`spec.a.b`:           "absent at spec [* a.b]",
		`spec["a.b"]["d.e"]`: `absent at spec["a.b"] [c]`,
	}
	var queries []FieldQuery
	for path := range tests {
		queries = append(queries, FieldQuery{GroupVersion: gadgets, Kind: "Gadget", Path: path})
	}
	answers, err := ReadFields([]byte(src), gadgets, queries, "GET /x")
	if err != nil {
		t.Fatal(err)
	}
	for q, answer := range answers {
		if got := shownField(answer.Value); got != tests[q.Path] {
			t.Errorf("%s: %s, failure %v", q.Path, got, answer.Failure)
		}
	}
}
