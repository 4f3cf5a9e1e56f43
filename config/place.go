package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/pattern"
)

// contentOf reads the content of the body of a block of a type. To hcl's errors about a block or
// an attribute that is not expected where it is, it adds where it belongs. At the top of a file,
// it lists the blocks for a name that the language does not have.
func (d *decoder) contentOf(body hcl.Body, typ string) *hcl.BodyContent {
	root := d.language[""]
	content, diags := body.Content(d.language[typ].Body())
	for _, m := range diags {
		inJSON := m.Summary == "Extraneous JSON object property"
		isBlock, isAttribute := inJSON || m.Summary == "Unsupported block type", inJSON || m.Summary == "Unsupported argument"
		name := quotedName.Get().FindStringSubmatch(m.Detail)
		if name == nil || strings.Contains(m.Detail, "Did you mean") || !isBlock && !isAttribute {
			continue
		}
		hint := root.Where(name[1], isBlock, isAttribute)
		if hint == "" && typ == "" {
			var names []string
			for _, block := range root.Blocks {
				names = append(names, block.Name)
			}
			hint = " A declaration has these blocks: " + strings.Join(names, ", ") + "."
		}
		m.Detail += hint
	}
	d.Add(diags...)
	return content
}

var quotedName = pattern.New(`"([a-z_]+)"`)
