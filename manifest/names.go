package manifest

// nameOf is a name in a group. A plural, a singular or a short name is that of one definition only,
// and so is a kind or the kind of a list.
//
// Source: pkg/controller/status/naming_controller.go of k8s.io/apiextensions-apiserver.
type nameOf struct {
	group, name string
	isKind      bool
}

// fieldName is a name, and the field of spec.names that has it.
type fieldName struct {
	field string
	nameOf
}

// names returns the names of a definition. Those that may be left out come last.
func (d *definition) names() []fieldName {
	list := []fieldName{{"kind", nameOf{d.group, d.resource.Kind, true}}, {"plural", nameOf{d.group, d.resource.Name, false}}}
	for _, short := range d.resource.ShortNames {
		list = append(list, fieldName{"shortNames", nameOf{d.group, short, false}})
	}
	return append(list, fieldName{"singular", nameOf{d.group, d.resource.Singular, false}}, fieldName{"listKind", nameOf{d.group, d.listKind, true}})
}

// taken adds an error for each name that another definition has. An API server does not serve a
// definition with such a name. One that is made of a kind with an error has none of its own.
func (r *definitionReader) taken(d *definition, by func(nameOf) *definition) {
	spec := r.object.Root.Get("spec").Get("names")
	found := false
	for _, n := range d.names() {
		other, at := by(n.nameOf), spec.Get(n.field)
		if other == nil || found && at.Line == 0 {
			continue
		}
		found = true
		r.fail(orElse(at, spec), "spec.names.%s: %s.%s has the name %q already, and an API server would not serve this definition", n.field, other.resource.Name, d.group, n.name)
	}
}
