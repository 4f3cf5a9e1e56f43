package config

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/versions"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// claim is what the first requirement that is enabled says about a fact that can be only one way.
type claim struct {
	what string
	at   *hcl.Range
}

func (d *decoder) claim(fact, what string, at *hcl.Range) {
	first, found := d.claims[fact]
	switch {
	case !found:
		d.claims[fact] = claim{what, at}
	case first.what != what:
		d.Error(*at, "Contradiction", "%s is required %s here, and %s at %s.", fact, what, first.what, first.at)
	}
}

func claimOf[T ~string](d *decoder, fact string, value *Value[T]) {
	if value != nil {
		d.claim(fact, toBe(string(value.Value)), &value.Range)
	}
}

func toBe(value string) string { return "to be " + strconv.Quote(value) }

func (d *decoder) claimServed(what string, is bool, at *hcl.Range) {
	d.claim("The "+what, map[bool]string{true: "to be served", false: "not to be served"}[is], at)
}

// holds tells whether a requirement is enabled, and that is known.
func (r *Requirement) holds() bool { return r.Enabled && !r.unsettled }

// contradictions reports what no cluster can satisfy.
func (d *decoder) contradictions() {
	for _, e := range d.declaration.Endpoints {
		if e.holds() && e.URL != "" {
			d.claim("The endpoint of the cluster", toBe(e.URL), &e.Range)
		}
	}
	var constraints []VersionConstraint
	var first *Kubernetes
	for _, k := range d.declaration.Kubernetes {
		if !k.holds() || k.Constraint.String() == "" {
			continue
		}
		d.step(k.Range)
		if possible, _ := versions.Possible(append(constraints, k.Constraint)...); !possible {
			d.Error(k.Range, "Contradiction", "No version of Kubernetes lies in %q and in %q, which is required at %s, and in any constraint between them.",
				diag.Clip(k.Constraint.String()), diag.Clip(first.Constraint.String()), first.Range)
			continue
		}
		constraints, first = append(constraints, k.Constraint), cmp.Or(first, k)
	}
	for _, a := range d.declaration.APIs {
		if !a.holds() {
			continue
		}
		gv := strconv.Quote(a.GroupVersion.String())
		d.claimServed("group version "+gv, a.Served, &a.Range)
		if a.Preferred != nil {
			d.claim("\"preferred\" of the group version "+gv, fmt.Sprint("to be ", a.Preferred.Value), &a.Preferred.Range)
		}
		if or(a.Preferred, false) {
			d.claim(fmt.Sprintf("The preferred version of the group %q", a.GroupVersion.Group), toBe(a.GroupVersion.Version), &a.Preferred.Range)
		}
		for _, r := range a.Resources {
			if r.holds() {
				d.claimResource(r, " of "+gv)
			}
		}
	}
}

func (d *decoder) claimResource(r *Resource, of string) {
	if r.Type == TypeKind {
		// Another resource of the kind may meet what is said of subresources.
		kind := "kind " + strconv.Quote(r.Kind.Value) + of
		d.claimServed(kind, r.Served, &r.Range)
		d.claimFields(r, kind)
		return
	}
	resource := "resource " + strconv.Quote(r.Name) + of
	d.claimFields(r, resource)
	claim := func(name, what string, served bool, kind *Value[string], at *hcl.Range) {
		if strings.Contains(name, "/") {
			what = "sub" + what
		} else if kind != nil {
			d.claimServed("kind "+strconv.Quote(kind.Value)+of, true, &kind.Range)
		}
		d.claimServed(what, served, at)
		claimOf(d, "The kind of the "+what, kind)
	}
	claim(r.Name, resource, r.Served, r.Kind, &r.Range)
	for _, s := range r.Subresources {
		if s.holds() {
			claim(r.Name+"/"+s.Name, "resource "+strconv.Quote(r.Name+"/"+s.Name)+of, s.Served, s.Kind, &s.Range)
		}
	}
	// A subresource is as its resource, which has the scope.
	if plural, _, nested := strings.Cut(r.Name, "/"); nested {
		resource = "resource " + strconv.Quote(plural) + of
	}
	claimOf(d, "The scope of the "+resource, r.Scope)
}

// claimFields claims what is declared of the fields of a resource or kind, and that each is in others.
func (d *decoder) claimFields(r *Resource, of string) {
	for _, f := range r.Fields {
		if !f.holds() || len(f.Path) == 0 {
			continue
		}
		path := func(p kubeapi.FieldPath) string { return "field " + strconv.Quote(p.String()) + " of the " + of }
		for i := range f.Path[:len(f.Path)-1] {
			if f.Served {
				d.claimServed(path(f.Path[:i+1]), true, &f.Range)
			}
		}
		field := path(f.Path)
		d.claimServed(field, f.Served, &f.Range)
		claimOf(d, "The type of the "+field, f.Type)
		if f.Required != nil {
			d.claim("\"required\" of the "+field, fmt.Sprint("to be ", f.Required.Value), &f.Required.Range)
		}
		if f.Type != nil && !strings.HasSuffix(f.Type.Value, "string") {
			d.claim("A value of the "+field, "not to be a string", &f.Type.Range)
		}
		if f.Enum != nil {
			d.claim("A value of the "+field, "to be a string", &f.Enum[0].Range)
		}
	}
}
