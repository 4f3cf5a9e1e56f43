package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/versions"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// contradictions reports what no cluster can satisfy: enabled requirements that differ about one
// fact.
func (d *decoder) contradictions() {
	c := claims{decoder: d, made: map[string]claim{}}
	c.cluster()
	for _, a := range d.declaration.APIs {
		if !c.holds(&a.Requirement) {
			continue
		}
		gv := strconv.Quote(a.GroupVersion.String())
		c.add("The group version "+gv, served(a.Served), a.Range)
		if p := a.Preferred; p != nil {
			c.add("\"preferred\" of the group version "+gv, fmt.Sprintf("to be %t", p.Value), p.Range)
			if p.Value {
				c.add(fmt.Sprintf("The preferred version of the group %q", a.GroupVersion.Group), toBe(a.GroupVersion.Version), p.Range)
			}
		}
		for _, r := range a.Resources {
			if c.holds(&r.Requirement) {
				c.resource(r, " of "+gv)
			}
		}
	}
}

// claims are what the requirements say about facts that can be only one way.
type claims struct {
	*decoder
	// made has what the first requirement says about each fact.
	made map[string]claim
}

type claim struct {
	what string
	at   hcl.Range
}

// holds tells whether a requirement is enabled, and that is known.
func (c claims) holds(r *Requirement) bool { return r.Enabled && !c.unsettled[r] }

func (c claims) add(fact, what string, at hcl.Range) {
	first, found := c.made[fact]
	switch {
	case !found:
		c.made[fact] = claim{what, at}
	case first.what != what:
		c.Error(at, "Contradiction", "%s is required %s here, and %s at %s.", fact, what, first.what, first.at)
	}
}

// served is what a claim says about whether something is served.
func served(is bool) string {
	if is {
		return "to be served"
	}
	return "not to be served"
}

// toBe is what a claim says that names a value.
func toBe(value string) string { return "to be " + strconv.Quote(value) }

func (c claims) cluster() {
	for _, e := range c.declaration.Endpoints {
		if c.holds(&e.Requirement) && e.URL != "" {
			c.add("The endpoint of the cluster", toBe(e.URL), e.Range)
		}
	}
	var before []*Kubernetes
	for _, k := range c.declaration.Kubernetes {
		same := func(other *Kubernetes) bool { return other.Constraint.String() == k.Constraint.String() }
		if c.holds(&k.Requirement) && k.Constraint.String() != "" && !slices.ContainsFunc(before, same) && c.joins(before, k) {
			before = append(before, k)
		}
	}
}

// joins tells whether a constraint can hold together with those before it.
func (c claims) joins(before []*Kubernetes, k *Kubernetes) bool {
	if len(before) == 0 {
		return true
	}
	all := []VersionConstraint{k.Constraint}
	for _, other := range before {
		all = append(all, other.Constraint)
	}
	possible, _ := versions.Possible(all...)
	if !possible {
		others := ""
		if len(before) > 1 {
			others = ", and in each constraint between them"
		}
		c.Error(k.Range, "Contradiction", "No version of Kubernetes lies in %q and in %q, which is required at %s%s.",
			diag.Clip(k.Constraint.String()), diag.Clip(before[0].Constraint.String()), before[0].Range, others)
	}
	return possible
}

// resource claims what is declared of a resource or kind of a group version.
func (c claims) resource(r *Resource, of string) {
	if r.Type == TypeKind {
		// Another resource of the kind may meet what is said of subresources.
		kind := "kind " + strconv.Quote(r.Kind.Value) + of
		c.fields(r, " of the "+kind)
		c.add("The "+kind, served(r.Served), r.Range)
		return
	}
	c.fields(r, " of the resource "+strconv.Quote(r.Name)+of)
	for _, s := range r.Subresources {
		if c.holds(&s.Requirement) {
			c.served("subresource "+strconv.Quote(r.Name+"/"+s.Name)+of, &s.Requirement, s.Served, s.Kind)
		}
	}
	// A subresource is as its resource, which has the scope.
	resource, _, nested := strings.Cut(r.Name, "/")
	if r.Scope != nil {
		c.add("The scope of the resource "+strconv.Quote(resource)+of, toBe(string(r.Scope.Value)), r.Scope.Range)
	}
	if nested {
		c.served("subresource "+strconv.Quote(r.Name)+of, &r.Requirement, r.Served, r.Kind)
		return
	}
	c.served("resource "+strconv.Quote(r.Name)+of, &r.Requirement, r.Served, r.Kind)
	if r.Kind != nil {
		c.add("The kind "+strconv.Quote(r.Kind.Value)+of, served(true), r.Kind.Range)
	}
}

// served claims what is declared of a resource, or of a subresource in its resource or by itself.
func (c claims) served(what string, r *Requirement, is bool, kind *Value[string]) {
	c.add("The "+what, served(is), r.Range)
	if kind != nil {
		c.add("The kind of the "+what, toBe(kind.Value), kind.Range)
	}
}

// fields also claims what each field is in.
func (c claims) fields(r *Resource, of string) {
	for _, f := range r.Fields {
		if !c.holds(&f.Requirement) || len(f.Path) == 0 {
			continue
		}
		path := func(p kubeapi.FieldPath) string { return " field " + strconv.Quote(p.String()) + of }
		if f.Served {
			for i := range f.Path[:len(f.Path)-1] {
				c.add("The"+path(f.Path[:i+1]), served(true), f.Range)
			}
		}
		field := path(f.Path)
		c.add("The"+field, served(f.Served), f.Range)
		if f.Type != nil {
			// Two types contradict each other already.
			if _, found := c.made["The type of the"+field]; !found {
				c.value(field, takesStrings(f.Type.Value), f.Type.Range)
			}
			c.add("The type of the"+field, toBe(f.Type.Value), f.Type.Range)
		} else if f.Enum != nil {
			c.value(field, true, f.Enum[0].Range)
		}
		if f.Required != nil {
			c.add("\"required\" of the"+field, fmt.Sprintf("to be %t", f.Required.Value), f.Required.Range)
		}
	}
}

// value claims whether a value of a field may be a string.
func (c claims) value(field string, text bool, at hcl.Range) {
	what := "to be a string"
	if !text {
		what = "not " + what
	}
	c.add("A value of the"+field, what, at)
}
