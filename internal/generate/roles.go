package generate

import (
	"maps"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

const rbac = "rbac.authorization.k8s.io"

// role adds the condition under which the API server accepts a role.
//
// Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
func (g *Generator) role(o *manifest.Object) {
	rules := o.Root.Get("rules")
	if len(rules.Members) == 0 {
		return // it grants nothing, or what other roles grant
	}
	condition, namespace := allowed("escalate", "clusterroles."+rbac, ""), ""
	if o.Kind == "Role" {
		namespace = text(o.Root.Get("metadata").Get("namespace"))
		condition = allowed("escalate", "roles."+rbac, namespace)
	}
	var granted []string
	for i := range rules.Members {
		one, fine := g.granted(&rules.Members[i].Value, o.Kind, namespace)
		if !fine {
			granted = nil
			break
		}
		granted = append(granted, one...)
	}
	switch len(granted) {
	case 0:
	case 1:
		condition += " || " + granted[0]
	default:
		condition += " || alltrue([\n" + strings.Join(granted, ",\n") + ",\n])"
	}
	if g.roles[condition] == nil {
		g.roles[condition] = &places{}
	}
	g.roles[condition].add(placeOf(o, o.Line))
}

// granted returns conditions for all that a rule grants. It is false if a declaration cannot ask for it.
func (g *Generator) granted(rule *manifest.Node, kind, namespace string) ([]string, bool) {
	verbs, groups := texts(rule.Get("verbs")), texts(rule.Get("apiGroups"))
	byNamespace := map[string][]string{}
	for _, name := range texts(rule.Get("resources")) {
		for _, group := range groups {
			plural, subresource, divided := strings.Cut(name, "/")
			known, clusterWide := g.serves(group, plural)
			if !known && slices.ContainsFunc(groups, func(other string) bool { found, _ := g.serves(other, plural); return found }) {
				continue // it is a resource of another group of the rule
			}
			of := namespace
			if kind == "ClusterRole" && name != "*" && !clusterWide {
				of = "*"
			}
			if group != "" && (group != "*" || plural != "*") || group == "*" {
				plural += "." + group
			}
			if divided {
				plural += "/" + subresource
			}
			_, err := kubeapi.ParseGroupVersion(group + "/v1")
			if kubeapi.CheckName(plural) != nil || divided && strings.Contains(name, "*") || group != "" && group != "*" && err != nil {
				return nil, false
			}
			byNamespace[of] = append(byNamespace[of], plural)
		}
	}
	if len(byNamespace) == 0 || slices.ContainsFunc(verbs, func(verb string) bool { return kubeapi.CheckName(verb) != nil }) {
		return nil, false // such as a rule for paths
	}
	var list []string
	for _, of := range slices.Sorted(maps.Keys(byNamespace)) {
		resources := byNamespace[of]
		const few = 4
		if len(verbs)*len(resources) <= few {
			for _, resource := range resources {
				for _, verb := range verbs {
					list = append(list, allowed(verb, resource, of))
				}
			}
			continue
		}
		call := "allowed(p[0], p[1])"
		if of != "" {
			call = "allowed(p[0], p[1], " + quote(of) + ")"
		}
		list = append(list, "alltrue([for p in setproduct("+listOf(verbs)+", "+listOf(resources)+") : "+call+"])")
	}
	return list, true
}

// serves reports whether Kubernetes has a resource, and whether that is in no namespace.
func (g *Generator) serves(group, name string) (known, clusterWide bool) {
	g.read()
	for _, r := range g.served[group] {
		if r.Name == name {
			return true, r.Scope == kubeapi.ScopeCluster
		}
	}
	return false, false
}

func allowed(verb, resource, namespace string) string {
	call := "allowed(" + quote(verb) + ", " + quote(resource)
	if namespace != "" {
		call += ", " + quote(namespace)
	}
	return call + ")"
}

// binding adds the permission to write a binding to a role.
func (g *Generator) binding(o *manifest.Object) {
	switch text(o.Root.Get("roleRef").Get("kind")) {
	case "Role":
		g.permit(permissionFor("bind", kubeapi.ScopeNamespaced, text(o.Root.Get("metadata").Get("namespace"))), "roles."+rbac)
	case "ClusterRole":
		g.permit(permissionFor("bind", kubeapi.ScopeCluster, ""), "clusterroles."+rbac)
	}
}

// checkRoles writes the conditions of roles.
func (g *Generator) checkRoles(w *writer) {
	if len(g.roles) == 0 {
		return
	}
	w.comment("The API server accepts a role only from those who have all that it grants, or may escalate.")
	w.open("check", "roles")
	for _, condition := range slices.Sorted(maps.Keys(g.roles)) {
		w.open("assert")
		w.attribute("condition", condition)
		w.attribute("error_message", quote("Whoever installs this lacks a permission that a role grants, and may not escalate."))
		w.reason(g.roles[condition].String())
		w.close()
	}
	w.close()
}
