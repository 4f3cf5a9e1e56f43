package apply_test

import (
	"cmp"
	"net/netip"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// kube is a version of Kubernetes 1. The last number is 0 for the release, -1 for a
// candidate and -2 for an alpha.
type kube [3]int

func (r kube) compare(other kube) int {
	return cmp.Or(cmp.Compare(r[0], other[0]), cmp.Compare(r[1], other[1]), cmp.Compare(r[2], other[2]))
}

// versionRange is a constraint, and its meaning by docs/language.md.
type versionRange struct {
	text string
	has  func(kube) bool
}

func from(r kube) func(kube) bool   { return func(v kube) bool { return v.compare(r) >= 0 } }
func before(r kube) func(kube) bool { return func(v kube) bool { return v.compare(r) < 0 } }

// minors returns all versions of some minor versions, pre-releases included.
func minors(least, most int) func(kube) bool {
	return func(v kube) bool { return least <= v[0] && v[0] <= most }
}

func both(a, b func(kube) bool) func(kube) bool {
	return func(v kube) bool { return a(v) && b(v) }
}

func either(a, b func(kube) bool) func(kube) bool {
	return func(v kube) bool { return a(v) || b(v) }
}

func is(r kube) func(kube) bool { return func(v kube) bool { return v == r } }

func not(a func(kube) bool) func(kube) bool { return func(v kube) bool { return !a(v) } }

var versionRanges = []versionRange{
	{">= 1.30", from(kube{30})},
	{">= 1.31", from(kube{31})},
	{">= 1.31.0-0", minors(31, 99)},
	{"> 1.30", minors(31, 99)},
	{"< 1.31", before(kube{31})},
	{"< 1.30", before(kube{30})},
	{"<= 1.30", minors(0, 30)},
	{"~1.30", both(minors(30, 30), from(kube{30}))},
	{"1.31.x", both(minors(31, 31), from(kube{31}))},
	{"1.30 - 1.31", both(from(kube{30}), minors(0, 31))},
	{"= 1.30.4", is(kube{30, 4})},
	{"!= 1.30.4", not(is(kube{30, 4}))},
	{">= 1.30.4", from(kube{30, 4})},
	{"< 1.30.4", before(kube{30, 4})},
	{">= 1.30, < 1.31", both(from(kube{30}), before(kube{31}))},
	{"< 1.30 || >= 1.31", either(before(kube{30}), from(kube{31}))},
}

// serverVersion is an answer of GET /version, and the releases that may be behind it.
type serverVersion struct {
	answer discovery.ServerVersion
	may    []kube
}

// anyPatch returns releases of a minor version: at least every patch that a
// constraint names, and one more.
func anyPatch(minor int) (all []kube) {
	for patch := range 7 {
		all = append(all, kube{minor, patch})
	}
	return all
}

// anyRelease returns the possible releases of a server with an unknown version.
func anyRelease() (all []kube) {
	for minor := 28; minor < 34; minor++ {
		all = append(all, anyPatch(minor)...)
	}
	return all
}

func said(git, major, minor string, may ...kube) serverVersion {
	return serverVersion{discovery.ServerVersion{GitVersion: git, Major: major, Minor: minor, Platform: "linux/amd64"}, may}
}

var serverVersions = []serverVersion{
	said("v1.30.4", "1", "30", kube{30, 4}),
	said("v1.30.4-gke.1183000", "1", "30+", kube{30, 4}),
	said("v1.30.4+k3s1", "1", "30", kube{30, 4}),
	said("v1.30.3-eks-adc7111", "1", "30+", kube{30, 3}),
	said("v1.31.0", "1", "31", kube{31}),
	said("v1.31.0-rc.1", "1", "31+", kube{31, 0, -1}),
	said("v1.31.0-alpha.2", "1", "31+", kube{31, 0, -2}),
	said("v1.29.12", "1", "29", kube{29, 12}),
	said("unknown", "1", "30+", anyPatch(30)...),
	said("", "1", "31", anyPatch(31)...),
	said("unknown", "", "", anyRelease()...),
	said("v1.30.4_vendor", "1", "30", anyPatch(30)...),
	said("v1.30-gke.5", "1", "30+", anyPatch(30)...),
	said("v0.0.0-master+$Format:%H$", "", "", anyRelease()...),
	emulates(said("v1.31.2", "1", "31", anyPatch(30)...), "30"),
	emulates(said("v1.31.2", "1", "31", kube{31, 2}), "31"),
}

// within judges a constraint.
func within(r versionRange, version discovery.Fact[discovery.ServerVersion]) apply.Status {
	may := anyRelease()
	if version.Known {
		for _, v := range serverVersions {
			if v.answer == version.Value {
				may = v.may
			}
		}
	}
	in := 0
	for _, v := range may {
		if r.has(v) {
			in++
		}
	}
	switch in {
	case 0:
		return apply.Drifted
	case len(may):
		return apply.Satisfied
	}
	return apply.StatusUndetermined
}

func emulates(v serverVersion, minor string) serverVersion {
	v.answer.EmulationMajor, v.answer.EmulationMinor = "1", minor
	return v
}

// sameAddress compares host and port.
func sameAddress(a, b string) bool {
	x, y := netip.MustParseAddrPort(a), netip.MustParseAddrPort(b)
	return x.Addr().Unmap() == y.Addr().Unmap() && x.Port() == y.Port()
}
