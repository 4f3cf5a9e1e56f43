package hint

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// IsKind tells whether s is written as a kind: as a label, but with its first letter in upper case.
func IsKind(s string) bool {
	label := strings.ToLower(s)
	return len(label) == len(s) && kubeapi.IsLabel(label) && label[0] != s[0]
}

// separate says that a group version, and the kind or resource behind it, are not one name.
func separate(api, name string) string {
	word := "kind"
	if !IsKind(name) {
		word = "resource"
		if b, found := find(name, anyGroup); found {
			name = b.plural
		}
	}
	return fmt.Sprintf("The apiVersion is %q; name the %s %q separately.", diag.Clip(api), word, diag.Clip(name))
}

// Behind says how to write the resource or kind that is behind a group version in what is none,
// as in "apps/v1/Deployment". It is empty for other texts.
func Behind(text string) string {
	switch parts := strings.Split(text, "/"); {
	case len(parts) == 3 && parts[0] != "" && parts[2] != "":
		return separate(parts[0]+"/"+parts[1], parts[2])
	case len(parts) == 2 && parts[1] != "" && kubeapi.IsVersionName(parts[0]):
		return separate(parts[0], parts[1])
	}
	return ""
}

// API says what a group version was meant to be. It is empty if Kubernetes or a CRD may serve it.
func API(gv kubeapi.GroupVersion) string {
	group, version := gv.Group, gv.Version
	full, meant := groupOf(group), ""
	// The table of resources takes time to build, and most names are right.
	isIn := func(group string) bool {
		if kubeapi.IsVersionName(version) {
			return false
		}
		_, found := find(version, group)
		return found
	}
	switch {
	case group == "core" && kubeapi.IsVersionName(version):
		meant = version
	case kubeapi.IsVersionName(group) && isIn(""):
		return separate(group, version)
	case kubeapi.IsVersionName(group):
		meant = cmp.Or(groupOf(version), version) + "/" + group
	case full != "" && isIn(full):
		return separate(full+"/v1", version)
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

// Name says what the name of a resource or a kind, as word says, was meant to be, if Kubernetes
// itself serves the group, and has it under another name.
func Name(word, name string, gv kubeapi.GroupVersion) string {
	first, sub, nested := strings.Cut(name, "/")
	b, found := find(first, gv.Group)
	meant := fmt.Sprintf("kind %q", b.kind)
	switch {
	case !found || gv.Version == "" || word == "resource" && first == b.plural || word == "kind" && (nested || first == b.kind):
		return ""
	case nested:
		meant = fmt.Sprintf("resource %q", diag.Clip(b.plural+"/"+sub))
	case word == "resource":
		meant = fmt.Sprintf("resource %q, or %s", b.plural, meant)
	}
	return fmt.Sprintf("Kubernetes has no %s %q in %s. Did you mean %s?", word, diag.Clip(first), gv, meant)
}

// Permission gives what a resource of a permission was probably meant to be: a plural, a dot
// and a group, a slash and a subresource. It is empty for a name that may be right.
func Permission(resource, group, sub string) string {
	named := strings.TrimSuffix(resource+"."+group, ".")
	first, behind, _ := strings.Cut(sub, "/")
	dotted, suffix, _ := strings.Cut(first, ".")
	_, isCore := find(named, "")
	isPlural := strings.HasSuffix(first, "s") && first != "status" && first != "finalizers"
	switch {
	case sub == "" || isCore:
	case kubeapi.IsVersionName(first) && behind != "":
		// A group version is before the resource, as in apps/v1/deployments.
		return spelled(behind, named, "")
	case suffix != "":
		return spelled(resource, suffix, dotted)
	case kubeapi.IsVersionName(named), named == "core":
		return spelled(first, "", behind)
	case groupOf(named) != "", group != "" && isPlural && !strings.HasSuffix(resource, "s"):
		return spelled(first, named, behind)
	}
	// kubectl spells resource, version and group, as in deployments.v1.apps.
	version, rest, _ := strings.Cut(group, ".")
	if kubeapi.IsVersionName(version) {
		group = rest
	}
	b, found := find(resource, cmp.Or(groupOf(group), group, anyGroup))
	switch {
	case found && spelled(b.plural, b.group, "") != named:
		return spelled(b.plural, b.group, sub)
	case !found && kubeapi.IsVersionName(version):
		return spelled(resource, group, sub)
	}
	return ""
}

// spelled writes a resource of a group as a permission names it, by its plural where that is known.
func spelled(name, group, sub string) string {
	group = cmp.Or(groupOf(group), group)
	if b, found := find(name, group); found {
		name = b.plural
	}
	return strings.TrimSuffix(strings.TrimSuffix(name+"."+group, ".")+"/"+sub, "/")
}
