package catalog

import (
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// firstWithShortNames is the first minor release whose documents publish short names.
const firstWithShortNames = 28

// HasShortNames reports whether it is known which short names the resources of the release have.
func (r Release) HasShortNames() bool { return r.minor >= firstWithShortNames }

// Schemas returns every field of the release, by group version. Like [Release.Fetch], it has the
// fields of feature gates that are off, and not which strings a field may be.
func (r Release) Schemas() map[kubeapi.GroupVersion]discovery.Fact[*discovery.Schemas] {
	a := decoded()
	objects := map[string]discovery.Object{}
	for name, fields := range a.fields {
		// The file has them sorted by name.
		var o discovery.Object
		for _, f := range fields {
			if f.in.has(r) {
				o.Fields = append(o.Fields, discovery.SchemaField{Name: f.name, Type: f.typeOf, Required: f.required})
			}
		}
		objects[name] = o
	}
	schemas := map[kubeapi.GroupVersion]discovery.Fact[*discovery.Schemas]{}
	for name, kinds := range a.kinds {
		for _, k := range kinds {
			if !k.in.has(r) {
				continue
			}
			if _, found := schemas[name.gv]; !found {
				schemas[name.gv] = discovery.Known(&discovery.Schemas{Kinds: map[string]string{}, Objects: objects})
			}
			schemas[name.gv].Value.Kinds[name.kind] = k.typeOf
		}
	}
	return schemas
}
