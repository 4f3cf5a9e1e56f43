package config

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// field reads a field block.
func (d *decoder) field(block *hcl.Block, parent *Resource, gv kubeapi.GroupVersion, inherited common) *Field {
	content := d.content(block, "field")
	label, at := block.Labels[0], block.LabelRanges[0]
	path, err := kubeapi.ParseFieldPath(label)
	if err != nil {
		d.error(at, "Invalid field path", "%q is not a path to a field, such as \"spec.rules[].timeouts.request\": %s.%s", clip(label), err, pathHint(label))
	}
	f := &Field{Path: path}
	c := d.common(content, inherited)
	d.require(&f.Requirement, TypeField, fmt.Sprintf("%s.field[%q]", parent.Address, label), headerRange(block), c)
	f.Served = d.served(content)
	f.Type = d.fieldType(content.Attributes["type"])
	f.Enum = d.texts(content.Attributes["enum"])
	if f.Enum != nil && f.Type != nil && f.Type.Value != "string" {
		d.error(content.Attributes["enum"].NameRange, "Contradiction", "Only a string has an enum, and the type is required to be %q at %s.", f.Type.Value, f.Type.Range)
	}
	if required, ok := d.flag(content.Attributes["required"]); ok {
		f.Required = &required
		if len(path) > 0 && path[len(path)-1].Kind != kubeapi.StepField {
			d.error(required.Range, "Contradiction", "%q speaks of a field by its name, and the path ends in the items of an array or the values of a map.", "required")
		}
	}
	if !f.Served {
		f.Type, f.Enum, f.Required = nil, nil, nil
	}
	d.claimField(f, parent, gv, c)
	return f
}

// pathHint helps with the spellings of other tools.
func pathHint(label string) string {
	for i, r := range label {
		switch {
		case i == 0 && (r == '.' || r == '$' || r == '{'):
			return " It begins with a name, not as a JSONPath does."
		case r == '/':
			return " Its names stand behind dots."
		case r == '\'' || r == '"':
			return " A key of a map is written *."
		}
	}
	return ""
}

func (d *decoder) fieldType(a *hcl.Attribute) *Value[string] {
	text, ok := d.text(a)
	if !ok {
		return nil
	}
	known := []string{"string", "integer", "number", "boolean", "array", "object", "int-or-string"}
	if slices.Contains(known, text.Value) {
		return &text
	}
	hint := didYouMean(text.Value, known)
	if meant := map[string]string{
		"bool": "boolean", "int": "integer", "int32": "integer", "int64": "integer", "float": "number", "double": "number",
		"list": "array", "map": "object", "struct": "object", "intstr": "int-or-string", "IntOrString": "int-or-string",
	}[text.Value]; meant != "" {
		hint = fmt.Sprintf(" Did you mean %q?", meant)
	}
	d.error(a.Expr.Range(), "Invalid field type", "%q is not a type of a schema, which is one of string, integer, number, boolean, array, object and int-or-string.%s", clip(text.Value), hint)
	return nil
}

// claimField also claims what the field is in.
func (d *decoder) claimField(f *Field, parent *Resource, gv kubeapi.GroupVersion, c common) {
	if len(f.Path) == 0 || !c.enabled || !c.settled {
		return
	}
	of := fmt.Sprintf("of the resource %q of %q", parent.Name, gv)
	if parent.Type == TypeKind {
		of = fmt.Sprintf("of the kind %q of %q", parent.Kind.Value, gv)
	}
	if f.Served {
		for i := range f.Path[:len(f.Path)-1] {
			d.claim(fmt.Sprintf("The field %q %s", f.Path[:i+1], of), toBeServed, f.Range, c)
		}
	}
	d.claim(fmt.Sprintf("The field %q %s", f.Path, of), servedClaim(f.Served), f.Range, c)
	if f.Type != nil {
		d.claim(fmt.Sprintf("The type of the field %q %s", f.Path, of), fmt.Sprintf("to be %q", f.Type.Value), f.Type.Range, c)
	}
	if f.Enum != nil && f.Type == nil {
		d.claim(fmt.Sprintf("The type of the field %q %s", f.Path, of), "to be \"string\"", f.Enum[0].Range, c)
	}
	if f.Required != nil {
		d.claim(fmt.Sprintf("\"required\" of the field %q %s", f.Path, of), fmt.Sprintf("to be %t", f.Required.Value), f.Required.Range, c)
	}
}
