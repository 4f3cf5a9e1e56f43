package apply

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func (j *judge) api(a *config.API) {
	own, version := j.groupVersion(a)
	j.put(own)
	for _, r := range a.Resources {
		if version == nil || !r.Enabled {
			j.inheritResource(r, own)
		} else {
			j.resource(r, a.GroupVersion, version)
		}
	}
}

// groupVersion judges an api block by itself. The version is nil where nothing
// below it can be judged.
func (j *judge) groupVersion(a *config.API) (Finding, *discovery.Version) {
	own, version := j.listed(a)
	if !a.Available || version == nil {
		return own, version
	}
	if f := j.available(a.GroupVersion).Unknown(); f != nil && own.Status == Satisfied {
		return undetermined(a.Requirement, f), nil
	}
	return own, version
}

// listed judges an api block by the documents that list all group versions.
func (j *judge) listed(a *config.API) (Finding, *discovery.Version) {
	if !a.Enabled {
		return skipped(a.Requirement), nil
	}
	group, failure := j.group(a.GroupVersion.Group)
	var version *discovery.Version
	if failure == nil && group != nil {
		version, failure = j.versionOf(group, a.GroupVersion, len(a.Resources) > 0)
	}
	switch {
	case failure != nil:
		return undetermined(a.Requirement, failure), nil
	case version == nil && !a.Served:
		return j.settle(judged{Finding: holdsAbsent(a.Requirement), absence: true}), nil
	case version == nil:
		return j.settle(judged{Finding: j.drifted(a.Requirement, Difference{
			Code: GroupVersionNotServed, Declared: a.GroupVersion.String(), Range: a.Range,
			Hint: j.groupVersionHint(a.GroupVersion),
		})}), nil
	case !a.Served:
		return j.drifted(a.Requirement, Difference{
			Code: GroupVersionServed, Found: a.GroupVersion.String(), Range: a.Range,
		}), nil
	}
	if a.Preferred != nil && group.Preferred == "" {
		return undetermined(a.Requirement, untold("which version of the group it prefers")), version
	}
	isPreferred := group.Preferred == version.Name
	if a.Preferred != nil && !isPreferred && isStale(group, group.Preferred) {
		preferred := kubeapi.GroupVersion{Group: group.Name, Version: group.Preferred}
		return undetermined(a.Requirement, &discovery.Failure{
			Code: discovery.Stale, Message: preferred.String() + " is preferred but stale, and clients use the next version until the API server reaches it again",
		}), version
	}
	if a.Preferred == nil || a.Preferred.Value == isPreferred {
		// That it is preferred rests on there being no better version.
		return j.settle(judged{Finding: preferredAsDeclared(a), absence: a.Preferred != nil && isPreferred}), version
	}
	preferred := kubeapi.GroupVersion{Group: group.Name, Version: group.Preferred}
	return j.settle(judged{Finding: j.drifted(a.Requirement, Difference{
		Code: PreferredMismatch, Facet: "preferred", Range: a.Preferred.Range,
		Declared: strconv.FormatBool(a.Preferred.Value), Found: strconv.FormatBool(isPreferred),
		Hint: preferred.String() + " is preferred",
	})}), version
}

// preferredAsDeclared is satisfied where the group version is served, and preferred or not
// as is declared.
func preferredAsDeclared(a *config.API) Finding {
	switch {
	case a.Preferred == nil:
		return satisfied(a.Requirement)
	case a.Preferred.Value:
		return holds(a.Requirement, "", "preferred")
	}
	return holds(a.Requirement, "", "not preferred")
}

// isStale tells whether a version of a group is.
func isStale(group *discovery.Group, name string) bool {
	return slices.ContainsFunc(group.Versions, func(v discovery.Version) bool {
		return v.Name == name && v.Freshness == kubeapi.FreshnessStale
	})
}

// findGroup does what the snapshot's method Group does, without a walk through all
// groups each time.
func (j *judge) findGroup(name string) (*discovery.Group, *discovery.Failure) {
	if name == "" || !j.snapshot.Named.Known {
		return j.snapshot.Group(name)
	}
	if j.groups == nil {
		named := j.snapshot.Named.Value
		j.groups = make(map[string]*discovery.Group, len(named))
		for i := range slices.Backward(named) {
			j.groups[named[i].Name] = &named[i]
		}
	}
	return j.groups[name], nil
}

func (j *judge) resource(r *config.Resource, gv kubeapi.GroupVersion, version *discovery.Version) {
	candidates := matching(r, version)
	if len(candidates) > 0 && r.Served {
		nameless := kindless(r, version)
		another := j.mayMeet(r, gv, nameless)
		for _, f := range j.nearestMatch(r, gv, candidates) {
			// The fields of a kind are those of any resource of it.
			if another && f.Status == Drifted && f.Type != config.TypeField {
				f = judged{Finding: undetermined(f.Requirement, untold("the kind of "+nameless[0].Name))}
			}
			j.put(j.settle(f))
		}
		return
	}
	own := j.presence(r, candidates, gv, version)
	j.put(own)
	var carrier *discovery.Resource
	if r.Type == config.TypeResource {
		carrier, _ = find(r.Name, version.Resources.Value)
	}
	for _, s := range r.Subresources {
		if carrier == nil {
			j.put(inherit(s.Requirement, s.Served, own))
		} else {
			j.put(j.settle(j.judgeSubresource(s, carrier)))
		}
	}
	for _, f := range r.Fields {
		j.put(inherit(f.Requirement, f.Served, own))
	}
}

// kindless gives the resources that may be of the kind that r asks for, because the
// server leaves their kinds out.
func kindless(r *config.Resource, version *discovery.Version) []*discovery.Resource {
	var found []*discovery.Resource
	for i := range version.Resources.Value {
		if c := &version.Resources.Value[i]; r.Type == config.TypeKind && c.Kind == "" && isServed(c) {
			found = append(found, c)
		}
	}
	return found
}

// mayMeet tells whether one of the resources whose kinds the server leaves out would meet
// everything if it were of the kind.
func (j *judge) mayMeet(r *config.Resource, gv kubeapi.GroupVersion, nameless []*discovery.Resource) bool {
	return slices.ContainsFunc(nameless, func(c *discovery.Resource) bool {
		named := *c
		named.Kind = r.Kind.Value
		drifts := func(f judged) bool { return f.Status == Drifted }
		return !slices.ContainsFunc(j.judgeResource(r, gv, &named), drifts)
	})
}

// presence judges a resource that is not there, or must not be.
func (j *judge) presence(r *config.Resource, candidates []*discovery.Resource, gv kubeapi.GroupVersion, version *discovery.Version) Finding {
	switch {
	case len(candidates) > 0 && r.Type == config.TypeKind:
		return j.drifted(r.Requirement, Difference{Code: KindServed, Found: candidates[0].Name, Range: r.Range})
	case len(candidates) > 0:
		code := ResourceServed
		if strings.Contains(r.Name, "/") {
			code = SubresourceServed
		}
		return j.drifted(r.Requirement, Difference{Code: code, Found: candidates[0].Name, Range: r.Range})
	}
	if nameless := kindless(r, version); len(nameless) > 0 {
		return undetermined(r.Requirement, untold("the kind of "+nameless[0].Name))
	}
	if !r.Served {
		return j.settle(judged{Finding: holdsAbsent(r.Requirement), absence: true})
	}
	return j.settle(judged{Finding: j.drifted(r.Requirement, j.notServed(r, gv, version))})
}

// nearestMatch judges r and what is nested in it by the candidate that meets all of
// it, else by one that may, else by the one that meets most. What gates by itself
// counts first; a warning, which only --fail-on-warning lets gate, comes after it.
func (j *judge) nearestMatch(r *config.Resource, gv kubeapi.GroupVersion, candidates []*discovery.Resource) []judged {
	var best []judged
	var fewest [4]int
	for _, candidate := range candidates {
		findings := j.judgeResource(r, gv, candidate)
		var faults [4]int // differences, then what is not known, of errors and then of warnings
		for _, f := range findings {
			first := 0
			if f.Severity == config.SeverityWarning {
				first = 2
			}
			faults[first] += len(f.Differences)
			if f.Status == StatusUndetermined {
				faults[first+1]++
			}
		}
		if best == nil || slices.Compare(faults[:], fewest[:]) < 0 {
			best, fewest = findings, faults
		}
	}
	return best
}

func (j *judge) judgeResource(r *config.Resource, gv kubeapi.GroupVersion, served *discovery.Resource) []judged {
	f := facets{judge: j, of: served.Name}
	f.kind(r.Kind, served.Kind)
	f.scope(r.Scope, served.Scope)
	f.verbs(r.Verbs, served.Verbs)
	// Another resource of the kind, which is not listed yet, might meet it all.
	byKind := r.Type == config.TypeKind
	other := served.Kind
	if byKind {
		other = served.Name
	}
	findings := []judged{{Finding: f.outcome(r.Requirement, other), absence: byKind && len(f.differences) > 0}}
	for _, s := range r.Subresources {
		f := j.judgeSubresource(s, served)
		f.absence = f.absence || byKind && len(f.Differences) > 0
		findings = append(findings, f)
	}
	for _, field := range r.Fields {
		findings = append(findings, j.field(field, gv, served))
	}
	return findings
}

func (j *judge) judgeSubresource(s *config.Subresource, served *discovery.Resource) judged {
	if !s.Enabled {
		return judged{Finding: skipped(s.Requirement)}
	}
	i := slices.IndexFunc(served.Subresources, func(c discovery.Subresource) bool { return c.Name == s.Name })
	switch {
	case i < 0 && !s.Served:
		return judged{Finding: holdsAbsent(s.Requirement), absence: true}
	case i < 0:
		return judged{Finding: j.drifted(s.Requirement, Difference{
			Code: SubresourceNotServed, Declared: s.Name, Hint: j.subresourceHint(s.Name, served), Range: s.Range,
		})}
	case !s.Served:
		return judged{Finding: j.drifted(s.Requirement, Difference{Code: SubresourceServed, Found: s.Name, Range: s.Range})}
	}
	found := served.Subresources[i]
	f := facets{judge: j, of: served.Name + "/" + s.Name}
	f.kind(s.Kind, found.Kind)
	f.verbs(s.Verbs, found.Verbs)
	return judged{Finding: f.outcome(s.Requirement, found.Kind)}
}

// inheritResource gives a resource, and all under it, the outcome of what it
// stands under.
func (j *judge) inheritResource(r *config.Resource, parent Finding) {
	if !r.Enabled && parent.Status != Skipped {
		parent = skipped(r.Requirement)
	}
	j.put(inherit(r.Requirement, r.Served, parent))
	for _, s := range r.Subresources {
		j.put(inherit(s.Requirement, s.Served, parent))
	}
	for _, f := range r.Fields {
		j.put(inherit(f.Requirement, f.Served, parent))
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
		return holdsAbsent(r)
	}
	return Finding{Requirement: r, Status: parent.Status, Cause: parent.Address}
}
