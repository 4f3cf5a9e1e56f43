package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// groupVersion reads the label of an api block.
func (d *decoder) groupVersion(label string, at hcl.Range) kubeapi.GroupVersion {
	gv, err := kubeapi.ParseGroupVersion(label)
	hint := ""
	switch parts := strings.Split(label, "/"); {
	case err == nil && gv.Group == "" && !isVersion(gv.Version):
		// The core group has versions such as v1 only: this is a group's name.
		err = errors.New("it names no version")
		hint = fmt.Sprintf(" Write the group and its version, such as %q.", label+"/v1")
	case err == nil:
		return gv
	case len(parts) == 3 && parts[2] == "":
		err = errors.New("it ends in a slash")
	case len(parts) == 3 && parts[0] != "":
		hint = fmt.Sprintf(" Write resource %q in a block of its own, inside api %q.", clip(parts[2]), clip(parts[0]+"/"+parts[1]))
	case len(parts) == 1 && isKind(label):
		hint = fmt.Sprintf(" Write kind %q in a block of its own, inside an api block.", clip(label))
	case len(parts) == 1 && strings.Contains(label, "."):
		hint = " Write the group and its version, such as \"networking.k8s.io/v1\"."
	}
	d.error(at, "Invalid apiVersion", "%q is not an apiVersion as manifests spell it: %s.%s", clip(label), err, hint)
	return kubeapi.GroupVersion{}
}

// isVersion tells whether a name is a version such as v1 or v1beta1.
func isVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && s[1] >= '0' && s[1] <= '9'
}

// checkResource judges the label of a resource block.
func (d *decoder) checkResource(label string, at hcl.Range) {
	if kubeapi.IsLabel(label) {
		return
	}
	hint := ""
	name, rest, _ := strings.Cut(label, "/")
	group, _, dotted := strings.Cut(label, ".")
	switch {
	case kubeapi.IsLabel(name) && kubeapi.IsLabel(rest):
		hint = fmt.Sprintf(" Write subresource %q in a block of its own, inside resource %q.", rest, name)
	case isKind(label):
		hint = fmt.Sprintf(" Did you mean kind %q?", clip(label))
		if strings.HasSuffix(label, "s") {
			hint = fmt.Sprintf(" Did you mean resource %q, or kind %q?", clip(strings.ToLower(label)), clip(label))
		}
	case dotted && kubeapi.IsLabel(group):
		hint = fmt.Sprintf(" Write resource %q inside the api block of its group.", group)
	}
	d.error(at, "Invalid resource name", "%q is not a resource's plural name, which has lower-case letters, digits and \"-\" only.%s", clip(label), hint)
}

func (d *decoder) checkSubresource(name string, at hcl.Range) {
	if kubeapi.IsLabel(name) {
		return
	}
	hint := ""
	if _, rest, slash := strings.Cut(name, "/"); slash && kubeapi.IsLabel(rest) {
		hint = fmt.Sprintf(" Write what stands behind the slash: %q.", rest)
	}
	d.error(at, "Invalid subresource name", "%q is not a subresource's name, which has lower-case letters, digits and \"-\" only.%s", clip(name), hint)
}

// checkKind judges the name of a kind, in a label or an attribute.
func (d *decoder) checkKind(name string, at hcl.Range, label bool) bool {
	if isKind(name) {
		return true
	}
	hint := ""
	if label && kubeapi.IsLabel(name) {
		hint = fmt.Sprintf(" Did you mean kind %q?", strings.ToUpper(name[:1])+name[1:])
		if strings.HasSuffix(name, "s") {
			hint = fmt.Sprintf(" Did you mean resource %q?", name)
		}
	}
	d.error(at, "Invalid kind", "%q is not the name of a kind, which begins with an upper-case letter and has letters, digits and \"-\" only.%s", clip(name), hint)
	return false
}

// isKind tells whether s is a kind as Kubernetes writes them.
func isKind(s string) bool {
	if s == "" || len(s) > 63 || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	// Some letters beyond ASCII have a lower case within it.
	ascii := !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
	return ascii && kubeapi.IsLabel(strings.ToLower(s))
}

func (d *decoder) kind(content *hcl.BodyContent) *Value[string] {
	a := content.Attributes["kind"]
	kind, ok := d.text(a)
	if !ok || !d.checkKind(kind.Value, a.Expr.Range(), false) {
		return nil
	}
	return &kind
}

func (d *decoder) scope(a *hcl.Attribute) *Value[kubeapi.Scope] {
	text, ok := d.text(a)
	if !ok {
		return nil
	}
	var known []string
	for _, scope := range kubeapi.Scopes() {
		if string(scope) == text.Value {
			return &Value[kubeapi.Scope]{Value: scope, Range: text.Range}
		}
		known = append(known, string(scope))
	}
	hint := didYouMean(text.Value, known)
	for _, name := range known {
		if hint == "" && strings.EqualFold(name, text.Value) {
			hint = fmt.Sprintf(" Did you mean %q?", name)
		}
	}
	d.error(a.Expr.Range(), "Invalid scope", "A scope is \"Cluster\" or \"Namespaced\", not %q.%s", clip(text.Value), hint)
	return nil
}

// accessVerbs lists the verbs that no API serves, but that rules of access control
// have.
//
// Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb
func accessVerbs() []string {
	return []string{"approve", "attest", "bind", "escalate", "impersonate", "sign", "use"}
}

// verbs reads a list of verbs that are served. An aggregated API may serve one that
// is not known here, so that it is worth a warning only.
func (d *decoder) verbs(a *hcl.Attribute) []Value[string] {
	known := kubeapi.Verbs()
	return slices.DeleteFunc(d.texts(a), func(verb Value[string]) bool {
		at := verb.Range
		if at == a.Range {
			at = a.Expr.Range()
		}
		if slices.Contains(known, verb.Value) {
			return false
		}
		if kubeapi.IsLabel(verb.Value) {
			hint := didYouMean(verb.Value, known)
			switch {
			case slices.Contains(accessVerbs(), verb.Value):
				hint = " Only access control has it: declare it in a permission."
			case hint == "":
				hint = " Only an aggregated API can serve it."
			}
			d.warn(at, "Unusual verb", "%q is not a verb of the Kubernetes API.%s", verb.Value, hint)
			return false
		}
		hint := didYouMean(strings.ToLower(verb.Value), known)
		switch {
		case verb.Value == "*":
			hint = " Name every verb that is needed."
		case slices.Contains(known, strings.ToLower(verb.Value)):
			hint = fmt.Sprintf(" Did you mean %q?", strings.ToLower(verb.Value))
		}
		d.error(at, "Invalid verb", "%q is not a verb, which has lower-case letters only.%s", clip(verb.Value), hint)
		return true
	})
}
