package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
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
		if slip := apiSlip(gv, insideAPI); slip != "" {
			d.Warn(at, unusualAPI, "Kubernetes has no API %q. %s", diag.Clip(label), slip)
		}
		return gv
	case len(parts) == 3 && parts[2] == "":
		err = errors.New("it ends in a slash")
	case len(parts) == 3 && parts[0] != "":
		hint = " " + insideAPI(parts[0]+"/"+parts[1], parts[2])
	case len(parts) == 2 && parts[1] != "" && isStrictVersion(parts[0]):
		hint = " " + insideAPI(parts[0], parts[1])
	case len(parts) == 1 && isKind(label):
		hint = fmt.Sprintf(" Write kind %q in a block of its own, inside an api block.", diag.Clip(label))
	case len(parts) == 1 && strings.Contains(label, "."):
		hint = " Write the group and its version, such as \"networking.k8s.io/v1\"."
	}
	d.Error(at, "Invalid apiVersion", "%q is not an apiVersion as manifests spell it: %s.%s", diag.Clip(label), err, hint)
	return kubeapi.GroupVersion{}
}

// Warnings about names that Kubernetes itself does not have.
const (
	unusualAPI      = "Unusual apiVersion"
	unusualResource = "Unusual resource name"
	unusualKind     = "Unusual kind"
)

// isVersion tells whether a name is a version such as v1 or v1beta1.
func isVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && s[1] >= '0' && s[1] <= '9'
}

// checkName judges the name of a resource, a subresource or a kind, which a message
// calls what. Only what no server can serve is an error; what Kubernetes itself would
// not allow, or not write, is worth a warning, for it is rare and more often a slip.
func (d *decoder) checkName(name, what string, usual bool, rule, hint string, at hcl.Range) bool {
	if err := kubeapi.CheckName(name); err != nil {
		d.Error(at, "Invalid "+what, "%q cannot be the name of a %s: %s.%s", diag.Clip(name), strings.TrimSuffix(what, " name"), err, hint)
		return false
	}
	if !usual {
		d.Warn(at, "Unusual "+what, "%q is not a %s as Kubernetes writes it, %s.%s", diag.Clip(name), what, rule, hint)
	}
	return true
}

const labelRule = "with lower-case letters, digits and \"-\" only; an aggregated API may serve it all the same"

// areLabels tells whether s is a name as Kubernetes writes them, or several behind
// slashes, as subresources are written.
func areLabels(s string) bool {
	for part := range strings.SplitSeq(s, "/") {
		if !kubeapi.IsLabel(part) {
			return false
		}
	}
	return true
}

// checkResource judges the label of a resource block. It may name a subresource, as
// in "pods/log".
func (d *decoder) checkResource(label string, gv kubeapi.GroupVersion, at hcl.Range) {
	if slip := resourceSlip(label, gv); slip != "" {
		d.Warn(at, unusualResource, "%s", slip)
		return
	}
	hint := ""
	group, _, dotted := strings.Cut(label, ".")
	switch {
	case isKind(label):
		hint = fmt.Sprintf(" Did you mean kind %q?", diag.Clip(label))
		if strings.HasSuffix(label, "s") {
			hint = fmt.Sprintf(" Did you mean resource %q, or kind %q?", diag.Clip(strings.ToLower(label)), diag.Clip(label))
		}
	case dotted && kubeapi.IsLabel(group) && isGroup(label[len(group)+1:]):
		hint = fmt.Sprintf(" Did you mean resource %q, inside the api block of its group?", group)
	}
	d.checkName(label, "resource name", areLabels(label), labelRule, hint, at)
}

func (d *decoder) checkSubresource(name, resource string, at hcl.Range) {
	hint, usual := "", areLabels(name)
	if first, rest, _ := strings.Cut(name, "/"); first == resource && rest != "" {
		hint, usual = fmt.Sprintf(" Did you mean %q?", diag.Clip(rest)), false
	}
	d.checkName(name, "subresource name", usual, labelRule, hint, at)
}

// checkKind judges the name of a kind, in a label or an attribute.
func (d *decoder) checkKind(name string, gv kubeapi.GroupVersion, at hcl.Range, label bool) bool {
	if slip := kindSlip(name, gv, label); slip != "" {
		d.Warn(at, unusualKind, "%s", slip)
		return true
	}
	hint := ""
	if label && kubeapi.IsLabel(name) {
		hint = fmt.Sprintf(" Did you mean kind %q?", strings.ToUpper(name[:1])+name[1:])
		if strings.HasSuffix(name, "s") {
			hint = fmt.Sprintf(" Did you mean resource %q?", name)
		}
	}
	return d.checkName(name, "kind", isKind(name), "with an upper-case letter first, and letters, digits and \"-\" only", hint, at)
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

func (d *decoder) kind(content *hcl.BodyContent, gv kubeapi.GroupVersion) *Value[string] {
	a := content.Attributes["kind"]
	kind, ok := d.text(a)
	if !ok || !d.checkKind(kind.Value, gv, a.Expr.Range(), false) {
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
	hint := diag.DidYouMean(text.Value, known)
	for _, name := range known {
		if hint == "" && strings.EqualFold(name, text.Value) {
			hint = fmt.Sprintf(" Did you mean %q?", name)
		}
	}
	d.Error(a.Expr.Range(), "Invalid scope", "A scope is \"Cluster\" or \"Namespaced\", not %q.%s", diag.Clip(text.Value), hint)
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
			hint := diag.DidYouMean(verb.Value, known)
			switch {
			case slices.Contains(accessVerbs(), verb.Value):
				hint = " Only access control has it: declare it in a permission."
			case hint == "":
				hint = " Only an aggregated API can serve it."
			}
			d.Warn(at, "Unusual verb", "%q is not a verb of the Kubernetes API.%s", verb.Value, hint)
			return false
		}
		hint := diag.DidYouMean(strings.ToLower(verb.Value), known)
		switch {
		case verb.Value == "*":
			hint = " Name every verb that is needed."
		case slices.Contains(known, strings.ToLower(verb.Value)):
			hint = fmt.Sprintf(" Did you mean %q?", strings.ToLower(verb.Value))
		}
		d.Error(at, "Invalid verb", "%q is not a verb, which has lower-case letters only.%s", diag.Clip(verb.Value), hint)
		return true
	})
}
