package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func (d *decoder) permission(block *hcl.Block) {
	content := d.content(block)
	p := &Permission{Name: block.Labels[0]}
	d.declaration.Permissions = append(d.declaration.Permissions, p)
	d.unique(block)
	c := d.common(content, outermost())
	a := content.Attributes
	resources, paths := a["resources"], a["non_resource_urls"]
	var verbs, items []Value[string]
	var reviews []PermissionReview
	what := "resource"
	switch {
	case resources != nil && paths != nil:
		d.Error(paths.NameRange, "Contradiction", "A permission is for resources or for paths. There are resources already at %s. Write two permissions.", resources.Range)
		return
	case resources != nil:
		items, reviews = d.resources(a)
		// Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb
		known := append(kubeapi.Verbs(), "approve", "attest", "bind", "escalate", "impersonate", "sign", "use", "*")
		valid := func(verb string) bool { return areLabels(verb, ":") } // such as impersonate:user-info
		verbs = d.verbs(a["verbs"], known, valid, "a verb, which has lower-case letters, digits, \"-\" and \":\" only", "")
	case paths != nil:
		what = "non_resource_url"
		items, reviews = d.paths(a)
		verbs = d.verbs(a["verbs"], []string{"delete", "get", "head", "options", "patch", "post", "put", "*"}, func(string) bool { return false },
			"a verb for a path, which is a method of HTTP in lower case, such as \"get\", or \"*\"", "")
	default:
		d.Error(headerRange(block), "Missing resources", "A permission names what may be used, in \"resources\" or in \"non_resource_urls\".")
		return
	}
	d.open = d.open || len(verbs) == 0 || len(items) == 0
	for _, verb := range verbs {
		for i, item := range items {
			r := reviews[i]
			r.Verb = verb.Value
			if r.Resource != nil && r.Resource.ObjectName != "" {
				d.nameOf(r, item.Value, a["name"].NameRange)
			}
			d.require(&r.Requirement, c, TypePermission, fmt.Sprintf("permission[%q].verb[%q].%s[%q]", p.Name, verb.Value, what, item.Value), item.Range)
			p.Reviews = append(p.Reviews, &r)
		}
	}
}

// unique judges the label of a permission or a check, which is given once.
func (d *decoder) unique(block *hcl.Block) {
	if !hclsyntax.ValidIdentifier(block.Labels[0]) {
		d.Error(block.LabelRanges[0], "Invalid name", "The name of a %s begins with a letter, and holds only letters, digits, \"_\" and \"-\".", block.Type)
	}
	d.once(d.names, "Duplicate "+block.Type, block.Type, block.Labels[0], headerRange(block))
}

func (d *decoder) resources(attributes hcl.Attributes) (items []Value[string], reviews []PermissionReview) {
	base := PermissionResource{PodNamespace: d.inputs.PodNamespace}
	if namespace := d.text(attributes["namespace"]); namespace != nil {
		base.Namespace, base.NamespaceRange = namespace.Value, namespace.Range
		if namespace.Value != "*" && !kubeapi.IsLabel(namespace.Value) {
			d.Error(attributes["namespace"].Expr.Range(), "Invalid namespace",
				"%q is not the name of a namespace, which has lower-case letters, digits and \"-\" only. For all namespaces, write \"*\".", diag.Clip(namespace.Value))
		}
	}
	if name := d.text(attributes["name"]); name != nil {
		base.ObjectName = name.Value
		// Some kinds of objects have slashes and colons in their names.
		if v := name.Value; v == "" || v == "*" || len(v) > 1000 || strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			d.Error(attributes["name"].Expr.Range(), "Invalid object name", "%q cannot be the name of an object. Leave it out where any object is meant.", diag.Clip(v))
		}
	}
	base.Virtual = or(d.flag(attributes["virtual"]), false)
	items = d.texts(attributes["resources"])
	for _, item := range items {
		at, r := itemRange(item, attributes["resources"]), base
		if err := r.read(item.Value); err != nil {
			d.Error(at, "Invalid resource name",
				"%q is not a resource as permissions name it, such as \"pods\", \"pods/log\", \"deployments.apps\" or \"deployments.apps/scale\": %s.", diag.Clip(item.Value), err)
		} else if slip := r.slip(item.Value); slip != "" {
			d.Warn(at, unusualResource, "%s", slip)
		}
		reviews = append(reviews, PermissionReview{Resource: &r})
	}
	return items, reviews
}

// nameOf judges a permission for one object. A request to create an object has its name only if
// it applies or replaces it, or if it is for a subresource.
//
// Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
func (d *decoder) nameOf(r PermissionReview, resource string, at hcl.Range) {
	switch {
	case r.Verb == "deletecollection":
		d.Error(at, "Contradiction",
			"A request to deletecollection %s names no object, so that no rule for a name allows it. Write a permission without \"name\".", diag.Clip(resource))
	case r.Verb == "create" && r.Resource.Subresource == "":
		d.Warn(at, "Creating by name",
			"Only a request to apply or to replace an object creates one of %s by its name. A plain request to create one carries no name, so that no rule for a name allows it.", diag.Clip(resource))
	}
}

// read reads a resource as permissions name it: the plural, its group behind a dot, and a
// subresource behind a slash. A plural that has dots itself is found by lookup.
func (r *PermissionResource) read(s string) error {
	named, sub, slash := strings.Cut(s, "/")
	plural, group, dotted := strings.Cut(named, ".")
	r.Resource, r.Group, r.Subresource = plural, group, sub
	if err := kubeapi.CheckName(s); err != nil {
		return err
	}
	_, err := kubeapi.ParseGroupVersion(group + "/v1")
	switch {
	case named == "":
		return errors.New("a path belongs into \"non_resource_urls\"")
	case slash && sub == "":
		return errors.New("the subresource behind the slash is missing")
	case dotted && group != "*" && err != nil:
		return fmt.Errorf("%q is not a group such as \"apps\" or \"networking.k8s.io\"", diag.Clip(group))
	}
	return nil
}

// slip says what the text of a resource may be a slip for, or why Kubernetes itself would not allow
// such a name. It is empty for other names.
func (r *PermissionResource) slip(text string) string {
	rule := fmt.Sprintf("%q is not a resource as Kubernetes names it. "+
		"A permission names a resource by its plural and group, without a version, as in \"deployments.apps/scale\".", diag.Clip(text))
	if r.Group == "authentication.k8s.io" {
		// Its resources are no names of an API, and keys of extra fields are often a domain and a path.
		return ""
	}
	if meant := hint.Permission(r.Resource, r.Group, r.Subresource); meant != "" && !r.Virtual {
		return fmt.Sprintf("%s Did you mean %q?", rule, diag.Clip(meant))
	}
	version, behind, _ := strings.Cut(r.Subresource, "/")
	if behind != "" && kubeapi.IsVersion(version) || kubeapi.IsVersion(r.Group) ||
		r.Resource != "*" && !kubeapi.IsLabel(r.Resource) || r.Subresource != "" && !areLabels(r.Subresource, "/") {
		return rule + " Each is written " + labelRule + "."
	}
	return ""
}
