package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest/internal/yaml"
)

// definition is what an API server serves of a CustomResourceDefinition.
type definition struct {
	group    string
	resource discovery.Resource // without subresources
	listKind string
	versions []version
}

// version is a version of a definition that is served.
type version struct {
	name         string
	subresources []discovery.Subresource
	// schema is a JSON object, without its kind.
	schema []byte
}

// apiGroup is that of CustomResourceDefinitions.
const apiGroup = "apiextensions.k8s.io"

// isDefinition reports whether an object is a CustomResourceDefinition of any version.
func isDefinition(o *Object) bool {
	group, _, _ := strings.Cut(o.APIVersion, "/")
	return group == apiGroup && o.Kind == "CustomResourceDefinition"
}

// readDefinition reads a definition. The reader has its errors with their lines.
func readDefinition(o *Object) (*definitionReader, *definition) {
	r := &definitionReader{object: o}
	if o.APIVersion != apiGroup+"/v1" {
		r.fail(&o.Root, "%s is not served since Kubernetes 1.22; convert it to %s/v1", o.APIVersion, apiGroup)
		return r, &definition{}
	}
	d := r.definition(o.Root.Get("spec"))
	return r, d
}

// definitionReader reads a definition and collects its errors.
type definitionReader struct {
	object *Object
	errors []error
}

// fail adds an error at a value, or at the object if there is no such value.
func (r *definitionReader) fail(at *Node, format string, args ...any) {
	line := at.Line
	if line == 0 {
		line = r.object.Line
	}
	what := "CustomResourceDefinition"
	if r.object.Name != "" {
		what += " " + r.object.Name
	}
	r.errors = append(r.errors, &Error{r.object.File, r.object.Document, line, what + ": " + fmt.Sprintf(format, args...)})
}

// definition reads what the API server needs to serve the resource.
//
// Source: pkg/apis/apiextensions/validation/validation.go of k8s.io/apiextensions-apiserver.
func (r *definitionReader) definition(spec *Node) *definition {
	d := &definition{}
	names := spec.Get("names")
	d.group = r.required(spec, "group", "spec.group")
	d.resource = discovery.Resource{
		Name: r.required(names, "plural", "spec.names.plural", spec),
		Kind: r.required(names, "kind", "spec.names.kind", spec),
		// As in the API server's discovery.
		Verbs:      []string{"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"},
		ShortNames: r.list(names, "shortNames", "spec.names.shortNames"),
		Categories: r.list(names, "categories", "spec.names.categories"),
	}
	if d.resource.Singular = r.optional(names, "singular", "spec.names.singular"); d.resource.Singular == "" {
		d.resource.Singular = strings.ToLower(d.resource.Kind)
	}
	if d.listKind = r.optional(names, "listKind", "spec.names.listKind"); d.listKind == "" {
		d.listKind = d.resource.Kind + "List"
	}
	d.resource.Scope = kubeapi.Scope(r.required(spec, "scope", "spec.scope"))
	if d.resource.Scope != "" && !slices.Contains(kubeapi.Scopes(), d.resource.Scope) {
		r.fail(spec.Get("scope"), "spec.scope: it is %q, and must be Cluster or Namespaced", d.resource.Scope)
	}
	if len(r.errors) == 0 {
		r.names(d, spec)
	}
	if keep := spec.Get("preserveUnknownFields"); keep.Kind == yaml.Bool && keep.Text == "true" {
		r.fail(keep, "spec.preserveUnknownFields: it must be false in %s/v1; set x-kubernetes-preserve-unknown-fields in the schema", apiGroup)
	}
	r.versions(d, spec)
	return d
}

// names checks the names of a definition.
func (r *definitionReader) names(d *definition, spec *Node) {
	if full := d.resource.Name + "." + d.group; r.object.Name != full {
		r.fail(r.object.Root.Get("metadata").Get("name"), "metadata.name: it is %q, and must be spec.names.plural and spec.group: %q", r.object.Name, full)
	}
	if !strings.Contains(d.group, ".") {
		r.fail(spec.Get("group"), "spec.group: %q should be a domain with at least one dot", d.group)
	} else if catalog.Serves(d.group) {
		r.fail(spec.Get("group"), "spec.group: Kubernetes serves the group %s itself", d.group)
	}
	for _, name := range []string{d.resource.Name, strings.ToLower(d.resource.Kind)} {
		if !kubeapi.IsLabel(name) {
			r.fail(spec.Get("names"), "spec.names: %q is not a DNS label of letters, digits and '-'", name)
		}
	}
}

// versions reads the versions that are served, and checks all.
func (r *definitionReader) versions(d *definition, spec *Node) {
	list := spec.Get("versions")
	if list.Kind != yaml.List || len(list.Members) == 0 {
		r.fail(orElse(list, spec), "spec.versions: a list with at least one version is required")
		return
	}
	stored := 0
	var seen []string
	for i := range list.Members {
		value := &list.Members[i].Value
		path := fmt.Sprintf("spec.versions[%d]", i)
		v := version{name: r.required(value, "name", path+".name")}
		if v.name != "" {
			if _, err := kubeapi.ParseGroupVersion("example.com/" + v.name); err != nil {
				r.fail(value.Get("name"), "%s.name: %v", path, err)
			}
			if slices.Contains(seen, v.name) {
				r.fail(value.Get("name"), "%s.name: a version %q is before it", path, v.name)
			}
			seen = append(seen, v.name)
		}
		if r.flag(value, "storage", path) {
			stored++
		}
		served := r.flag(value, "served", path)
		v.schema = r.root(value, path+".schema.openAPIV3Schema")
		v.subresources = r.subresources(d, value.Get("subresources"), path+".subresources")
		if served {
			d.versions = append(d.versions, v)
		}
	}
	if stored != 1 {
		r.fail(list, "spec.versions: exactly one version must have storage: true, and %d have", stored)
	}
}

// subresources returns the subresources that a version has.
func (r *definitionReader) subresources(d *definition, n *Node, path string) []discovery.Subresource {
	var list []discovery.Subresource
	verbs := []string{"get", "patch", "update"}
	if status := n.Get("status"); status.Kind == yaml.Map {
		list = append(list, discovery.Subresource{Name: "status", Kind: d.resource.Kind, Verbs: verbs})
	}
	if scale := n.Get("scale"); scale.Kind == yaml.Map {
		r.required(scale, "specReplicasPath", path+".scale.specReplicasPath")
		r.required(scale, "statusReplicasPath", path+".scale.statusReplicasPath")
		list = append(list, discovery.Subresource{Name: "scale", Kind: "Scale", Verbs: verbs})
	}
	return list
}

// required reads a string that must not be empty. An error is at the value, else at the map, else
// at the one that the map should be in.
func (r *definitionReader) required(in *Node, key, path string, outer ...*Node) string {
	text := r.optional(in, key, path)
	if n := in.Get(key); text == "" && (n.Kind == yaml.Null || n.Kind == yaml.String) {
		for _, n := range outer {
			in = orElse(in, n)
		}
		r.fail(orElse(n, in), "%s: it is required", path)
	}
	return text
}

// optional reads a string, which is empty if there is none.
func (r *definitionReader) optional(in *Node, key, path string) string {
	n := in.Get(key)
	if n.Kind != yaml.Null && n.Kind != yaml.String {
		r.fail(n, "%s: it must be a string, and is %s", path, n.Kind)
	}
	return text(n)
}

// list reads a list of strings.
func (r *definitionReader) list(in *Node, key, path string) []string {
	n := in.Get(key)
	if n.Kind != yaml.Null && n.Kind != yaml.List {
		r.fail(n, "%s: it must be a list, and is %s", path, n.Kind)
	}
	var list []string
	for i := range n.Members {
		value := &n.Members[i].Value
		if n.Kind == yaml.List && value.Kind != yaml.String {
			r.fail(value, "%s: each of them must be a string, and this is %s", path, value.Kind)
		} else if n.Kind == yaml.List {
			list = append(list, value.Text)
		}
	}
	return list
}

// flag reads a boolean that is required.
func (r *definitionReader) flag(in *Node, key, path string) bool {
	n := in.Get(key)
	if n.Kind != yaml.Bool {
		r.fail(orElse(n, in), "%s.%s: it must be true or false", path, key)
	}
	return n.Text == "true"
}

// orElse returns a value, or another one if it is not in the manifest.
func orElse(n, other *Node) *Node {
	if n.Line == 0 {
		return other
	}
	return n
}
