package config

import (
	"cmp"
	"fmt"

	"github.com/hashicorp/hcl/v2"
)

// check reads a check block.
func (d *decoder) check(block *hcl.Block) {
	before := len(d.Diags)
	content := d.content(block, "check")
	k := &Check{Name: block.Labels[0]}
	d.declaration.Checks = append(d.declaration.Checks, k)
	d.unique(block)
	if len(content.Blocks) == 0 && len(d.Diags) == before && !d.writes(block) {
		d.Error(headerRange(block), "Missing assert", "A check without an assert requires nothing. Write one, or remove the check.")
	}
	c := d.common(content, outermost())
	for _, inner := range content.Blocks {
		address := fmt.Sprintf("check[%q].assert", k.Name)
		if n := len(k.Asserts); n > 0 {
			address += fmt.Sprintf("#%d", n+1)
		}
		k.Asserts = append(k.Asserts, d.assert(inner, address, c))
	}
}

// writes tells whether any block is in a check, even a dynamic one that makes nothing.
func (d *decoder) writes(block *hcl.Block) bool {
	content, _ := block.Body.Content(d.language[block.Type].Body())
	return len(content.Blocks) > 0
}

func (d *decoder) assert(block *hcl.Block, address string, inherited common) *Assert {
	content := d.content(block, "assert")
	a := &Assert{scope: d.Scope}
	c := d.common(content, inherited)
	c.reason, c.remedy = cmp.Or(c.reason, inherited.reason), cmp.Or(c.remedy, inherited.remedy)
	d.require(&a.Requirement, TypeAssert, address, headerRange(block), c)
	if attribute := content.Attributes["condition"]; attribute != nil {
		a.condition = attribute.Expr
		d.CheckCondition(attribute)
	}
	if attribute := content.Attributes["error_message"]; attribute != nil {
		a.message = attribute.Expr
		d.CheckMessage(attribute)
	}
	return a
}
