package hint

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// Why a resource is not written as a permission names it.
const (
	noVersion   = "A permission is for all versions of a group: leave the version out"
	groupBehind = "The group is written behind the resource."
)

// Permission says what a resource of a permission was probably meant to be: a plural, a dot
// and a group, a slash and a subresource. It is empty for a name that may be right.
func Permission(resource, group, sub string) string {
	named := resource
	if group != "" {
		named += "." + group
	}
	first, behind, _ := strings.Cut(sub, "/")
	_, isCore := find(named, "")
	switch {
	case sub == "" || isCore:
	case IsStrictVersion(first) && behind != "":
		// A group version is before the resource, as in apps/v1/deployments.
		return noVersion + ", and write the group behind a dot." + didYouMean(behind, cmp.Or(groupOf(named), named), "")
	case strings.Contains(first, "."):
		first, group, _ := strings.Cut(first, ".")
		return "The group is written before the slash." + didYouMean(resource, cmp.Or(groupOf(group), group), first)
	case IsStrictVersion(named), named == "core":
		return "A permission names no version, and the core group has no name." + didYouMean(first, "", behind)
	case groupOf(named) != "", looksLikeGroup(resource, group, first):
		return groupBehind + didYouMean(first, cmp.Or(groupOf(named), named), behind)
	}
	if version, rest, _ := strings.Cut(group, "."); IsStrictVersion(version) {
		// kubectl spells resource, version and group so.
		if b, found := find(resource, anyGroup); rest == "" && found {
			rest = b.group
		}
		return noVersion + "." + didYouMean(resource, rest, sub)
	}
	within := cmp.Or(groupOf(group), group, anyGroup)
	b, found := find(resource, within)
	meant := b.plural
	if b.group != "" {
		meant += "." + b.group
	}
	switch {
	case !found || meant == named:
		return ""
	case b.group == "":
		return "A resource is named by its plural." + didYouMean(resource, b.group, sub)
	}
	return "A resource is named by its plural and its group." + didYouMean(resource, b.group, sub)
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

// didYouMean suggests a resource of a group, by its plural where that is known.
func didYouMean(name, group, sub string) string {
	if b, found := find(name, group); found {
		name = b.plural
	}
	if group != "" {
		name += "." + group
	}
	if sub != "" {
		name += "/" + sub
	}
	return fmt.Sprintf(" Did you mean %q?", diag.Clip(name))
}
