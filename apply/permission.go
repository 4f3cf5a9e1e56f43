package apply

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func (j *judge) permission(r *config.PermissionReview) ruling {
	if !r.Enabled {
		return skipped(r.Requirement)
	}
	q := question{review: discovery.Review{Verb: r.Verb, Path: r.Path}, text: r.Verb + " " + r.Path}
	if r.Resource != nil {
		var missing *difference
		var u *unknown
		switch q, missing, u = j.question(r.Verb, r.Resource); {
		case u != nil:
			return undetermined(r.Requirement, u)
		case missing != nil:
			if missing.Range.Filename == "" {
				missing.Range = r.Range
			}
			return drifted(r.Requirement, *missing)
		}
	}
	answer, u := j.answer(q.review)
	switch {
	case u != nil:
		return undetermined(r.Requirement, u)
	case !answer.Allowed:
		return differs(r.Requirement, Difference{Code: PermissionDenied, Declared: q.text, Hint: answer.Reason, Range: r.Range})
	}
	allowed := holds(r.Requirement, q.text, answer.Reason)
	if r.Resource != nil {
		allowed.warnings = j.unserved(r.Verb, r.Resource, q.text, r.Range)
	}
	return allowed
}

// question is an access review and its description.
type question struct {
	review discovery.Review
	text   string
}

// question resolves what a permission names. If it cannot be asked, it returns the
// difference, or why it is not known.
func (j *judge) question(verb string, r *config.PermissionResource) (question, *difference, *unknown) {
	r = j.dotted(r)
	q := question{
		review: discovery.Review{
			Verb: verb, Group: r.Group, Resource: r.Resource, Subresource: r.Subresource, Name: r.ObjectName,
		},
		text: verb + " " + qualified(r),
	}
	if r.ObjectName != "" {
		q.text += " " + strconv.Quote(r.ObjectName)
	}
	if _, known := accessScope(r); r.Resource == "*" || r.Group == "*" || r.Virtual && !known {
		// The resource may have no namespace. Ask for the whole cluster unless a
		// namespace is declared: an answer for the Pod's namespace would claim too
		// much.
		q.in(r.Namespace, "in the whole cluster")
		return q, nil, nil
	}
	scope, missing, u := j.scopeOf(r)
	switch {
	case u != nil || missing != nil:
		return question{}, missing, u
	case scope == kubeapi.ScopeCluster && named(r.Namespace) && !isItself(r):
		// Only a cluster knows the scope, so this is no error of the declaration. It
		// is not asked either: a RoleBinding in the namespace would allow it, but the
		// real request would be refused.
		return question{}, &difference{Difference: Difference{
			Code: ScopeMismatch, Facet: "namespace", Declared: r.Namespace, Found: string(kubeapi.ScopeCluster),
			Hint: outsideNamespaces(r) + " is in no namespace; leave namespace out", Range: r.NamespaceRange,
		}}, nil
	case scope == kubeapi.ScopeCluster:
		if isItself(r) && !slices.Contains([]string{"create", "list", "watch", "deletecollection"}, verb) {
			q.review.Namespace = r.ObjectName
		}
	case r.Namespace != "":
		q.in(r.Namespace, "in all namespaces")
	case r.PodNamespace != "":
		q.in(r.PodNamespace, "")
	default:
		return question{}, nil, unanswered(discovery.NoNamespace,
			qualified(r)+" is namespaced, and no namespace is declared or known from a Pod")
	}
	return q, nil, nil
}

// dotted finds a resource whose plural has dots, as in custom metrics: jobs.batch of
// custom.metrics.k8s.io. It returns r if none is served.
func (j *judge) dotted(r *config.PermissionResource) *config.PermissionResource {
	if _, known := accessScope(r); known || r.Virtual || r.Resource == "*" || !strings.Contains(r.Group, ".") {
		return r
	}
	if group, u := j.group(r.Group); group != nil || u != nil {
		return r
	}
	other := *r
	for strings.Contains(other.Group, ".") {
		label, rest, _ := strings.Cut(other.Group, ".")
		other.Resource, other.Group = other.Resource+"."+label, rest
		if group, _ := j.group(other.Group); group != nil {
			// A version that cannot be read may serve it.
			if _, missing, _ := j.scopeOf(&other); missing == nil || missing.Code == SubresourceNotServed {
				return &other
			}
			return r
		}
	}
	return r
}

// in sets the namespace. For "*" and none, all describes it.
func (q *question) in(namespace, all string) {
	if !named(namespace) {
		q.text += " " + all
		return
	}
	q.review.Namespace = namespace
	q.text += " in the namespace " + namespace
}

// named is true for one namespace, and false for all and for none. "*" is no
// contradiction for a resource without a namespace.
func named(namespace string) bool { return namespace != "" && namespace != "*" }

// isItself reports whether r is one namespace by its name. A namespace is in no
// namespace, but a request for it is authorized within itself.
//
// Source:
// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#request-attributes-used-in-authorization
func isItself(r *config.PermissionResource) bool {
	return r.Group == "" && r.Resource == "namespaces" && r.Subresource != finalizers && r.ObjectName != "" && (!named(r.Namespace) || r.Namespace == r.ObjectName)
}

// qualified spells a resource as permissions do: "deployments.apps/scale".
func qualified(r *config.PermissionResource) string {
	s := r.Resource
	if r.Group != "" {
		s += "." + r.Group
	}
	if r.Subresource != "" {
		s += "/" + r.Subresource
	}
	return s
}

// scopeOf finds a resource in any version of its group: access does not depend on the
// version.
func (j *judge) scopeOf(r *config.PermissionResource) (kubeapi.Scope, *difference, *unknown) {
	if scope, known := accessScope(r); known {
		return scope, nil, nil
	}
	group, u := j.group(r.Group)
	if u != nil {
		return "", nil, u
	}
	var without *discovery.Resource
	var needs []need
	for _, v := range versionsOf(group) {
		if unlisted := j.unlisted(kubeapi.GroupVersion{Group: group.Name, Version: v.Name}, &v); unlisted != nil {
			u, needs = unlisted, append(needs, unlisted.needs...)
			continue
		}
		resource, served := find(r.Resource, v.Resources.Value)
		found, whole := resource, served
		if r.Subresource != "" {
			found, whole = find(r.Resource+"/"+r.Subresource, v.Resources.Value)
		}
		if r.Subresource == finalizers && served && !whole {
			found, whole = resource, true
		}
		switch {
		case whole && !slices.Contains(kubeapi.Scopes(), found.Scope):
			u = unsaid("the scope of " + qualified(r))
		case whole:
			return found.Scope, nil, nil
		case resource != nil && without == nil:
			without = resource
		}
	}
	if u != nil {
		return "", nil, &unknown{u.Failure, needs}
	}
	return "", notFound(r, without), nil
}

// versionsOf returns the versions of a group, or none for nil.
func versionsOf(group *discovery.Group) []discovery.Version {
	if group == nil {
		return nil
	}
	return group.Versions
}

// notFound is the difference for a name that is not served. Only access control may
// know it. without is the entry of that name that lacks the subresource, or is no
// resource itself; nil if there is none.
func notFound(r *config.PermissionResource, without *discovery.Resource) *difference {
	d := difference{Difference: Difference{Code: ResourceNotServed, Declared: qualified(r)}}
	hint := func(h *hinter) string { return h.permission(r) }
	switch {
	case without == nil:
	case r.Subresource == "" || r.Subresource == finalizers:
		hint = func(h *hinter) string {
			carries := ""
			if first := firstNested(without); first != "" {
				carries = "only its subresources are served, such as " + first
			}
			return sentences(carries, h.permission(r))
		}
	default:
		d.Code = SubresourceNotServed
		hint = func(h *hinter) string { return h.subresource(r.Subresource, without) }
	}
	d.hint = func(h *hinter) string {
		return sentences(hint(h), "if only access control knows this name, set virtual = true")
	}
	return &d
}
