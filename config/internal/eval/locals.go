package eval

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// local is a named value. Where it has an error, the value is unknown.
type local struct {
	name  string
	at    hcl.Range
	expr  hcl.Expression
	value cty.Value
	// step is its place, from 1, among those that wait for one another.
	step       int
	done, used bool
}

// DeclareLocals reads a locals block.
func (e *Scope) DeclareLocals(block *hcl.Block) {
	attributes, diags := block.Body.JustAttributes()
	e.Add(diags...)
	for _, a := range SortedAttributes(attributes) {
		l := &local{name: a.Name, at: a.NameRange, expr: a.Expr, value: cty.DynamicVal}
		if first := e.locals[a.Name]; first != nil {
			e.Error(l.at, "Duplicate local value", "The local value %q is already set at %s.", a.Name, first.at)
			continue
		}
		e.locals[a.Name] = l
		e.localOrder = append(e.localOrder, l)
	}
}

// evaluateLocal gives a local its value, after those that it refers to. The others wait for it.
func (e *Scope) evaluateLocal(l *local, waiting []*local) {
	if l.step > 0 && !l.done {
		e.refuseCycle(waiting[l.step-1:])
	}
	if l.done {
		return
	}
	waiting = append(waiting, l)
	l.step = len(waiting)
	for _, t := range l.expr.Variables() {
		if needed := e.locals[nameBehind(t)]; needed != nil && t.RootName() == "local" {
			e.evaluateLocal(needed, waiting)
		}
		if l.done {
			return // It is in a cycle.
		}
	}
	l.done = true
	if value, ok := e.Value(l.expr); ok && e.bounded(value, l.expr.Range(), "The local value", l.name) {
		l.value = value
	}
}

func (e *Scope) refuseCycle(cycle []*local) {
	var steps []string
	for i, l := range cycle {
		l.done = true
		if i < 10 {
			steps = append(steps, fmt.Sprintf("local.%s (%s)", diag.Clip(l.name), l.at))
		}
	}
	if len(cycle) > len(steps) {
		steps = append(steps, "…")
	}
	e.Error(cycle[0].at, "Cycle of local values", "Local values refer to one another in a circle: %s → local.%s.", strings.Join(steps, " → "), diag.Clip(cycle[0].name))
}
