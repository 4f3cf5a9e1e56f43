package argv_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/kreconcile/kreconcile/internal/argv"
)

// TestMain fails if a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestValues(t *testing.T) {
	for args, want := range map[string][]string{
		"plan web.hcl":                        nil,
		"-o json":                             {"json"},
		"-o=json -ojson=a --output b":         {"json", "json=a", "b"},
		"--output=json=a --bogus --output":    {"json=a"},
		"--outputs=json --out=json -x":        nil,
		"--output --server":                   {"--server"},
		"plan -o json -o text=b --other=-o=c": {"json", "text=b"},
	} {
		if diff := cmp.Diff(want, argv.Values(strings.Fields(args), "output", "o")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", args, diff)
		}
	}
	if got := argv.Values([]string{"-o", "a", "--log=b"}, "log", ""); len(got) != 1 || got[0] != "b" {
		t.Errorf("%q", got)
	}
}

func TestRest(t *testing.T) {
	for args, want := range map[string][]string{
		"plan web.hcl -":                          {"plan", "web.hcl", "-"},
		"plan -o json=a -ojson=b --output c d":    {"plan", "d"},
		"plan --output=c --log d --server=e -v f": {"plan", "e", "f"},
	} {
		if diff := cmp.Diff(want, argv.Rest(strings.Fields(args), "o", "output", "log")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", args, diff)
		}
	}
}
