package config

import (
	"fmt"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/kubeapi"
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

// outermost is what a block inherits that stands in none.
func outermost() common { return common{enabled: true, settled: true, severity: SeverityError} }

// common reads the common attributes of a block within parent. Enabled and
// severity are inherited; reason and remedy speak of one requirement only.
func (d *decoder) common(content *hcl.BodyContent, parent common) common {
	c := common{enabled: true, settled: true, severity: parent.severity}
	if a := content.Attributes["enabled"]; a != nil {
		c.enabled, c.settled = d.enabled(a)
	}
	switch {
	case parent.settled && !parent.enabled:
		c.enabled, c.settled = false, true
	case !parent.settled && c.enabled:
		c.settled = false
	}
	if severity, ok := d.text(content.Attributes["severity"]); ok {
		c.severity = d.severity(severity, content.Attributes["severity"].Expr.Range(), parent.severity)
	}
	if reason, ok := d.text(content.Attributes["reason"]); ok {
		c.reason = reason.Value
	}
	if remedy, ok := d.text(content.Attributes["remedy"]); ok {
		c.remedy = remedy.Value
	}
	return c
}

// enabled reads the one attribute that may depend on a sensitive variable: it
// tells no more than one bit.
func (d *decoder) enabled(a *hcl.Attribute) (enabled, settled bool) {
	value, ok := d.value(a.Expr)
	if !ok {
		return true, false
	}
	value, _ = value.UnmarkDeep()
	if !d.is(value, cty.Bool, a.Name, a.Expr.Range()) {
		return true, false
	}
	return value.True(), true
}

func (d *decoder) severity(given Value[string], at hcl.Range, fallback Severity) Severity {
	var known []string
	for _, s := range Severities() {
		if string(s) == given.Value {
			return s
		}
		known = append(known, string(s))
	}
	d.Error(at, "Invalid severity", "A severity is \"error\" or \"warning\", not %q.%s", diag.Clip(given.Value), diag.DidYouMean(given.Value, known))
	return fallback
}

// findingSize is about what a finding takes in a report, in bytes.
const findingSize = 4 << 10

// require makes the next requirement, in declaration order.
func (d *decoder) require(r *Requirement, typ Type, address string, at hcl.Range, c common) {
	*r = Requirement{
		Index: len(d.all), Type: typ, Address: address, Range: at,
		Enabled: c.enabled, Severity: c.severity, Reason: c.reason, Remedy: c.remedy,
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
	const detail = "%s is required of something that must not be served: served is false at %s."
	for _, other := range sortedAttributes(content.Attributes) {
		switch other.Name {
		case "served", "enabled", "severity", "reason", "remedy":
		default:
			d.Error(other.NameRange, "Contradiction", "%q "+detail[len("%s "):], other.Name, a.Range)
		}
	}
	for _, block := range content.Blocks {
		d.Error(headerRange(block), "Contradiction", "A %s "+detail[len("%s "):], block.Type, a.Range)
	}
	return false
}

// claim is what some requirement says of a fact that can be only one way.
type claim struct {
	what string
	at   hcl.Range
}

// subject is what a claim speaks of. Its words are made only where they are needed.
type subject struct {
	// words has a %q for each name that is not empty.
	words        string
	name         string
	groupVersion kubeapi.GroupVersion
}

func (s subject) String() string {
	var names []any
	for _, name := range []string{s.name, s.groupVersion.String()} {
		if name != "" {
			names = append(names, name)
		}
	}
	return fmt.Sprintf(s.words, names...)
}

// claim records what an enabled requirement says of a subject. Where another one
// says otherwise, no cluster can satisfy both.
func (d *decoder) claim(of subject, what string, at hcl.Range, c common) {
	if !c.enabled || !c.settled {
		return
	}
	first, found := d.claims[of]
	switch {
	case !found:
		d.claims[of] = claim{what: what, at: at}
	case first.what != what:
		d.Error(at, "Contradiction", "%s is required %s here, and %s at %s.", of, what, first.what, first.at)
	}
}

// toBe is what a claim says that names a value.
func toBe(value string) string { return "to be " + strconv.Quote(value) }

const (
	toBeServed    = "to be served"
	notToBeServed = "not to be served"
)

func servedClaim(served bool) string {
	if served {
		return toBeServed
	}
	return notToBeServed
}
