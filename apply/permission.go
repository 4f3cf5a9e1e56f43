package apply

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func (j *judge) permission(p *config.Permission) {
	for _, r := range p.Reviews {
		j.put(j.settle(judged{Finding: j.permissionReview(r)}))
	}
}

func (j *judge) permissionReview(r *config.PermissionReview) Finding {
	if !r.Enabled {
		return skipped(r.Requirement)
	}
	q := question{review: discovery.Review{Verb: r.Verb, Path: r.Path}, text: r.Verb + " " + r.Path}
	if r.Resource != nil {
		var difference *Difference
		var failure *discovery.Failure
		switch q, difference, failure = j.question(r.Verb, r.Resource); {
		case failure != nil:
			return undetermined(r.Requirement, failure)
		case difference != nil:
			if difference.Range.Filename == "" {
				difference.Range = r.Range
			}
			return j.drifted(r.Requirement, *difference)
		}
	}
	answer, failure := j.answer(q.review)
	switch {
	case failure != nil:
		return undetermined(r.Requirement, failure)
	case !answer.Allowed:
		return j.drifted(r.Requirement, Difference{Code: PermissionDenied, Declared: q.text, Hint: answer.Reason, Range: r.Range})
	}
	if r.Resource != nil {
		j.warnUnserved(r.Verb, r.Resource, q.text, r.Range)
	}
	return holds(r.Requirement, q.text, j.short(Difference{Found: shown(answer.Reason)}).Found)
}

// answer gives the server's answer to a review, where it has decided.
//
// An authorizer that fails does not stand in the way of one that allows. Where none
// does, the server answers a request by 500 and not by 403: it could not determine
// either, so that it is no refusal.
//
// Source: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/#SubjectAccessReviewStatus
func (j *judge) answer(r discovery.Review) (discovery.ReviewAnswer, *discovery.Failure) {
	fact := j.snapshot.Review(r)
	if !fact.Asked() {
		j.needReview(r)
	}
	if f := fact.Unknown(); f != nil {
		return discovery.ReviewAnswer{}, f
	}
	if a := fact.Value; !a.Allowed && a.EvaluationError != "" {
		message := "the server could not decide: " + a.EvaluationError
		if a.Reason != "" {
			message += " (" + a.Reason + ")"
		}
		return discovery.ReviewAnswer{}, &discovery.Failure{Code: discovery.EvaluationFailed, Cause: discovery.AuthorizerFailed, Message: message}
	}
	return fact.Value, nil
}

// question is an access review, and what it asks in words.
type question struct {
	review discovery.Review
	text   string
}

// question resolves what a permission names. Where it cannot be asked, it gives the
// difference, or why it is not known.
func (j *judge) question(verb string, r *config.PermissionResource) (question, *Difference, *discovery.Failure) {
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
	scope, difference, failure := j.scopeOf(r)
	switch {
	case failure != nil || difference != nil:
		return question{}, difference, failure
	case scope == kubeapi.ScopeCluster && named(r.Namespace) && !isItself(r):
		// Only a cluster tells, so that it is no error of the declaration, which
		// would be one everywhere. It is not asked: a RoleBinding in the namespace
		// would allow what is refused once it is tried.
		return question{}, &Difference{
			Code: ScopeMismatch, Facet: "namespace", Declared: r.Namespace, Found: string(kubeapi.ScopeCluster),
			Hint: outsideNamespaces(r) + " is in no namespace; leave namespace out", Range: r.NamespaceRange,
		}, nil
	case scope == kubeapi.ScopeCluster:
		if isItself(r) && !slices.Contains([]string{"create", "list", "watch", "deletecollection"}, verb) {
			q.review.Namespace = r.ObjectName
		}
	case r.Namespace != "":
		q.in(r.Namespace, "in all namespaces")
	case r.PodNamespace != "":
		q.in(r.PodNamespace, "")
	default:
		return question{}, nil, &discovery.Failure{
			Code:    discovery.NoNamespace,
			Message: qualified(r) + " is namespaced, and no namespace is declared or known from a Pod",
		}
	}
	return q, nil, nil
}

// dotted finds a resource whose plural has dots itself, as those of custom metrics
// do: jobs.batch of custom.metrics.k8s.io. Where none is served, r stays as it is.
func (j *judge) dotted(r *config.PermissionResource) *config.PermissionResource {
	if _, known := accessScope(r); known || r.Virtual || r.Resource == "*" || !strings.Contains(r.Group, ".") {
		return r
	}
	if group, failure := j.group(r.Group); group != nil || failure != nil {
		return r
	}
	other := *r
	for strings.Contains(other.Group, ".") {
		label, rest, _ := strings.Cut(other.Group, ".")
		other.Resource, other.Group = other.Resource+"."+label, rest
		if group, _ := j.findGroup(other.Group); group != nil {
			// What cannot be read may serve it.
			if _, difference, _ := j.scopeOf(&other); difference == nil || difference.Code == SubresourceNotServed {
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

// named tells whether it is one namespace, and not all or none. To say "*" of a
// resource that has no namespace is no contradiction.
func named(namespace string) bool { return namespace != "" && namespace != "*" }

// isItself tells whether r is one namespace by its name. It is not in a namespace,
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
func (j *judge) scopeOf(r *config.PermissionResource) (kubeapi.Scope, *Difference, *discovery.Failure) {
	if scope, known := accessScope(r); known {
		return scope, nil, nil
	}
	group, failure := j.group(r.Group)
	if failure != nil {
		return "", nil, failure
	}
	var without *discovery.Resource
	if group != nil {
		for _, v := range group.Versions {
			if !v.Resources.Asked() {
				failure = j.unlisted(kubeapi.GroupVersion{Group: group.Name, Version: v.Name})
				continue
			}
			if f := v.Resources.Unknown(); f != nil {
				failure = f
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
				failure = untold("the scope of " + qualified(r))
			case whole:
				return found.Scope, nil, nil
			case resource != nil && without == nil:
				without = resource
			}
		}
	}
	switch {
	case failure != nil:
		return "", nil, failure
	case without == nil:
		return "", notFound(ResourceNotServed, r, j.permissionHint(r)), nil
	case r.Subresource == "" || r.Subresource == finalizers:
		carries := ""
		if first := firstNested(without); first != "" {
			carries = "only its subresources are served, such as " + first
		}
		return "", notFound(ResourceNotServed, r, carries, j.permissionHint(r)), nil
	}
	return "", notFound(SubresourceNotServed, r, j.subresourceHint(r.Subresource, without)), nil
}

// notFound is the difference of a name that is not served, which only access
// control may know.
func notFound(code Code, r *config.PermissionResource, hints ...string) *Difference {
	hints = slices.DeleteFunc(append(hints, "if only access control knows this name, set virtual = true"), func(hint string) bool { return hint == "" })
	return &Difference{Code: code, Declared: qualified(r), Hint: strings.Join(hints, "; ")}
}

// permissionHint helps where a resource is called by its singular or a short name,
// misspelt, or served in another group.
func (j *judge) permissionHint(r *config.PermissionResource) string {
	var here, elsewhere, groups []string
	for _, g := range served(j.snapshot) {
		for _, v := range g.Versions {
			j.looked += 1 + len(v.Resources.Value)
		}
		if j.looked > maxLooked {
			return ""
		}
		groups = append(groups, g.Name)
		for _, v := range g.Versions {
			if g.Name == r.Group {
				if hint := aliasHint(r.Resource, &v); hint != "" {
					return withGroup(hint, g.Name)
				}
			}
			for i := range v.Resources.Value {
				switch c := &v.Resources.Value[i]; {
				case !isServed(c):
				case g.Name == r.Group:
					here = append(here, c.Name)
				case c.Name == r.Resource:
					elsewhere = append(elsewhere, withGroup(c.Name, g.Name))
				}
			}
		}
	}
	if len(elsewhere) > 0 {
		slices.Sort(elsewhere)
		return areServed(slices.Compact(elsewhere))
	}
	if hint := j.didYouMean(r.Resource, here); hint != "" {
		return withGroup(hint, r.Group)
	}
	if slices.Contains(groups, r.Group) {
		return ""
	}
	if hint := j.didYouMean(r.Group, groups); hint != "" {
		return "the group " + r.Group + " is not served; " + hint
	}
	return "the group " + r.Group + " is not served"
}

func withGroup(resource, group string) string { return strings.TrimSuffix(resource+"."+group, ".") }
