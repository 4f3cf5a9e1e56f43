package versions

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Constraint is a range of Kubernetes versions, such as ">= 1.30, < 1.38".
// No version lies in the zero Constraint.
type Constraint struct {
	raw         string
	constraints *semver.Constraints
}

// Parse reads a constraint. Package config says which syntax it has.
func Parse(s string) (Constraint, error) {
	constraints, err := parse(s)
	if err != nil {
		return Constraint{}, err
	}
	for _, suffix := range prerelease.FindAllStringSubmatch(s, -1) {
		if !kubernetesPrerelease.MatchString(suffix[1]) {
			return Constraint{}, fmt.Errorf("the suffix %q is a vendor's, and is dropped from a server's version before it is compared; leave it out", suffix[1])
		}
	}
	return Constraint{raw: s, constraints: constraints}, nil
}

// String gives the constraint as it was written.
func (c Constraint) String() string { return c.raw }

// Check tells whether v lies in the range. The patch of v is known; where it is
// not, [Constraint.CheckMinor] decides.
func (c Constraint) Check(v kubeapi.Version) bool {
	if c.constraints == nil {
		return false
	}
	return c.constraints.Check(semver.New(v.Major, v.Minor, v.Patch, v.Prerelease, ""))
}

// CheckMinor tells whether the releases of v's minor version lie in the range,
// whatever the patch of v is. Where v has the stage of a pre-release, the
// pre-releases of that stage before the first release count too. Where some
// versions lie in the range and others do not, it is not decided.
func (c Constraint) CheckMinor(v kubeapi.Version) (holds, decided bool) {
	first := kubeapi.Version{Major: v.Major, Minor: v.Minor}
	holds = c.Check(first)
	versions := []kubeapi.Version{first}
	if v.Prerelease != "" {
		first.Prerelease = v.Prerelease
		versions = append(versions, first)
	}
	// Only at a number that the constraint names does the answer change.
	for _, digits := range number.FindAllString(c.raw, -1) {
		n, err := strconv.ParseUint(digits, 10, 64)
		if err != nil {
			// Only the number of a pre-release can be as long.
			n = math.MaxUint64
		}
		for _, near := range []uint64{max(n, 1) - 1, n, max(n, n+1)} {
			versions = append(versions, kubeapi.Version{Major: v.Major, Minor: v.Minor, Patch: near})
			if v.Prerelease != "" {
				first.Prerelease = v.Prerelease + "." + strconv.FormatUint(near, 10)
				versions = append(versions, first)
			}
		}
	}
	for _, version := range versions {
		if c.Check(version) != holds {
			return false, false
		}
	}
	return holds, true
}

// Possible tells whether any version lies in all the ranges, and whether a release does. A range
// only ends at a version that it names, so it is enough to try the neighbours of these. A range that is
// very long is taken for possible.
func Possible(all ...Constraint) (possible, released bool) {
	texts := make([]string, 0, len(all))
	for _, c := range all {
		texts = append(texts, c.raw)
	}
	raw := strings.Join(texts, " || ")
	if len(raw) > maxJudgedRange {
		return true, true
	}
	var numbers []uint64
	// Only the numbers of pre-releases that the ranges name make a difference between them.
	suffixes := strings.Join(prerelease.FindAllString(raw, -1), " ")
	for _, digits := range number.FindAllString(suffixes, -1) {
		// A number that is too long for a version is no end.
		if n, err := strconv.ParseUint(digits, 10, 32); err == nil {
			numbers = append(numbers, max(n, 1)-1, n, n+1)
		}
	}
	prereleases := []string{"", "alpha.0"}
	for _, n := range numbers {
		for _, stage := range []string{"alpha", "beta", "rc"} {
			prereleases = append(prereleases, stage+"."+strconv.FormatUint(n, 10))
		}
	}
	slices.Sort(prereleases)
	named := append(namedVersion.FindAllStringSubmatch(raw, -1), []string{"", "1", "0", "0"})
	for _, prerelease := range slices.Compact(prereleases) {
		for _, named := range named {
			major, minor, patch := beside(named[1]), beside(named[2]), beside(named[3])
			for i := range len(major) * len(minor) * len(patch) {
				v := kubeapi.Version{
					Major: major[i%3], Minor: minor[i/3%3], Patch: patch[i/9], Prerelease: prerelease,
				}
				if !slices.ContainsFunc(all, func(c Constraint) bool { return !c.Check(v) }) {
					// Releases come first.
					return true, prerelease == ""
				}
			}
		}
	}
	return false, false
}

// maxJudgedRange bounds the ranges that are judged, in bytes: the time grows with the cube.
const maxJudgedRange = 200

// NamesPrerelease tells whether pre-releases are meant.
func (c Constraint) NamesPrerelease() bool { return prerelease.MatchString(c.raw) }

// beside gives a number and its neighbours. What is no number is 0.
func beside(digits string) []uint64 {
	n, _ := strconv.ParseUint(digits, 10, 32)
	return []uint64{n, n + 1, max(n, 1) - 1}
}

var (
	namedVersion = regexp.MustCompile(`([0-9]+)(?:\.([0-9]+|[xX*]))?(?:\.([0-9]+|[xX*]))?`)
	number       = regexp.MustCompile(`[0-9]+`)
	// prerelease finds the suffix of a version: "-rc.1", "-gke.100", "+k3s1".
	// Charts write "-0" for the lowest of all pre-releases.
	prerelease           = regexp.MustCompile(`[0-9xX*]([-+][0-9A-Za-z][0-9A-Za-z.+-]*)`)
	kubernetesPrerelease = regexp.MustCompile(`^-(0|(alpha|beta|rc)(\.[0-9]+)?)$`)
	pessimistic          = regexp.MustCompile(`~\s*>\s*v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?`)
)

func parse(s string) (*semver.Constraints, error) {
	if strings.TrimSpace(s) == "" {
		return nil, errors.New("it is empty")
	}
	if m := pessimistic.FindStringSubmatch(s); m != nil {
		return nil, noPessimism(m[1], m[2], m[3])
	}
	constraints, err := semver.NewConstraint(s)
	switch {
	case errors.Is(err, semver.ErrConstraintTooLong), errors.Is(err, semver.ErrTooManyConstraintGroups):
		return nil, err
	case err != nil:
		return nil, errors.New("comparisons such as \">= 1.30\" are joined by \",\" or \"||\"")
	}
	constraints.IncludePrerelease = true
	return constraints, nil
}

// noPessimism says what to write in place of Terraform's "~>".
func noPessimism(major, minor, patch string) error {
	if minor == "" || patch != "" {
		return fmt.Errorf("\"~>\" is not understood; write \"~%s%s%s\"", major, minor, patch)
	}
	// A number too long to count on from is left to the other spelling.
	next := semver.New(0, 0, 0, "", "")
	if v, err := semver.NewVersion(major); err == nil {
		*next = v.IncMajor()
	}
	return fmt.Errorf("\"~>\" means something else to Terraform; write \"~%s%s\" or \">= %s%s, < %d\"", major, minor, major, minor, next.Major())
}

// Meets tells whether a version of another program, such as kreconcile, meets a constraint. It is
// false for a version that cannot be read.
func Meets(constraint, version string) (bool, error) {
	constraints, err := parse(constraint)
	if err != nil {
		return false, err
	}
	v, err := semver.NewVersion(version)
	return err == nil && constraints.Check(v), nil
}
