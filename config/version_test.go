package config_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/config"
)

func TestRequiredVersion(t *testing.T) {
	for _, test := range []struct {
		version string
		fits    bool
	}{
		{"", true}, {"dev", true}, {"v0.5.0", true}, {"0.5.0-rc.1", true}, {"0.4.9", false}, {"1.0.0", false}, {"unreadable", false},
	} {
		t.Run(test.version, func(t *testing.T) {
			_, diags := parse("kreconcile {\n  required_version = \">= 0.5.0-0, < 1\"\n}\napi \"v1\" {}\n", config.Inputs{Version: test.version})
			if got := !diags.HasErrors(); got != test.fits {
				t.Errorf("fits: %t, want %t: %v", got, test.fits, report(diags))
			}
			if warned := len(diags) == 1 && diags[0].Summary == "Version not compared"; warned != (test.version == "" || test.version == "dev") {
				t.Errorf("warned: %t: %v", warned, report(diags))
			}
		})
	}
}

// A range is impossible where no version of Kubernetes can lie in it.
func TestImpossibleRanges(t *testing.T) {
	for text, possible := range map[string]bool{
		">= 1.30": true, "< 1.0": true, "1.30": true, "= 1.30.4": true, "!= 1.30.4": true, "*": true, "1.x": true, "~1.30": true, "^1.30": true,
		">= 1.30, < 1.38": true, "> 1.30.4, < 1.30.6": true, "> 1.30.4, < 1.30.5": true, ">= 1.31.0-0, < 1.31": true,
		"> 1.31.0-rc.1, < 1.31.0-rc.3": true, "1.28 - 1.30": true, ">= 2, < 3 || < 1.0": true, "> 1.30, < 1.32, != 1.31": true,
		">= 1.40, < 1.30": false, "> 1.30, < 1.30": false, "= 1.30.4, = 1.30.5": false, "1.30.x, 1.31.x": false,
		"1.30 - 1.28": false, "~1.30, >= 1.31": false, "> 1.31, < 1.30 || > 1.33, < 1.32": false, "< 0.0.0-0": false,
	} {
		_, diags := parse("cluster {\n  kubernetes = \""+text+"\"\n}\n", config.Inputs{})
		if got := !diags.HasErrors(); got != possible {
			t.Errorf("%s is possible: %t, want %t: %s", text, got, possible, diags)
		}
	}
}
