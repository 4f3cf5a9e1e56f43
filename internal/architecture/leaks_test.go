package architecture_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryPackageLooksForLeaks(t *testing.T) {
	if folders := unwatched(readSources(t)); len(folders) > 0 {
		t.Errorf("the tests of %s would not notice a goroutine that is left behind: end TestMain with goleak.VerifyTestMain",
			oneOf(folders))
	}
}

// unwatched returns the folders whose tests don't check for leaked goroutines.
func unwatched(sources []source) []string {
	var folders []string
	for _, s := range sources {
		watches := func(other source) bool {
			return other.folder() == s.folder() && other.isTest() && slices.Contains(other.imports, "go.uber.org/goleak")
		}
		if s.isTest() && !slices.Contains(folders, s.folder()) && !slices.ContainsFunc(sources, watches) {
			folders = append(folders, s.folder())
		}
	}
	return folders
}

func TestUnwatched(t *testing.T) {
	sources := []source{
		{name: "apply/diff.go", imports: []string{"go.uber.org/goleak"}},
		{name: "apply/diff_test.go"},
		{name: "apply/field_test.go"},
		{name: "cmd/kreconcile/main.go"},
		{name: "config/main_test.go", imports: []string{"go.uber.org/goleak"}},
		{name: "config/parse_test.go"},
	}
	if diff := cmp.Diff([]string{"apply"}, unwatched(sources)); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
}
