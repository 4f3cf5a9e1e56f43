package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func (d *decoder) field(block *hcl.Block, parent *Resource) *Field {
	f, label := &Field{}, block.Labels[0]
	var err error
	if f.Path, err = kubeapi.ParseFieldPath(label); err != nil {
		d.Error(block.LabelRanges[0], "Invalid field path", "%q is not a path to a field: %s. Write names with a dot between them, [] for the items of an array, "+
			"and * for a key of a map, such as \"spec.rules[].timeouts.request\".", diag.Clip(label), err)
	}
	content, served := d.begin(&f.Requirement, block, parent.Requirement)
	attributes := content.Attributes
	f.Served, f.Enum, f.Required = served, d.texts(attributes["enum"]), d.flag(attributes["required"])
	f.Type = choice(d, attributes["type"], "field type", []string{"string", "integer", "number", "boolean", "array", "object", "int-or-string"})
	if f.Enum != nil && f.Type != nil && !strings.HasSuffix(f.Type.Value, "string") {
		d.Error(f.Enum[0].Range, "Contradiction", "Only a string has an enum of strings, and the type is required to be %q at %s.", f.Type.Value, f.Type.Range)
		f.Enum = nil
	}
	if f.Required != nil && len(f.Path) > 0 && f.Path[len(f.Path)-1].Kind != kubeapi.StepField {
		d.Error(f.Required.Range, "Contradiction", "\"required\" is about a field with a name, and the path ends in the items of an array or the values of a map.")
	}
	return f
}
