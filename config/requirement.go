package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// outermost is what a block inherits that is in no other block.
func outermost() Requirement { return Requirement{Enabled: true, Severity: SeverityError} }

// begin reads what each block of a requirement has, within its parent. If it must not be served,
// whatever else it requires is a contradiction.
func (d *decoder) begin(r *Requirement, block *hcl.Block, parent Requirement) (content *hcl.BodyContent, served bool) {
	content = d.content(block)
	place := strings.TrimPrefix(parent.Address+"."+block.Type, ".")
	if len(block.Labels) > 0 {
		place += "[" + strconv.Quote(block.Labels[0]) + "]"
	}
	d.require(r, d.common(content, parent), Type(block.Type), place, headerRange(block))
	a := content.Attributes["served"]
	if or(d.flag(a), true) {
		return content, true
	}
	const detail = "%q is required of something that must not be served: served is false at %s."
	for _, other := range content.Attributes {
		if !slices.Contains([]string{"served", "enabled", "severity", "reason", "remedy"}, other.Name) {
			d.Error(other.NameRange, "Contradiction", detail, other.Name, a.Range)
		}
	}
	for _, inner := range content.Blocks {
		d.Error(headerRange(inner), "Contradiction", detail, inner.Type, a.Range)
	}
	return content, false
}

// common reads the common attributes of a block within parent. Enabled and severity are
// inherited; reason and remedy are for one requirement only.
func (d *decoder) common(content *hcl.BodyContent, parent Requirement) Requirement {
	all := content.Attributes
	c := Requirement{Enabled: true, Reason: or(d.text(all["reason"]), ""), Remedy: or(d.text(all["remedy"]), "")}
	c.Severity = or(choice(d, all["severity"], "severity", Severities()), parent.Severity)
	if a := all["enabled"]; a != nil {
		// It alone may depend on a sensitive variable: it shows no more than one bit.
		value, ok := d.Value(a.Expr)
		value, _ = value.UnmarkDeep()
		c.unsettled = !ok || !d.Is(value, cty.Bool, a.Name, a.Expr.Range())
		c.Enabled = c.unsettled || value.True()
	}
	if !parent.Enabled || parent.unsettled && c.Enabled {
		c.Enabled, c.unsettled = parent.Enabled, parent.unsettled
	}
	return c
}

// findingSize is about what a finding takes in a report, in bytes.
const findingSize = 4 << 10

// require makes the next requirement. Those of one place are numbered from the second one on.
func (d *decoder) require(r *Requirement, common Requirement, typ Type, place string, at hcl.Range) {
	d.places[place]++
	if n := d.places[place]; n > 1 {
		place = fmt.Sprintf("%s#%d", place, n)
	}
	*r = common
	r.Index, r.Type, r.Address, r.Range = len(d.all), typ, place, at
	d.all = append(d.all, r)
	d.step(at)
	d.Budget.Claim(len(d.all) * findingSize)
}

// step begins the next step of the work, or ends the work.
func (d *decoder) step(at hcl.Range) {
	if !d.Budget.Step(at) {
		panic(budget.ErrStopped)
	}
}

// names has what was declared so far, by what it is and its name.
type names map[[2]string]hcl.Range

// once refuses what is declared twice, and tells whether it is declared for the first time.
func (d *decoder) once(seen names, summary, what, name string, at hcl.Range) bool {
	first, found := seen[[2]string{what, name}]
	if found {
		d.Error(at, summary, "The %s %q is already declared at %s.", what, diag.Clip(name), first)
		return false
	}
	seen[[2]string{what, name}] = at
	return true
}
