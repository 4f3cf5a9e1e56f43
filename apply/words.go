package apply

import (
	"slices"
	"strconv"
	"strings"
)

// areServed gives "v1 is served" or "v1 and v1beta1 are served", and nothing for
// no names.
func areServed(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is served"
	}
	return list(names) + " are served"
}

// list gives "a", "a and b" or "a, b and c"; past ten names it counts the rest.
func list(names []string) string {
	return joined(names, " and ", func(name string) string { return name })
}

// alternatives gives values, quoted, with "or" before the last.
func alternatives(values []string) string {
	return joined(values, " or ", strconv.Quote)
}

func joined(names []string, last string, show func(string) string) string {
	const most = 10
	extra := len(names) - most
	names = slices.Clone(names[:min(len(names), most)])
	for i, name := range names {
		names[i] = show(name)
	}
	if extra > 0 {
		return strings.Join(names, ", ") + last + strconv.Itoa(extra) + " more"
	}
	n := len(names) - 1
	if n == 0 {
		return names[0]
	}
	return strings.Join(names[:n], ", ") + last + names[n]
}
