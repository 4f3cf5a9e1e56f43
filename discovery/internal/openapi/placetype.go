package openapi

import "slices"

// names gives the names of the fields that there may be, sorted, unless they are longer than
// any that is meant.
func (p *place) names() []string {
	var names []string
	p.each(func(f facts) {
		for _, n := range f {
			for _, property := range n.properties {
				if !isLong(property.name) {
					names = append(names, property.name)
				}
			}
			if n.embedded {
				names = append(names, "apiVersion", "kind", "metadata")
			}
		}
	})
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.Clone(names[:min(len(names), maxSiblings)])
}

// typeName gives the type, and nothing where there is not one.
func (p *place) typeName() string {
	if p.main != nil {
		if name := p.main.typeName(); name != "" || p.main.any(func(n *schema) bool { return len(n.types) > 0 }) {
			return name
		}
	}
	var names []string
	for _, f := range p.branches {
		if name := f.typeName(); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	switch names = slices.Compact(names); {
	case len(names) == 1:
		return names[0]
	case slices.Equal(names, []string{"integer", "string"}):
		return intOrString
	case slices.Equal(names, []string{"number", "string"}):
		// A quantity, which is a string that may also be written as a number.
		return "string"
	}
	return ""
}

func (f facts) typeName() string {
	var types []string
	for _, n := range f {
		if n.intOrString {
			return intOrString
		}
		types = append(types, n.types...)
	}
	slices.Sort(types)
	switch types = slices.Compact(types); {
	case len(types) == 1:
		return types[0]
	case len(types) > 1:
		return ""
	case f.any(func(n *schema) bool { return n.items != nil }):
		return "array"
	case f.any(func(n *schema) bool { return len(n.properties) > 0 || n.values != nil || n.anyValues || n.embedded }):
		return "object"
	}
	return ""
}
