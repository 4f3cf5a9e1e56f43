package run

import (
	"cmp"
	"slices"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

// Changes are made to what a snapshot or a release says. The zero Changes makes none.
type Changes struct {
	// CRDs are applied first.
	CRDs *manifest.CRDs
	// APIs replace what is known of group versions. If the groups of a snapshot are unknown, they
	// stay so.
	APIs []APIOverride
	// Permissions answer access reviews. If several match one, the last one answers.
	Permissions []PermissionOverride
}

// APIOverride replaces what is known of a group version.
type APIOverride struct {
	GroupVersion kubeapi.GroupVersion
	State        APIState
}

// APIState is the state of a group version.
type APIState string

// The states. If a group is unknown, as most are of a release, an absent version of it makes the
// whole group absent.
const (
	// APIAbsent: it is not served.
	APIAbsent APIState = "absent"
	// APIStale: the API server could not reach what serves it.
	APIStale APIState = "stale"
	// APIForbidden: its document is answered by 403.
	APIForbidden APIState = "forbidden"
)

// PermissionOverride answers access reviews.
type PermissionOverride struct {
	// Verb and On are what may be done, and on what: a resource such as "deployments.apps/scale", or
	// a path such as "/metrics". Each may be "*".
	Verb, On string
	// Namespace is that of the review. The empty namespace matches any.
	Namespace string
	Allowed   bool
}

// lay changes what s has.
func (c Changes) lay(s *discovery.Snapshot) {
	c.CRDs.Lay(s)
	for _, a := range c.APIs {
		a.lay(s)
	}
	for r := range s.Reviews {
		c.review(s, r)
	}
}

func (a APIOverride) lay(s *discovery.Snapshot) {
	g := a.group(s)
	g.Versions = slices.DeleteFunc(g.Versions, func(v discovery.Version) bool { return v.Name == a.GroupVersion.Version })
	if a.State != APIAbsent {
		g.Versions = append(g.Versions, a.version())
	}
	if !slices.ContainsFunc(g.Versions, func(v discovery.Version) bool { return v.Name == g.Preferred }) {
		g.Preferred = ""
		if len(g.Versions) > 0 {
			g.Preferred = g.Versions[0].Name
		}
	}
}

// group returns the group in s. One that s lacks is added, and known from now on.
func (a APIOverride) group(s *discovery.Snapshot) *discovery.Group {
	name := a.GroupVersion.Group
	if name == "" {
		return &s.Core.Value
	}
	if missing := s.Missing; missing != nil {
		s.Missing = func(group string) *discovery.Failure {
			if group == name {
				return nil
			}
			return missing(group)
		}
	}
	i := slices.IndexFunc(s.Named.Value, func(g discovery.Group) bool { return g.Name == name })
	if i < 0 {
		i = len(s.Named.Value)
		s.Named.Value = append(s.Named.Value, discovery.Group{Name: name})
	}
	return &s.Named.Value[i]
}

// version returns a version that is served, but whose resources could not be read.
func (a APIOverride) version() discovery.Version {
	v := discovery.Version{Name: a.GroupVersion.Version}
	var failure *discovery.Failure
	switch a.State {
	case APIStale:
		v.Freshness = kubeapi.FreshnessStale
		failure = &discovery.Failure{Code: discovery.Stale, Message: a.GroupVersion.String() + " is stale: the API server could not reach what serves it"}
	case APIForbidden:
		request := "GET /apis/" + a.GroupVersion.String()
		if a.GroupVersion.Group == "" {
			request = "GET /api/" + a.GroupVersion.String()
		}
		failure = &discovery.Failure{Code: discovery.Forbidden, Status: 403, Request: request, Message: request + ": 403 Forbidden"}
	case APIAbsent:
		fallthrough
	default:
		panic("run: no version is in the state " + string(a.State))
	}
	v.Resources = discovery.Failed[[]discovery.Resource](failure)
	return v
}

// answer answers what the changes decide, and returns the rest.
func (c Changes) answer(s *discovery.Snapshot, n discovery.Needs) discovery.Needs {
	n.Fields = c.CRDs.Fetch(s, n.Fields)
	var rest []discovery.Review
	for _, r := range n.Reviews {
		if !c.review(s, r) {
			rest = append(rest, r)
		}
	}
	n.Reviews = rest
	return n
}

// review answers a review if a permission matches.
func (c Changes) review(s *discovery.Snapshot, r discovery.Review) bool {
	for _, p := range slices.Backward(c.Permissions) {
		if p.matches(r) {
			if s.Reviews == nil {
				s.Reviews = map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{}
			}
			s.Reviews[r] = discovery.Known(discovery.ReviewAnswer{Allowed: p.Allowed})
			return true
		}
	}
	return false
}

func (p PermissionOverride) matches(r discovery.Review) bool {
	on := r.Resource
	if r.Group != "" {
		on += "." + r.Group
	}
	if r.Subresource != "" {
		on += "/" + r.Subresource
	}
	is := func(pattern, value string) bool { return pattern == "*" || pattern == value }
	return is(p.Verb, r.Verb) && is(p.On, cmp.Or(r.Path, on)) && is(cmp.Or(p.Namespace, "*"), r.Namespace)
}
