package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/funcs"
)

// local is a named value. Where it is mistaken, the value is unknown.
type local struct {
	name  string
	index int
	at    hcl.Range
	expr  hcl.Expression
	value cty.Value
	// waiting counts the locals that it refers to and that have no value yet.
	waiting int
	needs   []*local
	users   []*local
	done    bool
	used    bool
}

// declareLocals reads a locals block.
func (d *decoder) declareLocals(block *hcl.Block) {
	attributes, diags := block.Body.JustAttributes()
	d.Add(diags...)
	for _, a := range sortedAttributes(attributes) {
		l := &local{name: a.Name, index: len(d.localOrder), at: a.NameRange, expr: a.Expr, value: cty.DynamicVal}
		if first := d.locals[a.Name]; first != nil {
			d.Error(l.at, "Duplicate local value", "The local value %q is already set at %s.", a.Name, first.at)
			continue
		}
		d.locals[a.Name] = l
		d.localOrder = append(d.localOrder, l)
	}
}

// evaluateLocals gives every local its value, in an order in which each comes
// after those that it refers to.
func (d *decoder) evaluateLocals() {
	for _, l := range d.localOrder {
		for _, traversal := range l.expr.Variables() {
			if traversal.RootName() != "local" || len(traversal) < 2 {
				continue
			}
			attribute, ok := traversal[1].(hcl.TraverseAttr)
			if !ok {
				continue
			}
			if needed := d.locals[attribute.Name]; needed != nil {
				l.needs = append(l.needs, needed)
				needed.users = append(needed.users, l)
				l.waiting++
			}
		}
	}
	var ready []*local
	for _, l := range d.localOrder {
		if l.waiting == 0 {
			ready = append(ready, l)
		}
	}
	finish := func(l *local) {
		l.done = true
		for _, user := range l.users {
			if user.waiting--; user.waiting == 0 && !user.done {
				ready = append(ready, user)
			}
		}
	}
	rest := d.localOrder
	// To find a cycle can take a walk through all locals.
	for range maxCycles {
		for len(ready) > 0 {
			l := ready[0]
			ready = ready[1:]
			d.evaluateLocal(l)
			finish(l)
		}
		for len(rest) > 0 && rest[0].done {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			return
		}
		for _, l := range d.reportCycle(rest[0]) {
			finish(l)
		}
	}
}

// maxCycles is how many cycles are reported. What else is in one has no value.
const maxCycles = 100

func (d *decoder) evaluateLocal(l *local) {
	value, ok := d.value(l.expr)
	if !ok {
		return
	}
	if !d.fitsMemory(value, l.expr.Range(), "The local value", l.name) {
		return
	}
	if !numbersInRange(value) {
		d.Error(l.expr.Range(), "Number out of range", "The local value %q holds a number that is infinite or has more than %d digits.", l.name, funcs.MaxDigits)
		return
	}
	l.value = value
}

// maxCycleSteps is how many members of a cycle are named.
const maxCycleSteps = 10

// reportCycle finds a cycle that start is in or leads to, and gives its members.
func (d *decoder) reportCycle(start *local) []*local {
	seen := map[*local]int{}
	var path []*local
	l := start
	for {
		at, found := seen[l]
		if found {
			path = path[at:]
			break
		}
		seen[l] = len(path)
		path = append(path, l)
		l = l.needs[slices.IndexFunc(l.needs, func(n *local) bool { return !n.done })]
	}
	// Begin with the one that is declared first, so that the message does not
	// depend on where the search came from.
	first := 0
	for i, l := range path {
		if l.index < path[first].index {
			first = i
		}
	}
	path = append(slices.Clone(path[first:]), path[:first]...)
	var steps []string
	for i, l := range path {
		if i == maxCycleSteps {
			steps = append(steps, "…")
			break
		}
		steps = append(steps, fmt.Sprintf("local.%s (%s)", diag.Clip(l.name), l.at))
	}
	d.Error(path[0].at, "Cycle of local values", "Local values refer to one another in a circle: %s → local.%s.",
		strings.Join(steps, " → "), diag.Clip(path[0].name))
	return path
}
