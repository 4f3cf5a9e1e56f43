package generate

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestResultsOnPage tests that docs/generate.md shows what generate makes of the module that it names, in
// the version that is pinned here, and tests the same of a ClusterRole. Package e2e tests the result for the chart.
func TestResultsOnPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "generate.md"))
	if err != nil {
		t.Fatal(err)
	}
	modules := map[string]string{
		"gateway-api": "sigs.k8s.io/gateway-api", "prometheus-operator": "github.com/prometheus-operator/prometheus-operator",
	}
	results := regexp.MustCompile("```text\n# (\\S+) (v\\S+): kreconcile ([^\n]+)\n((?s).*?)```").FindAllStringSubmatch(string(page), -1)
	if len(results) != 1 {
		t.Fatalf("there are %d results of modules", len(results))
	}
	results = append(results, []string{"", "prometheus-operator", "v0.85.0", "generate -f bundle.yaml --permissions",
		"      allowed(\"list\", \"nodes\"),\n      allowed(\"watch\", \"nodes\"),\n      allowed(\"get\", \"namespaces\"),\n"})
	for _, result := range results {
		name, version, args, excerpt := result[1], result[2], strings.Fields(result[3]), result[4]
		t.Run(name, func(t *testing.T) {
			dir := folder(t, filepath.Join("..", "crds"), modules[name])
			if !strings.HasSuffix(dir, "@"+version) {
				t.Errorf("the page shows %s, and %s is pinned", version, dir)
			}
			t.Chdir(dir)
			declaration := generated(t, t.TempDir(), args[1:]...)
			if !strings.Contains(declaration, excerpt) {
				t.Errorf("%s gives something else than the page shows:\n%s\n%s", args, excerpt, declaration)
			}
			least := map[string]string{"gateway-api": ">=1.30.0-0", "prometheus-operator": ">=1.24.0-0"}[name]
			if out, stderr, code := kreconcile(declaration, "range", "-"); code != 0 || !strings.Contains(out, `kubeVersion: "`+least+`"`) {
				t.Errorf("range exits with %d:\n%s%s", code, out, stderr)
			}
		})
	}
}
