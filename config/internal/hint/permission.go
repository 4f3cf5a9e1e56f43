package hint

import (
	"cmp"
	"strings"
)

// Permission gives what a resource of a permission was probably meant to be: a plural, a dot
// and a group, a slash and a subresource. It is empty for a name that may be right.
func Permission(resource, group, sub string) string {
	named := strings.TrimSuffix(resource+"."+group, ".")
	first, behind, _ := strings.Cut(sub, "/")
	dotted, suffix, _ := strings.Cut(first, ".")
	_, isCore := find(named, "")
	switch {
	case sub == "" || isCore:
	case IsStrictVersion(first) && behind != "":
		// A group version is before the resource, as in apps/v1/deployments.
		return spelled(behind, named, "")
	case suffix != "":
		return spelled(resource, suffix, dotted)
	case IsStrictVersion(named), named == "core":
		return spelled(first, "", behind)
	case groupOf(named) != "", looksLikeGroup(resource, group, first):
		return spelled(first, named, behind)
	}
	if version, rest, _ := strings.Cut(group, "."); IsStrictVersion(version) {
		// kubectl spells resource, version and group so.
		if b, found := find(resource, anyGroup); rest == "" && found {
			rest = b.group
		}
		return spelled(resource, rest, sub)
	}
	b, found := find(resource, cmp.Or(groupOf(group), group, anyGroup))
	if !found || spelled(b.plural, b.group, "") == named {
		return ""
	}
	return spelled(b.plural, b.group, sub)
}

// looksLikeGroup tells whether what is before a slash is rather a group: its first part is
// no plural, and what follows the slash is.
func looksLikeGroup(resource, group, behind string) bool {
	isPlural := func(name string) bool {
		return strings.HasSuffix(name, "s") && name != "status" && name != "finalizers"
	}
	_, known := find(resource, group)
	return group != "" && !known && !isPlural(resource) && isPlural(behind)
}

// spelled writes a resource of a group as a permission names it, by its plural where that is known.
func spelled(name, group, sub string) string {
	group = cmp.Or(groupOf(group), group)
	if b, found := find(name, group); found {
		name = b.plural
	}
	return strings.TrimSuffix(strings.TrimSuffix(name+"."+group, ".")+"/"+sub, "/")
}
