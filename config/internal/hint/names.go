package hint

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

var (
	version = regexp.MustCompile(`^v[0-9]+((alpha|beta)[0-9]+)?$`)
	kind    = regexp.MustCompile(`^[A-Z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
)

// IsStrictVersion tells whether a name can only be a version, such as v1 or v1beta1.
func IsStrictVersion(s string) bool { return kubeapi.IsLabel(s) && version.MatchString(s) }

// IsKind tells whether s is a kind as Kubernetes writes them.
func IsKind(s string) bool { return kind.MatchString(s) }

// noun tells whether a name is of a kind or a resource, and gives it as it is written.
func noun(name string) (word, written string) {
	if IsKind(name) {
		return "kind", diag.Clip(name)
	}
	if b, found := find(name, anyGroup); found {
		name = b.plural
	}
	return "resource", diag.Clip(name)
}

// Writer says how to write what was behind a group version.
type Writer func(api, name string) string

// Block is for an api block.
func Block(api, name string) string {
	word, name := noun(name)
	return fmt.Sprintf("Write %s %q in a block of its own, inside api %q.", word, name, diag.Clip(api))
}

// Served is for the function served.
func Served(api, name string) string {
	word, name := noun(name)
	if word == "kind" {
		return fmt.Sprintf("Write served(%q, kind(%q)).", diag.Clip(api), name)
	}
	return fmt.Sprintf("Write served(%q, %q).", diag.Clip(api), name)
}

// Behind says how to write the resource or kind that is behind a group version in what is none,
// as in "apps/v1/Deployment". It is empty for other texts.
func Behind(text string, write Writer) string {
	switch parts := strings.Split(text, "/"); {
	case len(parts) == 3 && parts[0] != "" && parts[2] != "":
		return write(parts[0]+"/"+parts[1], parts[2])
	case len(parts) == 2 && parts[1] != "" && IsStrictVersion(parts[0]):
		return write(parts[0], parts[1])
	}
	return ""
}

// API says what a group version was probably meant to be. It is empty for one that
// Kubernetes, or a CRD, may serve.
func API(gv kubeapi.GroupVersion, write Writer) string {
	group, version := gv.Group, gv.Version
	full, meant := groupOf(group), ""
	_, isCore := find(version, "")
	_, isResource := find(version, full)
	switch {
	case group == "":
	case group == "core" && IsStrictVersion(version):
		return fmt.Sprintf("The core group is written without a name. Did you mean %q?", version)
	case IsStrictVersion(group) && isCore:
		return write(group, version)
	case IsStrictVersion(group):
		return fmt.Sprintf("The group comes before the version. Did you mean %q?", cmp.Or(groupOf(version), version)+"/"+group)
	case full != "" && isResource:
		return write(full+"/v1", version)
	case full != "" && full != group:
		meant = full
	case full == "" && !strings.Contains(group, ".") && group != "extensions":
		// A CRD's group has a dot.
		meant = nearest.Name(group, []string{"apps", "autoscaling", "batch", "policy"})
	}
	if meant == "" {
		return ""
	}
	return fmt.Sprintf("Did you mean %q?", meant+"/"+version)
}

// Resource says what the label of a resource block was meant to be, if Kubernetes itself
// serves the group, and what is meant under another name.
func Resource(label string, gv kubeapi.GroupVersion) string {
	name, behind, nested := strings.Cut(label, "/")
	b, found := find(name, gv.Group)
	if !found || name == b.plural || gv.Version == "" {
		return ""
	}
	no := fmt.Sprintf("Kubernetes has no resource %q in %s. Did you mean resource", diag.Clip(name), gv)
	if nested {
		return fmt.Sprintf("%s %q?", no, diag.Clip(b.plural+"/"+behind))
	}
	return fmt.Sprintf("%s %q, or kind %q?", no, b.plural, b.kind)
}

// Kind does the same for a kind, in the label of a block or in an attribute.
func Kind(name string, gv kubeapi.GroupVersion, label bool) string {
	b, found := find(name, gv.Group)
	if !found || name == b.kind || gv.Version == "" {
		return ""
	}
	or := ""
	if label && strings.EqualFold(name, b.plural) && !strings.EqualFold(name, b.kind) {
		or = fmt.Sprintf(", or resource %q", b.plural)
	}
	return fmt.Sprintf("Kubernetes has no kind %q in %s. Did you mean kind %q%s?", name, gv, b.kind, or)
}
