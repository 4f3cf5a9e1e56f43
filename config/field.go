package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// field reads a field block.
func (d *decoder) field(block *hcl.Block, parent *Resource, inherited common) *Field {
	content := d.content(block, "field")
	label, at := block.Labels[0], block.LabelRanges[0]
	path, err := kubeapi.ParseFieldPath(label)
	if err != nil {
		d.Error(at, "Invalid field path", "%q is not a path to a field, such as \"spec.rules[].timeouts.request\": %s.%s", diag.Clip(label), err, pathHint(label))
	}
	f := &Field{Path: path}
	c := d.common(content, inherited)
	d.require(&f.Requirement, TypeField, fmt.Sprintf("%s.field[%q]", parent.Address, label), headerRange(block), c)
	f.Served = d.served(content)
	f.Type = choice(d, content.Attributes["type"], "field type", []string{"string", "integer", "number", "boolean", "array", "object", "int-or-string"}, map[string]string{
		"bool": "boolean", "int": "integer", "int32": "integer", "int64": "integer", "float": "number", "double": "number",
		"list": "array", "map": "object", "struct": "object", "intstr": "int-or-string", "IntOrString": "int-or-string",
	})
	f.Enum = d.texts(content.Attributes["enum"])
	if f.Enum != nil && f.Type != nil && !takesStrings(f.Type.Value) {
		d.Error(content.Attributes["enum"].NameRange, "Contradiction", "Only a string, or an int-or-string, has an enum of strings, and the type is required to be %q at %s.", f.Type.Value, f.Type.Range)
	}
	f.Required = d.optional(content.Attributes["required"])
	if f.Required != nil && len(path) > 0 && path[len(path)-1].Kind != kubeapi.StepField {
		d.Error(f.Required.Range, "Contradiction", "%q is about a field with a name, and the path ends in the items of an array or the values of a map.", "required")
	}
	if !f.Served {
		f.Type, f.Enum, f.Required = nil, nil, nil
	}
	return f
}

// takesStrings tells whether a field of a type may be a string.
func takesStrings(typ string) bool { return typ == "string" || typ == "int-or-string" }

// pathHint helps with the spellings of other tools.
func pathHint(label string) string {
	switch i := strings.IndexAny(label, "/'\""); {
	case label != "" && strings.IndexByte(".${", label[0]) >= 0:
		return " It begins with a name, not as a JSONPath does."
	case i >= 0 && label[i] == '/':
		return " Names are separated by dots."
	case i >= 0:
		return " A key of a map is written *."
	}
	return ""
}
