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

// validate judges the value of a variable, once locals have theirs. That does not count as a use.
func (e *Scope) validate(v *variable) {
	used := v.used
	for _, rule := range v.validations {
		if slices.ContainsFunc(rule.Condition.Variables(), func(t hcl.Traversal) bool { return t.RootName() == "var" && nameBehind(t) == v.name }) {
			e.validateBy(v, rule)
		} else {
			e.Error(rule.Condition.Range(), "Invalid validation", "The condition says nothing of the value: it does not refer to var.%s.", diag.Clip(v.name))
		}
	}
	v.used = used
}

func (e *Scope) validateBy(v *variable, rule Validation) {
	p, ok := e.prepare(rule.Message)
	if !ok {
		return
	}
	at := rule.Message.Range()
	if p.secret {
		e.Error(at, "Sensitive value not allowed", "The error message is shown, so it cannot depend on a sensitive variable.")
		return
	}
	message := func() string {
		if text, ok := e.evaluate(p, p.context, false); ok && e.Is(text, cty.String, "error_message", at) {
			if text.AsString() != "" {
				return text.AsString()
			}
			e.Error(at, "Empty error message", "The error message is what tells how to fix the value, so it cannot be empty.")
		}
		return "Its value is not one that is allowed."
	}
	// A message that refers to something may have a value only if the condition fails.
	if len(p.context.Variables) == 0 {
		message()
	}
	holds, ok := e.Value(rule.Condition)
	holds, _ = holds.UnmarkDeep()
	if ok && e.Is(holds, cty.Bool, "condition", rule.Condition.Range()) && holds.False() {
		e.Error(v.from, "Invalid value for variable", "The variable %q: %s This is what the validation at %s says.", diag.Clip(v.name), message(), rule.At)
	}
}

// Unused warns of what nothing refers to. After an error, it cannot know, and does not warn.
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
