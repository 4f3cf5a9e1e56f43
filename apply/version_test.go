package apply_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// Constraints on the version, alone and in a condition, for several servers.
func TestVersions(t *testing.T) {
	const (
		holds   = "satisfied"
		drifts  = "drifted"
		unknown = "undetermined invalid-response: "
	)
	emulating := discovery.ServerVersion{GitVersion: "v1.36.3", Major: "1", Minor: "36", EmulationMajor: "1", EmulationMinor: "33"}
	garbage, half, newer, itself := emulating, emulating, emulating, emulating
	garbage.EmulationMinor, half.EmulationMajor, newer.EmulationMinor, itself.EmulationMinor = "x", "", "37", "36"
	unstamped := discovery.ServerVersion{GitVersion: "v0.0.0-master+$Format:%H$"}
	filled := discovery.ServerVersion{GitVersion: "v0.0.0-master+$Format:%H$", Major: "1", Minor: "30"}
	git := func(text string) discovery.ServerVersion {
		return discovery.ServerVersion{GitVersion: text, Major: "1", Minor: "30"}
	}
	noPatch := func(of, constraint string) string {
		return unknown + fmt.Sprintf("GET /version: no patch version can be read from gitVersion %q, and %q depends on it", of, constraint)
	}
	tests := []struct {
		server     discovery.ServerVersion
		constraint string
		want       string
		found      string
	}{
		{emulating, ">= 1.35", drifts, "v1.36.3, emulating 1.33"},
		{emulating, "~1.36", drifts, "v1.36.3, emulating 1.33"},
		{emulating, ">= 1.33", holds, ""},
		{emulating, "~1.33", holds, ""},
		{emulating, "= 1.33", holds, ""},
		{emulating, "< 1.34", holds, ""},
		{emulating, ">= 1.33.0", holds, ""},
		{emulating, ">= 1.33.0-rc.1", holds, ""},
		{emulating, "< 1.33.0", drifts, "v1.36.3, emulating 1.33"},
		{emulating, ">= 1.33.2", unknown + `GET /version: the server emulates 1.33, which has no patch version, and ">= 1.33.2" depends on it`, ""},
		{emulating, "< 1.33.2", unknown + `GET /version: the server emulates 1.33, which has no patch version, and "< 1.33.2" depends on it`, ""},
		{itself, ">= 1.36.3", holds, ""},
		{itself, ">= 1.36.4", drifts, "v1.36.3"},
		{newer, ">= 1.30", unknown + "GET /version: the server says that it emulates 1.37, which is newer than 1.36.3 itself", ""},
		{half, ">= 1.30", unknown + `GET /version: the release that the server emulates cannot be read from emulationMajor "", emulationMinor "33": major "" is not a number`, ""},
		{garbage, ">= 1.30", unknown + `GET /version: the release that the server emulates cannot be read from emulationMajor "1", emulationMinor "x": minor "x" is not a number`, ""},

		{unstamped, "< 1.30", unknown + `GET /version: the server does not know its own version, because it was built without version information: gitVersion is "v0.0.0-master+$Format:%H$", major "", minor ""`, ""},
		{unstamped, ">= 0.0", unknown + `GET /version: the server does not know its own version, because it was built without version information: gitVersion is "v0.0.0-master+$Format:%H$", major "", minor ""`, ""},
		{filled, "< 1.31", holds, ""},
		{filled, ">= 1.31", drifts, "v0.0.0-master+$Format:%H$ (1.30)"},
		{filled, ">= 1.30.1", noPatch("v0.0.0-master+$Format:%H$", ">= 1.30.1"), ""},

		{git("v1.30.4_vendor"), ">= 1.30.4", noPatch("v1.30.4_vendor", ">= 1.30.4"), ""},
		{git("v1.30.4_vendor"), "< 1.30.4", noPatch("v1.30.4_vendor", "< 1.30.4"), ""},
		{git("v1.30.4_vendor"), ">= 1.30", holds, ""},
		{git("v1.30.4_vendor"), "< 1.30", drifts, "v1.30.4_vendor"},
		{git("v1.30.4_vendor"), ">= 1.31.2", drifts, "v1.30.4_vendor"},
		{git("v1.30-gke.5"), ">= 1.30", holds, ""},
		{git("v1.30-gke.5"), ">= 1.30.1", noPatch("v1.30-gke.5", ">= 1.30.1"), ""},
		{git("v1.30-gke.5"), "<= 1.30.0", noPatch("v1.30-gke.5", "<= 1.30.0"), ""},
		{git("v1.30.4rc1"), ">= 1.30", holds, ""},
		{git("v1.30.4rc1"), ">= 1.30.4", noPatch("v1.30.4rc1", ">= 1.30.4"), ""},
		{git("v1.30.0rc1"), ">= 1.30", noPatch("v1.30.0rc1", ">= 1.30"), ""},
		{git("v1.30.0rc1"), ">= 1.30.0-0", holds, ""},
		{git("v1.30.0-rc_1"), "= 1.30.0-rc.1", noPatch("v1.30.0-rc_1", "= 1.30.0-rc.1"), ""},
		{git("v1.30.4.5-vendor"), ">= 1.30.4", holds, ""},
	}
	for _, test := range tests {
		t.Run(test.server.String()+" "+test.constraint, func(t *testing.T) {
			s := snapshot()
			s.Version.Value = test.server
			d := parse(t, fmt.Sprintf("cluster {\n kubernetes = %[1]q\n}\ncheck \"c\" {\n assert {\n condition = kubernetes(%[1]q)\n error_message = \"No.\"\n }\n assert {\n condition = !kubernetes(%[1]q)\n error_message = \"No.\"\n }\n}", test.constraint))
			var got []string
			findings := apply.Diff(d, s).Findings
			for _, f := range findings {
				text := string(f.Status)
				if f.Undetermined != nil {
					text += " " + string(f.Undetermined.Code) + ": " + strings.TrimPrefix(f.Undetermined.Message, "the condition depends on what is not known: ")
				}
				got = append(got, text)
			}
			opposite := map[string]string{holds: drifts, drifts: holds}[test.want]
			if opposite == "" {
				opposite = test.want
			}
			if got[0] != test.want || got[1] != test.want || got[2] != opposite {
				t.Errorf("got  %q\nwant %q, the same in a condition, and %q where it is negated", got, test.want, opposite)
			}
			if test.found != "" && findings[0].Differences[0].Found != test.found {
				t.Errorf("found %q, want %q", findings[0].Differences[0].Found, test.found)
			}
		})
	}
}

// What live.version and its attributes are, or why they are not known.
func TestLiveVersions(t *testing.T) {
	const unstamped = "GET /version: the server does not know its own version, because it was built without version information: gitVersion is %q, major %q, minor %q"
	tests := []struct {
		name              string
		server            discovery.ServerVersion
		version, emulated string
	}{
		{"a release", discovery.ServerVersion{GitVersion: "v1.31.4-gke.1183000"}, "v1.31.4", "1.31"},
		{"it emulates itself", discovery.ServerVersion{GitVersion: "v1.36.3", EmulationMajor: "1", EmulationMinor: "36"}, "v1.36.3", "1.36"},
		{"it emulates an older release", discovery.ServerVersion{GitVersion: "v1.36.3", EmulationMajor: "1", EmulationMinor: "33"}, "v1.36.3", "1.33"},
		{
			"what it emulates cannot be read", discovery.ServerVersion{GitVersion: "v1.36.3", EmulationMajor: "1", EmulationMinor: "x"},
			"v1.36.3", `GET /version: the release that the server emulates cannot be read from emulationMajor "1", emulationMinor "x": minor "x" is not a number`,
		},
		{"a pre-release", discovery.ServerVersion{GitVersion: "v1.36.0-rc.1+vendor"}, "v1.36.0-rc.1", "1.36"},
		{"an unknown patch", discovery.ServerVersion{GitVersion: "v1.30.4_vendor"}, `GET /version: no patch version can be read from gitVersion "v1.30.4_vendor"`, "1.30"},
		{"never stamped in", discovery.ServerVersion{GitVersion: "v0.0.0-master"}, fmt.Sprintf(unstamped, "v0.0.0-master", "", ""), fmt.Sprintf(unstamped, "v0.0.0-master", "", "")},
		{"never stamped in, with a minor version", discovery.ServerVersion{GitVersion: "v0.0.0-master", Major: "1", Minor: "37"}, `GET /version: no patch version can be read from gitVersion "v0.0.0-master"`, "1.37"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name, want := range map[string]string{"version": test.version, "emulation_version": test.emulated} {
				s := snapshot()
				s.Version.Value = test.server
				d := parse(t, "check \"c\" {\n assert {\n condition = live."+name+" == \"\"\n error_message = \"It is ${live."+name+"}.\"\n }\n}")
				f := apply.Diff(d, s).Findings[0]
				var got string
				if f.Undetermined != nil {
					got = strings.TrimPrefix(f.Undetermined.Message, "the condition depends on what is not known: ")
				} else {
					got = strings.TrimSuffix(strings.TrimPrefix(f.Differences[0].Hint, "It is "), ".")
				}
				if got != want {
					t.Errorf("live.%s:\n got %s\nwant %s", name, got, want)
				}
			}
		})
	}
}
