package apply

import (
	"slices"
	"strconv"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func (j *judge) api(a *config.API) {
	own, version := j.groupVersion(a)
	j.put(own)
	for _, r := range a.Resources {
		if version == nil {
			j.inheritResource(r, own)
		} else {
			j.resource(r, a.GroupVersion, version)
		}
	}
}

// groupVersion judges an api block by itself. The version is nil where nothing
// beneath it can be judged.
func (j *judge) groupVersion(a *config.API) (Finding, *discovery.Version) {
	if !a.Enabled {
		return skipped(a.Requirement), nil
	}
	group, failure := j.snapshot.Group(a.GroupVersion.Group)
	var version *discovery.Version
	if failure == nil && group != nil {
		version, failure = group.Version(a.GroupVersion.Version)
	}
	switch {
	case failure != nil:
		return undetermined(a.Requirement, failure), nil
	case version == nil && !a.Served:
		return j.settle(judged{Finding: satisfied(a.Requirement), absence: true}), nil
	case version == nil:
		return j.settle(judged{Finding: drifted(a.Requirement, Difference{
			Code: GroupVersionNotServed, Declared: a.GroupVersion.String(), Range: a.Range,
			Hint: groupVersionHint(a.GroupVersion, j.snapshot),
		})}), nil
	case !a.Served:
		return drifted(a.Requirement, Difference{
			Code: GroupVersionServed, Found: a.GroupVersion.String(), Range: a.Range,
		}), nil
	}
	isPreferred := group.Preferred == version.Name
	if a.Preferred == nil || a.Preferred.Value == isPreferred {
		return satisfied(a.Requirement), version
	}
	preferred := kubeapi.GroupVersion{Group: group.Name, Version: group.Preferred}
	return j.settle(judged{Finding: drifted(a.Requirement, Difference{
		Code: PreferredMismatch, Facet: "preferred", Range: a.Preferred.Range,
		Declared: strconv.FormatBool(a.Preferred.Value), Found: strconv.FormatBool(isPreferred),
		Hint: preferred.String() + " is preferred",
	})}), version
}

func (j *judge) resource(r *config.Resource, gv kubeapi.GroupVersion, version *discovery.Version) {
	if !r.Enabled {
		j.inheritResource(r, skipped(r.Requirement))
		return
	}
	candidates := matching(r, version)
	if len(candidates) == 0 {
		if !r.Served {
			j.put(j.settle(judged{Finding: satisfied(r.Requirement), absence: true}))
			return
		}
		own := j.settle(judged{Finding: drifted(r.Requirement, j.notServed(r, gv, version))})
		j.put(own)
		for _, s := range r.Subresources {
			j.put(inherit(s.Requirement, s.Served, own))
		}
		return
	}
	if !r.Served {
		code := ResourceServed
		if r.Type == config.TypeKind {
			code = KindServed
		}
		j.put(drifted(r.Requirement, Difference{Code: code, Found: candidates[0].Name, Range: r.Range}))
		return
	}
	for _, f := range nearestMatch(r, candidates) {
		j.put(j.settle(f))
	}
}

// matching gives the top-level resources that r may mean: one of its name, or
// all of its kind. An entry without a kind only carries subresources.
func matching(r *config.Resource, version *discovery.Version) []*discovery.Resource {
	var found []*discovery.Resource
	for i := range version.Resources.Value {
		candidate := &version.Resources.Value[i]
		if candidate.Kind == "" {
			continue
		}
		if r.Type == config.TypeKind && candidate.Kind == r.Kind.Value || r.Type == config.TypeResource && candidate.Name == r.Name {
			found = append(found, candidate)
		}
	}
	return found
}

// nearestMatch judges r and what is beneath it by the candidate that meets all of
// it, else by the one that meets most.
func nearestMatch(r *config.Resource, candidates []*discovery.Resource) []judged {
	var best []judged
	least := 0
	for _, candidate := range candidates {
		findings := judgeResource(r, candidate)
		differences := 0
		for _, f := range findings {
			differences += len(f.Differences)
		}
		if best == nil || differences < least {
			best, least = findings, differences
		}
	}
	return best
}

func judgeResource(r *config.Resource, served *discovery.Resource) []judged {
	var differences []Difference
	if r.Type == config.TypeResource && r.Kind != nil && r.Kind.Value != served.Kind {
		differences = append(differences, Difference{
			Code: KindMismatch, Facet: "kind", Declared: r.Kind.Value, Found: served.Kind, Range: r.Kind.Range,
		})
	}
	if r.Scope != nil && r.Scope.Value != served.Scope {
		differences = append(differences, Difference{
			Code: ScopeMismatch, Facet: "scope", Declared: string(r.Scope.Value), Found: string(served.Scope),
			Range: r.Scope.Range,
		})
	}
	differences = append(differences, missingVerbs(r.Verbs, served.Verbs)...)
	// Another resource of the kind, which is not listed yet, might meet it all.
	byKind := r.Type == config.TypeKind
	findings := []judged{{Finding: outcome(r.Requirement, differences), absence: byKind && len(differences) > 0}}
	for _, s := range r.Subresources {
		f := judgeSubresource(s, served)
		f.absence = f.absence || byKind && len(f.Differences) > 0
		findings = append(findings, f)
	}
	return findings
}

func judgeSubresource(s *config.Subresource, served *discovery.Resource) judged {
	if !s.Enabled {
		return judged{Finding: skipped(s.Requirement)}
	}
	i := slices.IndexFunc(served.Subresources, func(c discovery.Subresource) bool { return c.Name == s.Name })
	switch {
	case i < 0 && !s.Served:
		return judged{Finding: satisfied(s.Requirement), absence: true}
	case i < 0:
		return judged{Finding: drifted(s.Requirement, Difference{
			Code: SubresourceNotServed, Declared: s.Name, Hint: subresourceHint(s.Name, served), Range: s.Range,
		})}
	case !s.Served:
		return judged{Finding: drifted(s.Requirement, Difference{Code: SubresourceServed, Found: s.Name, Range: s.Range})}
	}
	var differences []Difference
	found := served.Subresources[i]
	if s.Kind != nil && found.Kind == "" {
		return judged{Finding: undetermined(s.Requirement, &discovery.Failure{
			Code: discovery.InvalidResponse, Message: "the server does not tell the kind of " + served.Name + "/" + s.Name,
		})}
	}
	if s.Kind != nil && s.Kind.Value != found.Kind {
		differences = append(differences, Difference{
			Code: KindMismatch, Facet: "kind", Declared: s.Kind.Value, Found: found.Kind, Range: s.Kind.Range,
		})
	}
	return judged{Finding: outcome(s.Requirement, append(differences, missingVerbs(s.Verbs, found.Verbs)...))}
}

// missingVerbs gives a difference for each declared verb that is not served.
func missingVerbs(declared []config.Value[string], served []string) []Difference {
	var differences []Difference
	for _, verb := range declared {
		if !slices.Contains(served, verb.Value) {
			differences = append(differences, Difference{
				Code: VerbNotServed, Facet: "verbs", Declared: verb.Value, Hint: verbHint(served), Range: verb.Range,
			})
		}
	}
	return differences
}

func outcome(r config.Requirement, differences []Difference) Finding {
	if len(differences) == 0 {
		return satisfied(r)
	}
	return drifted(r, differences...)
}

// inheritResource gives a resource, and all beneath it, the outcome of what it
// stands under.
func (j *judge) inheritResource(r *config.Resource, parent Finding) {
	j.put(inherit(r.Requirement, r.Served, parent))
	for _, s := range r.Subresources {
		j.put(inherit(s.Requirement, s.Served, parent))
	}
}

// inherit gives a requirement the outcome of its parent, which is skipped,
// undetermined, or not there.
func inherit(r config.Requirement, served bool, parent Finding) Finding {
	if !r.Enabled {
		f := skipped(r)
		if parent.Status == Skipped && parent.Address != r.Address {
			f.Cause = parent.Address
		}
		return f
	}
	if !served && parent.Status == Drifted {
		return satisfied(r)
	}
	return Finding{Requirement: r, Status: parent.Status, Cause: parent.Address}
}
