package versions

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/internal/pattern"
	"github.com/kreconcile/kreconcile/internal/ranges"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Constraint is a range of Kubernetes versions. No version lies in the zero Constraint.
type Constraint struct {
	raw    string
	ranges ranges.Ranges
}

// Parse reads a constraint. Package config says which syntax it has.
func Parse(s string) (Constraint, error) {
	parsed, err := parse(s)
	if err != nil {
		return Constraint{}, err
	}
	for _, suffix := range prerelease.Get().FindAllStringSubmatch(s, -1) {
		if !kubernetesPrerelease.Get().MatchString(suffix[1]) {
			return Constraint{}, fmt.Errorf("the suffix %q is a vendor's, and is dropped from a server's version before it is compared; leave it out", suffix[1])
		}
	}
	return Constraint{raw: s, ranges: parsed}, nil
}

// String gives the constraint as it was written.
func (c Constraint) String() string { return c.raw }

// Check tells whether v, whose patch is known, lies in the range.
func (c Constraint) Check(v kubeapi.Version) bool { return c.ranges.Meet(v) }

// CheckMinor tells whether the releases of v's minor version lie in the range, and if v has the stage
// of a pre-release, those of that stage before the first release. If only some do, it is not decided.
func (c Constraint) CheckMinor(v kubeapi.Version) (holds, decided bool) {
	holds = c.Check(kubeapi.Version{Major: v.Major, Minor: v.Minor})
	for one := range near(fmt.Sprintf("%s || %d.%d.0", c.raw, v.Major, v.Minor)) {
		stage, _, _ := strings.Cut(one.Prerelease, ".")
		counts := stage == "" || stage == v.Prerelease && one.Patch == 0
		if counts && one.Major == v.Major && one.Minor == v.Minor && c.Check(one) != holds {
			return false, false
		}
	}
	return holds, true
}

// Possible tells whether any version lies in all the ranges, and whether a release does. Ranges
// that are very long are taken for possible, because the time grows with the cube.
func Possible(constraints ...Constraint) (possible, released bool) {
	texts := []string{"1.0.0"}
	for _, c := range constraints {
		texts = append(texts, c.raw)
	}
	all := strings.Join(texts, " || ")
	if len(all) > 400 {
		return true, true
	}
	for v := range near(all) {
		if !slices.ContainsFunc(constraints, func(c Constraint) bool { return !c.Check(v) }) {
			return true, v.Prerelease == ""
		}
	}
	return false, false
}

// NamesPrerelease tells whether pre-releases are meant.
func (c Constraint) NamesPrerelease() bool { return prerelease.Get().MatchString(c.raw) }

// near gives the versions where ranges can end, and their neighbours. Releases come first.
func near(text string) iter.Seq[kubeapi.Version] {
	stages := []string{"alpha", "beta", "rc"}
	prereleases := append([]string{""}, stages...)
	suffixes := strings.Join(prerelease.Get().FindAllString(text, -1), " ")
	for _, digits := range append(number.Get().FindAllString(suffixes, -1), "0") {
		for _, n := range beside(digits) {
			for _, stage := range stages {
				prereleases = append(prereleases, fmt.Sprintf("%s.%d", stage, n))
			}
		}
	}
	slices.Sort(prereleases)
	return func(yield func(kubeapi.Version) bool) {
		for _, prerelease := range slices.Compact(prereleases) {
			for _, named := range namedVersion.Get().FindAllStringSubmatch(text, -1) {
				major, minor, patch := beside(named[1]), beside(named[2]), beside(named[3])
				for i := range 27 {
					if !yield(kubeapi.Version{Major: major[i%3], Minor: minor[i/3%3], Patch: patch[i/9], Prerelease: prerelease}) {
						return
					}
				}
			}
		}
	}
}

// beside gives a number and its neighbours. What is no number is 0, and what is too long is the largest.
func beside(digits string) []uint64 {
	n, _ := strconv.ParseUint(digits, 10, 64)
	return []uint64{n, max(n, n+1), max(n, 1) - 1}
}

var (
	namedVersion = pattern.New(`([0-9]+)(?:\.([0-9]+|[xX*]))?(?:\.([0-9]+|[xX*]))?`)
	number       = pattern.New(`[0-9]+`)
	// prerelease finds a suffix: "-rc.1", "-gke.100", "+k3s1", and "-0" for the lowest pre-release.
	prerelease           = pattern.New(`[0-9xX*]([-+][0-9A-Za-z][0-9A-Za-z.+-]*)`)
	kubernetesPrerelease = pattern.New(`^-(0|(alpha|beta|rc)(\.[0-9]+)?)$`)
	pessimistic          = pattern.New(`~\s*>`)
)

func parse(s string) (ranges.Ranges, error) {
	switch {
	case strings.TrimSpace(s) == "":
		return nil, errors.New("it is empty")
	case pessimistic.Get().MatchString(s):
		return nil, errors.New("\"~>\" means something else to Terraform; write \"~1.30\" for any patch of 1.30, or \">= 1.30, < 2\"")
	}
	return ranges.Parse(s)
}

// Meets tells whether a version of kreconcile can be read and meets a constraint.
func Meets(constraint, version string) (bool, error) {
	parsed, err := parse(constraint)
	return err == nil && parsed.MeetText(version), err
}
