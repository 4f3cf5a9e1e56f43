package config

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Slips are names that a declaration may have, but that are nearly always an error. They
// cause warnings, because an aggregated API may serve any name.

var strictVersion = regexp.MustCompile(`^v[0-9]+((alpha|beta)[0-9]+)?$`)

// apiSlip says what a group version was probably meant to be, or "". inside says where
// the name of a resource is written that stands behind a group version.
func apiSlip(gv kubeapi.GroupVersion, inside func(api, name string) string) string {
	group, version := gv.Group, gv.Version
	switch {
	case group == "":
		return ""
	case group == "core" && isStrictVersion(version):
		return fmt.Sprintf("The core group is written without a name. Did you mean %q?", version)
	case isStrictVersion(group):
		core := ""
		if _, found := findBuiltin(version, &core); found {
			return inside(group, version)
		}
		return fmt.Sprintf("The group comes before the version. Did you mean %q?", orSelf(builtinGroup(version), version)+"/"+group)
	}
	full := builtinGroup(group)
	if _, found := findBuiltin(version, &full); found && full != "" {
		return inside(full+"/v1", version)
	}
	switch {
	case full != "" && full != group:
		return fmt.Sprintf("Did you mean %q?", full+"/"+version)
	case full == "" && !strings.Contains(group, ".") && group != "extensions":
		// A CRD's group has a dot.
		if near := nearest.Name(group, []string{"apps", "autoscaling", "batch", "policy"}); near != "" {
			return fmt.Sprintf("Did you mean %q?", near+"/"+version)
		}
	}
	return ""
}

func orSelf(name, self string) string {
	if name == "" {
		return self
	}
	return name
}

// insideAPI says where a resource or kind is written that stands behind an apiVersion.
func insideAPI(api, name string) string {
	word := "resource"
	switch b, found := findBuiltin(name, nil); {
	case isKind(name):
		word = "kind"
	case found:
		name = b.plural
	}
	return fmt.Sprintf("Write %s %q in a block of its own, inside api %q.", word, diag.Clip(name), diag.Clip(api))
}

// insideServed says how served asks for what stands behind an apiVersion.
func insideServed(api string) string {
	parts := strings.Split(api, "/")
	at := len(parts) - 1
	if at == 0 || parts[at] == "" || at == 1 && !isStrictVersion(parts[0]) || at > 2 {
		return ""
	}
	call := servedCall(strings.Join(parts[:at], "/"), parts[at])
	return "; w" + strings.TrimSuffix(strings.TrimPrefix(call, "W"), ".")
}

// servedCall is how served asks for a resource or a kind.
func servedCall(api, name string) string {
	if isKind(name) {
		return fmt.Sprintf("Write served(%q, kind(%q)).", diag.Clip(api), diag.Clip(name))
	}
	if b, found := findBuiltin(name, nil); found {
		name = b.plural
	}
	return fmt.Sprintf("Write served(%q, %q).", diag.Clip(api), diag.Clip(name))
}

// resourceSlip says that a group which Kubernetes itself serves has no resource of a name
// that means another one, or "".
func resourceSlip(label string, gv kubeapi.GroupVersion) string {
	name, behind, nested := strings.Cut(label, "/")
	b, found := findBuiltin(name, &gv.Group)
	if !found || name == b.plural || gv.Version == "" {
		return ""
	}
	if nested {
		return fmt.Sprintf("Kubernetes has no resource %q in %s. Did you mean resource %q?", diag.Clip(name), gv, diag.Clip(b.plural+"/"+behind))
	}
	return fmt.Sprintf("Kubernetes has no resource %q in %s. Did you mean resource %q, or kind %q?", diag.Clip(name), gv, b.plural, b.kind)
}

// kindSlip does the same for a kind, in a label or an attribute.
func kindSlip(name string, gv kubeapi.GroupVersion, label bool) string {
	b, found := findBuiltin(name, &gv.Group)
	switch {
	case !found || name == b.kind || gv.Version == "":
		return ""
	case label && strings.EqualFold(name, b.plural) && !strings.EqualFold(name, b.kind):
		return fmt.Sprintf("Kubernetes has no kind %q in %s. Did you mean kind %q, or resource %q?", name, gv, b.kind, b.plural)
	}
	return fmt.Sprintf("Kubernetes has no kind %q in %s. Did you mean kind %q?", name, gv, b.kind)
}

// permissionSlip says which resource a permission was probably meant to name, or "".
func permissionSlip(r PermissionResource) string {
	named := r.Resource
	if r.Group != "" {
		named += "." + r.Group
	}
	sub, behind, deeper := strings.Cut(r.Subresource, "/")
	rest := ""
	if deeper {
		rest = "/" + behind
	}
	core := ""
	switch _, isCore := findBuiltin(named, &core); {
	case sub == "" || isCore:
	case isStrictVersion(sub) && behind != "":
		// A group version before the resource, as in apps/v1/deployments.
		return "A permission is for all versions of a group: leave the version out, and write the group behind a dot." +
			meantResource(behind, orSelf(builtinGroup(named), named), "")
	case strings.Contains(sub, "."):
		sub, group, _ := strings.Cut(sub, ".")
		return "The group is written before the slash." + meantResource(r.Resource, orSelf(builtinGroup(group), group), "/"+sub)
	case isStrictVersion(named), named == "core":
		return "A permission names no version, and the core group has no name." + meantResource(sub, "", rest)
	case builtinGroup(named) != "":
		return "The group is written behind the resource." + meantResource(sub, builtinGroup(named), rest)
	case looksLikeGroup(r, sub):
		return "The group is written behind the resource." + meantResource(sub, named, rest)
	}
	rest = ""
	if sub != "" {
		rest = "/" + r.Subresource
	}
	if version, group, _ := strings.Cut(r.Group, "."); isStrictVersion(version) {
		// As kubectl spells resource, version and group.
		b, found := findBuiltin(r.Resource, nil)
		if group == "" && found {
			group = b.group
		}
		return "A permission is for all versions of a group: leave the version out." + meantResource(r.Resource, group, rest)
	}
	if r.Group == "" {
		if b, found := findBuiltin(r.Resource, nil); found && b.resource() != r.Resource {
			reason := "A resource is named by its plural"
			if b.group != "" {
				reason += " and its group"
			}
			return fmt.Sprintf("%s. Did you mean %q?", reason, b.resource()+rest)
		}
		return ""
	}
	group := orSelf(builtinGroup(r.Group), r.Group)
	if b, found := findBuiltin(r.Resource, &group); found && b.resource() != named {
		return fmt.Sprintf("A resource is named by its plural and its group. Did you mean %q?", b.resource()+rest)
	}
	return ""
}

// looksLikeGroup tells whether what stands before a slash is rather a group: its first part
// is no plural, and what follows the slash is.
func looksLikeGroup(r PermissionResource, behind string) bool {
	isPlural := func(name string) bool {
		return strings.HasSuffix(name, "s") && name != "status" && name != "finalizers"
	}
	_, known := findBuiltin(r.Resource, &r.Group)
	return r.Group != "" && !known && !isPlural(r.Resource) && isPlural(behind)
}

// meantResource suggests a resource of a group, by its plural where that is known.
func meantResource(name, group, behind string) string {
	if b, found := findBuiltin(name, &group); found {
		name = b.plural
	}
	if group != "" {
		name += "." + group
	}
	return fmt.Sprintf(" Did you mean %q?", diag.Clip(name+behind))
}

// advice is a warning about an argument. Its zero value is none.
type advice struct{ summary, detail string }

// adviceOn gives advice on each of the first two arguments of a function that asks a
// cluster. An argument that is not known is empty.
func adviceOn(function string, args []string) [2]advice {
	var out [2]advice
	switch function {
	case funcKubernetes:
		constraint, err := ParseVersionConstraint(args[0])
		if err != nil {
			break
		}
		switch possible, released := possible(constraint); {
		case !possible:
			out[0] = advice{impossibleRange, fmt.Sprintf("No version lies in %q, so that this is always false.", diag.Clip(args[0]))}
		case !released && !constraint.namesPrerelease():
			out[0] = advice{onlyPrereleases, prereleasesOnly(args[0])}
		}
	case funcServed:
		gv, err := kubeapi.ParseGroupVersion(args[0])
		if err != nil {
			break
		}
		if slip := apiSlip(gv, servedCall); slip != "" {
			out[0] = advice{unusualAPI, fmt.Sprintf("Kubernetes has no API %q. %s", diag.Clip(args[0]), slip)}
		}
		if name := args[1]; isKind(name) {
			out[1] = advice{unusualResource, fmt.Sprintf("%q is not the plural name of a resource. To ask for a kind, write kind(%q).", name, name)}
		} else if slip := resourceSlip(name, gv); slip != "" {
			out[1] = advice{unusualResource, slip}
		}
	case funcAllowed:
		r, err := parsePermissionResource(args[1])
		if err != nil {
			break
		}
		if slip := resourceWarning(r); slip != "" {
			out[1] = advice{unusualResource, fmt.Sprintf("%q is not a resource as Kubernetes names it. %s", diag.Clip(args[1]), slip)}
		}
	}
	return out
}

// prereleasesOnly is what a warning says of such a range.
func prereleasesOnly(constraint string) string {
	return fmt.Sprintf("No release of Kubernetes lies in %q, but only pre-releases, such as alpha and beta versions. "+
		"A version without a patch is a whole minor version: > 1.30 begins with 1.31.", diag.Clip(constraint))
}
