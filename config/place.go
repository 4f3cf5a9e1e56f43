package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/pattern"
)

// misplaced adds to hcl's errors about a block or an attribute that is not expected where
// it is in which blocks it is expected. At the top of a file, it lists the blocks for a name
// that the language does not have.
func (d *decoder) misplaced(diags hcl.Diagnostics, top bool) hcl.Diagnostics {
	for _, m := range diags {
		isBlock, isAttribute := m.Summary == "Unsupported block type", m.Summary == "Unsupported argument"
		both := m.Summary == "Extraneous JSON object property"
		name := quotedName.Get().FindStringSubmatch(m.Detail)
		if !isBlock && !isAttribute && !both || name == nil || strings.Contains(m.Detail, "Did you mean") || strings.HasSuffix(m.Detail, "a value.") {
			continue
		}
		hint := d.language[""].Where(name[1], isBlock || both, isAttribute || both)
		if hint == "" && top {
			var names []string
			for _, block := range d.language[""].Blocks {
				names = append(names, block.Name)
			}
			hint = " A declaration has these blocks: " + strings.Join(names, ", ") + "."
		}
		m.Detail += hint
	}
	return diags
}

var quotedName = pattern.New(`"([a-z_]+)"`)
