package apply

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func (j *judge) api(a *config.API, put func(ruling)) {
	own, version := j.groupVersion(a)
	kinds := catalog.Deprecations(a.GroupVersion)
	if len(kinds) > 0 && own.Status == Satisfied && a.Served {
		own.Deprecation = j.wholly(a.GroupVersion, version, kinds)
	}
	put(own)
	for _, r := range a.Resources {
		switch {
		case version == nil || !r.Enabled:
			inheritResource(r, own.Finding, put)
		case len(kinds) > 0 && r.Served:
			j.resource(r, a.GroupVersion, version, func(f ruling) {
				if f.Index == r.Index && f.Status == Satisfied {
					f.Deprecation = j.deprecation(r, a.GroupVersion, kinds, own.Finding)
				}
				put(f)
			})
		default:
			j.resource(r, a.GroupVersion, version, put)
		}
	}
}

// groupVersion judges an api block by itself. The version is nil if nothing under the
// block can be judged.
func (j *judge) groupVersion(a *config.API) (ruling, *discovery.Version) {
	own, version := j.listed(a)
	own = j.settle(own)
	if a.Available && version != nil && own.Status == Satisfied {
		if u := j.unavailable(a.GroupVersion); u != nil {
			return undetermined(a.Requirement, u), nil
		}
	}
	return own, version
}

// listed judges an api block by the documents that list all group versions.
func (j *judge) listed(a *config.API) (ruling, *discovery.Version) {
	if !a.Enabled {
		return skipped(a.Requirement), nil
	}
	group, u := j.group(a.GroupVersion.Group)
	var version *discovery.Version
	if u == nil && group != nil {
		version, u = j.versionOf(group, a.GroupVersion, len(a.Resources) > 0)
	}
	switch {
	case u != nil:
		return undetermined(a.Requirement, u), nil
	case version == nil && !a.Served:
		return holdsAbsent(a.Requirement), nil
	case version == nil:
		return drifted(a.Requirement, difference{
			Difference{Code: GroupVersionNotServed, Declared: a.GroupVersion.String(), Range: a.Range},
			func(h *hinter) string {
				return h.removedOr(a.GroupVersion, kindsUnder(a), func() string { return h.groupVersion(a.GroupVersion) })
			},
		}), nil
	case !a.Served:
		return differs(a.Requirement, Difference{
			Code: GroupVersionServed, Found: a.GroupVersion.String(), Range: a.Range,
		}), nil
	}
	return preferred(a, group, version), version
}

// preferred judges which version of its group is preferred, for a group version that
// is served.
func preferred(a *config.API, group *discovery.Group, version *discovery.Version) ruling {
	if a.Preferred == nil {
		return satisfied(a.Requirement)
	}
	isPreferred := group.Preferred == version.Name
	best := kubeapi.GroupVersion{Group: group.Name, Version: group.Preferred}.String()
	switch {
	case group.Preferred == "":
		return undetermined(a.Requirement, unsaid("which version of the group it prefers"))
	case !isPreferred && isStale(group, group.Preferred):
		return undetermined(a.Requirement, unanswered(discovery.Stale,
			best+" is preferred but stale, and clients use the next version until the API server reaches it again"))
	case a.Preferred.Value != isPreferred:
		return differs(a.Requirement, Difference{
			Code: PreferredMismatch, Facet: "preferred", Range: a.Preferred.Range,
			Declared: strconv.FormatBool(a.Preferred.Value), Found: strconv.FormatBool(isPreferred),
			Hint: best + " is preferred",
		})
	case !isPreferred:
		return holds(a.Requirement, "", "not preferred")
	}
	r := holds(a.Requirement, "", "preferred")
	r.absence = true // of a better version
	return r
}

// isStale reports whether that version of the group is stale.
func isStale(group *discovery.Group, name string) bool {
	return slices.ContainsFunc(group.Versions, func(v discovery.Version) bool {
		return v.Name == name && v.Freshness == kubeapi.FreshnessStale
	})
}

func (j *judge) resource(r *config.Resource, gv kubeapi.GroupVersion, version *discovery.Version, put func(ruling)) {
	candidates := matching(r, version)
	if len(candidates) > 0 && r.Served {
		nameless := kindless(r, version)
		another := j.mayMeet(r, gv, nameless)
		j.nearestMatch(r, gv, candidates, func(f ruling) {
			// A kind's fields are those of any resource of that kind.
			if another && f.Status == Drifted && f.Type != config.TypeField {
				f = undetermined(f.Requirement, unsaid("the kind of "+nameless[0].Name))
			}
			put(f)
		})
		return
	}
	own := j.settle(presence(r, candidates, gv, version))
	put(own)
	var carrier *discovery.Resource
	if r.Type == config.TypeResource {
		carrier, _ = find(r.Name, version.Resources.Value)
	}
	for _, s := range r.Subresources {
		if carrier == nil {
			put(inherit(s.Requirement, s.Served, own.Finding))
		} else {
			put(judgeSubresource(s, carrier))
		}
	}
	for _, f := range r.Fields {
		put(inherit(f.Requirement, f.Served, own.Finding))
	}
}

// kindless returns the resources that may be of the kind of r, because the server
// omits their kinds.
func kindless(r *config.Resource, version *discovery.Version) []*discovery.Resource {
	var found []*discovery.Resource
	for i := range version.Resources.Value {
		if c := &version.Resources.Value[i]; r.Type == config.TypeKind && c.Kind == "" && isServed(c) {
			found = append(found, c)
		}
	}
	return found
}

// mayMeet reports whether a resource without a kind would meet everything if it were
// of the kind.
func (j *judge) mayMeet(r *config.Resource, gv kubeapi.GroupVersion, nameless []*discovery.Resource) bool {
	return slices.ContainsFunc(nameless, func(c *discovery.Resource) bool {
		named := *c
		named.Kind = r.Kind.Value
		drifts := false
		j.judgeResource(r, gv, &named, func(f ruling) { drifts = drifts || f.Status == Drifted })
		return !drifts
	})
}

// presence judges a resource that is absent, or must be.
func presence(r *config.Resource, candidates []*discovery.Resource, gv kubeapi.GroupVersion, version *discovery.Version) ruling {
	switch {
	case len(candidates) > 0 && r.Type == config.TypeKind:
		return differs(r.Requirement, Difference{Code: KindServed, Found: candidates[0].Name, Range: r.Range})
	case len(candidates) > 0:
		code := ResourceServed
		if strings.Contains(r.Name, "/") {
			code = SubresourceServed
		}
		return differs(r.Requirement, Difference{Code: code, Found: candidates[0].Name, Range: r.Range})
	}
	if nameless := kindless(r, version); len(nameless) > 0 {
		return undetermined(r.Requirement, unsaid("the kind of "+nameless[0].Name))
	}
	if !r.Served {
		return holdsAbsent(r.Requirement)
	}
	missing := difference{
		Difference{Code: ResourceNotServed, Declared: r.Name, Range: r.Range},
		func(h *hinter) string {
			return h.removedOr(gv, kindsOf(r, catalog.Deprecations(gv)), func() string {
				if r.Type == config.TypeKind {
					return h.kind(r.Kind.Value, gv, version)
				}
				return h.resource(r.Name, gv, version)
			})
		},
	}
	switch {
	case r.Type == config.TypeKind:
		missing.Code, missing.Declared = KindNotServed, r.Kind.Value
	case strings.Contains(r.Name, "/"):
		missing.Code = SubresourceNotServed
	}
	return drifted(r.Requirement, missing)
}

// nearestMatch judges r and its subresources by one candidate: the one that meets
// everything, or may, or meets most. Errors count before warnings, because a warning
// gates only under --fail-on-warning.
func (j *judge) nearestMatch(r *config.Resource, gv kubeapi.GroupVersion, candidates []*discovery.Resource, put func(ruling)) {
	if len(candidates) == 1 {
		j.judgeResource(r, gv, candidates[0], put)
		return
	}
	var best []ruling
	var fewest [4]int
	for _, candidate := range candidates {
		findings := make([]ruling, 0, 1+len(r.Subresources)+len(r.Fields))
		var faults [4]int // differences, then what is not known, of errors and then of warnings
		j.judgeResource(r, gv, candidate, func(f ruling) {
			findings = append(findings, f)
			first := 0
			if f.Severity == config.SeverityWarning {
				first = 2
			}
			faults[first] += len(f.differences)
			if f.Status == StatusUndetermined {
				faults[first+1]++
			}
		})
		if best == nil || slices.Compare(faults[:], fewest[:]) < 0 {
			best, fewest = findings, faults
		}
	}
	for _, f := range best {
		put(f)
	}
}

// judgeResource judges r and what is under it by one candidate.
func (j *judge) judgeResource(r *config.Resource, gv kubeapi.GroupVersion, served *discovery.Resource, put func(ruling)) {
	f := facets{of: served.Name}
	f.kind(r.Kind, served.Kind)
	f.scope(r.Scope, served.Scope)
	f.verbs(r.Verbs, served.Verbs)
	other := served.Kind
	if r.Type == config.TypeKind {
		other = served.Name
	}
	own := func(f ruling) {
		// Another resource of the kind, which is not listed yet, might meet
		// everything.
		f.absence = f.absence || r.Type == config.TypeKind && len(f.differences) > 0
		put(f)
	}
	own(f.outcome(r.Requirement, other))
	for _, s := range r.Subresources {
		own(judgeSubresource(s, served))
	}
	for _, field := range r.Fields {
		put(j.field(field, gv, served))
	}
}

func judgeSubresource(s *config.Subresource, served *discovery.Resource) ruling {
	if !s.Enabled {
		return skipped(s.Requirement)
	}
	i := slices.IndexFunc(served.Subresources, func(c discovery.Subresource) bool { return c.Name == s.Name })
	switch {
	case i < 0 && !s.Served:
		return holdsAbsent(s.Requirement)
	case i < 0:
		return drifted(s.Requirement, difference{
			Difference{Code: SubresourceNotServed, Declared: s.Name, Range: s.Range},
			func(h *hinter) string { return h.subresource(s.Name, served) },
		})
	case !s.Served:
		return differs(s.Requirement, Difference{Code: SubresourceServed, Found: s.Name, Range: s.Range})
	}
	found := served.Subresources[i]
	f := facets{of: served.Name + "/" + s.Name}
	f.kind(s.Kind, found.Kind)
	f.verbs(s.Verbs, found.Verbs)
	return f.outcome(s.Requirement, found.Kind)
}

// inheritResource returns the outcome of the api block for a resource and everything
// under it.
func inheritResource(r *config.Resource, parent Finding, put func(ruling)) {
	if !r.Enabled && parent.Status != Skipped {
		parent = skipped(r.Requirement).Finding
	}
	put(inherit(r.Requirement, r.Served, parent))
	for _, s := range r.Subresources {
		put(inherit(s.Requirement, s.Served, parent))
	}
	for _, f := range r.Fields {
		put(inherit(f.Requirement, f.Served, parent))
	}
}
