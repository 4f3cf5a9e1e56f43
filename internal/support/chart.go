package support

import (
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/internal/ranges"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// KubeVersion is that of a chart, which promises the versions that it allows. The zero KubeVersion is that of a chart
// without one, which promises all.
type KubeVersion struct {
	text   string
	ranges ranges.Ranges
}

// ErrTooLong is the error for a constraint that Helm does not take because of its length.
var ErrTooLong = ranges.ErrTooLong

// ParseKubeVersion reads a constraint as Helm does. As there, an empty one is none.
func ParseKubeVersion(text string) (KubeVersion, error) {
	if text == "" {
		return KubeVersion{}, nil
	}
	parsed, err := ranges.Parse(text)
	return KubeVersion{text, parsed}, err
}

// String returns the text as it was written.
func (k KubeVersion) String() string { return k.text }

// allows reports whether a version without a suffix is promised.
func (k KubeVersion) allows(v kubeapi.Version) bool { return k.text == "" || k.ranges.Meet(v) }

// allowsVendors reports whether a version is promised with the suffix of a vendor. Helm takes 1.32.0-eks-1 for a
// version before 1.32.0, so that "<1.32.0" may allow it.
func (k KubeVersion) allowsVendors(v kubeapi.Version) bool {
	v.Prerelease = vendorSuffix
	return k.text == "" || k.ranges.MeetInHelm(v)
}

const vendorSuffix = "eks-1"

// Vendors reports whether versions with a suffix, such as 1.31.4-gke.1, may be allowed. Helm allows none by a
// constraint without a pre-release.
func (k KubeVersion) Vendors() bool { return k.text == "" || k.ranges.HavePrerelease() }

// Check is what a chart promises, compared with what satisfies the declaration.
type Check struct {
	KubeVersion KubeVersion
	// Broken are promised parts that break the declaration: the first one of each release.
	Broken []Part
	// Suffixed are versions of those that are promised only with the suffix of a vendor, such as 1.32.0-eks-1.
	Suffixed []string
	// Line allows what is promised and satisfies the declaration, or all that satisfies it if that is nothing.
	Line Line
	// More are the releases that satisfy the declaration and are not promised, or not as a whole.
	More []catalog.Release
	// Judged is set if any part that is promised determines something.
	Judged bool
	// Older is set if releases are promised that are older than those judged.
	Older bool
}

// Check compares the kubeVersion of a chart with the releases that satisfy the declaration.
func (s *Support) Check(k KubeVersion) Check {
	parts := split(s.parts, k.text)
	c := Check{KubeVersion: k, Line: lineOf(parts, k)}
	if len(c.Line) == 0 {
		c.Line = s.Line()
	}
	var broken catalog.Release
	for _, p := range parts {
		allowed := k.allows(p.version())
		promised := allowed || k.allowsVendors(p.version())
		c.Judged = c.Judged || promised && p.determined
		switch holds := len(p.Breaks) == 0; {
		case promised && !holds && p.Release != broken:
			broken = p.Release
			c.Broken = append(c.Broken, p)
			if !allowed {
				c.Suffixed = append(c.Suffixed, p.version().String()+"-"+vendorSuffix)
			}
		case holds && !allowed && (len(c.More) == 0 || c.More[len(c.More)-1] != p.Release):
			c.More = append(c.More, p.Release)
		}
	}
	before := parts[0].version().Minor - 1
	for _, patch := range patches(k.text) {
		c.Older = c.Older || k.allows(kubeapi.Version{Major: 1, Minor: before, Patch: patch})
	}
	return c
}
