package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// common is what a block sets for its requirement and, in part, for those that
// are nested in it.
type common struct {
	enabled bool
	// settled is false where it is not known whether it is enabled.
	settled  bool
	severity Severity
	reason   string
	remedy   string
}

// outermost is what a block inherits that is in no other block.
func outermost() common { return common{enabled: true, settled: true, severity: SeverityError} }

// common reads the common attributes of a block within parent. Enabled and
// severity are inherited; reason and remedy are for one requirement only.
func (d *decoder) common(content *hcl.BodyContent, parent common) common {
	c := common{enabled: true, settled: true, severity: parent.severity}
	if a := content.Attributes["enabled"]; a != nil {
		c.enabled, c.settled = d.enabled(a)
	}
	if !parent.enabled && parent.settled || !parent.settled && c.enabled {
		c.enabled, c.settled = parent.enabled, parent.settled
	}
	if severity := choice(d, content.Attributes["severity"], "severity", Severities(), nil); severity != nil {
		c.severity = severity.Value
	}
	reason, _ := d.text(content.Attributes["reason"])
	remedy, _ := d.text(content.Attributes["remedy"])
	c.reason, c.remedy = reason.Value, remedy.Value
	return c
}

// enabled reads the one attribute that may depend on a sensitive variable: it
// tells no more than one bit.
func (d *decoder) enabled(a *hcl.Attribute) (enabled, settled bool) {
	value, ok := d.Value(a.Expr)
	if !ok {
		return true, false
	}
	value, _ = value.UnmarkDeep()
	if !d.Is(value, cty.Bool, a.Name, a.Expr.Range()) {
		return true, false
	}
	return value.True(), true
}

// optional reads a bool, and is nil where there is none.
func (d *decoder) optional(a *hcl.Attribute) *Value[bool] {
	if value, ok := d.flag(a); ok {
		return &value
	}
	return nil
}

// choice reads a string that is one of few.
func choice[T ~string](d *decoder, a *hcl.Attribute, what string, known []T, synonyms map[string]string) *Value[T] {
	text, ok := d.text(a)
	if !ok {
		return nil
	}
	var names, quoted []string
	for _, one := range known {
		if string(one) == text.Value {
			return &Value[T]{Value: one, Range: text.Range}
		}
		names, quoted = append(names, string(one)), append(quoted, strconv.Quote(string(one)))
	}
	meant := diag.DidYouMean(text.Value, names)
	if word := synonyms[text.Value]; word != "" {
		meant = fmt.Sprintf(" Did you mean %q?", word)
	}
	last := len(quoted) - 1
	d.Error(a.Expr.Range(), "Invalid "+what, "A %s is %s or %s, not %q.%s", what, strings.Join(quoted[:last], ", "), quoted[last], diag.Clip(text.Value), meant)
	return nil
}

// findingSize is about what a finding takes in a report, in bytes.
const findingSize = 4 << 10

// require makes the next requirement, in declaration order.
func (d *decoder) require(r *Requirement, typ Type, address string, at hcl.Range, c common) {
	*r = Requirement{
		Index: len(d.all), Type: typ, Address: address, Range: at,
		Enabled: c.enabled, Severity: c.severity, Reason: c.reason, Remedy: c.remedy,
	}
	if !c.settled {
		d.unsettled[r] = true
	}
	d.all = append(d.all, r)
	d.budget.Step(at)
	d.budget.Claim(len(d.all) * findingSize)
}

// served reads the attribute of that name. Where it is false, whatever else the
// block requires is a contradiction.
func (d *decoder) served(content *hcl.BodyContent) bool {
	a := content.Attributes["served"]
	served, ok := d.flag(a)
	if !ok || served.Value {
		return true
	}
	const detail = "%q is required of something that must not be served: served is false at %s."
	for _, other := range content.Attributes {
		if !slices.Contains([]string{"served", "enabled", "severity", "reason", "remedy"}, other.Name) {
			d.Error(other.NameRange, "Contradiction", detail, other.Name, a.Range)
		}
	}
	for _, block := range content.Blocks {
		d.Error(headerRange(block), "Contradiction", detail, block.Type, a.Range)
	}
	return false
}
