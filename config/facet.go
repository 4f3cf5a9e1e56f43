package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Warnings about names that Kubernetes itself does not have.
const unusualAPI, unusualResource = "Unusual apiVersion", "Unusual resource name"

func (d *decoder) groupVersion(label string, at hcl.Range) kubeapi.GroupVersion {
	gv, err := kubeapi.ParseGroupVersion(label)
	if err != nil {
		advice := cmp.Or(hint.Behind(label), "Write the group and its version, such as \"apps/v1\".")
		d.Error(at, "Invalid apiVersion", "%q is not an apiVersion as manifests spell it: %s. %s", diag.Clip(label), err, advice)
	} else if slip := hint.API(gv); slip != "" {
		d.Warn(at, unusualAPI, "Kubernetes has no API %q. %s", diag.Clip(label), slip)
	}
	return gv
}

// checkName judges the name of a resource, a subresource or a kind; what says which. Only what no
// server can serve is an error. What Kubernetes would not write is often a slip, and a warning.
func (d *decoder) checkName(name, what string, usual bool, rule, meant string, at hcl.Range) {
	if meant != "" {
		meant = fmt.Sprintf(" Did you mean %s?", meant)
	}
	if err := kubeapi.CheckName(name); err != nil {
		d.Error(at, "Invalid "+what, "%q cannot be the name of a %s: %s.%s", diag.Clip(name), strings.TrimSuffix(what, " name"), err, meant)
	} else if !usual {
		d.Warn(at, "Unusual "+what, "%q is not a %s as Kubernetes writes it, %s.%s", diag.Clip(name), what, rule, meant)
	}
}

const labelRule = "with lower-case letters, digits and \"-\" only; an aggregated API may serve it all the same"

// areLabels tells whether the parts of s are names as Kubernetes writes them.
func areLabels(s, separator string) bool {
	return !slices.ContainsFunc(strings.Split(s, separator), func(part string) bool { return !kubeapi.IsLabel(part) })
}

// checkResource judges the label of a resource block. It may name a subresource, as in "pods/log".
func (d *decoder) checkResource(label string, gv kubeapi.GroupVersion, at hcl.Range) {
	if slip := hint.Name("resource", label, gv); slip != "" {
		d.Warn(at, unusualResource, "%s", slip)
		return
	}
	meant := ""
	plural, _, dotted := strings.Cut(label, ".")
	switch {
	case hint.IsKind(label):
		meant = spelled(label)
	case dotted && kubeapi.IsLabel(plural):
		meant = fmt.Sprintf("resource %q, inside the api block of its group", plural)
	}
	d.checkName(label, "resource name", areLabels(label, "/"), labelRule, meant, at)
}

func spelled(name string) string {
	if strings.HasSuffix(name, "s") {
		return fmt.Sprintf("resource %q", strings.ToLower(name))
	}
	return fmt.Sprintf("kind %q", strings.ToUpper(name[:1])+name[1:])
}

func (d *decoder) checkSubresource(name, resource string, at hcl.Range) {
	rest, repeats := strings.CutPrefix(name, resource+"/")
	meant := ""
	if repeats && rest != "" {
		meant = strconv.Quote(diag.Clip(rest))
	}
	d.checkName(name, "subresource name", !repeats && areLabels(name, "/"), labelRule, meant, at)
}

// checkKind judges the name of a kind, in a label or an attribute.
func (d *decoder) checkKind(name string, gv kubeapi.GroupVersion, at hcl.Range, label bool) {
	if slip := hint.Name("kind", name, gv); slip != "" {
		d.Warn(at, "Unusual kind", "%s", slip)
		return
	}
	meant := ""
	if label && kubeapi.IsLabel(name) {
		meant = spelled(name)
	}
	d.checkName(name, "kind", hint.IsKind(name), "with an upper-case letter first, and letters, digits and \"-\" only", meant, at)
}

func (d *decoder) kind(a *hcl.Attribute, gv kubeapi.GroupVersion) *Value[string] {
	kind := d.text(a)
	if kind != nil {
		d.checkKind(kind.Value, gv, a.Expr.Range(), false)
	}
	return kind
}

func (d *decoder) servedVerbs(a *hcl.Attribute) []Value[string] {
	return d.verbs(a, kubeapi.Verbs(), kubeapi.IsLabel, "a verb, which has lower-case letters only; name every verb that is needed", " Only an aggregated API can serve it.")
}

// verbs reads a list of verbs by a rule. A valid verb that is not known is worth a warning if it is
// near to a known one, or if otherwise says what it is.
func (d *decoder) verbs(a *hcl.Attribute, known []string, valid func(string) bool, rule, otherwise string) []Value[string] {
	list := d.texts(a)
	for _, item := range list {
		if slices.Contains(known, item.Value) {
			continue
		}
		at, near := itemRange(item, a), diag.DidYouMean(strings.ToLower(item.Value), known)
		if advice := cmp.Or(near, otherwise); !valid(item.Value) {
			d.Error(at, "Invalid verb", "%q is not %s.%s", diag.Clip(item.Value), rule, near)
		} else if advice != "" {
			d.Warn(at, "Unusual verb", "%q is not a verb of the Kubernetes API.%s", diag.Clip(item.Value), advice)
		}
	}
	return list
}
