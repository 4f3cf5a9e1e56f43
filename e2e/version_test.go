package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// newest and previous are the versions of the two releases that the tests run, such
// as "1.37.2".
func newest() string   { return strings.TrimPrefix(suite.programs.Kubernetes, "v") }
func previous() string { return strings.TrimPrefix(suite.programs.Previous, "v") }

// nightly reports whether what takes minutes to build is tested, too: the API server of the
// previous release, in place of the newest one that emulates it, kube-score, Flux's
// kustomize-controller, and the release for Windows.
func nightly() bool { return os.Getenv("KRECONCILE_TEST_NIGHTLY") != "" }

func onlyNightly(t *testing.T) {
	t.Helper()
	if !nightly() {
		t.Skip("it needs a program that takes minutes to build; KRECONCILE_TEST_NIGHTLY=1 make e2e builds it")
	}
}

// olderVersion is the version of the older API server as a report has it.
func olderVersion() string {
	if nightly() {
		return suite.programs.Previous
	}
	return suite.programs.Kubernetes + ", emulating " + minor(newest(), -1)
}

// minor returns the minor release of a version, or one that is later by some: "1.38"
// is one after "1.37.2".
func minor(version string, later int) string {
	var major, n int
	if _, err := fmt.Sscanf(version, "%d.%d.", &major, &n); err != nil {
		panic(fmt.Sprintf("e2e: version %q: %v", version, err))
	}
	return fmt.Sprintf("%d.%d", major, n+later)
}
