package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Selection is a release that someone chose, and maybe a patch of it.
type Selection struct {
	Release Release
	// Version is "1.34" for any patch, or "1.34.2".
	Version string
	// Patch is empty for any patch. Otherwise it is a gitVersion such as "v1.34.2".
	Patch string
}

// Parse reads lists of releases, such as "1.31,1.34.2", "1.31..1.37", "1.31.." and "all". A
// range has all releases from the first to the last. The selections are in the order of
// the values, each once. An error names the value, and the releases that are known.
func Parse(values []string) ([]Selection, error) {
	var list []Selection
	for _, value := range values {
		for text := range strings.SplitSeq(value, ",") {
			found, err := parseRange(strings.TrimSpace(text))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", value, err)
			}
			for _, r := range found {
				if !slices.Contains(list, r) {
					list = append(list, r)
				}
			}
		}
	}
	return list, nil
}

// parseRange reads a release, a range such as "1.31..1.37" or "1.31..", or "all".
func parseRange(text string) ([]Selection, error) {
	all := Releases()
	from, to, isRange := strings.Cut(text, "..")
	switch {
	case text == "all":
		from, to = "", ""
	case !isRange:
		r, err := parseOne(text)
		return []Selection{r}, err
	}
	bound := func(text string, open Release) (uint64, error) {
		if text == "" {
			return open.Version().Minor, nil
		}
		r, err := parseOne(text)
		if err == nil && r.Patch != "" {
			err = fmt.Errorf("a range is of minor releases, such as %s..%s", all[0], all[len(all)-1])
		}
		return r.Release.Version().Minor, err
	}
	first, err := bound(from, all[0])
	if err != nil {
		return nil, err
	}
	last, err := bound(to, all[len(all)-1])
	if err != nil {
		return nil, err
	}
	if first > last {
		return nil, fmt.Errorf("%s is newer than %s", from, to)
	}
	var list []Selection
	for _, r := range all {
		if minor := r.Version().Minor; first <= minor && minor <= last {
			list = append(list, Selection{Release: r, Version: r.String()})
		}
	}
	return list, nil
}

// parseOne reads one release.
func parseOne(text string) (Selection, error) {
	all := Releases()
	unknown := fmt.Errorf("%q is no release that kreconcile knows: it knows %s to %s", text, all[0], all[len(all)-1])
	v, err := kubeapi.ParseVersion("v" + strings.TrimPrefix(text, "v"))
	if err != nil {
		return Selection{}, unknown
	}
	r, found := Find(v)
	t := Selection{Release: r, Version: r.String()}
	if !v.PatchUnknown {
		t.Version, t.Patch = v.String(), "v"+v.String()
	}
	// What the version drops, such as a vendor's suffix, would be ignored in silence.
	if !found || strings.TrimPrefix(text, "v") != t.Version {
		return Selection{}, unknown
	}
	return t, nil
}
