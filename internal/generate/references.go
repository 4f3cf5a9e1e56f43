package generate

import (
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

// references looks at the APIs that an object names. That is no use of them: a Role grants what others
// may do, and a webhook may see what nobody sends.
func (g *Generator) references(o *manifest.Object, gv kubeapi.GroupVersion) {
	spec := o.Root.Get("spec")
	switch gv.Group + " " + o.Kind {
	case "rbac.authorization.k8s.io Role", "rbac.authorization.k8s.io ClusterRole":
		rules := o.Root.Get("rules")
		for i := range rules.Members {
			g.rule(o, &rules.Members[i].Value, []string{"*"})
		}
		g.role(o)
	case "rbac.authorization.k8s.io RoleBinding", "rbac.authorization.k8s.io ClusterRoleBinding":
		g.binding(o)
	case "admissionregistration.k8s.io ValidatingWebhookConfiguration", "admissionregistration.k8s.io MutatingWebhookConfiguration":
		webhooks := o.Root.Get("webhooks")
		for i := range webhooks.Members {
			rules := webhooks.Members[i].Value.Get("rules")
			for j := range rules.Members {
				rule := &rules.Members[j].Value
				g.rule(o, rule, texts(rule.Get("apiVersions")))
			}
		}
	case "autoscaling HorizontalPodAutoscaler":
		target := spec.Get("scaleTargetRef")
		if of, err := kubeapi.ParseGroupVersion(text(target.Get("apiVersion"))); err == nil {
			g.judge(o, catalog.Kind{GroupVersion: of, Name: text(target.Get("kind"))}, target, "the scaleTargetRef names ")
		}
	case "apiregistration.k8s.io APIService":
		g.aggregated[kubeapi.GroupVersion{Group: text(spec.Get("group")), Version: text(spec.Get("version"))}] = true
	}
}

// rule warns of the resources of a rule that Kubernetes does not have any more.
func (g *Generator) rule(o *manifest.Object, rule *manifest.Node, versions []string) {
	resources := rule.Get("resources")
	for i := range resources.Members {
		n := &resources.Members[i].Value
		name, _, _ := strings.Cut(text(n), "/")
		if d, removed := g.removedResource(texts(rule.Get("apiGroups")), versions, name); removed {
			g.warn(o, n, deprecated, "a rule names %s of %s: %s", text(n), d.GroupVersion, g.words(d.Deprecation))
		}
	}
}

// texts returns the strings of a list.
func texts(n *manifest.Node) []string {
	var list []string
	for i := range n.Members {
		list = append(list, text(&n.Members[i].Value))
	}
	return list
}
