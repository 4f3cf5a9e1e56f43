package hint

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// IsStrictVersion tells whether a name can only be a version, such as v1 or v1beta1.
func IsStrictVersion(s string) bool {
	number, isVersion := strings.CutPrefix(s, "v")
	return isVersion && kubeapi.IsLabel(s) && (isNumber(number) || areNumbers(number, "alpha") || areNumbers(number, "beta"))
}

func areNumbers(s, between string) bool {
	first, second, found := strings.Cut(s, between)
	return found && isNumber(first) && isNumber(second)
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// IsKind tells whether s is a kind as Kubernetes writes them. It is a label with an upper-case
// letter first, and perhaps others.
func IsKind(s string) bool {
	label := strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
	return kubeapi.IsLabel(label) && label[0] != s[0]
}

// Writer says how to write what was behind a group version: a word for what it is, and its name.
type Writer func(api, word, name string) string

// Block is for an api block.
func Block(api, word, name string) string {
	return fmt.Sprintf("Write %s %q in a block of its own, inside api %q.", word, name, api)
}

// Served is for the function served.
func Served(api, word, name string) string {
	if word == "kind" {
		return fmt.Sprintf("Write served(%q, kind(%q)).", api, name)
	}
	return fmt.Sprintf("Write served(%q, %q).", api, name)
}

// by writes a kind or a resource, as its name is spelled.
func (write Writer) by(api, name string) string {
	word := "kind"
	if !IsKind(name) {
		word = "resource"
		if b, found := find(name, anyGroup); found {
			name = b.plural
		}
	}
	return write(diag.Clip(api), word, diag.Clip(name))
}

// Behind says how to write the resource or kind that is behind a group version in what is none,
// as in "apps/v1/Deployment". It is empty for other texts.
func Behind(text string, write Writer) string {
	switch parts := strings.Split(text, "/"); {
	case len(parts) == 3 && parts[0] != "" && parts[2] != "":
		return write.by(parts[0]+"/"+parts[1], parts[2])
	case len(parts) == 2 && parts[1] != "" && IsStrictVersion(parts[0]):
		return write.by(parts[0], parts[1])
	}
	return ""
}

// API says what a group version was probably meant to be. It is empty for one that
// Kubernetes, or a CRD, may serve.
func API(gv kubeapi.GroupVersion, write Writer) string {
	group, version := gv.Group, gv.Version
	full, meant := groupOf(group), ""
	// The table of resources takes time to build, and most names are right.
	isIn := func(group string) bool {
		if IsStrictVersion(version) {
			return false
		}
		_, found := find(version, group)
		return found
	}
	switch {
	case group == "core" && IsStrictVersion(version):
		meant = version
	case IsStrictVersion(group) && isIn(""):
		return write.by(group, version)
	case IsStrictVersion(group):
		meant = cmp.Or(groupOf(version), version) + "/" + group
	case full != "" && isIn(full):
		return write.by(full+"/v1", version)
	case full != "" && full != group:
		meant = full + "/" + version
	case group != "" && full == "" && !strings.Contains(group, ".") && group != "extensions":
		// A CRD's group has a dot.
		if near := nearest.Name(group, []string{"apps", "autoscaling", "batch", "policy"}); near != "" {
			meant = near + "/" + version
		}
	}
	if meant == "" {
		return ""
	}
	return fmt.Sprintf("Did you mean %q?", meant)
}

// Resource says what the label of a resource block was meant to be, if Kubernetes itself
// serves the group, and what is meant under another name.
func Resource(label string, gv kubeapi.GroupVersion) string {
	name, behind, nested := strings.Cut(label, "/")
	b, found := find(name, gv.Group)
	switch {
	case !found || name == b.plural || gv.Version == "":
		return ""
	case nested:
		return fmt.Sprintf("Kubernetes has no resource %q in %s. Did you mean resource %q?", diag.Clip(name), gv, diag.Clip(b.plural+"/"+behind))
	}
	return fmt.Sprintf("Kubernetes has no resource %q in %s. Did you mean resource %q, or kind %q?", diag.Clip(name), gv, b.plural, b.kind)
}

// Kind does the same for a kind, in the label of a block or in an attribute.
func Kind(name string, gv kubeapi.GroupVersion, label bool) string {
	b, found := find(name, gv.Group)
	switch {
	case !found || name == b.kind || gv.Version == "":
		return ""
	case label && strings.EqualFold(name, b.plural) && !strings.EqualFold(name, b.kind):
		return fmt.Sprintf("Kubernetes has no kind %q in %s. Did you mean kind %q, or resource %q?", name, gv, b.kind, b.plural)
	}
	return fmt.Sprintf("Kubernetes has no kind %q in %s. Did you mean kind %q?", name, gv, b.kind)
}
