package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/lang"
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
		hint := d.belongs(name[1], m.Summary != "Unsupported argument", m.Summary != "Unsupported block type")
		if hint == "" && top {
			hint = " A declaration has these blocks: " + strings.Join(lang.File().Names(), ", ") + "."
		}
		m.Detail += hint
	}
	return diags
}

var quotedName = regexp.MustCompile(`"([a-z_]+)"`)

// belongs says in which blocks the language has a block or an attribute of a name, or "".
func (d *decoder) belongs(name string, block, attribute bool) string {
	var places []string
	const what = " It belongs in "
	for _, parent := range sortedKeys(d.language) {
		b := d.language[parent]
		isIt := func(a lang.Attribute) bool { return a.Name == name }
		if parent != "" && (block && b.Block(name) != nil || attribute && slices.ContainsFunc(b.Attributes, isIt)) {
			places = append(places, parent)
		}
	}
	last := len(places) - 1
	switch {
	case last < 0:
		return ""
	case last > 3:
		return what + "a block that requires something, such as api."
	case last == 0 && places[0] == "api":
		return what + "an api block, as in api \"apps/v1\" { … }."
	case last == 0:
		return what + "a " + places[0] + " block."
	}
	article := "a "
	if strings.ContainsAny(places[0][:1], "aeiou") {
		article = "an "
	}
	return what + article + strings.Join(places[:last], ", ") + " or " + places[last] + " block."
}
