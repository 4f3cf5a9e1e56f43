package apply_test

import (
	"cmp"
	"slices"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// entry is a resource or a subresource in one world.
type entry struct {
	discovery.Resource
	// grows is whether something that it lacks may appear, because the absence is not
	// confirmed.
	grows bool
	// dark is whether nothing of it is known.
	dark bool
}

// version is nil if a group version is not served in a world.
func (c *court) version(w *world, gv kubeapi.GroupVersion) *entry {
	group, _ := c.group(gv.Group)
	if c.knows(gv) && slices.ContainsFunc(group.Versions, func(v discovery.Version) bool { return v.Name == gv.Version }) {
		return &entry{}
	}
	// A group version whose resources are not known may be unusable, listed or not.
	if c.Confirmed.Known && c.knows(gv) || !w.may("%s", gv) {
		return nil
	}
	return &entry{dark: true}
}

// group returns a group, which is empty if it is known not to be served.
func (c *court) group(name string) (group discovery.Group, known bool) {
	if name == "" {
		return c.Core.Value, c.Core.Known
	}
	for _, g := range c.Named.Value {
		if g.Name == name {
			group = g
		}
	}
	return group, c.Named.Known
}

// knowsGroup reports whether everything of a group is known.
func (c *court) knowsGroup(name string) bool {
	group, known := c.group(name)
	return known && c.Confirmed.Known && !slices.ContainsFunc(group.Versions, func(v discovery.Version) bool { return !v.Resources.Known })
}

// preferred reports whether a version is the preferred one. A later preferred version
// may appear. That does not matter if this one must be absent.
func (c *court) preferred(w *world, a *requiredAPI) bool {
	group, _ := c.group(a.gv.Group)
	is := group.Preferred == a.gv.Version
	// Clients use the next version while the preferred one is stale.
	stale := slices.ContainsFunc(group.Versions, func(v discovery.Version) bool {
		return v.Name == group.Preferred && v.Freshness == kubeapi.FreshnessStale
	})
	if stale {
		return w.may("preferred")
	}
	if c.knows(a.gv) && group.Preferred != "" && (c.Confirmed.Known || !is && !*a.preferred) {
		return is
	}
	return w.may("preferred")
}

// listed returns the known resources of a group version.
func (c *court) listed(gv kubeapi.GroupVersion) (entries []*entry) {
	group, _ := c.group(gv.Group)
	for _, v := range group.Versions {
		for _, r := range v.Resources.Value {
			if v.Name == gv.Version {
				entries = append(entries, &entry{Resource: r, grows: !c.Confirmed.Known})
			}
		}
	}
	return entries
}

// isResource reports whether an entry is more than a parent of subresources.
func (e *entry) isResource() bool { return e != nil && (e.Kind != "" || len(e.Verbs) > 0 || e.dark) }

// entry returns a resource in a world, or nil.
func (c *court) entry(w *world, gv kubeapi.GroupVersion, name string) *entry {
	for _, e := range c.listed(gv) {
		if e.Name != name {
			continue
		}
		if e.grows && !e.isResource() && w.may("%s %s", gv, name) {
			e.dark = true
		}
		return e
	}
	if (!c.Confirmed.Known || !c.knows(gv)) && w.may("%s %s", gv, name) {
		return &entry{dark: true}
	}
	return nil
}

// knows reports whether all of a group version is known.
func (c *court) knows(gv kubeapi.GroupVersion) bool {
	group, known := c.group(gv.Group)
	return known && !slices.ContainsFunc(group.Versions, func(v discovery.Version) bool {
		return v.Name == gv.Version && !v.Resources.Known
	})
}

// subresource returns a subresource of an entry, or nil.
func (e *entry) subresource(w *world, name string) *entry {
	if e == nil {
		return nil
	}
	for _, s := range e.Subresources {
		if s.Name == name {
			return &entry{Resource: discovery.Resource{Kind: s.Kind, Verbs: s.Verbs}, grows: e.grows}
		}
	}
	if (e.grows || e.dark) && w.may("subresource %s", name) {
		return &entry{dark: true}
	}
	return nil
}

// meets judges a subresource, or nil.
func (e *entry) meets(w *world, s *requiredSubresource) outcome {
	if e == nil {
		return truth(!s.served)
	}
	return truth(s.served && (s.kind == "" || e.is(w, "kind", e.Kind, s.kind)) && e.serves(w, e.Verbs, s.verbs))
}

// is compares a text that the server may omit.
func (e *entry) is(w *world, what, found, wanted string) bool {
	if e.dark || found == "" {
		return w.may("%s", what)
	}
	return found == wanted
}

// serves reports whether all verbs are served.
func (e *entry) serves(w *world, found, wanted []string) bool {
	for _, verb := range wanted {
		if !slices.Contains(found, verb) && !((e.grows || e.dark) && w.may("verb %s", verb)) {
			return false
		}
	}
	return true
}

// wellKnown returns the scope of a name that only access control knows.
func wellKnown(name string) (kubeapi.Scope, bool) {
	scopes := map[string]kubeapi.Scope{
		"users": kubeapi.ScopeCluster, "nodes/metrics": kubeapi.ScopeCluster,
		"signers.certificates.k8s.io": kubeapi.ScopeCluster, "serviceaccounts.authentication.k8s.io": kubeapi.ScopeNamespaced,
	}
	scope, found := scopes[name]
	return scope, found
}

func (c *court) permission(p *requiredPermission) apply.Status {
	return inEveryWorld(func(w *world) outcome {
		review := discovery.Review{Verb: p.verb, Path: p.path}
		if p.path != "" {
			return truth(c.allowed(w, review))
		}
		return truth(c.access(w, p.verb, p.resource) == holds)
	})
}

// access looks up a resource and asks the review. It breaks if a namespace is given
// for a resource without one.
func (c *court) access(w *world, verb string, a accessed) outcome {
	review := discovery.Review{Verb: verb, Group: a.group, Resource: a.resource, Subresource: a.subresource, Name: a.object}
	scope, found := wellKnown(a.name)
	switch {
	case a.resource == "*", a.virtual && !found:
		review.Namespace = a.namespace
		scope = "Any"
	case !found:
		scope, found = c.lookUp(w, a)
	}
	switch {
	case scope == "Any":
	case !found:
		return fails
	case scope == kubeapi.ScopeCluster && a.namespace != "" && a.namespace != "*":
		return breaks
	case scope == kubeapi.ScopeNamespaced && cmp.Or(a.namespace, c.podNamespace) != "":
		review.Namespace = cmp.Or(a.namespace, c.podNamespace)
	case scope != kubeapi.ScopeCluster:
		return truth(w.may("%v in a namespace that is not known", review))
	}
	if review.Namespace == "*" {
		review.Namespace = ""
	}
	return truth(c.allowed(w, review))
}

// lookUp finds a resource, with its subresource if there is one, in any version of
// its group.
func (c *court) lookUp(w *world, a accessed) (scope kubeapi.Scope, found bool) {
	group, _ := c.group(a.group)
	for _, v := range group.Versions {
		for _, e := range c.listed(kubeapi.GroupVersion{Group: a.group, Version: v.Name}) {
			inside := a.subresource != "" && slices.ContainsFunc(e.Subresources, func(s discovery.Subresource) bool { return s.Name == a.subresource })
			if e.Name == a.resource && (inside || (a.subresource == "" || a.subresource == "finalizers") && e.isResource()) {
				scope, found = cmp.Or(scope, e.Scope), true
			}
		}
	}
	if !found && !c.knowsGroup(a.group) {
		found = w.may("%v is in a version that is not known", a)
	}
	return scope, found
}

// allowed returns the answer to a review. A refusal may be outdated, and an
// authorizer that failed may have allowed it.
func (c *court) allowed(w *world, r discovery.Review) bool {
	answer := c.Reviews[r]
	if !answer.Asked() {
		c.missed.Reviews = append(c.missed.Reviews, r)
	}
	switch {
	case answer.Known && answer.Value.Allowed:
		return true
	case answer.Known && c.Confirmed.Known && answer.Value.EvaluationError == "":
		return false
	}
	return w.may("%v", r)
}
