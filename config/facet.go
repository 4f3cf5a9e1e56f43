package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// groupVersion reads the label of an api block.
func (d *decoder) groupVersion(label string, at hcl.Range) kubeapi.GroupVersion {
	gv, err := kubeapi.ParseGroupVersion(label)
	advice := ""
	switch parts := strings.Split(label, "/"); {
	case err == nil && gv.Group == "" && !isVersion(gv.Version):
		// The core group has versions such as v1 only: this is a group's name.
		err = errors.New("it names no version")
		advice = fmt.Sprintf(" Write the group and its version, such as %q.", label+"/v1")
	case err == nil:
		if slip := hint.API(gv); slip != "" {
			d.Warn(at, unusualAPI, "Kubernetes has no API %q. %s", diag.Clip(label), slip)
		}
		return gv
	case hint.Behind(label) != "":
		advice = " " + hint.Behind(label)
	case len(parts) == 1 && hint.IsKind(label):
		advice = fmt.Sprintf(" Write kind %q in a block of its own, inside an api block.", diag.Clip(label))
	case len(parts) == 1 && label != "":
		advice = fmt.Sprintf(" Write the group and its version, such as %q.", diag.Clip(label)+"/v1")
	}
	d.Error(at, "Invalid apiVersion", "%q is not an apiVersion as manifests spell it: %s.%s", diag.Clip(label), err, advice)
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
// calls what. Only what no server can serve is an error. What Kubernetes itself would
// not allow, or not write, is rare and more often a slip.
func (d *decoder) checkName(name, what string, usual bool, rule, meant string, at hcl.Range) bool {
	if meant != "" {
		meant = fmt.Sprintf(" Did you mean %s?", meant)
	}
	if err := kubeapi.CheckName(name); err != nil {
		d.Error(at, "Invalid "+what, "%q cannot be the name of a %s: %s.%s", diag.Clip(name), strings.TrimSuffix(what, " name"), err, meant)
		return false
	}
	if !usual {
		d.Warn(at, "Unusual "+what, "%q is not a %s as Kubernetes writes it, %s.%s", diag.Clip(name), what, rule, meant)
	}
	return true
}

const labelRule = "with lower-case letters, digits and \"-\" only; an aggregated API may serve it all the same"

// areLabels tells whether the parts of s are names as Kubernetes writes them.
func areLabels(s, separator string) bool {
	return !slices.ContainsFunc(strings.Split(s, separator), func(part string) bool { return !kubeapi.IsLabel(part) })
}

// checkResource judges the label of a resource block. It may name a subresource, as
// in "pods/log".
func (d *decoder) checkResource(label string, gv kubeapi.GroupVersion, at hcl.Range) {
	if slip := hint.Name("resource", label, gv); slip != "" {
		d.Warn(at, unusualResource, "%s", slip)
		return
	}
	meant := ""
	group, _, dotted := strings.Cut(label, ".")
	switch {
	case hint.IsKind(label) && strings.HasSuffix(label, "s"):
		meant = fmt.Sprintf("resource %q, or kind %q", diag.Clip(strings.ToLower(label)), diag.Clip(label))
	case hint.IsKind(label):
		meant = fmt.Sprintf("kind %q", diag.Clip(label))
	case dotted && kubeapi.IsLabel(group) && isGroup(label[len(group)+1:]):
		meant = fmt.Sprintf("resource %q, inside the api block of its group", group)
	}
	d.checkName(label, "resource name", areLabels(label, "/"), labelRule, meant, at)
}

func (d *decoder) checkSubresource(name, resource string, at hcl.Range) {
	if rest, found := strings.CutPrefix(name, resource+"/"); found && rest != "" {
		d.checkName(name, "subresource name", false, labelRule, strconv.Quote(diag.Clip(rest)), at)
		return
	}
	d.checkName(name, "subresource name", areLabels(name, "/"), labelRule, "", at)
}

// checkKind judges the name of a kind, in a label or an attribute.
func (d *decoder) checkKind(name string, gv kubeapi.GroupVersion, at hcl.Range, label bool) bool {
	if slip := hint.Name("kind", name, gv); slip != "" {
		d.Warn(at, unusualKind, "%s", slip)
		return true
	}
	meant := ""
	switch {
	case !label || !kubeapi.IsLabel(name):
	case strings.HasSuffix(name, "s"):
		meant = fmt.Sprintf("resource %q", name)
	default:
		meant = fmt.Sprintf("kind %q", strings.ToUpper(name[:1])+name[1:])
	}
	return d.checkName(name, "kind", hint.IsKind(name), "with an upper-case letter first, and letters, digits and \"-\" only", meant, at)
}

func (d *decoder) kind(content *hcl.BodyContent, gv kubeapi.GroupVersion) *Value[string] {
	a := content.Attributes["kind"]
	kind, ok := d.text(a)
	if !ok || !d.checkKind(kind.Value, gv, a.Expr.Range(), false) {
		return nil
	}
	return &kind
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
	return slices.DeleteFunc(d.texts(a), func(item Value[string]) bool {
		at, verb := itemRange(item, a), item.Value
		advice := diag.DidYouMean(strings.ToLower(verb), known)
		switch {
		case slices.Contains(known, verb):
			return false
		case verb == "*":
			advice = " Name every verb that is needed."
		case slices.Contains(accessVerbs(), verb):
			advice = " Only access control has it: declare it in a permission."
		case kubeapi.IsLabel(verb) && advice == "":
			advice = " Only an aggregated API can serve it."
		}
		if kubeapi.IsLabel(verb) {
			d.Warn(at, "Unusual verb", "%q is not a verb of the Kubernetes API.%s", verb, advice)
			return false
		}
		d.Error(at, "Invalid verb", "%q is not a verb, which has lower-case letters only.%s", diag.Clip(verb), advice)
		return true
	})
}
