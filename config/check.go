package config

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// check reads a check block.
func (d *decoder) check(block *hcl.Block) {
	// Whether one is written: what a dynamic block makes may be nothing.
	before := len(d.list)
	content := d.content(block, "check")
	k := &Check{Name: block.Labels[0]}
	d.declaration.Checks = append(d.declaration.Checks, k)
	d.unique(block)
	if len(content.Blocks) == 0 && len(d.list) == before && !d.writes(block) {
		d.error(headerRange(block), "Missing assert", "A check without an assert requires nothing. Write one, or remove the check.")
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

// writes tells whether any block stands in a check, be it dynamic.
func (d *decoder) writes(block *hcl.Block) bool {
	body := block.Body
	if scoped, ok := body.(scopedBody); ok {
		body = scoped.Body
	}
	content, _ := body.Content(d.schemas[block.Type])
	return len(content.Blocks) > 0
}

func (d *decoder) assert(block *hcl.Block, address string, inherited common) *Assert {
	content := d.content(block, "assert")
	a := &Assert{evaluator: d.assertions()}
	c := d.common(content, inherited)
	if c.reason == "" {
		c.reason = inherited.reason
	}
	if c.remedy == "" {
		c.remedy = inherited.remedy
	}
	d.require(&a.Requirement, TypeAssert, address, headerRange(block), c)
	if attribute := content.Attributes["condition"]; attribute != nil {
		a.condition = attribute.Expr
		d.condition(attribute)
	}
	if attribute := content.Attributes["error_message"]; attribute != nil {
		a.message = attribute.Expr
		d.message(attribute)
	}
	return a
}

// assertions gives the evaluator that asserts keep: it has no mistakes of its own
// yet.
func (d *decoder) assertions() *evaluator {
	if d.asserting == nil {
		e := d.evaluator
		e.mistakes = nil
		d.asserting = &e
	}
	return d.asserting
}

// asked evaluates an expression of an assert as long as nothing is known of the
// cluster, and finds what is wrong with it even then.
func (d *decoder) asked(expr hcl.Expression) (cty.Value, bool) {
	d.environment = &Environment{}
	defer func() { d.environment = nil }()
	before := d.errors()
	if !d.discreet(expr) {
		return cty.DynamicVal, false
	}
	value, ok := d.value(expr)
	if ok {
		d.examine(expr)
	}
	return value, ok && d.errors() == before
}

// errors counts the mistakes, to tell whether there are new ones.
func (m *mistakes) errors() int {
	n := m.dropped
	for _, d := range m.list {
		if d.Severity == hcl.DiagError {
			n++
		}
	}
	return n
}

func (d *decoder) condition(a *hcl.Attribute) {
	value, ok := d.asked(a.Expr)
	if !ok {
		return
	}
	value, _ = value.UnmarkDeep()
	at := a.Expr.Range()
	if inner, _ := unscoped(a.Expr); value.Type() == cty.String && !isNative(inner) {
		d.error(at, "Incorrect value type", "%q has to be a bool, and this is a string. Write one expression and nothing beside it: \"${...}\".", a.Name)
		return
	}
	d.is(value, cty.Bool, a.Name, at)
	if !value.IsKnown() {
		return
	}
	if always, constant := d.invariant(a.Expr); constant {
		what := "never holds"
		if always {
			what = "always holds"
		}
		d.warn(at, "Constant condition", "This condition %s, whatever the cluster serves and whatever values the variables have.", what)
	}
}

func isNative(expr hcl.Expression) bool {
	_, ok := expr.(hclsyntax.Expression)
	return ok
}

func (d *decoder) message(a *hcl.Attribute) {
	value, ok := d.asked(a.Expr)
	if !ok {
		return
	}
	at := a.Expr.Range()
	if value.ContainsMarked() {
		d.error(at, "Sensitive value not allowed", "%q is printed, so it cannot depend on a sensitive variable.", a.Name)
		return
	}
	if d.is(value, cty.String, a.Name, at) && !slices.ContainsFunc([]rune(value.AsString()), func(r rune) bool { return r > ' ' }) {
		d.error(at, "Empty error message", "The text is printed where the condition does not hold. Say in a sentence what is missing.")
	}
}

// surveyAssert looks at an expression of an assert that is not made.
func (d *decoder) surveyAssert(expr hcl.Expression) { d.asked(expr) }
