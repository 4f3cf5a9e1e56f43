package eval

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// Validation is a rule for the value of a variable.
type Validation struct {
	At                 hcl.Range
	Condition, Message hcl.Expression
}

func (e *Scope) declareValidation(v *variable, rule Validation) {
	if !slices.ContainsFunc(rule.Condition.Variables(), func(t hcl.Traversal) bool { return t.RootName() == "var" && nameBehind(t) == v.name }) {
		e.Error(rule.Condition.Range(), "Invalid validation", "The condition says nothing of the value: it does not refer to var.%s.", diag.Clip(v.name))
		return
	}
	v.validations = append(v.validations, rule)
}

// validate judges the values of all variables, once locals have theirs.
func (e *Scope) validate() {
	for _, name := range sortedKeys(e.variables) {
		v := e.variables[name]
		used := v.used
		for _, rule := range v.validations {
			e.validateBy(v, rule)
		}
		// That a variable is validated does not mean that it is used.
		v.used = used
	}
}

func (e *Scope) validateBy(v *variable, rule Validation) {
	context, ok := e.context(rule.Message)
	if !ok {
		return
	}
	if marked(context) {
		e.Error(rule.Message.Range(), "Sensitive value not allowed", "The error message is shown, so it cannot depend on a sensitive variable.")
		return
	}
	// Any other message may have no value where the condition holds.
	if len(context.Variables) == 0 {
		if _, ok := e.message(rule, context); !ok {
			return
		}
	}
	holds, ok := e.Value(rule.Condition)
	holds, _ = holds.UnmarkDeep()
	if !ok || !e.Is(holds, cty.Bool, "condition", rule.Condition.Range()) || holds.True() {
		return
	}
	text, ok := e.message(rule, context)
	if !ok {
		return
	}
	message := "Its value is not one that is allowed."
	if text.IsKnown() {
		message = text.AsString()
	}
	e.Error(v.from, "Invalid value for variable", "The variable %q: %s This is what the validation at %s says.", diag.Clip(v.name), message, rule.At)
}

func (e *Scope) message(rule Validation, context *hcl.EvalContext) (cty.Value, bool) {
	at := rule.Message.Range()
	text, ok := e.within(rule.Message, context)
	if !ok || !e.Is(text, cty.String, "error_message", at) {
		return text, ok && !text.IsKnown() && (text.Type() == cty.String || text.Type() == cty.DynamicPseudoType)
	}
	if text.AsString() == "" {
		e.Error(at, "Empty error message", "The error message is what tells how to fix the value, so it cannot be empty.")
		return text, false
	}
	return text, true
}

// Unused warns of what nothing refers to. After an error, it is not known what
// would have been referred to.
func (e *Scope) Unused() {
	if e.Diags.HasErrors() {
		return
	}
	for _, name := range sortedKeys(e.variables) {
		if v := e.variables[name]; !v.used {
			e.Warn(v.at, "Unused variable", "Nothing refers to var.%s, so its value does not matter. Use it, or remove it.", diag.Clip(name))
		}
	}
	for _, l := range e.localOrder {
		if !l.used {
			e.Warn(l.at, "Unused local value", "Nothing refers to local.%s. Use it, or remove it.", diag.Clip(l.name))
		}
	}
}
