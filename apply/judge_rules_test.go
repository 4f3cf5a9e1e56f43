package apply_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// verdict is the judge's answer for one requirement.
type verdict struct {
	status apply.Status
	// cause is the address of the parent whose status it takes.
	cause string
}

// verdicts are keyed by address.
type verdicts map[string]verdict

// ruling lists the possible verdicts on several requirements together. If the
// language allows more than one, each is right.
type ruling []verdicts

// court judges a declaration by a snapshot, as docs/language.md describes.
type court struct {
	*discovery.Snapshot
	podNamespace string
	rulings      []ruling
	// missed is what the court looked for and nobody asked.
	missed discovery.Needs
}

func judgeIndependently(d *declared, s *discovery.Snapshot) *court {
	c := &court{Snapshot: s, podNamespace: d.podNamespace}
	for _, r := range d.cluster {
		c.rule(r.common, c.cluster(r))
	}
	for _, a := range d.apis {
		c.api(a)
	}
	for _, p := range d.permissions {
		c.rule(p.common, c.permission(p))
	}
	for _, a := range d.asserts {
		c.assert(a)
	}
	return c
}

// rule sets the verdict of a requirement with a single outcome.
func (c *court) rule(r common, status apply.Status) {
	v := verdicts{}
	v.put(r, verdict{status: status})
	c.rulings = append(c.rulings, ruling{v})
}

func (v verdicts) put(r common, is verdict) {
	if !r.enabled {
		is = verdict{apply.Skipped, r.off}
	}
	v[r.address] = is
}

func (c *court) cluster(r *requiredCluster) apply.Status {
	switch {
	case r.endpoint != "" && c.Endpoint == "", r.addresses != nil && !c.ServerAddresses.Known:
		return apply.StatusUndetermined
	case r.endpoint != "" && r.endpoint == c.Endpoint:
		return apply.Satisfied
	case r.addresses != nil && slices.ContainsFunc(r.addresses, func(a string) bool {
		return slices.ContainsFunc(c.ServerAddresses.Value, func(b string) bool { return sameAddress(a, b) })
	}):
		return apply.Satisfied
	case r.kubernetes != nil:
		return within(*r.kubernetes, c.Version)
	}
	return apply.Drifted
}

func (c *court) api(a *requiredAPI) {
	c.rule(a.common, inEveryWorld(func(w *world) outcome {
		if c.version(w, a.gv) == nil {
			return truth(!a.served)
		}
		return truth(a.served && (a.preferred == nil || c.preferred(w, a) == *a.preferred))
	}))
	served := inEveryWorld(func(w *world) outcome { return truth(c.version(w, a.gv) != nil) })
	for _, r := range a.resources {
		switch {
		case served != apply.Satisfied:
			v := verdicts{}
			inherit(v, r, verdict{served, a.address})
			c.rulings = append(c.rulings, ruling{v})
		case strings.Contains(r.name, "/"):
			c.rule(r.common, c.alone(a.gv, r))
		case r.name != "":
			c.rulings = append(c.rulings, ruling{c.resource(a.gv, r, func(w *world) *entry { return c.entry(w, a.gv, r.name) })})
		default:
			c.rulings = append(c.rulings, c.kind(a.gv, r))
		}
	}
}

// inherit passes the status of the parent to a resource and everything in it.
func inherit(v verdicts, r *requiredResource, is verdict) {
	v.put(r.common, is.of(r.served))
	inheritInside(v, r, is)
}

func inheritInside(v verdicts, r *requiredResource, is verdict) {
	for _, s := range r.subresources {
		v.put(s.common, is.of(s.served))
	}
	for _, f := range r.fields {
		v.put(f.common, is.of(f.served))
	}
}

// of returns what is inherited. A requirement of absence does not inherit the absence
// of its parent.
func (v verdict) of(served bool) verdict {
	if v.status == apply.Drifted && !served {
		return verdict{status: apply.Satisfied}
	}
	return v
}

// resource judges a resource and everything in it by its entry in a world, or nil.
func (c *court) resource(gv kubeapi.GroupVersion, r *requiredResource, in func(*world) *entry) verdicts {
	v := verdicts{}
	v.put(r.common, verdict{status: inEveryWorld(func(w *world) outcome {
		e := in(w)
		if !e.isResource() {
			return truth(!r.served)
		}
		return truth(r.served && (r.kind == "" || e.is(w, "kind", e.Kind, r.kind)) &&
			(r.scope == "" || e.is(w, "scope", string(e.Scope), r.scope)) && e.serves(w, e.Verbs, r.verbs))
	})})
	served := inEveryWorld(func(w *world) outcome { return truth(in(w).isResource()) })
	if served != apply.Satisfied {
		inheritInside(v, r, verdict{served, r.address})
	}
	listed := inEveryWorld(func(w *world) outcome { return truth(in(w) != nil) })
	for _, s := range r.subresources {
		if served == apply.Satisfied || listed == apply.Satisfied {
			v.put(s.common, verdict{status: inEveryWorld(func(w *world) outcome {
				return in(w).subresource(w, s.name).meets(w, s)
			})})
		}
	}
	for _, f := range r.fields {
		if served == apply.Satisfied {
			v.put(f.common, verdict{status: inEveryWorld(func(w *world) outcome { return truth(c.field(w, gv, in(w).Kind, f)) })})
		}
	}
	return v
}

// alone judges a subresource that is required by itself: its parent need not be a
// resource.
func (c *court) alone(gv kubeapi.GroupVersion, r *requiredResource) apply.Status {
	name, subresource, _ := strings.Cut(r.name, "/")
	return inEveryWorld(func(w *world) outcome {
		return c.entry(w, gv, name).subresource(w, subresource).meets(w, &requiredSubresource{kind: r.kind, verbs: r.verbs, served: r.served})
	})
}

// kind judges by each resource of the kind. One must meet everything. If none does,
// the one that fails least is judged, unless another resource may appear, or one
// without a kind may be of this kind.
func (c *court) kind(gv kubeapi.GroupVersion, r *requiredResource) ruling {
	var candidates ruling
	more, some := !c.Confirmed.Known, !c.Confirmed.Known
	for _, e := range c.listed(gv) {
		unknown := e.Kind == "" && e.isResource()
		if unknown {
			e.Kind = r.kind
		}
		if e.Kind != r.kind {
			continue
		}
		v := c.resource(gv, r, func(*world) *entry { return e })
		if !unknown {
			candidates = append(candidates, v)
		}
		more = more || unknown && (!r.served || !drifts(v))
		some = some || unknown
	}
	if len(candidates) == 0 {
		return ruling{c.resource(gv, r, func(w *world) *entry {
			if some && w.may("there is one") {
				return &entry{Resource: discovery.Resource{Kind: r.kind}, dark: true}
			}
			return nil
		})}
	}
	if !r.served {
		return candidates[:1]
	}
	for _, v := range candidates {
		for _, s := range r.subresources {
			v.soften(s.common, more)
		}
		v.soften(r.common, more)
	}
	least := slices.MinFunc(candidates, func(a, b verdicts) int { return weight(r, a) - weight(r, b) })
	candidates = slices.DeleteFunc(candidates, func(v verdicts) bool { return weight(r, v) > weight(r, least) })
	return candidates
}

func drifts(v verdicts) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(v)), func(v verdict) bool { return v.status == apply.Drifted })
}

// soften takes back a drift if another resource may be the one that is meant. A
// kind's fields are those of any resource of it.
func (v verdicts) soften(r common, more bool) {
	if is := v[r.address]; more && is.status == apply.Drifted {
		v[r.address] = verdict{apply.StatusUndetermined, is.cause}
	}
}

// weight is how far a resource is from what is required: errors before warnings,
// drift before undetermined.
func weight(r *requiredResource, v verdicts) int {
	all := []common{r.common}
	for _, s := range r.subresources {
		all = append(all, s.common)
	}
	for _, f := range r.fields {
		all = append(all, f.common)
	}
	worst := 0
	for _, one := range all {
		weight := map[apply.Status]int{apply.StatusUndetermined: 1, apply.Drifted: 2}[v[one.address].status]
		if one.severity == config.SeverityError {
			weight *= 3
		}
		worst = max(worst, weight)
	}
	return worst
}

func (c *court) field(w *world, gv kubeapi.GroupVersion, kind string, f *requiredField) bool {
	query := discovery.FieldQuery{GroupVersion: gv, Kind: kind, Path: f.path}
	fact := c.Fields[query]
	found := fact.Value
	if !fact.Asked() && kind != "" {
		c.missed.Fields = append(c.missed.Fields, query)
	}
	switch {
	case kind == "", !fact.Known, found.Presence == discovery.FieldOpen, found.Presence == discovery.FieldAbsent && !c.Confirmed.Known:
		return w.may("field")
	case !f.served || found.Presence == discovery.FieldAbsent:
		return f.served == (found.Presence == discovery.FieldPresent)
	case f.typ != "" && found.Type != f.typ && (found.Type != "" || !w.may("type")):
		return false
	case f.always != nil && (found.Required || len(found.RequiredRules) > 0 && w.may("required")) != *f.always:
		return false
	case f.enum == nil:
		return true
	case found.Enum != nil && slices.ContainsFunc(f.enum, func(value string) bool { return !slices.Contains(found.Enum, value) }):
		return false
	case !slices.Contains([]string{"", "string", "int-or-string"}, found.Type):
		return false
	}
	return len(found.EnumRules) == 0 || w.may("enum")
}
