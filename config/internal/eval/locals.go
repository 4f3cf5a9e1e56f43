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
	// needs are the locals that it refers to and that may have no value yet.
	needs []*local
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

// evaluateLocals gives every local its value, after those that it refers to.
func (e *Scope) evaluateLocals() {
	for _, l := range e.localOrder {
		for _, t := range l.expr.Variables() {
			if needed := e.locals[nameBehind(t)]; needed != nil && t.RootName() == "local" {
				l.needs = append(l.needs, needed)
			}
		}
	}
	for _, l := range e.localOrder {
		if !l.done {
			e.evaluateLocal(l)
		}
	}
}

// evaluateLocal walks without recursion: a chain of locals may be very long.
func (e *Scope) evaluateLocal(l *local) {
	waiting := []*local{l}
	l.step = 1
	for len(waiting) > 0 {
		last := waiting[len(waiting)-1]
		for len(last.needs) > 0 && last.needs[0].done {
			last.needs = last.needs[1:]
		}
		switch {
		case len(last.needs) == 0:
			last.done = true
			if value, ok := e.Value(last.expr); ok && e.bounded(value, last.expr.Range(), "The local value", last.name) {
				last.value = value
			}
			waiting = waiting[:len(waiting)-1]
		case last.needs[0].step > 0:
			begin := last.needs[0].step - 1
			e.refuseCycle(waiting[begin:])
			waiting = waiting[:begin]
		default:
			waiting = append(waiting, last.needs[0])
			last.needs[0].step = len(waiting)
		}
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
	first := cycle[0]
	e.Error(first.at, "Cycle of local values", "Local values refer to one another in a circle: %s → local.%s.", strings.Join(steps, " → "), diag.Clip(first.name))
}
