package kubeapi

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/internal/pattern"
)

// Version is the Kubernetes release that an API server reports.
type Version struct {
	Major, Minor, Patch uint64
	// PatchUnknown is set if the patch cannot be read. Then Patch is 0 and means
	// nothing: the version may be any release of its minor version.
	PatchUnknown bool
	// Prerelease is "alpha.2", "beta.0" or "rc.1", perhaps without the number, and
	// empty for a release. If the patch is unknown, it is only the stage, and the
	// version may also be a pre-release of that stage before the first release of its
	// minor version.
	Prerelease string
}

// String returns the version without a leading v: "1.31.0-rc.1". It omits an unknown
// patch: "1.31".
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d", v.Major, v.Minor)
	if !v.PatchUnknown {
		s += fmt.Sprintf(".%d", v.Patch)
	}
	if v.Prerelease != "" {
		s += "-" + v.Prerelease
	}
	return s
}

var (
	gitVersion = pattern.New(`(?s)^v?(\d{1,9})\.(\d{1,9})($|[-+.].*|(?i:alpha|beta|rc).*)`)
	gitPatch   = pattern.New(`(?s)^\.(\d{1,9})($|[-+.].*)`)
	// staged matches a suffix that begins like a pre-release, and prerelease one that
	// is written as Kubernetes does.
	staged     = pattern.New(`(?i)^[-.](?:alpha|beta|rc)(?:[^a-z]|$)`)
	prerelease = pattern.New(`(?i)^-(alpha|beta|rc)(?:$|[-+]|\.?(\d{1,9})(?:$|[-+.]))`)
	// lowest matches the stage of a possible pre-release of the first patch, in a
	// form that cannot be parsed: "-rc.1", ".x-rc.1", ".0rc1", ".0~beta".
	lowest = pattern.New(`(?i)^(?:\.0*[x*]?)?[^0-9a-z]?(alpha|beta|rc)(?:[^a-z]|$)`)
)

// ParseVersion reads the gitVersion of GET /version. It drops a vendor's suffix,
// because that says nothing about the API: "v1.31.4-gke.1183000",
// "v1.29.3-eks-adc7111" and "v1.30.2+k3s1" are 1.31.4, 1.29.3 and 1.30.2. It keeps
// Kubernetes' own -alpha, -beta and -rc. The patch is unknown if there is none, or if
// something other than "-", "+" or "." follows it, as in "v1.30.4_vendor". An
// unreadable minor version is an error.
func ParseVersion(git string) (Version, error) {
	m := gitVersion.Get().FindStringSubmatch(git)
	if m == nil {
		return Version{}, fmt.Errorf("%q is not a version such as v1.31.4", git)
	}
	// The patterns allow at most nine digits, which always fit.
	number := func(s string) uint64 { n, _ := strconv.ParseUint(s, 10, 64); return n }
	v := Version{Major: number(m[1]), Minor: number(m[2])}
	patch := gitPatch.Get().FindStringSubmatch(m[3])
	if len(patch) > 0 && !staged.Get().MatchString(patch[2]) {
		v.Patch = number(patch[1])
		return v, nil
	}
	if patch != nil {
		if pre := prerelease.Get().FindStringSubmatch(patch[2]); pre != nil {
			v.Patch, v.Prerelease = number(patch[1]), strings.ToLower(pre[1])
			if pre[2] != "" {
				v.Prerelease += "." + strconv.FormatUint(number(pre[2]), 10)
			}
			return v, nil
		}
	}
	v.PatchUnknown = true
	if stage := lowest.Get().FindStringSubmatch(m[3]); stage != nil {
		v.Prerelease = strings.ToLower(stage[1])
	}
	return v, nil
}

// ParseMajorMinor reads the major and minor fields of GET /version, or those of the
// release that a server emulates. A vendor's "27+" is 27. The patch is unknown.
func ParseMajorMinor(major, minor string) (Version, error) {
	x, err := strconv.ParseUint(strings.TrimSuffix(major, "+"), 10, 32)
	if err != nil {
		return Version{}, fmt.Errorf("major %q is not a number", major)
	}
	y, err := strconv.ParseUint(strings.TrimSuffix(minor, "+"), 10, 32)
	if err != nil {
		return Version{}, fmt.Errorf("minor %q is not a number", minor)
	}
	return Version{Major: x, Minor: y, PatchUnknown: true}, nil
}
