package apply_test

import "fmt"

// condition writes an expression of type bool.
func (w *writer) condition(depth int) string {
	if depth == 0 || w.chance(25) {
		return w.fact()
	}
	sub := func() string { return w.condition(depth - 1) }
	forms := []func() string{
		func() string { return "(" + sub() + " && " + sub() + ")" },
		func() string { return "(" + sub() + " || " + sub() + ")" },
		func() string { return "!" + sub() },
		func() string { return "(" + sub() + " ? " + sub() + " : " + sub() + ")" },
		func() string { return "(" + sub() + " == " + sub() + ")" },
	}
	forms = append(forms, w.hardForms(sub)...)
	return forms[w.below(len(forms))]()
}

// hardForms distinguish unknown from false.
func (w *writer) hardForms(sub func() string) []func() string {
	return []func() string{
		func() string { return "can(" + sub() + ")" },
		func() string { return "try(" + sub() + ", " + sub() + ")" },
		func() string { return "(length(toset([" + sub() + ", " + sub() + "])) == 2)" },
		func() string { return "contains([" + sub() + ", " + sub() + "], true)" },
		func() string { return "alltrue([for x in toset([" + sub() + ", " + sub() + "]) : x])" },
		func() string { return "(tonumber(" + sub() + ` ? "1" : "n/a") == 1)` },
		func() string { return `(tonumber("n/a") > 30)` },
	}
}

func (w *writer) fact() string {
	if w.facts++; w.facts > 8 {
		return "true"
	}
	switch w.below(12) {
	case 0, 1, 2:
		return fmt.Sprintf("served(%q)", w.groupVersion())
	case 3, 4, 5:
		resource := w.one(resourceNames...)
		if w.chance(40) {
			resource += "/" + w.one(subresourceNames...)
		}
		return fmt.Sprintf("served(%q, %q)", w.groupVersion(), resource)
	case 6, 7:
		return fmt.Sprintf("kubernetes(%q)", versionRanges[w.below(len(versionRanges))].text)
	case 8:
		return fmt.Sprintf("allowed(%q, %q)", w.one("get", "create"), w.one(accessedResources...))
	case 9:
		return fmt.Sprintf("allowed(%q, %q, %q)", w.one("get", "create"), w.one(accessedResources...), w.one("other", "*"))
	case 10:
		return w.one(`(live.platform == "linux/amd64")`, `(live.git_version == "v1.30.4")`)
	}
	return w.one("true", "false")
}
