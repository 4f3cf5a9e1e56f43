package e2e

import (
	"strings"
	"testing"
)

// TestEmulatedRelease asks a kube-apiserver that emulates an older release: its
// version is judged as that release, whose API it serves.
func TestEmulatedRelease(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{args: []string{"--emulated-version=1.33"}})
	a := newAccount(t, c)
	for name, test := range map[string]struct {
		constraint string
		exit       int
		finding    string
	}{
		"its own release":        {">= 1.36", 2, "drifted kubernetes-version-mismatch"},
		"a release in between":   {">= 1.35", 2, "drifted kubernetes-version-mismatch"},
		"the emulated release":   {"~1.33", 0, "satisfied"},
		"a patch of the release": {">= 1.33.2", 3, "undetermined invalid-response"},
	} {
		t.Run(name, func(t *testing.T) {
			o := a.apply(t, "cluster {\n  kubernetes = \""+test.constraint+"\"\n}\n")
			if got := o.report.findings()["cluster.kubernetes"]; o.ExitCode != test.exit || got != test.finding {
				t.Errorf("exit %d, %s, want %d, %s\n%s", o.ExitCode, got, test.exit, test.finding, o.Stdout)
			}
			if !strings.Contains(o.Stdout, "(v1.36.3, emulating 1.33)") || !strings.Contains(o.json, `"emulation_version": "1.33"`) {
				t.Errorf("the report does not show what is emulated:\n%s%s", o.Stdout, o.json)
			}
		})
	}
	o := a.apply(t, `check "release" {
  assert {
    condition     = live.version == "v1.36.3" && live.emulation_version == "1.33" && !kubernetes(">= 1.34")
    error_message = "It serves ${live.emulation_version}."
  }
}`)
	if o.ExitCode != 0 {
		t.Errorf("exit %d\n%s", o.ExitCode, o.Stdout)
	}
}
