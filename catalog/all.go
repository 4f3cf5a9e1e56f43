package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Kind names a kind of a group version.
type Kind struct {
	GroupVersion kubeapi.GroupVersion
	Name         string
}

// Kinds returns every kind that the documents of a release on board have, and every kind that has a
// lifecycle, see [LifeOf]. So some are older than the releases on board, and some are not in the API
// of any release, such as PodLogOptions. They are sorted by group, version and name.
func Kinds() []Kind {
	a := decoded()
	// Their texts are sorted: another generic sort would add more code to the program.
	kinds := map[string]Kind{}
	for name := range a.kinds {
		kinds[name.gv.Group+" "+name.gv.Version+" "+name.kind] = Kind{name.gv, name.kind}
	}
	for name := range a.lives {
		kinds[name.gv.Group+" "+name.gv.Version+" "+name.kind] = Kind{name.gv, name.kind}
	}
	var versions []kubeapi.GroupVersion
	of := map[kubeapi.GroupVersion][]Kind{}
	for _, text := range slices.Sorted(maps.Keys(kinds)) {
		gv := kinds[text].GroupVersion
		if of[gv] == nil {
			versions = append(versions, gv)
			for i := len(versions) - 1; i > 0 && before(gv, versions[i-1]); i-- {
				versions[i], versions[i-1] = versions[i-1], gv
			}
		}
		of[gv] = append(of[gv], kinds[text])
	}
	var sorted []Kind
	for _, gv := range versions {
		sorted = append(sorted, of[gv]...)
	}
	return sorted
}

// before reports whether a version is of the same group, and comes first by its priority.
func before(gv, other kubeapi.GroupVersion) bool {
	return gv.Group == other.Group && kubeapi.CompareVersions(gv.Version, other.Version) < 0
}

// Resource is a resource or a subresource of a release, served by default or not.
type Resource struct {
	GroupVersion kubeapi.GroupVersion
	// Resource has no subresources: each is a Resource of its own, with the Name of its parent.
	// Before 1.28, releases publish no singular, no short names and no categories.
	discovery.Resource
	// Subresource is "log" for pods/log, and empty for a resource.
	Subresource string
	// Default is set if the release serves it by default. If not, [Release.Off] says how to
	// switch it on.
	Default bool
}

// Resources returns every resource and subresource that the release has, also those that are off by
// default. Those of one group version are next to each other, and a resource comes before its
// subresources. The caller may change them.
func (r Release) Resources() []Resource {
	var all []Resource
	for _, row := range decoded().resources {
		if row.in.has(r) {
			all = append(all, Resource{row.gv, cloned(row.Resource), row.subresource, row.on})
		}
	}
	return all
}

// Field is a field of a kind, as the documents of a release have it.
type Field struct {
	// Name is empty for a kind itself, for the items of an array and the values of a map.
	Name string
	// Type is string, integer, number, boolean, int-or-string, object (with any fields) or any (of
	// any type); []T is an array, map[string]T a map, and any other one, such as Container, the
	// name of a type of objects.
	Type string
	// Required is set if an object must have it.
	Required bool
}

// Field returns what is at a path of a kind, and the fields that it has itself, sorted by name. The
// empty path is the kind. It is false if the release does not know the kind, or has nothing at the
// path.
func (r Release) Field(gv kubeapi.GroupVersion, kind string, path kubeapi.FieldPath) (at Field, own []Field, found bool) {
	t, found := r.typeOf(gv, kind)
	for i, step := range path {
		if t, at.Required, found = r.step(t, step); !found {
			return Field{}, nil, false
		}
		at.Name, at.Required = step.Name, at.Required || i == 0 && always(step.Name)
	}
	at.Type = typeText(t)
	// The file has them sorted.
	for _, f := range decoded().fields[strings.TrimPrefix(t, fieldsOf)] {
		if f.in.has(r) {
			own = append(own, Field{f.name, typeText(f.typeOf), f.required || len(path) == 0 && always(f.name)})
		}
	}
	return at, own, found
}

// always reports whether an API server takes no object without the field of its root.
func always(name string) bool { return name == "apiVersion" || name == "kind" || name == "metadata" }

// typeText writes a type as [Field] has it.
func typeText(t string) string {
	if inner, array := strings.CutPrefix(t, arrayOf); array {
		return arrayOf + typeText(inner)
	}
	if inner, values := strings.CutPrefix(t, mapOf); values {
		return "map[string]" + typeText(inner)
	}
	if strings.HasPrefix(t, fieldsOf) {
		return t[max(len(fieldsOf), strings.LastIndexByte(t, '.')+1):]
	}
	return t
}
