package config

import (
	"cmp"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

func (d *decoder) check(block *hcl.Block) {
	before := len(d.Diags)
	content := d.content(block)
	k := &Check{Name: block.Labels[0]}
	d.declaration.Checks = append(d.declaration.Checks, k)
	d.unique(block)
	// A dynamic block is there even if it makes nothing.
	if written, _ := block.Body.Content(d.language["check"].Body()); len(written.Blocks) == 0 && len(d.Diags) == before {
		d.Error(headerRange(block), "Missing assert", "A check without an assert requires nothing. Write one, or remove the check.")
	}
	c := d.common(content, outermost())
	c.Address = fmt.Sprintf("check[%q]", k.Name)
	for _, inner := range content.Blocks {
		a := &Assert{scope: d.Scope}
		inside, _ := d.begin(&a.Requirement, inner, c)
		a.Reason, a.Remedy = cmp.Or(a.Reason, c.Reason), cmp.Or(a.Remedy, c.Remedy)
		if condition := inside.Attributes["condition"]; condition != nil {
			a.condition = condition.Expr
			d.CheckAssert(condition, cty.Bool)
		}
		if message := inside.Attributes["error_message"]; message != nil {
			a.message = message.Expr
			d.CheckAssert(message, cty.String)
		}
		k.Asserts = append(k.Asserts, a)
	}
}
