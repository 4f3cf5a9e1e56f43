package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// The flags that name targets other than a live cluster.
const (
	snapshotFlag = "snapshot"
	releaseFlag  = "release"
)

// releaseTarget is a release to judge.
type releaseTarget struct {
	catalog.Release
	// version is "1.34" for any patch, or "1.34.2". patch is empty in the first case, and
	// "v1.34.2" in the second.
	version, patch string
}

// releaseTargets reads the values of --release, such as "1.31,1.34.2", "1.31..1.37" and "all".
// The releases are in the order of the command line, each once.
func releaseTargets(values []string) ([]releaseTarget, error) {
	var list []releaseTarget
	for _, value := range values {
		for text := range strings.SplitSeq(value, ",") {
			found, err := releasesOf(strings.TrimSpace(text))
			if err != nil {
				return nil, fmt.Errorf("--release %s: %w", value, err)
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

// releasesOf reads a release, a range such as "1.31..1.37" or "1.31..", or "all".
func releasesOf(text string) ([]releaseTarget, error) {
	all := catalog.Releases()
	from, to, isRange := strings.Cut(text, "..")
	switch {
	case text == "all":
		from, to = "", ""
	case !isRange:
		r, err := releaseOf(text)
		return []releaseTarget{r}, err
	}
	bound := func(text string, open catalog.Release) (uint64, error) {
		if text == "" {
			return open.Version().Minor, nil
		}
		r, err := releaseOf(text)
		if err == nil && r.patch != "" {
			err = fmt.Errorf("a range is of minor releases, such as %s..%s", all[0], all[len(all)-1])
		}
		return r.Version().Minor, err
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
	var list []releaseTarget
	for _, r := range all {
		if minor := r.Version().Minor; first <= minor && minor <= last {
			list = append(list, releaseTarget{Release: r, version: r.String()})
		}
	}
	return list, nil
}

// releaseOf reads one release.
func releaseOf(text string) (releaseTarget, error) {
	all := catalog.Releases()
	unknown := fmt.Errorf("%q is no release that kreconcile knows: it knows %s to %s", text, all[0], all[len(all)-1])
	v, err := kubeapi.ParseVersion("v" + strings.TrimPrefix(text, "v"))
	if err != nil {
		return releaseTarget{}, unknown
	}
	r, found := catalog.Find(v)
	t := releaseTarget{Release: r, version: r.String()}
	if !v.PatchUnknown {
		t.version, t.patch = v.String(), "v"+v.String()
	}
	// What the version drops, such as a vendor's suffix, would be ignored in silence.
	if !found || strings.TrimPrefix(text, "v") != t.version {
		return releaseTarget{}, unknown
	}
	return t, nil
}
