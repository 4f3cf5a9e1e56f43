package versions

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/internal/pattern"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Constraint is a range of Kubernetes versions, such as ">= 1.30, < 1.38".
// No version lies in the zero Constraint.
type Constraint struct {
	raw    string
	ranges ranges
}

// Parse reads a constraint. Package config says which syntax it has.
func Parse(s string) (Constraint, error) {
	ranges, err := parse(s)
	if err != nil {
		return Constraint{}, err
	}
	for _, suffix := range prerelease.Get().FindAllStringSubmatch(s, -1) {
		if !kubernetesPrerelease.Get().MatchString(suffix[1]) {
			return Constraint{}, fmt.Errorf("the suffix %q is a vendor's, and is dropped from a server's version before it is compared; leave it out", suffix[1])
		}
	}
	return Constraint{raw: s, ranges: ranges}, nil
}

// String gives the constraint as it was written.
func (c Constraint) String() string { return c.raw }

// Check tells whether v lies in the range. The patch of v is known; where it is
// not, [Constraint.CheckMinor] decides.
func (c Constraint) Check(v kubeapi.Version) bool { return c.ranges.meets(v) }

// CheckMinor tells whether the releases of v's minor version lie in the range,
// whatever the patch of v is. Where v has the stage of a pre-release, the
// pre-releases of that stage before the first release count too. Where some
// versions lie in the range and others do not, it is not decided.
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
func Possible(all ...Constraint) (possible, released bool) {
	texts := []string{"1.0.0"}
	for _, c := range all {
		texts = append(texts, c.raw)
	}
	ranges := strings.Join(texts, " || ")
	if len(ranges) > maxJudgedRange {
		return true, true
	}
	for v := range near(ranges) {
		if !slices.ContainsFunc(all, func(c Constraint) bool { return !c.Check(v) }) {
			return true, v.Prerelease == ""
		}
	}
	return false, false
}

// maxJudgedRange is in bytes.
const maxJudgedRange = 400

// near gives the versions that ranges name, and their neighbours, releases first. A range only
// ends at one of them.
func near(ranges string) iter.Seq[kubeapi.Version] {
	prereleases := []string{""}
	suffixes := strings.Join(prerelease.Get().FindAllString(ranges, -1), " ")
	for _, digits := range append(number.Get().FindAllString(suffixes, -1), "0") {
		for _, stage := range []string{"alpha", "beta", "rc"} {
			prereleases = append(prereleases, stage)
			for _, n := range beside(digits) {
				prereleases = append(prereleases, stage+"."+strconv.FormatUint(n, 10))
			}
		}
	}
	slices.Sort(prereleases)
	return func(yield func(kubeapi.Version) bool) {
		for _, prerelease := range slices.Compact(prereleases) {
			for _, named := range namedVersion.Get().FindAllStringSubmatch(ranges, -1) {
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

// NamesPrerelease tells whether pre-releases are meant.
func (c Constraint) NamesPrerelease() bool { return prerelease.Get().MatchString(c.raw) }

// beside gives a number and its neighbours. What is no number is 0, and what is too long is the largest.
func beside(digits string) []uint64 {
	n, _ := strconv.ParseUint(digits, 10, 64)
	return []uint64{n, max(n, n+1), max(n, 1) - 1}
}

var (
	namedVersion = pattern.New(`([0-9]+)(?:\.([0-9]+|[xX*]))?(?:\.([0-9]+|[xX*]))?`)
	number       = pattern.New(`[0-9]+`)
	// prerelease finds the suffix of a version: "-rc.1", "-gke.100", "+k3s1".
	// Charts write "-0" for the lowest of all pre-releases.
	prerelease           = pattern.New(`[0-9xX*]([-+][0-9A-Za-z][0-9A-Za-z.+-]*)`)
	kubernetesPrerelease = pattern.New(`^-(0|(alpha|beta|rc)(\.[0-9]+)?)$`)
	pessimistic          = pattern.New(`~\s*>`)
)

func parse(s string) (ranges, error) {
	switch {
	case strings.TrimSpace(s) == "":
		return nil, errors.New("it is empty")
	case pessimistic.Get().MatchString(s):
		return nil, errors.New("\"~>\" means something else to Terraform; write \"~1.30\" for any patch of 1.30, or \">= 1.30, < 2\"")
	}
	return parseRanges(s)
}

// Meets tells whether a version of another program, such as kreconcile, meets a constraint. It is
// false for a version that cannot be read.
func Meets(constraint, version string) (bool, error) {
	ranges, err := parse(constraint)
	if err != nil {
		return false, err
	}
	v, rest, ok := parseVersion(version)
	return ok && rest == "" && !v.wild && ranges.meets(v.Version), nil
}
