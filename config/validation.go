package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// validation is a rule for the value of a variable. It may refer to all that is
// known before any request, other variables and locals among it.
type validation struct {
	at        hcl.Range
	condition hcl.Expression
	message   hcl.Expression
}

func (d *decoder) declareValidation(v *variable, block *hcl.Block) {
	content := d.contentOf(block.Body, d.language["validation"].Body())
	condition, message := content.Attributes["condition"], content.Attributes["error_message"]
	if condition == nil || message == nil {
		return // which is reported
	}
	refers := slices.ContainsFunc(condition.Expr.Variables(), func(t hcl.Traversal) bool {
		if len(t) < 2 || t.RootName() != "var" {
			return false
		}
		attribute, ok := t[1].(hcl.TraverseAttr)
		return ok && attribute.Name == v.name
	})
	if !refers {
		d.Error(condition.Expr.Range(), "Invalid validation", "The condition says nothing of the value: it does not refer to var.%s.", diag.Clip(v.name))
		return
	}
	v.validations = append(v.validations, validation{at: headerRange(block), condition: condition.Expr, message: message.Expr})
}

// validate judges the values of all variables, once locals have theirs.
func (d *decoder) validate() {
	for _, name := range sortedKeys(d.variables) {
		v := d.variables[name]
		used := v.used
		for _, rule := range v.validations {
			d.validateBy(v, rule)
		}
		// That a variable is validated does not mean that it is used.
		v.used = used
	}
}

func (d *decoder) validateBy(v *variable, rule validation) {
	// The message is judged even where it is not shown, except for its value: it
	// may have none where the condition holds.
	context, ok := d.context(rule.message)
	if !ok {
		return
	}
	if marked(context) {
		d.Error(rule.message.Range(), "Sensitive value not allowed", "The error message is shown, so it cannot depend on a sensitive variable.")
		return
	}
	if isPlain(rule.message) {
		if text, diags := rule.message.Value(nil); !diags.HasErrors() && !d.usableMessage(text, rule) {
			return
		}
	}
	holds, ok := d.value(rule.condition)
	if !ok {
		return
	}
	holds, _ = holds.UnmarkDeep()
	if !d.is(holds, cty.Bool, "condition", rule.condition.Range()) || holds.True() {
		return
	}
	text, ok := d.within(rule.message, context)
	if !ok || !d.usableMessage(text, rule) {
		return
	}
	message := "Its value is not one that is allowed."
	if text.IsKnown() {
		message = text.AsString()
	}
	d.Error(v.from, "Invalid value for variable", "The variable %q: %s This is what the validation at %s says.", diag.Clip(v.name), message, rule.at)
}

func (d *decoder) usableMessage(text cty.Value, rule validation) bool {
	known := d.is(text, cty.String, "error_message", rule.message.Range())
	switch {
	case known && text.AsString() == "":
		d.Error(rule.message.Range(), "Empty error message", "The error message is what tells how to fix the value, so it cannot be empty.")
		return false
	case !known:
		return !text.IsNull() && (text.Type() == cty.String || text.Type() == cty.DynamicPseudoType)
	}
	return true
}

// unused warns of what nothing refers to. After an error, it is not known what
// would have been referred to.
func (d *decoder) unused() {
	if d.Diags.HasErrors() {
		return
	}
	for _, name := range sortedKeys(d.variables) {
		if v := d.variables[name]; !v.used {
			d.Warn(v.at, "Unused variable", "Nothing refers to var.%s, so its value does not matter. Use it, or remove it.", diag.Clip(name))
		}
	}
	for _, l := range d.localOrder {
		if !l.used {
			d.Warn(l.at, "Unused local value", "Nothing refers to local.%s. Use it, or remove it.", diag.Clip(l.name))
		}
	}
}
