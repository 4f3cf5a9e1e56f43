package e2e

import (
	"fmt"
	"strings"
)

// newest and previous are the versions of the two releases that the tests run, such
// as "1.37.2".
func newest() string   { return strings.TrimPrefix(suite.programs.Kubernetes, "v") }
func previous() string { return strings.TrimPrefix(suite.programs.Previous, "v") }

// minor returns the minor release of a version, or one that is later by some: "1.38"
// is one after "1.37.2".
func minor(version string, later int) string {
	var major, n int
	if _, err := fmt.Sscanf(version, "%d.%d.", &major, &n); err != nil {
		panic(fmt.Sprintf("e2e: version %q: %v", version, err))
	}
	return fmt.Sprintf("%d.%d", major, n+later)
}
