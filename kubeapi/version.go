package kubeapi

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Version is the release of Kubernetes that an API server says it is.
type Version struct {
	Major, Minor, Patch uint64
	// Prerelease is "alpha.2", "beta.0" or "rc.1", perhaps without the number, and
	// empty for a release.
	Prerelease string
}

// String gives the version without a leading v: "1.31.0-rc.1".
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	if v.Prerelease != "" {
		s += "-" + v.Prerelease
	}
	return s
}

var gitVersion = regexp.MustCompile(`^v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:-((?:alpha|beta|rc)(?:\.?\d{1,9})?))?(?:$|[-+.])`)

// ParseVersion reads the gitVersion of GET /version. What a vendor appends is
// dropped, because it says nothing about the API: "v1.31.4-gke.1183000",
// "v1.29.3-eks-adc7111" and "v1.30.2+k3s1" are 1.31.4, 1.29.3 and 1.30.2.
// Kubernetes' own -alpha, -beta and -rc are kept.
func ParseVersion(git string) (Version, error) {
	m := gitVersion.FindStringSubmatch(git)
	if m == nil {
		return Version{}, fmt.Errorf("%q is not a version such as v1.31.4", git)
	}
	// The pattern admits nine digits at most, which always fit.
	number := func(s string) uint64 { n, _ := strconv.ParseUint(s, 10, 64); return n }
	return Version{Major: number(m[1]), Minor: number(m[2]), Patch: number(m[3]), Prerelease: m[4]}, nil
}

// ParseMajorMinor reads the major and minor fields of GET /version, for a server
// whose gitVersion cannot be read. A vendor's "27+" is 27. The patch is 0,
// because it is not known.
func ParseMajorMinor(major, minor string) (Version, error) {
	x, err := strconv.ParseUint(strings.TrimSuffix(major, "+"), 10, 32)
	if err != nil {
		return Version{}, fmt.Errorf("major %q is not a number", major)
	}
	y, err := strconv.ParseUint(strings.TrimSuffix(minor, "+"), 10, 32)
	if err != nil {
		return Version{}, fmt.Errorf("minor %q is not a number", minor)
	}
	return Version{Major: x, Minor: y}, nil
}
