package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// render does what Argo CD does with a chart: helm template, with the release's name
// and the hooks, and without a cluster.
func (a *argoCD) render(t *testing.T, chart, values string) string {
	t.Helper()
	h := newHelm(t, "4", nil, a.namespace)
	args := []string{"template", "gate", chart, "--namespace", a.namespace, "--values", "-", "--include-crds"}
	return h.expect(t, 0, values, args...).Stdout
}

// annotated adds an annotation to each object.
func annotated(t *testing.T, manifests, name, value string) string {
	t.Helper()
	var all []string
	for _, document := range documents(t, manifests) {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			t.Fatal(err)
		}
		metadata := object["metadata"].(map[string]any)
		annotations, _ := metadata["annotations"].(map[string]any)
		if annotations == nil {
			annotations = map[string]any{}
		}
		annotations[name] = value
		metadata["annotations"] = annotations
		content, err := yaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(content))
	}
	slices.Sort(all)
	return strings.Join(all, "---\n")
}

// looksOnce is for checks that are expected to fail.
const looksOnce = "wait: 0s"

// TestArgoCDChart syncs what the chart renders in mode hook with an application: by
// itself, and as a dependency of the application's chart with the template from
// docs/argocd.md.
func TestArgoCDChart(t *testing.T) {
	t.Parallel()
	a := newArgoCD(t, "argocd-chart")
	t.Run("beside an application", func(t *testing.T) {
		in := a.render(t, chartDir(), values(inSync)) + shopManifest
		out := a.render(t, chartDir(), values(drifted, looksOnce)) + shopManifest
		a.expect(t, out, "Failed", "OutOfSync", failed, "--automatic")
		a.expectVersion(t, "")
		a.expect(t, in, "Succeeded", "Synced", passed, "--automatic")
		a.expectVersion(t, "1")
		// Hooks are not compared, so a new declaration alone goes unnoticed.
		a.expect(t, out, "", "Synced", none, "--automatic")
		a.expect(t, next(t, out), "Failed", "OutOfSync", failed, "--automatic")
		a.expectVersion(t, "1")
	})
	t.Run("as a dependency", func(t *testing.T) {
		chart := dependent(t)
		render := func(values string) string {
			return a.render(t, chart, "kreconcile:\n  "+strings.ReplaceAll(values, "\n", "\n  "))
		}
		in, out := render(values(inSync)), render(values(drifted, looksOnce))
		a.expect(t, in, "Succeeded", "Synced", passed, "--automatic", "--prune")
		a.expect(t, in, "", "Synced", none, "--automatic", "--prune")
		a.expect(t, out, "Failed", "OutOfSync", failed, "--automatic", "--prune")
	})
}

// dependent makes a chart with this chart as a dependency, and the template from
// docs/argocd.md.
func dependent(t *testing.T) string {
	t.Helper()
	template := example(t, docsPage(t, "argocd.md"), "# templates/requirements.yaml\n")
	dir := t.TempDir()
	for name, content := range map[string]string{
		"Chart.yaml":                  "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
		"templates/requirements.yaml": template,
		"templates/shop.yaml":         shopManifest,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, "charts", "kreconcile"), os.DirFS(chartDir())); err != nil {
		t.Fatal(err)
	}
	return dir
}

// example returns the YAML on a page that begins with first.
func example(t *testing.T, page, first string) string {
	t.Helper()
	_, found, there := strings.Cut(page, "```yaml\n"+first)
	if !there {
		t.Fatalf("the page shows no YAML that begins with %q", first)
	}
	found, _, _ = strings.Cut(found, "```")
	return found
}

// TestArgoCDTrackedJob syncs what the chart renders in mode job: a Job that is no
// hook, with a new name for each declaration.
func TestArgoCDTrackedJob(t *testing.T) {
	t.Parallel()
	a := newArgoCD(t, "argocd-job")
	in := a.render(t, chartDir(), "mode: job\n"+values(inSync))
	out := a.render(t, chartDir(), "mode: job\n"+values(drifted, looksOnce))

	t.Run("in the last wave it fails no sync, but the Application", func(t *testing.T) {
		if s := a.run(t, out+shopManifest, "--automatic", "--prune"); s.Phase != "Succeeded" {
			t.Errorf("the sync is %s", s.Phase)
		}
		a.expectVersion(t, "1")
		a.settle(t, out+shopManifest, "Degraded")
		a.expectRuns(t, failed)
	})
	t.Run("in an earlier wave it gates", func(t *testing.T) {
		const wave = "argocd.argoproj.io/sync-wave"
		in, out := annotated(t, in, wave, "-1")+shopManifest, annotated(t, out, wave, "-1")+shopManifest
		// The failed Job still exists, and is not run again.
		a.expect(t, next(t, out), "Failed", "OutOfSync", none, "--automatic", "--prune")
		a.expectVersion(t, "1")
		// The Job of the earlier declaration is no longer among the manifests.
		a.expect(t, next(t, in), "Succeeded", "OutOfSync", passed, "--automatic")
		s := a.expect(t, next(t, in), "Succeeded", "Synced", none, "--prune")
		if s.Health != "Healthy" {
			t.Errorf("the Application is %s", s.Health)
		}
		a.expectVersion(t, "2")
		// Neither is a Job that passed.
		a.expect(t, in, "Succeeded", "Synced", none, "--automatic", "--prune")
		a.expectVersion(t, "1")
	})
}

// settle waits until the Application has the health.
func (a *argoCD) settle(t *testing.T, manifests, want string) {
	t.Helper()
	for range 30 {
		if a.run(t, manifests, "--compare").Health == want {
			return
		}
	}
	t.Errorf("the Application is not %s", want)
}
