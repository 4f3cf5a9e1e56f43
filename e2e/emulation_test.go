package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// constrained requires a version of Kubernetes.
func constrained(constraint string) string {
	return fmt.Sprintf("cluster {\n  kubernetes = %q\n}\n", constraint)
}

// Requirements for a Kubernetes 1.36.3 that emulates 1.33, the oldest release that it
// can emulate, with the exit code of each. Its patch of 1.33 is not known. [emulated]
// replaces the versions.
var (
	emulatedConstraints = map[string]int{
		">= 1.35": 2, ">= 1.34": 2, ">= 1.34.1": 2, "1.36.3": 2, "~1.36": 2, "< 1.33": 2, "< 1.32.9": 2,
		">= 1.33": 0, "> 1.32": 0, ">= 1.32.5": 0, "~1.33": 0, ">= 1.33, < 1.34": 0, "< 1.34.2": 0, "< 1.30 || ~1.33": 0,
		">= 1.33.1": 3, "< 1.33.1": 3, "= 1.33.4": 3, "!= 1.33.4": 3, "~1.33.2": 3, "<= 1.33.7, > 1.3": 3,
	}
	emulatedConditions = map[string]int{
		`live.emulation_version == "1.33"`:                       0,
		`live.emulation_version == "1.36"`:                       2,
		`live.version == "v1.36.3"`:                              0,
		`live.git_version == "v1.36.3"`:                          0,
		`kubernetes(">= 1.33") && live.emulation_version != "1"`: 0,
		`kubernetes(">= 1.35")`:                                  2,
		`kubernetes(">= 1.33.1")`:                                3,
		`!kubernetes(">= 1.33.1")`:                               3,
		`kubernetes(">= 1.33.1") || kubernetes("< 1.34")`:        0,
		`kubernetes(">= 1.33.1") && ` + servedLater:              2,
		`kubernetes(">= 1.33") && !` + servedLater:               0,
	}
)

// servedLater is new in Kubernetes 1.36, so no emulated release has it.
const servedLater = `served("admissionregistration.k8s.io/v1", "mutatingadmissionpolicies")`

// emulated rewrites a declaration for another version, which emulates the release
// three before its own.
func emulated(version string) func(declaration string) string {
	return strings.NewReplacer("1.36.3", version, "1.36", minor(version, 0), "1.35", minor(version, -1),
		"1.34", minor(version, -2), "1.33", minor(version, -3), "1.32", minor(version, -4)).Replace
}

// TestEmulatedRelease asks API servers that emulate an older release and serve its
// API. Constraints are compared with that release.
func TestEmulatedRelease(t *testing.T) {
	t.Parallel()
	for name, older := range map[string]bool{"the newest": false, "the previous one": true} {
		t.Run(name, func(t *testing.T) {
			version := newest()
			if older {
				onlyNightly(t)
				version = previous()
			}
			to := emulated(version)
			a := newAccount(t, unsettled(t, setup{args: []string{"--emulated-version=" + to("1.33")}, previous: older}))
			for constraint, exit := range emulatedConstraints {
				t.Run(constraint, func(t *testing.T) { a.expectEmulated(t, to, constrained(constraint), exit) })
			}
			for expression, exit := range emulatedConditions {
				t.Run(expression, func(t *testing.T) { a.expectEmulated(t, to, condition(expression), exit) })
			}
		})
	}
}

// expectEmulated asks the API server, and then a snapshot of it.
func (a *account) expectEmulated(t *testing.T, to func(string) string, declaration string, exit int) {
	t.Helper()
	declaration = to(declaration)
	o := a.apply(t, declaration)
	if o.ExitCode != exit {
		t.Errorf("exit %d, want %d\n%s%s", o.ExitCode, exit, o.Stdout, o.Stderr)
	}
	if got := o.report.Connection; got.ServerVersion != to("v1.36.3") || got.EmulationVersion != to("1.33") {
		t.Errorf("the JSON names the versions %q and %q", got.ServerVersion, got.EmulationVersion)
	}
	if !strings.Contains(o.Stdout, to("v1.36.3, emulating 1.33")) {
		t.Errorf("the report does not name both versions:\n%s", o.Stdout)
	}

	snapshot := filepath.Join(t.TempDir(), "cluster.json")
	if r := a.kreconcile(t, "", "snapshot", "--out", snapshot, "--service-account-dir", a.volume.Dir, declarationFile(t, declaration)); r.ExitCode != 0 {
		t.Fatalf("snapshot: exit %d\n%s", r.ExitCode, r.Stderr)
	}
	recorded := a.apply(t, declaration, "--snapshot", snapshot)
	if recorded.ExitCode != exit {
		t.Errorf("exit %d by the snapshot, want %d\n%s%s", recorded.ExitCode, exit, recorded.Stdout, recorded.Stderr)
	}
	if got := recorded.report.Snapshot; got.ServerVersion != to("v1.36.3") || got.EmulationVersion != to("1.33") {
		t.Errorf("the JSON of the snapshot names the versions %q and %q", got.ServerVersion, got.EmulationVersion)
	}
}

// TestReleaseOfItself asks an API server that emulates nothing.
func TestReleaseOfItself(t *testing.T) {
	t.Parallel()
	a := newAccount(t, stock(t))
	o := a.apply(t, constrained(">= "+newest())+condition(`live.emulation_version == "`+minor(newest(), 0)+`"`))
	if o.ExitCode != 0 || o.report.Connection.EmulationVersion != minor(newest(), 0) || strings.Contains(o.Stdout, "emulating") {
		t.Errorf("exit %d, emulation version %q\n%s%s", o.ExitCode, o.report.Connection.EmulationVersion, o.Stdout, o.Stderr)
	}
}
