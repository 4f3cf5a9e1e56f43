package model_test

import (
	"fmt"
	"testing"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
)

// What GET /version says, which version the program is, which one its API is of, and
// what a reader sees.
func TestServerVersionRelease(t *testing.T) {
	const (
		master    = "v0.0.0-master+$Format:%H$"
		unstamped = "the server does not know its own version, because it was built without version information: gitVersion is %q, major %q, minor %q"
		emulation = "the release that the server emulates cannot be read from emulationMajor %q, emulationMinor %q: "
	)
	type answer = model.ServerVersion
	tests := []struct {
		name                           string
		answer                         answer
		binary, release, emulates, str string
	}{
		{"a release", answer{GitVersion: "v1.36.3", Major: "1", Minor: "36"}, "1.36.3", "1.36.3", "", "v1.36.3"},
		{"it emulates itself", answer{GitVersion: "v1.36.3", Major: "1", Minor: "36", EmulationMajor: "1", EmulationMinor: "36"}, "1.36.3", "1.36.3", "", "v1.36.3"},
		{"it emulates an older release", answer{GitVersion: "v1.36.3", Major: "1", Minor: "36", EmulationMajor: "1", EmulationMinor: "33"}, "1.36.3", "1.33", "1.33", "v1.36.3, emulating 1.33"},
		{"a vendor's emulates one", answer{GitVersion: "v1.36.3-gke.100", Major: "1", Minor: "36+", EmulationMajor: "1", EmulationMinor: "33+"}, "1.36.3", "1.33", "1.33", "v1.36.3-gke.100, emulating 1.33"},
		{"a vendor's emulates itself", answer{GitVersion: "v1.36.3-gke.100", Minor: "36+", EmulationMajor: "1", EmulationMinor: "36+"}, "1.36.3", "1.36.3", "", "v1.36.3-gke.100"},
		{"a pre-release emulates itself", answer{GitVersion: "v1.36.0-rc.1", EmulationMajor: "1", EmulationMinor: "36"}, "1.36.0-rc.1", "1.36.0-rc.1", "", "v1.36.0-rc.1"},
		{"a pre-release emulates an older release", answer{GitVersion: "v1.36.0-rc.1", EmulationMajor: "1", EmulationMinor: "35"}, "1.36.0-rc.1", "1.35", "1.35", "v1.36.0-rc.1, emulating 1.35"},
		{"an older major version", answer{GitVersion: "v2.0.1", EmulationMajor: "1", EmulationMinor: "40"}, "2.0.1", "1.40", "1.40", "v2.0.1, emulating 1.40"},
		{"it emulates a newer release", answer{GitVersion: "v1.36.3", EmulationMajor: "1", EmulationMinor: "37"}, "1.36.3", "the server says that it emulates 1.37, which is newer than 1.36.3 itself", "", "v1.36.3"},
		{"half of an emulated release", answer{GitVersion: "v1.36.3", EmulationMinor: "33"}, "1.36.3", fmt.Sprintf(emulation, "", "33") + `major "" is not a number`, "", "v1.36.3"},
		{"the other half", answer{GitVersion: "v1.36.3", EmulationMajor: "1"}, "1.36.3", fmt.Sprintf(emulation, "1", "") + `minor "" is not a number`, "", "v1.36.3"},
		{"garbage", answer{GitVersion: "v1.36.3", EmulationMajor: "1", EmulationMinor: "33.2"}, "1.36.3", fmt.Sprintf(emulation, "1", "33.2") + `minor "33.2" is not a number`, "", "v1.36.3"},
		{"an emulated 0.0", answer{GitVersion: "v1.36.3", EmulationMajor: "0", EmulationMinor: "0"}, "1.36.3", fmt.Sprintf(emulation, "0", "0") + "it is 0.0", "", "v1.36.3"},

		{"the fields alone", answer{Major: "1", Minor: "27+"}, "1.27", "1.27", "", "1.27+"},
		{"the fields alone emulate", answer{Major: "1", Minor: "36", EmulationMajor: "1", EmulationMinor: "33"}, "1.36", "1.33", "1.33", "1.36, emulating 1.33"},
		{"a text", answer{GitVersion: "custom", Major: "1", Minor: "27+"}, "1.27", "1.27", "", "custom (1.27)"},
		{"a patch that cannot be read", answer{GitVersion: "v1.30.4_vendor", Major: "1", Minor: "30"}, "1.30", "1.30", "", "v1.30.4_vendor"},
		{"nothing can be read", answer{GitVersion: "custom"}, `no version can be read from gitVersion "custom", major "", minor ""`, `no version can be read from gitVersion "custom", major "", minor ""`, "", "custom"},
		{"nothing but what it emulates", answer{GitVersion: "custom", EmulationMajor: "1", EmulationMinor: "33"}, `no version can be read from gitVersion "custom", major "", minor ""`, "1.33", "1.33", "custom, emulating 1.33"},

		{"never stamped in", answer{GitVersion: master}, fmt.Sprintf(unstamped, master, "", ""), fmt.Sprintf(unstamped, master, "", ""), "", master},
		{"never stamped in, 0.0", answer{GitVersion: master, Major: "0", Minor: "0"}, fmt.Sprintf(unstamped, master, "0", "0"), fmt.Sprintf(unstamped, master, "0", "0"), "", master},
		{"never stamped in, 0.0+", answer{GitVersion: "v0.0.0-master+abc", Major: "0", Minor: "0+"}, fmt.Sprintf(unstamped, "v0.0.0-master+abc", "0", "0+"), fmt.Sprintf(unstamped, "v0.0.0-master+abc", "0", "0+"), "", "v0.0.0-master+abc"},
		{"v0.0.0", answer{GitVersion: "v0.0.0"}, fmt.Sprintf(unstamped, "v0.0.0", "", ""), fmt.Sprintf(unstamped, "v0.0.0", "", ""), "", "v0.0.0"},
		{"0.0.0", answer{GitVersion: "0.0.0"}, fmt.Sprintf(unstamped, "0.0.0", "", ""), fmt.Sprintf(unstamped, "0.0.0", "", ""), "", "0.0.0"},
		{"v0.0", answer{GitVersion: "v0.0"}, fmt.Sprintf(unstamped, "v0.0", "", ""), fmt.Sprintf(unstamped, "v0.0", "", ""), "", "v0.0"},
		{"v0.0.0_vendor", answer{GitVersion: "v0.0.0_vendor"}, fmt.Sprintf(unstamped, "v0.0.0_vendor", "", ""), fmt.Sprintf(unstamped, "v0.0.0_vendor", "", ""), "", "v0.0.0_vendor"},
		{"the fields are 0.0", answer{Major: "0", Minor: "0"}, fmt.Sprintf(unstamped, "", "0", "0"), fmt.Sprintf(unstamped, "", "0", "0"), "", "0.0"},
		{"kube-apiserver 1.37 without a stamp", answer{GitVersion: master, Major: "1", Minor: "37", EmulationMajor: "1", EmulationMinor: "37"}, "1.37", "1.37", "", master + " (1.37)"},
		{"and it emulates", answer{GitVersion: master, Major: "1", Minor: "37", EmulationMajor: "1", EmulationMinor: "35"}, "1.37", "1.35", "1.35", master + " (1.37), emulating 1.35"},

		{"nothing", answer{}, `no version can be read from gitVersion "", major "", minor ""`, `no version can be read from gitVersion "", major "", minor ""`, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			show := func(v fmt.Stringer, err error) string {
				if err != nil {
					return err.Error()
				}
				return v.String()
			}
			if got := show(test.answer.Binary()); got != test.binary {
				t.Errorf("binary:\n got %s\nwant %s", got, test.binary)
			}
			if got := show(test.answer.Release()); got != test.release {
				t.Errorf("release:\n got %s\nwant %s", got, test.release)
			}
			if got := test.answer.Emulates(); got != test.emulates {
				t.Errorf("emulates %q, want %q", got, test.emulates)
			}
			if got := test.answer.String(); got != test.str {
				t.Errorf("shown as %q, want %q", got, test.str)
			}
		})
	}
}
