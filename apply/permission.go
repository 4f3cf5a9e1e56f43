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

// question is an access review, and what it asks in words.
type question struct {
	review discovery.Review
	text   string
}

// question resolves what a permission names. Where it cannot be asked, it gives the
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
		// It is, or may be, for what is in no namespace too, so that it is asked for
		// all unless a namespace is declared: the answer for the Pod's would say too
		// much.
		q.in(r.Namespace, "in the whole cluster")
		return q, nil, nil
	}
	scope, missing, u := j.scopeOf(r)
	switch {
	case u != nil || missing != nil:
		return question{}, missing, u
	case scope == kubeapi.ScopeCluster && named(r.Namespace) && !isItself(r):
		// Only a cluster knows the scope, so that it is no error of the declaration,
		// which would be one everywhere. It is not asked: a RoleBinding in the namespace
		// would allow what is refused once it is tried.
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

// dotted finds a resource whose plural has dots itself, as those of custom metrics
// do: jobs.batch of custom.metrics.k8s.io. Where none is served, r stays as it is.
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
			// What cannot be read may serve it.
			if _, missing, _ := j.scopeOf(&other); missing == nil || missing.Code == SubresourceNotServed {
				return &other
			}
			return r
		}
	}
	return r
}

// in sets the namespace, "*" and none being all, which has words of its own.
func (q *question) in(namespace, all string) {
	if !named(namespace) {
		q.text += " " + all
		return
	}
	q.review.Namespace = namespace
	q.text += " in the namespace " + namespace
}

// named is true for one namespace, and false for all and for none. To say "*" of a
// resource that has no namespace is no contradiction.
func named(namespace string) bool { return namespace != "" && namespace != "*" }

// isItself is true where r is one namespace by its name. It is not in a namespace,
// but a request for it is authorized within itself.
//
// Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#request-attributes-used-in-authorization
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

// scopeOf finds a resource in any version of its group: access is granted whatever
// the version is.
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

// versionsOf gives the versions of a group, and none of a group that is nil.
func versionsOf(group *discovery.Group) []discovery.Version {
	if group == nil {
		return nil
	}
	return group.Versions
}

// notFound is the difference of a name that is not served, which only access control
// may know. Without is the resource that lacks the subresource or is none itself, and nil
// where there is none of the name.
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
