package openapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// crdDocument makes the document that an API server publishes of a CRD, whose schema
// has the given properties beside those that the server adds.
func crdDocument(properties string) string {
	members := []string{`"type":"object"`, `"properties":{` + properties + `,
		"apiVersion":{"type":"string"},"kind":{"type":"string"},
		"metadata":{"description":"d","allOf":[{"$ref":"#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}]}}`}
	return strings.Replace(openAPI(strings.Join(members, ","),
		`"io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta":{"type":"object","properties":{"name":{"type":"string"},"managedFields":{"type":"array","items":{"allOf":[{"$ref":"#/components/schemas/FieldsV1Entry"}]}}}}`,
		`"FieldsV1Entry":{"type":"object","properties":{"fieldsV1":{"allOf":[{"$ref":"#/components/schemas/FieldsV1"}]}}}`,
		`"FieldsV1":{"type":"object"}`,
	), `"title":"x"`, `"title":"Kubernetes CRD Swagger","version":"v0.1.0"`, 1)
}

// spec makes the schema of the field spec, with a property mode and members beside it.
func spec(mode string, members ...string) string {
	members = append(members, `"type":"object"`, `"properties":{"mode":{`+mode+`},"other":{"type":"string"}}`)
	return `"spec":{` + strings.Join(members, ",") + `}`
}

// fieldOf gives what a document says of a field.
func fieldOf(t *testing.T, src string, path string) Field {
	t.Helper()
	q := FieldQuery{GroupVersion: gadgets, Kind: "Gadget", Path: path}
	answers, err := ReadFields([]byte(src), gadgets, []FieldQuery{q}, "GET /x")
	if err != nil {
		t.Fatal(err)
	}
	if f := answers[q].Failure; f != nil {
		t.Fatalf("%s: %s", path, f.Message)
	}
	return answers[q].Value
}

func saidOf(t *testing.T, src string, path string) string {
	t.Helper()
	return shownField(fieldOf(t, src, path))
}

// What ends the judging of one field leaves the others as they are.
func TestFieldsAreJudgedApart(t *testing.T) {
	var values []string
	for i := range 4_001 {
		values = append(values, fmt.Sprintf(`"v%d"`, i))
	}
	src := openAPI(`"type":"object","required":["many","mode"],"properties":{
		"broken":{"$ref":"#/components/schemas/Missing"},
		"many":{"type":"string","enum":[` + strings.Join(values, ",") + `]},
		"mode":{"type":"string","enum":["a"]}}`)
	var queries []FieldQuery
	for _, path := range []string{"broken", "many", "mode"} {
		queries = append(queries, FieldQuery{GroupVersion: gadgets, Kind: "Gadget", Path: path})
	}
	answers, err := ReadFields([]byte(src), gadgets, queries, "GET /x")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range queries {
		if f := answers[q].Failure; f != nil {
			got = append(got, f.Message)
		} else {
			got = append(got, shownField(answers[q].Value))
		}
	}
	want := []string{
		`GET /x: the schema of Gadget broken: the schema "Missing" is referred to, and is not there`,
		"present string limit@many? required",
		`present string ["a"] required`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What a field may be, where its enum is not the only rule.
func TestEnumBesideOtherRules(t *testing.T) {
	rule := func(text string) string {
		return fmt.Sprintf(`"x-kubernetes-validations":[{"rule":%q,"message":"self.mode"}]`, text)
	}
	const text, ab = `"type":"string"`, `"type":"string","enum":["a","b"]`
	tests := []struct{ name, spec, want string }{
		{"no rule", spec(text), "present string"},
		{"an enum", spec(ab), `present string ["a" "b"]`},
		{"harmless keywords", spec(ab + `,"description":"d","default":"a","nullable":true,"example":"c","x-kubernetes-list-type":"atomic","minimum":3,"maxItems":1,"title":"t","minLength":0`), `present string ["a" "b"]`},
		{"a pattern", spec(text + `,"pattern":"^a"`), "present string pattern@spec.mode?"},
		{"a pattern beside an enum", spec(ab + `,"pattern":"^a"`), `present string ["a" "b"] pattern@spec.mode?`},
		{"a format", spec(text + `,"format":"uuid"`), "present string format@spec.mode?"},
		{"a format that takes any string", spec(text + `,"format":"password"`), "present string"},
		{"a maximal length", spec(text + `,"maxLength":3`), "present string maxLength@spec.mode?"},
		{"a minimal length", spec(text + `,"minLength":1`), "present string minLength@spec.mode?"},
		{"a length that each value of an enum is judged by", spec(text + `,"enum":["","a","äöü","abcd"],"minLength":1,"maxLength":3`), `present string ["a" "äöü"]`},
		{"const", spec(text + `,"const":"a"`), `present string ["a"]`},
		{"an enum with a value that is too long to be shown", spec(text + `,"enum":["a","` + strings.Repeat("x", 257) + `"]`), "present string enum@spec.mode?"},
		{"an enum with a value as long as may be", spec(text + `,"enum":["` + strings.Repeat("x", 256) + `"]`), `present string ["` + strings.Repeat("x", 256) + `"]`},
		{"not, with a value that is too long", spec(ab + `,"not":{"enum":["` + strings.Repeat("x", 257) + `"]}`), `present string ["a" "b"] enum@spec.mode? not@spec.mode?`},
		{"const beside an enum", spec(ab + `,"const":"c"`), `present string []`},
		{"const that is no string", spec(text + `,"const":1`), `present string []`},
		{"an enum of what is no string", spec(`"type":"string","enum":[1,true,null,{"a":"b"},["a"],"1.5"]`), `present string ["1.5"]`},
		{"an integer", spec(`"type":"integer","enum":[1,2],"format":"int32"`), "present integer"},
		{"an array", spec(`"type":"array","items":{"type":"string"},"maxItems":3`), "present array"},
		{"a boolean", spec(`"type":"boolean"`), "present boolean"},
		{"int-or-string", spec(`"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]`), "present int-or-string"},
		{"int-or-string with an enum", spec(`"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}],"enum":[1,"http"]`), `present int-or-string ["http"]`},
		{"int-or-string with a pattern", spec(`"x-kubernetes-int-or-string":true,"pattern":"x","allOf":[{"anyOf":[{"type":"integer"},{"type":"string"}]}]`), "present int-or-string pattern@spec.mode?"},
		{"no type", spec(`"x-kubernetes-preserve-unknown-fields":true`), "present  type@spec.mode?"},
		{"no type, and an enum", spec(`"enum":["a",1]`), `present  ["a"]`},
		{"several types", spec(`"type":["string","integer"]`), "present "},
		{"several types without strings", spec(`"type":["boolean","integer"]`), "present  []"},
		{"not", spec(ab + `,"not":{"enum":["a","x"]}`), `present string ["b"]`},
		{"not, without an enum", spec(text + `,"not":{"enum":["a"]}`), "present string not@spec.mode?"},
		{"not a pattern", spec(ab + `,"not":{"pattern":"a"}`), `present string ["a" "b"] not@spec.mode? pattern@spec.mode?`},
		{"not anything", spec(ab + `,"not":{}`), `present string []`},
		{"allOf", spec(ab + `,"allOf":[{"enum":["b","c"]},{"allOf":[{"enum":["b"]}]}]`), `present string ["b"]`},
		{"allOf with a pattern", spec(ab + `,"allOf":[{"enum":["b","c"]},{"pattern":"b"}]`), `present string ["b"] pattern@spec.mode?`},
		{"anyOf that is narrower", spec(ab + `,"anyOf":[{"enum":["a"]}]`), `present string ["a"]`},
		{"anyOf of which one lists the value", spec(text + `,"anyOf":[{"enum":["a"]},{"enum":["b"],"maxLength":2},{"enum":["long"],"maxLength":2}]`), `present string ["a" "b"]`},
		{"anyOf with a pattern", spec(text + `,"anyOf":[{"enum":["a"]},{"pattern":"x"}]`), "present string anyOf@spec.mode? pattern@spec.mode?"},
		{"anyOf with a pattern, and an enum", spec(ab + `,"anyOf":[{"enum":["a"]},{"pattern":"x"}]`), `present string ["a" "b"] anyOf@spec.mode? pattern@spec.mode?`},
		{"anyOf in which one takes anything", spec(text + `,"anyOf":[{"enum":["a"]},{}]`), "present string"},
		{"two groups of alternatives", spec(text + `,"anyOf":[{"enum":["a"]},{"enum":["b"]}],"allOf":[{"anyOf":[{"enum":["b"]},{"enum":["c"]}]}]`), `present string ["b"]`},
		{"oneOf", spec(text + `,"oneOf":[{"enum":["a","b"]},{"enum":["b","c"]}]`), `present string ["a" "c"]`},
		{"oneOf of which two take anything", spec(ab + `,"oneOf":[{},{"minLength":0}]`), `present string []`},
		{"oneOf with a pattern", spec(ab + `,"oneOf":[{"enum":["a"]},{"pattern":"a"}]`), `present string ["a" "b"] oneOf@spec.mode? pattern@spec.mode?`},
		{"if", spec(ab + `,"if":{"enum":["a"]},"then":{"maxLength":0}`), `present string ["a" "b"] if@spec.mode?`},
		{"a rule in CEL", spec(ab + `,` + rule("self != 'a'")), `present string ["a" "b"] x-kubernetes-validations@spec.mode?`},
		{"a rule in CEL about changes", spec(ab + `,` + rule("self == oldSelf")), `present string ["a" "b"]`},
		{"a rule in CEL about changes, on creation as well", spec(ab + `,` + strings.Replace(rule("!oldSelf.hasValue() || self == oldSelf.value()"), "}]", `,"optionalOldSelf":true}]`, 1)), `present string ["a" "b"] x-kubernetes-validations@spec.mode?`},
		{"no rules in CEL", spec(ab + `,"x-kubernetes-validations":[]`), `present string ["a" "b"]`},

		{"a rule in CEL above", spec(ab, rule("self.mode != 'a'")), `present string ["a" "b"] x-kubernetes-validations@spec?`},
		{"a rule in CEL above about another field", spec(ab, rule("self.other != 'mode'")), `present string ["a" "b"]`},
		{"a rule in CEL above about all of it", spec(ab, rule("self == self")), `present string ["a" "b"] x-kubernetes-validations@spec?`},
		{"a rule in CEL at the root", spec(ab) + `},"x-kubernetes-validations":[{"rule":"self.spec.mode == 'a'"}],"x":{"x":0`, `present string ["a" "b"] x-kubernetes-validations@?`},
		{"a rule in CEL at the root about another field", spec(ab) + `},"x-kubernetes-validations":[{"rule":"self.spec.other == 'a' && self.metadata.name != 'mode'"}],"x":{"x":0`, `present string ["a" "b"]`},
		{"not above", spec(ab, `"not":{"properties":{"mode":{"enum":["a"]}}}`), `present string ["a" "b"] not@spec?`},
		{"not above, of not", spec(ab, `"not":{"properties":{"mode":{"not":{"enum":["c"]}}}}`), `present string ["a" "b"] not@spec?`},
		{"no type, and required", spec(`"x-kubernetes-preserve-unknown-fields":true`, `"required":["mode"]`), "present  type@spec.mode?"},
		{"not above, of the field", spec(ab, `"not":{"required":["mode"]}`), `present string ["a" "b"] not@spec?`},
		{"not above, of another field", spec(ab, `"not":{"required":["other"]}`), `present string ["a" "b"]`},
		{"allOf above", spec(ab, `"allOf":[{"properties":{"mode":{"enum":["a"]}}}]`), `present string ["a"]`},
		{"allOf above with a pattern", spec(ab, `"allOf":[{"properties":{"mode":{"pattern":"a"}}}]`), `present string ["a" "b"] pattern@spec.mode?`},
		{"anyOf above", spec(ab, `"anyOf":[{"properties":{"mode":{"enum":["a"]}}},{"required":["other"]}]`), `present string ["a" "b"] anyOf@spec?`},
		{"anyOf above that is narrower", spec(ab, `"anyOf":[{"properties":{"mode":{"enum":["a"]}}}]`), `present string ["a"]`},
		{"anyOf above, all of them narrower", spec(ab, `"anyOf":[{"properties":{"mode":{"enum":["a"]}}},{"properties":{"mode":{"enum":["a","c"]}}}]`), `present string ["a"]`},
		{"anyOf above with a pattern", spec(ab, `"anyOf":[{"properties":{"mode":{"pattern":"a"}}}]`), `present string ["a" "b"] pattern@spec.mode?`},
		{"anyOf above of other fields", spec(ab, `"anyOf":[{"required":["other"]},{"properties":{"other":{"enum":["x"]}}}]`), `present string ["a" "b"]`},
		{"anyOf above that requires it", spec(ab, `"anyOf":[{"required":["other"]},{"required":["mode"]}]`), `present string ["a" "b"]`},
		{"oneOf above", spec(ab, `"oneOf":[{"properties":{"mode":{"enum":["a"]}}},{"properties":{"mode":{"enum":["a","b"]}}}]`), `present string ["a" "b"] oneOf@spec?`},
		{"oneOf above that requires it", spec(ab, `"oneOf":[{"required":["mode"]},{"required":["other"]}]`), `present string ["a" "b"] oneOf@spec?`},
		{"oneOf above of other fields", spec(ab, `"oneOf":[{"required":["other"]},{"properties":{"other":{"enum":["x"]}}}]`), `present string ["a" "b"]`},
		{"alternatives above of another type", spec(ab, `"oneOf":[{"type":"string"},{"type":"object"}]`), `present string ["a" "b"]`},
		{"an enum of objects above", spec(ab, `"enum":[{"mode":"a"}]`), `present string ["a" "b"] enum@spec?`},
		{"if above", spec(ab, `"if":{}`), `present string ["a" "b"] if@spec?`},
		{"names of properties above", spec(ab, `"propertyNames":{"pattern":"x"}`), `present string ["a" "b"] propertyNames@spec?`},
		{"no properties above", spec(ab, `"maxProperties":0`), `present string ["a" "b"] maxProperties@spec?`},
		{"at most two properties above", spec(ab, `"maxProperties":2,"minProperties":1`), `present string ["a" "b"]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fieldOf(t, crdDocument(test.spec), "spec.mode")
			f.Required, f.RequiredRules = false, nil
			if got := shownField(f); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// What a field may be that is in items, values or a type of Go.
func TestEnumInItemsAndValues(t *testing.T) {
	src := crdDocument(`"spec":{"type":"object","properties":{
		"list":{"type":"array","items":{"type":"string","enum":["a"]},"x-kubernetes-validations":[{"rule":"self.all(x, x != 'a')"}]},
		"plain":{"type":"array","items":{"type":"string","enum":["a"]},"maxItems":3},
		"none":{"type":"array","items":{"type":"string","enum":["a"]},"maxItems":0},
		"map":{"type":"object","additionalProperties":{"type":"string","pattern":"x"}},
		"rules":{"type":"array","items":{"type":"object","properties":{"mode":{"type":"string"},"other":{"type":"string"}}}}
	},"x-kubernetes-validations":[{"rule":"self.rules.all(r, r.other == 'x')"}]}`)
	for path, want := range map[string]string{
		"spec.list[]":                         `present string ["a"] x-kubernetes-validations@spec.list?`,
		"spec.plain[]":                        `present string ["a"]`,
		"spec.none[]":                         `present string ["a"] maxItems@spec.none?`,
		"spec.map.*":                          "present string pattern@spec.map.*?",
		"spec.rules[].mode":                   "present string x-kubernetes-validations@spec? required: x-kubernetes-validations@spec?",
		"apiVersion":                          `present string ["example.com/v1"] required`,
		"kind":                                `present string ["Gadget"] required`,
		"metadata":                            "present object required",
		"metadata.name":                       "present string metadata@metadata?",
		"spec":                                "present object",
		"metadata.managedFields[].fieldsV1.x": "open at metadata.managedFields[].fieldsV1",
	} {
		if got := saidOf(t, src, path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// Whether a field is required by what is said of the object that it is in.
func TestRequired(t *testing.T) {
	rule := func(text string) string { return fmt.Sprintf(`"x-kubernetes-validations":[{"rule":%q}]`, text) }
	const plain, required = "present string", "present string required"
	tests := []struct{ name, members, want string }{
		{"by itself", `"required":["mode"]`, required},
		{"not at all", `"required":["other"]`, plain},
		{"through allOf", `"allOf":[{"allOf":[{"required":["mode"]}]}]`, required},
		{"through a reference", `"allOf":[{"$ref":"#/components/schemas/R"}]`, required},
		{"by each of anyOf", `"anyOf":[{"required":["mode"]},{"required":["mode","other"]}]`, required},
		{"by one of anyOf", `"anyOf":[{"required":["mode"]},{"required":["other"]}]`, plain},
		{"by each of oneOf", `"oneOf":[{"required":["mode"]},{"required":["other","mode"]}]`, required},
		{"by one of oneOf", `"oneOf":[{"required":["mode"]},{"required":["other"]}]`, plain},
		{"by the only alternative", `"anyOf":[{"required":["mode"]}]`, required},
		{"by alternatives in each other", `"anyOf":[{"anyOf":[{"required":["mode"]}]},{"allOf":[{"oneOf":[{"required":["mode"]}]}]}]`, required},
		{"by one group of two", `"anyOf":[{"required":["other"]},{"required":["x"]}],"oneOf":[{"required":["mode"]},{"required":["mode","x"]}]`, required},
		{"by both groups in part", `"anyOf":[{"required":["mode"]},{"required":["other"]}],"oneOf":[{"required":["mode"]},{"required":["x"]}]`, plain},
		{"by groups in allOf in part", `"allOf":[{"anyOf":[{"required":["mode"]},{"required":["other"]}]},{"anyOf":[{"required":["mode"]},{"required":["x"]}]}]`, plain},
		{"by a group and what must not be", `"anyOf":[{"required":["mode"]},{"required":["other"]}],"not":{"required":["other"]}`, required},
		{"by groups that exclude each other", `"oneOf":[{"required":["mode"]},{"required":["other"]}],"allOf":[{"oneOf":[{"required":["other"]},{"required":["x"]}]}],"required":["x"]`, required},
		{"by not", `"not":{"not":{"required":["mode"]}}`, required},
		{"by not, in alternatives", `"not":{"anyOf":[{"required":["other"]},{"not":{"required":["mode"]}}]}`, required},
		{"by not, of the value of another field", `"not":{"properties":{"other":{"maxLength":0}}}`, "present string required: not@spec?"},
		{"by the number of properties in alternatives", `"anyOf":[{"not":{"maxProperties":1},"required":["other"]}]`, "present string required: anyOf@spec?"},
		{"forbidden by not", `"not":{"required":["mode"]}`, plain},
		{"by alternatives that a value decides", `"anyOf":[{"required":["mode"]},{"required":["other"],"properties":{"other":{"enum":["x"]}}}]`, "present string required: anyOf@spec?"},
		{"by alternatives of another type", `"anyOf":[{"required":["mode"]},{"type":"string"}]`, required},
		{"by each of many alternatives", `"anyOf":[{"required":["mode"]},{"required":["a","b","c","d","e","f","g","h","i","mode"]}]`, required},
		{"by too many alternatives", `"anyOf":[{"required":["mode"]},{"required":["a","b","c","d","e","f","g","h","i"]}]`, "present string required: anyOf@spec?"},
		{"by if", `"if":{"required":["other"]},"then":{"required":["mode"]}`, "present string required: if@spec? then@spec?"},
		{"by dependentRequired", `"dependentRequired":{"other":["mode"]}`, "present string required: dependentRequired@spec?"},
		{"by the number of properties", `"minProperties":2`, "present string required: minProperties@spec?"},
		{"with fewer properties", `"minProperties":1`, plain},
		{"by a rule in CEL", rule("has(self.mode)"), "present string required: x-kubernetes-validations@spec?"},
		{"by a rule in CEL about another field", rule("has(self.other)"), plain},
		{"by a rule in CEL about changes", rule("has(self.mode) == has(oldSelf.mode)"), plain},
		{"by itself, and by a rule in CEL", `"required":["mode"],` + rule("has(self.mode)"), required},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := strings.Replace(crdDocument(spec(`"type":"string"`, test.members)), `"FieldsV1":{`, `"R":{"required":["mode"]},"FieldsV1":{`, 1)
			f := fieldOf(t, src, "spec.mode")
			f.EnumRules = nil
			got := shownField(f)
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	above := map[string]string{
		`"anyOf":[{"properties":{"sub":{"required":["x"]}}},{"properties":{"sub":{"required":["x","y"]}}}]`: "present string required",
		`"anyOf":[{"properties":{"sub":{"required":["x"]}}},{"required":["sub"]}]`:                          "present string required: anyOf@spec?",
		`"allOf":[{"properties":{"sub":{"required":["x"]}}}]`:                                               "present string required",
		`"anyOf":[{"required":["sub"]}]`:                                                                    "present string",
		rule("!has(self.sub) || has(self.sub.x)"):                                                           "present string x-kubernetes-validations@spec? required: x-kubernetes-validations@spec?",
	}
	for members, want := range above {
		src := crdDocument(`"spec":{"type":"object","properties":{"sub":{"type":"object","properties":{"x":{"type":"string"},"y":{"type":"string"}}}},` + members + `}`)
		if got := saidOf(t, src, "spec.sub.x"); got != want {
			t.Errorf("%s: got %s, want %s", members, got, want)
		}
	}
}

// A server drops what a CRD's schema does not name, and a type of Go may keep it.
func TestPruning(t *testing.T) {
	const properties = `"spec":{"type":"object","properties":{
		"bare":{"type":"object","nullable":true},
		"list":{"type":"array","items":{"type":"object"}},
		"map":{"type":"object","additionalProperties":{"type":"object"}},
		"free":{"type":"object","additionalProperties":true},
		"keep":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"bare":{"type":"object"},"named":{"type":"object","properties":{"x":{"type":"string"}}}}},
		"keepList":{"type":"array","x-kubernetes-preserve-unknown-fields":true,"items":{"type":"object","properties":{"x":{"type":"object"}}}},
		"nested":{"type":"array","x-kubernetes-preserve-unknown-fields":true,"items":{"type":"array","items":{"type":"object"}}},
		"resource":{"type":"object","x-kubernetes-embedded-resource":true,"properties":{"apiVersion":{"type":"string"},"kind":{"type":"string"},"metadata":{"allOf":[{"$ref":"#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}]},"spec":{"type":"object"}},"required":["kind","apiVersion"]},
		"checked":{"type":"object","anyOf":[{"minProperties":1},{}]},
		"port":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]},
		"text":{"type":"string"}
	}}`
	inCRD := map[string]string{
		"spec.bare":            "present object",
		"spec.bare.x":          "absent at spec.bare []",
		"spec.bare.*":          "absent at spec.bare []",
		"spec.bare[]":          "absent at spec.bare []",
		"spec.list[]":          "present object",
		"spec.list[].x":        "absent at spec.list[] []",
		"spec.map.*":           "present object",
		"spec.map.*.x":         "absent at spec.map.* []",
		"spec.free.*":          "present  type@spec.free.*?",
		"spec.free.*.x":        "absent at spec.free.* []",
		"spec.free.*[]":        "open at spec.free.*",
		"spec.keep.x":          "open at spec.keep",
		"spec.keep.bare.x":     "absent at spec.keep.bare []",
		"spec.keep.named.y":    "absent at spec.keep.named [x]",
		"spec.keepList[].x":    "present object",
		"spec.keepList[].y":    "open at spec.keepList[]",
		"spec.keepList[].x.z":  "absent at spec.keepList[].x []",
		"spec.nested[][].x":    "open at spec.nested[][]",
		"spec.resource.spec.x": "absent at spec.resource.spec []",
		"spec.resource.status": "absent at spec.resource [apiVersion kind metadata spec]",
		"spec.resource.metadata.managedFields[].fieldsV1.x": "open at spec.resource.metadata.managedFields[].fieldsV1",
		"spec.checked.x":                      "absent at spec.checked []",
		"spec.port.x":                         "absent at spec.port []",
		"spec.text.x":                         "absent at spec.text []",
		"spec.text.*":                         "absent at spec.text []",
		"spec.text[]":                         "absent at spec.text []",
		"status":                              "absent at  [apiVersion kind metadata spec]",
		"status.x":                            "absent at  [apiVersion kind metadata spec]",
		"metadata.managedFields[].fieldsV1.x": "open at metadata.managedFields[].fieldsV1",
	}
	elsewhere := map[string]string{
		"spec.bare.x":   "open at spec.bare",
		"spec.list[].x": "open at spec.list[]",
		"spec.map.*.x":  "open at spec.map.*",
		"spec.free.*.x": "open at spec.free.*",
		"status":        "absent at  [apiVersion kind metadata spec]",
	}
	got := map[string]string{}
	for path := range inCRD {
		got[path] = saidOf(t, crdDocument(properties), path)
	}
	if diff := cmp.Diff(inCRD, got); diff != "" {
		t.Errorf("of a CRD (-want +got):\n%s", diff)
	}
	got = map[string]string{}
	for path := range elsewhere {
		got[path] = saidOf(t, strings.Replace(crdDocument(properties), crdTitle, "Kubernetes", 1), path)
	}
	if diff := cmp.Diff(elsewhere, got); diff != "" {
		t.Errorf("of a type of Go (-want +got):\n%s", diff)
	}
	// So a server publishes a CRD whose schema it does not use, and prunes nothing.
	unused := strings.Replace(openAPI(`"type":"object"`), `"title":"x"`, `"title":"`+crdTitle+`"`, 1)
	if got := saidOf(t, unused, "spec"); got != "open at " {
		t.Errorf("without a schema: %s", got)
	}
}
