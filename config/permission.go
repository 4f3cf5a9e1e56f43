package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// permission reads a permission block.
func (d *decoder) permission(block *hcl.Block) {
	content := d.content(block, "permission")
	p := &Permission{Name: block.Labels[0]}
	d.declaration.Permissions = append(d.declaration.Permissions, p)
	d.unique(block)
	c := d.common(content, outermost())
	attributes := content.Attributes
	resources, paths := attributes["resources"], attributes["non_resource_urls"]
	switch {
	case resources != nil && paths != nil:
		d.Error(paths.NameRange, "Contradiction", "A permission is for resources or for paths. There are resources already at %s. Write two permissions.", resources.Range)
	case resources != nil:
		d.reviewResources(p, content, c)
	case paths != nil:
		d.reviewPaths(p, content, c)
	default:
		d.Error(headerRange(block), "Missing resources", "A permission names what may be used, in \"resources\" or in \"non_resource_urls\".")
	}
}

// unique judges the label of a permission or a check, which is given once.
func (d *decoder) unique(block *hcl.Block) {
	if !hclsyntax.ValidIdentifier(block.Labels[0]) {
		d.Error(block.LabelRanges[0], "Invalid name", "The name of a %s begins with a letter, and holds only letters, digits, \"_\" and \"-\".", block.Type)
	}
	d.once(d.names, block.Type, block.Labels[0], "", headerRange(block))
}

func (d *decoder) reviewResources(p *Permission, content *hcl.BodyContent, c common) {
	attributes := content.Attributes
	base := PermissionResource{PodNamespace: d.inputs.PodNamespace}
	if namespace, ok := d.text(attributes["namespace"]); ok {
		base.Namespace, base.NamespaceRange = namespace.Value, namespace.Range
		if namespace.Value != "*" && !kubeapi.IsLabel(namespace.Value) {
			d.Error(attributes["namespace"].Expr.Range(), "Invalid namespace",
				"%q is not the name of a namespace, which has lower-case letters, digits and \"-\" only. For all namespaces, write \"*\".", diag.Clip(namespace.Value))
		}
	}
	if name, ok := d.text(attributes["name"]); ok {
		base.ObjectName = name.Value
		// Some kinds of objects have slashes and colons in their names.
		if v := name.Value; v == "" || v == "*" || len(v) > 1000 || strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			d.Error(attributes["name"].Expr.Range(), "Invalid object name", "%q cannot be the name of an object. Leave it out where any object is meant.", diag.Clip(v))
		}
	}
	virtual, _ := d.flag(attributes["virtual"])
	base.Virtual = virtual.Value
	verbs := d.permissionVerbs(attributes["verbs"], append(kubeapi.Verbs(), accessVerbs()...), false)
	resources := d.texts(attributes["resources"])
	var parsed []PermissionResource
	for _, item := range resources {
		at, r := itemRange(item, attributes["resources"]), base
		named, err := parsePermissionResource(item.Value)
		r.Resource, r.Group, r.Subresource = named.Resource, named.Group, named.Subresource
		if err != nil {
			d.Error(at, "Invalid resource name",
				"%q is not a resource as permissions name it, such as \"pods\", \"pods/log\", \"deployments.apps\" or \"deployments.apps/scale\": %s.", diag.Clip(item.Value), err)
		} else if slip := resourceWarning(r); slip != "" {
			d.Warn(at, unusualResource, "%q is not a resource as Kubernetes names it. %s", diag.Clip(item.Value), slip)
		}
		parsed = append(parsed, r)
	}
	d.reviews(p, "resource", verbs, resources, c, func(verb Value[string], i int) PermissionReview {
		r := parsed[i]
		if r.ObjectName != "" {
			d.nameOf(verb.Value, resources[i].Value, r, attributes["name"].NameRange)
		}
		return PermissionReview{Resource: &r}
	})
}

// reviews requires each verb for each item of a list.
func (d *decoder) reviews(p *Permission, what string, verbs, items []Value[string], c common, review func(verb Value[string], item int) PermissionReview) {
	d.open = d.open || len(verbs) == 0 || len(items) == 0
	for _, verb := range verbs {
		for i, item := range items {
			if d.budget.Stopped() {
				return
			}
			r := review(verb, i)
			r.Verb = verb.Value
			d.require(&r.Requirement, TypePermission, fmt.Sprintf("permission[%q].verb[%q].%s[%q]", p.Name, verb.Value, what, item.Value), item.Range, c)
			p.Reviews = append(p.Reviews, &r)
		}
	}
}

// itemRange is where an item of a list is written, or the list as a whole.
func itemRange(item Value[string], a *hcl.Attribute) hcl.Range {
	if item.Range == a.Range {
		return a.Expr.Range()
	}
	return item.Range
}

// nameOf judges a verb of a permission for one object. A request to create an object has its
// name only if it applies or replaces it, or if it is for a subresource.
//
// Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
func (d *decoder) nameOf(verb, resource string, r PermissionResource, at hcl.Range) {
	switch {
	case verb == "deletecollection":
		d.Error(at, "Contradiction",
			"A request to %s %s names no object, so that no rule for a name allows it. Write a permission without \"name\" for %q.", verb, diag.Clip(resource), verb)
	case verb == "create" && r.Subresource == "":
		d.Warn(at, "Creating by name",
			"Only a request to apply or to replace an object creates one of %s by its name. A plain request to create one carries no name, so that no rule for a name allows it.", diag.Clip(resource))
	}
}

// permissionVerbs reads a list of verbs. For a path, they are methods of HTTP. For a resource,
// access control knows more than the API serves, and an aggregated API may have its own.
func (d *decoder) permissionVerbs(a *hcl.Attribute, known []string, isPath bool) []Value[string] {
	list := d.texts(a)
	for _, item := range list {
		at, verb := itemRange(item, a), item.Value
		switch near := diag.DidYouMean(verb, known); {
		case verb == "*" || slices.Contains(known, verb):
		case isPath:
			d.Error(at, "Invalid verb", "%q is not a verb for a path, which is a method of HTTP in lower case, such as \"get\", or \"*\".%s", diag.Clip(verb), near)
		case !areLabels(verb, ":"): // such as impersonate:user-info
			d.Error(at, "Invalid verb", "%q is not a verb, which has lower-case letters, digits, \"-\" and \":\" only.%s", diag.Clip(verb), near)
		case near != "":
			d.Warn(at, "Unusual verb", "%q is not a verb of the Kubernetes API.%s", diag.Clip(verb), near)
		}
	}
	return list
}

// parsePermissionResource reads a resource as permissions name it: the plural, its
// group behind a dot, and a subresource behind a slash. A plural that has dots itself
// is found by lookup.
func parsePermissionResource(s string) (PermissionResource, error) {
	named, sub, slash := strings.Cut(s, "/")
	plural, group, dotted := strings.Cut(named, ".")
	r := PermissionResource{Resource: plural, Group: group, Subresource: sub}
	err := kubeapi.CheckName(s)
	switch {
	case err != nil:
	case named == "":
		err = errors.New("a path belongs into \"non_resource_urls\"")
	case slash && sub == "":
		err = errors.New("the subresource behind the slash is missing")
	case dotted && group != "*" && !isGroup(group):
		err = fmt.Errorf("%q is not a group such as \"apps\" or \"networking.k8s.io\"", diag.Clip(group))
	}
	return r, err
}

// resourceWarning says how a permission names resources if Kubernetes itself would not allow one
// of this name, and what it may be a slip for. It is empty for other names.
func resourceWarning(r PermissionResource) string {
	const rule = "A permission names a resource by its plural and group, without a version, as in \"deployments.apps/scale\"."
	if r.Group == "authentication.k8s.io" {
		// Nothing of it is a name of an API, and keys of extra fields are often a domain
		// and a path.
		return ""
	}
	if meant := hint.Permission(r.Resource, r.Group, r.Subresource); meant != "" && !r.Virtual {
		return fmt.Sprintf("%s Did you mean %q?", rule, diag.Clip(meant))
	}
	version, behind, _ := strings.Cut(r.Subresource, "/")
	if behind != "" && isVersion(version) || isVersion(r.Group) ||
		r.Resource != "*" && !kubeapi.IsLabel(r.Resource) || r.Subresource != "" && !areLabels(r.Subresource, "/") {
		return rule + " Each is written " + labelRule + "."
	}
	return ""
}

func isGroup(s string) bool {
	_, err := kubeapi.ParseGroupVersion(s + "/v1")
	return err == nil
}
