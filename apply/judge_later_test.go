package apply_test

import (
	"net/netip"
	"reflect"

	"github.com/kreconcile/kreconcile/discovery"
)

// What the program does not know yet. A switch that is true makes the generator try it
// and the judge expect it. Once the program knows it, the switch can go, with the code
// for false.
const (
	// knowsUnknownPatches: a patch that cannot be read, or a version that was never
	// stamped in, is not known, rather than 0.
	knowsUnknownPatches = true
	// knowsEmulation: a server that emulates a release is compared as that release,
	// whose patch is not known.
	knowsEmulation = true
	// knowsConditions: a condition is decided if and only if all combinations of
	// unknown facts agree. Without it, one with unknown facts may be undetermined
	// although it could be decided, and has no can, try or sets.
	knowsConditions = true
	// knowsFieldRules: what is no string allows no value of an enum, and rules that are
	// not evaluated leave enum and required undetermined.
	knowsFieldRules = true
	// knowsAccessNames: finalizers, virtual, and the longer table of names that only
	// access control knows.
	knowsAccessNames = true
	// knowsEvidence: a subresource is judged by itself where its parent is listed, also
	// if that is no resource.
	knowsEvidence = true
	// knowsSubresources: resource "pods/log" requires a subresource by itself.
	knowsSubresources = true
	// knowsNames: names that Kubernetes itself would not allow can be declared.
	knowsNames = true
	// knowsStalePreferred: while the preferred version is stale, it is not known whether
	// another one is preferred.
	knowsStalePreferred = true
	// knowsGates: of several resources of a kind, the one is chosen that fails least
	// by severity error.
	knowsGates = true
	// knowsUnnamedKinds: a resource whose kind the server leaves out may be the one of
	// a kind that meets everything, also where another one is listed.
	knowsUnnamedKinds = true
	// knowsAddresses: server_address compares addresses, not their spellings.
	knowsAddresses = true
)

func laterVersions() (versions []serverVersion) {
	if knowsUnknownPatches {
		versions = append(versions,
			said("v1.30.4_vendor", "1", "30", anyPatch(30)...),
			said("v1.30-gke.5", "1", "30+", anyPatch(30)...),
			said("v0.0.0-master+$Format:%H$", "", "", anyRelease()...),
		)
	}
	if knowsEmulation {
		versions = append(versions,
			emulates(said("v1.31.2", "1", "31", anyPatch(30)...), "30"),
			emulates(said("v1.31.2", "1", "31", kube{31, 2}), "31"),
		)
	}
	return versions
}

// later gives names where the program knows them.
func later(known bool, names ...string) []string {
	if !known {
		return nil
	}
	return names
}

// The members that these set are reached by name, because they do not exist yet.

func emulates(v serverVersion, minor string) serverVersion {
	answer := reflect.ValueOf(&v.answer).Elem()
	answer.FieldByName("EmulationMajor").SetString("1")
	answer.FieldByName("EmulationMinor").SetString(minor)
	return v
}

func addRule(f *discovery.Field, member string) {
	rules := reflect.ValueOf(f).Elem().FieldByName(member)
	rule := reflect.New(rules.Type().Elem()).Elem()
	rule.FieldByName("Keyword").SetString("pattern")
	rules.Set(reflect.Append(rules, rule))
}

func hasRules(f discovery.Field, member string) bool {
	return knowsFieldRules && reflect.ValueOf(f).FieldByName(member).Len() > 0
}

// sameAddress compares host and port.
func sameAddress(a, b string) bool {
	if !knowsAddresses {
		return a == b
	}
	x, y := netip.MustParseAddrPort(a), netip.MustParseAddrPort(b)
	return x.Addr().Unmap() == y.Addr().Unmap() && x.Port() == y.Port()
}
