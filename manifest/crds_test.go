package manifest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

// gadgets is a definition with all that there is.
const gadgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: gadgets.example.com
spec:
  group: example.com
  scope: Namespaced
  names:
    plural: gadgets
    singular: gizmo
    kind: Gadget
    shortNames: [gd, gds]
    categories: [all]
  conversion:
    strategy: None
  versions:
  - name: v1alpha1
    served: false
    storage: false
    schema:
      openAPIV3Schema: {type: object}
  - name: v1beta1
    served: true
    storage: false
    deprecated: true
    deprecationWarning: Use v1.
    schema:
      openAPIV3Schema: {type: object}
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
    schema:
      openAPIV3Schema:
        description: A gadget.
        type: object
        required: [spec]
        properties:
          apiVersion: {type: string}
          kind: {type: string, enum: [Other]}
          metadata: {type: object, properties: {name: {type: string, maxLength: 5}}}
          spec:
            type: object
            required: [mode]
            x-kubernetes-validations:
            - rule: self.text != 'x'
              message: text must not be x
            - rule: self.mode == oldSelf.mode
            properties:
              mode: {type: string, enum: [on, "on", Off, 'off', 1], nullable: true, default: "on"}
              text: {type: string, pattern: '^[a-z]\d"$', format: hostname}
              port: {x-kubernetes-int-or-string: true, maximum: 10}
              size:
                anyOf: [{type: integer}, {type: string}]
                x-kubernetes-int-or-string: true
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
              any: {x-kubernetes-preserve-unknown-fields: true}
              labels: {type: object, additionalProperties: {type: string}}
              flags: {type: object, additionalProperties: true}
              list: {type: array, items: {type: object, properties: {x: {type: number}}}}
              template:
                type: object
                x-kubernetes-embedded-resource: true
                required: [spec]
                properties: {spec: {type: object}, metadata: {type: object}}
              object: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
              choice:
                type: object
                properties: {a: {type: string}, b: {type: string}}
                oneOf: [{required: [a]}, {required: [b]}]
                not: {required: [c]}
                allOf: [{properties: {a: {minLength: 1}}}]
                maxProperties: 1
              unknown: {type: object, const: x, if: {required: [a]}}
`

// read reads definitions that have no error.
func read(t *testing.T, sources ...string) *manifest.CRDs {
	t.Helper()
	c := &manifest.CRDs{}
	for _, src := range sources {
		if n, err := c.Read("x.yaml", strings.NewReader(src)); err != nil || n == 0 || len(c.Errors()) > 0 {
			t.Fatalf("%d definitions, %v, %v", n, err, c.Errors())
		}
	}
	return c
}

// simple is a definition of few words. Each version is NAME, or !NAME if it is not served.
func simple(plural, group string, versions ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: %s.%s}\nspec:\n"+
		"  {group: %[2]s, scope: Cluster, names: {plural: %[1]s, kind: %[3]s}, versions: [", plural, group, strings.ToUpper(plural[:1])+plural[1:len(plural)-1])
	for i, version := range versions {
		name, unserved := strings.CutPrefix(version, "!")
		fmt.Fprintf(&b, "{name: %s, served: %t, storage: %t, schema: {openAPIV3Schema: {type: object}}}, ", name, !unserved, i == 0)
	}
	return b.String() + "]}\n"
}

// TestErrors tests that each error has its line, and does not hide others.
func TestErrors(t *testing.T) {
	after := func(start string) string {
		_, rest, _ := strings.Cut(gadgets, start)
		return start + rest
	}
	for name, test := range map[string]struct {
		old, new string
		want     []string
	}{
		"no group":      {"  group: example.com\n", "", []string{"6: spec.group: it is required"}},
		"an empty kind": {"kind: Gadget", "kind: ''", []string{"11: spec.names.kind: it is required"}},
		"no plural":     {"    plural: gadgets\n", "", []string{"9: spec.names.plural: it is required"}},
		"no names":      {"  names:\n    plural: gadgets\n    singular: gizmo\n    kind: Gadget\n    shortNames: [gd, gds]\n    categories: [all]\n", "", []string{"6: spec.names.plural: it is required", "6: spec.names.kind: it is required"}},
		"no scope":      {"  scope: Namespaced\n", "", []string{"6: spec.scope: it is required"}},
		"another scope": {"scope: Namespaced", "scope: Global", []string{`7: spec.scope: it is "Global", and must be Cluster or Namespaced`}},
		"a number":      {"kind: Gadget", "kind: 1", []string{"11: spec.names.kind: it must be a string, and is a number"}},
		"short names":   {"[gd, gds]", "[gd, [gds]]", []string{"12: spec.names.shortNames: each of them must be a string, and this is a list"}},
		"categories":    {"[all]", "all", []string{"13: spec.names.categories: it must be a list, and is a string"}},
		"another name":  {"name: gadgets.example.com", "name: gadgets.example.org", []string{`4: metadata.name: it is "gadgets.example.org", and must be spec.names.plural and spec.group: "gadgets.example.com"`}},
		"a label":       {"kind: Gadget", "kind: Gad_get", []string{`9: spec.names: "gad_get" is not a DNS label of letters, digits and '-'`}},
		"pruning":       {"  scope: Namespaced\n", "  scope: Namespaced\n  preserveUnknownFields: true\n", []string{"8: spec.preserveUnknownFields: it must be false in apiextensions.k8s.io/v1; set x-kubernetes-preserve-unknown-fields in the schema"}},
		"no spec":       {after("spec:"), "", []string{"1: spec.group: it is required", "1: spec.names.plural: it is required", "1: spec.names.kind: it is required", "1: spec.scope: it is required", "1: spec.versions: a list with at least one version is required"}},
		"no versions":   {after("  - name: v1alpha1"), "", []string{"16: spec.versions: a list with at least one version is required"}},
		"no version":    {"  - name: v1beta1\n    served: true", "  - served: 'yes'", []string{"22: spec.versions[1].name: it is required", "22: spec.versions[1].served: it must be true or false"}},
		"a version":     {"name: v1beta1", "name: 1.0", []string{"22: spec.versions[1].name: it must be a string, and is a number"}},
		"no such name":  {"name: v1beta1", "name: v1.0", []string{`22: spec.versions[1].name: the version "v1.0" is not a DNS label that begins with a letter, such as "v1"`}},
		"twice":         {"name: v1beta1", "name: v1alpha1", []string{`22: spec.versions[1].name: a version "v1alpha1" is before it`}},
		"no storage":    {"storage: true", "storage: false", []string{"17: spec.versions: exactly one version must have storage: true, and 0 have"}},
		"no schema":     {"    schema:\n      openAPIV3Schema: {type: object}\n  - name: v1beta1", "  - name: v1beta1", []string{"17: spec.versions[0].schema.openAPIV3Schema: it is required"}},
		"an old schema": {"    schema:\n      openAPIV3Schema: {type: object}\n  - name: v1\n", "    schema: {}\n  - name: v1\n", []string{"27: spec.versions[1].schema.openAPIV3Schema: it is required"}},
		"the root":      {"{type: object}\n  - name: v1\n", "{}\n  - name: v1\n", []string{"28: spec.versions[1].schema.openAPIV3Schema.type: it must be object at the root"}},
		"scale":         {"specReplicasPath: .spec.replicas, ", "", []string{"34: spec.versions[2].subresources.scale.specReplicasPath: it is required"}},
		"a type":        {"text: {type: string,", "text: {", []string{"53: spec.versions[2].schema.openAPIV3Schema.properties.spec.properties.text.type: it is required"}},
		"a list":        {"items: {type: object, properties: {x: {type: number}}}", "items: [{type: object}]", []string{"62: spec.versions[2].schema.openAPIV3Schema.properties.spec.properties.list.items: it must be an object, and is a list"}},
		"a reference":   {"const: x", "$ref: x", []string{"76: spec.versions[2].schema.openAPIV3Schema.properties.spec.properties.unknown.$ref: it is not supported"}},
		"required":      {"required: [mode]", "required: mode", []string{"46: spec.versions[2].schema.openAPIV3Schema.properties.spec.required: it must be a list, and is a string"}},
		"properties":    {"properties: {a: {type: string}, b: {type: string}}", "properties: []", []string{"71: spec.versions[2].schema.openAPIV3Schema.properties.spec.properties.choice.properties: it must be a map, and is a list"}},
		"a length":      {"{minLength: 1}", "{minLength: x}", []string{"74: spec.versions[2].schema.openAPIV3Schema.properties.spec.properties.choice.allOf[0].properties.a.minLength: it must be a number, and is a string"}},
		"v1beta1":       {"apiextensions.k8s.io/v1\n", "apiextensions.k8s.io/v1beta1\n", []string{"1: apiextensions.k8s.io/v1beta1 is not served since Kubernetes 1.22; convert it to apiextensions.k8s.io/v1"}},
	} {
		t.Run(name, func(t *testing.T) {
			src := strings.Replace(gadgets, test.old, test.new, 1)
			if src == gadgets {
				t.Fatal("nothing was replaced")
			}
			c := &manifest.CRDs{}
			n, err := c.Read("x.yaml", strings.NewReader(src+"---\na: {\n"+simple("others", "example.com", "v1")))
			if n != 2 || err != nil {
				t.Errorf("%d definitions, %v", n, err)
			}
			var want, got []string
			for _, line := range test.want {
				number, message, _ := strings.Cut(line, ": ")
				title := "CustomResourceDefinition gadgets.example.com"
				if name == "another name" {
					title = "CustomResourceDefinition gadgets.example.org"
				}
				want = append(want, fmt.Sprintf("x.yaml:%s: document 1: %s: %s", number, title, message))
			}
			for _, err := range c.Errors() {
				got = append(got, err.Error())
			}
			if len(got) == 0 || !strings.Contains(got[len(got)-1], "document 2: a map is not closed") {
				t.Fatalf("the next document has no error: %q", got)
			}
			if diff := cmp.Diff(want, got[:len(got)-1]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNamesThatAreTaken checks that a name belongs to one definition of a group. An API server does not
// serve another one.
func TestNamesThatAreTaken(t *testing.T) {
	named := func(plural, group, names string) string {
		return strings.Replace(simple(plural, group, "v1"), "names: {plural: "+plural+", kind: "+strings.ToUpper(plural[:1])+plural[1:len(plural)-1]+"}",
			"names: {plural: "+plural+", "+names+"}", 1)
	}
	first := named("foos", "example.com", "kind: Foo, singular: one, shortNames: [fx, ffx]")
	for names, want := range map[string][]string{
		"kind: Bar":                                    nil,
		"kind: Bar, shortNames: [b, bar, bars]":        nil,
		"kind: fx, singular: bar":                      nil,
		"kind: Foo":                                    {`kind: foos.example.com has the name "Foo"`},
		"kind: FooList":                                {`kind: foos.example.com has the name "FooList"`},
		"kind: Bar, listKind: Foo":                     {`listKind: foos.example.com has the name "Foo"`},
		"kind: Bar, singular: ffx":                     {`singular: foos.example.com has the name "ffx"`},
		"kind: One":                                    {`singular: foos.example.com has the name "one"`},
		"kind: Bar, shortNames: [b, ffx, foos]":        {`shortNames: foos.example.com has the name "ffx"`, `shortNames: foos.example.com has the name "foos"`},
		"kind: Foo, singular: foos, shortNames: [ffx]": {`kind: foos.example.com has the name "Foo"`, `shortNames: foos.example.com has the name "ffx"`, `singular: foos.example.com has the name "foos"`},
	} {
		c := &manifest.CRDs{}
		// One that is applied again, and one of another group, may have them.
		other := named("bars", "example.org", "kind: Foo, singular: one, shortNames: [fx]")
		if _, err := c.Read("x.yaml", strings.NewReader(first+first+other+named("bars", "example.com", names))); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, err := range c.Errors() {
			_, message, _ := strings.Cut(err.Error(), "document 4: CustomResourceDefinition bars.example.com: spec.names.")
			message, _, _ = strings.Cut(message, " already, and an API server would not serve this definition")
			got = append(got, message)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", names, diff)
		}
	}
	// A plural may be another's name too, and a definition that is applied again gives its names up.
	c := &manifest.CRDs{}
	src := first + named("fx", "example.com", "kind: Bar") + named("foos", "example.com", "kind: Foo") + named("ffx", "example.com", "kind: Bar")
	if _, err := c.Read("x.yaml", strings.NewReader(src)); err != nil || c.Len() != 2 || len(c.Errors()) != 1 || !strings.Contains(c.Errors()[0].Error(), "spec.names.plural") {
		t.Errorf("%d definitions, %v, %v", c.Len(), err, c.Errors())
	}
}

func TestGroupsThatAreNotTheirs(t *testing.T) {
	for group, want := range map[string]string{
		"apps":                      `spec.group: "apps" should be a domain with at least one dot`,
		"gadgets":                   `spec.group: "gadgets" should be a domain with at least one dot`,
		"rbac.authorization.k8s.io": "spec.group: Kubernetes serves the group rbac.authorization.k8s.io itself",
	} {
		c := &manifest.CRDs{}
		if _, err := c.Read("x.yaml", strings.NewReader(simple("gadgets", group, "v1"))); err != nil {
			t.Fatal(err)
		}
		if errs := c.Errors(); len(errs) != 1 || !strings.HasSuffix(errs[0].Error(), want) {
			t.Errorf("%s: %v", group, errs)
		}
	}
}

func TestReadsOnlySoMuch(t *testing.T) {
	c := &manifest.CRDs{}
	comments := strings.Repeat("# "+strings.Repeat("x", 1<<20)+"\n---\n", 65)
	if _, err := c.Read("x.yaml", strings.NewReader(comments)); err == nil || err.Error() != "all manifests together have more than 64 MiB" {
		t.Errorf("it says %v", err)
	}
	c = &manifest.CRDs{}
	if _, err := c.Read("x.yaml", strings.NewReader(strings.Repeat("---\na: {\n", 1000))); err != nil || len(c.Errors()) != 100 {
		t.Errorf("%d errors, %v", len(c.Errors()), err)
	}
	broken := errors.New("broken")
	if _, err := c.Read("x.yaml", iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("it says %v", err)
	}
	large := "a: &a '" + strings.Repeat("x", 1<<20) + "'\n" + strings.TrimPrefix(simple("as", "example.com", "v1"), "---\n")
	large = strings.Replace(large, "{type: object}", "{type: object, x-kubernetes-validations: [{rule: *a}, "+strings.Repeat("{rule: *a}, ", 15)+"]}", 1)
	const want = "the schemas of all CustomResourceDefinitions have more than 16 MiB, without descriptions"
	if _, err := c.Read("x.yaml", strings.NewReader(large)); err == nil || err.Error() != want {
		t.Errorf("it says %v, %v", err, c.Errors())
	}
}

// FuzzRead tests that no manifest crashes the reader, and that definitions without an error can be
// laid and asked.
func FuzzRead(f *testing.F) {
	f.Add(gadgets)
	f.Add(simple("as", "example.com", "v1", "!v2"))
	f.Add("kind: List\nitems:\n- {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}\n")
	f.Fuzz(func(t *testing.T, src string) {
		c := &manifest.CRDs{}
		if _, err := c.Read("x.yaml", strings.NewReader(src)); err != nil {
			t.Fatal(err)
		}
		s := newest()
		c.Lay(s)
		for _, g := range s.Named.Value {
			for _, v := range g.Versions {
				for _, r := range v.Resources.Value {
					gv := kubeapi.GroupVersion{Group: g.Name, Version: v.Name}
					if catalog.Serves(g.Name) {
						continue
					}
					q := discovery.FieldQuery{GroupVersion: gv, Kind: r.Kind, Path: "spec.x"}
					if rest := c.Fetch(s, []discovery.FieldQuery{q}); len(rest) > 0 || !s.Fields[q].Asked() {
						t.Errorf("nothing is said of %v", q)
					}
				}
			}
		}
	})
}
