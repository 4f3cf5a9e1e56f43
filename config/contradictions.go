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
	total := 0
	for _, s := range d.sources {
		total += len(s.Bytes)
	}
	// A map that grows to as many claims as large sources make would be copied again and again.
	c := claims{decoder: d, made: make(map[subject]claim, min(total, MaxTotalSize)/64)}
	c.cluster()
	for _, a := range d.declaration.APIs {
		if !c.holds(&a.Requirement) {
			continue
		}
		gv := a.GroupVersion
		c.add(subject{words: "The group version %q", groupVersion: gv}, servedClaim(a.Served), a.Range)
		if p := a.Preferred; p != nil {
			c.add(subject{words: "\"preferred\" of the group version %q", groupVersion: gv}, fmt.Sprintf("to be %t", p.Value), p.Range)
			if p.Value {
				c.add(subject{words: "The preferred version of the group %q", name: gv.Group}, toBe(gv.Version), p.Range)
			}
		}
		for _, r := range a.Resources {
			if c.holds(&r.Requirement) {
				c.resource(r, gv)
			}
		}
	}
}

// claims are what the requirements say about facts that can be only one way.
type claims struct {
	*decoder
	made map[subject]claim
}

// claim is what the first requirement says about a fact.
type claim struct {
	what string
	at   hcl.Range
}

// subject is what a claim is about. Its text is made only if it is needed.
type subject struct {
	// words has a %q for each name that is not empty.
	words        string
	name         string
	groupVersion kubeapi.GroupVersion
}

func (s subject) String() string {
	var names []any
	for _, name := range []string{s.name, s.groupVersion.String()} {
		if name != "" {
			names = append(names, name)
		}
	}
	return fmt.Sprintf(s.words, names...)
}

// holds tells whether a requirement is enabled, and that is known.
func (c claims) holds(r *Requirement) bool { return r.Enabled && !c.unsettled[r] }

func (c claims) add(of subject, what string, at hcl.Range) {
	first, found := c.made[of]
	switch {
	case !found:
		c.made[of] = claim{what: what, at: at}
	case first.what != what:
		c.Error(at, "Contradiction", "%s is required %s here, and %s at %s.", of, what, first.what, first.at)
	}
}

const toBeServed = "to be served"

func servedClaim(served bool) string {
	if served {
		return toBeServed
	}
	return "not " + toBeServed
}

// toBe is what a claim says that names a value.
func toBe(value string) string { return "to be " + strconv.Quote(value) }

func (c claims) cluster() {
	for _, e := range c.declaration.Endpoints {
		if c.holds(&e.Requirement) && e.URL != "" {
			c.add(subject{words: "The endpoint of the cluster"}, toBe(e.URL), e.Range)
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
		c.Error(k.Range, "Contradiction", "No version of Kubernetes lies in %q and in each constraint before it; the first is %q at %s.",
			diag.Clip(k.Constraint.String()), diag.Clip(before[0].Constraint.String()), before[0].Range)
	}
	return possible
}

// kindOfVersion is what claims of both resource and kind blocks can be about.
const kindOfVersion = "The kind %q of %q"

func (c claims) resource(r *Resource, gv kubeapi.GroupVersion) {
	for _, f := range r.Fields {
		if c.holds(&f.Requirement) && len(f.Path) > 0 {
			c.field(f, r, gv)
		}
	}
	of := func(words, name string) subject { return subject{words: words, name: name, groupVersion: gv} }
	if r.Type == TypeKind {
		// Another resource of the kind may meet what is said of subresources.
		c.add(of(kindOfVersion, r.Kind.Value), servedClaim(r.Served), r.Range)
		return
	}
	for _, s := range r.Subresources {
		if c.holds(&s.Requirement) {
			c.served("subresource", r.Name+"/"+s.Name, gv, &s.Requirement, s.Served, s.Kind)
		}
	}
	// A subresource is as its resource, which has the scope.
	resource, _, nested := strings.Cut(r.Name, "/")
	if r.Scope != nil {
		c.add(of("The scope of the resource %q of %q", resource), toBe(string(r.Scope.Value)), r.Scope.Range)
	}
	if nested {
		c.served("subresource", r.Name, gv, &r.Requirement, r.Served, r.Kind)
		return
	}
	c.served("resource", r.Name, gv, &r.Requirement, r.Served, r.Kind)
	if r.Kind != nil {
		c.add(of(kindOfVersion, r.Kind.Value), toBeServed, r.Kind.Range)
	}
}

// served claims what is declared of a resource, or of a subresource in its resource or by itself.
func (c claims) served(what, name string, gv kubeapi.GroupVersion, r *Requirement, served bool, kind *Value[string]) {
	c.add(subject{words: "The " + what + " %q of %q", name: name, groupVersion: gv}, servedClaim(served), r.Range)
	if kind != nil {
		c.add(subject{words: "The kind of the " + what + " %q of %q", name: name, groupVersion: gv}, toBe(kind.Value), kind.Range)
	}
}

// field also claims what the field is in.
func (c claims) field(f *Field, parent *Resource, gv kubeapi.GroupVersion) {
	in := "resource " + strconv.Quote(parent.Name)
	if parent.Type == TypeKind {
		in = "kind " + strconv.Quote(parent.Kind.Value)
	}
	in = " of the " + strings.ReplaceAll(in, "%", "%%") + " of %q"
	of := func(words string, path kubeapi.FieldPath) subject {
		return subject{words: words + in, name: path.String(), groupVersion: gv}
	}
	const field, typ, text = "The field %q", "The type of the field %q", "A value of the field %q"
	const toBeString = "to be a string"
	if f.Served {
		for i := range f.Path[:len(f.Path)-1] {
			c.add(of(field, f.Path[:i+1]), toBeServed, f.Range)
		}
	}
	c.add(of(field, f.Path), servedClaim(f.Served), f.Range)
	if f.Type != nil {
		// Two types contradict each other already.
		if _, found := c.made[of(typ, f.Path)]; !found {
			what := toBeString
			if !takesStrings(f.Type.Value) {
				what = toBe(f.Type.Value)
			}
			c.add(of(text, f.Path), what, f.Type.Range)
		}
		c.add(of(typ, f.Path), toBe(f.Type.Value), f.Type.Range)
	}
	if f.Enum != nil && f.Type == nil {
		c.add(of(text, f.Path), toBeString, f.Enum[0].Range)
	}
	if f.Required != nil {
		c.add(of("\"required\" of the field %q", f.Path), fmt.Sprintf("to be %t", f.Required.Value), f.Required.Range)
	}
}
