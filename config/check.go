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
	body := block.Body
	if scoped, ok := body.(scopedBody); ok {
		body = scoped.Body
	}
	content, _ := body.Content(d.language[block.Type].Body())
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

// assertions gives the evaluator that asserts keep: it has no errors of its own
// yet.
func (d *decoder) assertions() *evaluator {
	if d.asserting == nil {
		d.functions() // once for all of them
		e := d.evaluator
		e.List = nil
		d.asserting = &e
	}
	return d.asserting
}

// asked evaluates an expression of an assert for the answers that a cluster may give,
// and finds what is wrong with it whatever these are. judge gives the outcome of an
// evaluation, and whether it is fit for use. asked gives the outcome that all have in
// common, and the first evaluation where none is fit for use, unless that was
// reported as an error.
func (d *decoder) asked(expr hcl.Expression, judge func(cty.Value, hcl.Diagnostics) (any, bool)) (any, *sample) {
	d.environment = &Environment{}
	defer func() { d.environment = nil }()
	if !d.discreet(expr) {
		return unsettled, nil
	}
	x := d.explore(expr, brief)
	if x == nil {
		return unsettled, nil
	}
	var first *sample
	fit := false
	result, agreed := x.agree(x.expr, func(value cty.Value, diags hcl.Diagnostics) any {
		result, ok := judge(value, diags)
		if first == nil {
			first = &sample{value, diags}
		}
		fit = fit || ok
		return result
	})
	switch {
	case x.vague:
		return unsettled, nil // until it is asked
	case !agreed:
		result = unsettled
	case !fit && first.diags.HasErrors():
		d.explain(first.diags, x.secret)
		return unsettled, nil
	case !fit:
		return result, first
	}
	d.examine(x)
	return result, nil
}

func (d *decoder) condition(a *hcl.Attribute) {
	before := d.Errors()
	result, unfit := d.asked(a.Expr, func(value cty.Value, diags hcl.Diagnostics) (any, bool) {
		result := outcomeOf(value, diags, cty.Bool)
		return result, result != fails
	})
	at := a.Expr.Range()
	if unfit != nil {
		value, _ := unfit.value.UnmarkDeep()
		if inner, _ := unscoped(a.Expr); value.Type() == cty.String && !value.IsNull() && !isNative(inner) {
			d.Error(at, "Incorrect value type", "%q must be a bool, and this is a string. Write one expression and nothing beside it: \"${...}\".", a.Name)
			return
		}
		d.is(value, cty.Bool, a.Name, at)
		return
	}
	if _, settled := result.(bool); !settled || d.Errors() > before {
		return
	}
	if always, constant := d.invariant(a.Expr); constant {
		what := "never holds"
		if always {
			what = "always holds"
		}
		d.Warn(at, "Constant condition", "This condition %s, whatever the cluster serves and whatever values the variables have.", what)
	}
}

func isNative(expr hcl.Expression) bool {
	_, ok := expr.(hclsyntax.Expression)
	return ok
}

func (d *decoder) message(a *hcl.Attribute) {
	at := a.Expr.Range()
	secret := false
	_, unfit := d.asked(a.Expr, func(value cty.Value, diags hcl.Diagnostics) (any, bool) {
		secret = secret || value.ContainsMarked() && !diags.HasErrors()
		result := outcomeOf(value, diags, cty.String)
		text, known := result.(string)
		// Every answer is tried until one lets something secret be printed.
		return secret, result != fails && (!known || slices.ContainsFunc([]rune(text), func(r rune) bool { return r > ' ' }))
	})
	switch {
	case secret:
		d.Error(at, "Sensitive value not allowed", "%q is printed, so it cannot depend on a sensitive variable.", a.Name)
	case unfit != nil && d.is(unfit.value, cty.String, a.Name, at):
		d.Error(at, "Empty error message", "The text is printed where the condition does not hold. Say in a sentence what is missing.")
	}
}

// surveyAssert looks at an expression of an assert that is not made.
func (d *decoder) surveyAssert(expr hcl.Expression) {
	d.asked(expr, func(_ cty.Value, diags hcl.Diagnostics) (any, bool) { return diags.HasErrors(), !diags.HasErrors() })
}
