package config

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// misplaced adds to hcl's errors about a block or an attribute that is not expected where
// it is in which blocks it is expected. At the top of a file, it lists the blocks for a name
// that the language does not have.
func (d *decoder) misplaced(diags hcl.Diagnostics, top bool) hcl.Diagnostics {
	for _, m := range diags {
		switch m.Summary {
		case "Unsupported block type", "Unsupported argument", "Extraneous JSON object property":
		default:
			continue
		}
		name := quotedName.FindStringSubmatch(m.Detail)
		if name == nil || strings.Contains(m.Detail, "Did you mean") || strings.HasSuffix(m.Detail, "a value.") {
			continue
		}
		hint := d.language[""].Where(name[1], m.Summary != "Unsupported argument", m.Summary != "Unsupported block type")
		if hint == "" && top {
			hint = " A declaration has these blocks: " + strings.Join(d.language[""].Names(), ", ") + "."
		}
		m.Detail += hint
	}
	return diags
}

var quotedName = regexp.MustCompile(`"([a-z_]+)"`)
