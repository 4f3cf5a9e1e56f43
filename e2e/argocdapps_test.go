package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/published"
)

// Files of deploy/ that Argo CD itself reads.
const (
	argoCDConfigMap    = "argocd-cm.yaml"
	argoCDApplications = "argocd-applications.yaml"
)

func argoCDHealth() string {
	return "--argocd-cm=" + filepath.Join(suite.programs.Root, "deploy", argoCDConfigMap)
}

// TestArgoCDApplications syncs deploy/argocd-applications.yaml as an Application of
// Applications does, with and without the health check of deploy/argocd-cm.yaml. For
// each Application in it, the test acts as Argo CD's controller.
func TestArgoCDApplications(t *testing.T) {
	t.Parallel()
	parent, child := newArgoCD(t, "argocd"), newArgoCD(t, "shop")
	applications := deployFile(t, argoCDApplications)
	const requirements, shop = "applications.argoproj.io/shop-requirements", "applications.argoproj.io/shop"
	t.Run("the files are accepted", func(t *testing.T) {
		for _, file := range []string{argoCDApplications, argoCDConfigMap} {
			if err := parent.dryRun(t, deployFile(t, file)); err != nil {
				t.Error(err)
			}
		}
		retry := example(t, docsPage(t, "argocd.md"), "# the Application's\nspec:\n  syncPolicy:\n")
		patched := applications + retry
		if err := parent.dryRun(t, patched); err != nil {
			t.Error(err)
		}
		parent.kubectl(t, "", "create", "configmap", "argocd-cm", "--from-literal=another=setting")
		parent.kubectl(t, "", "patch", "configmap", "argocd-cm", "--patch-file", filepath.Join(suite.programs.Root, "deploy", argoCDConfigMap))
		if got := parent.kubectl(t, "", "get", "configmap", "argocd-cm", "-o", "jsonpath={.data.another}"); got != "setting" {
			t.Errorf("another setting is %q now", got)
		}
	})

	// reconcile syncs one Application, and reports the result.
	reconcile := func(t *testing.T, manifests string, runs []string) {
		t.Helper()
		spec := read[unstructured.Unstructured](t, parent.site, "applications.argoproj.io", "shop-requirements").Object["spec"]
		source := spec.(map[string]any)["source"].(map[string]any)
		revision := source["targetRevision"]
		s := child.run(t, manifests, "--automatic")
		child.expectRuns(t, runs)
		status := map[string]any{
			"sync":   map[string]any{"status": s.Status, "revision": revision, "comparedTo": map[string]any{"source": source, "destination": map[string]any{}}},
			"health": map[string]any{"status": s.Health},
		}
		if s.Phase != "" {
			status["operationState"] = map[string]any{
				"phase": s.Phase, "message": s.Message, "startedAt": "2026-01-01T00:00:00Z", "operation": map[string]any{},
				"syncResult": map[string]any{"revision": revision, "source": source},
			}
		}
		patch, err := json.Marshal(map[string]any{"status": status})
		if err != nil {
			t.Fatal(err)
		}
		parent.kubectl(t, "", "patch", requirements, "--type=merge", "--patch", string(patch))
	}
	revisionOf := func(t *testing.T, want string) {
		t.Helper()
		if got := parent.kubectl(t, "", "get", shop, "--ignore-not-found", "-o", "jsonpath={.spec.source.targetRevision}"); got != want {
			t.Errorf("the shop has the revision %q, want %q", got, want)
		}
	}
	waits := func(t *testing.T, manifests string) {
		t.Helper()
		s := parent.run(t, manifests, argoCDHealth(), "--timeout=3s")
		if want := "waiting for healthy state of argoproj.io/Application/shop-requirements"; s.Phase != "Running" || s.Message != want {
			t.Errorf("the sync is %s: %s, want it %s", s.Phase, s.Message, want)
		}
	}
	manifests := strings.TrimSuffix(quick(t, "argocd-presync.yaml"), shopManifest)
	second := strings.ReplaceAll(applications, "v1.0.0", "v2.0.0")
	third := strings.ReplaceAll(applications, "v1.0.0", "v3.0.0")

	t.Run("the second waits for the first", func(t *testing.T) {
		waits(t, applications)
		revisionOf(t, "")
	})
	t.Run("drift stops the wave after it", func(t *testing.T) {
		reconcile(t, drift(t, manifests), failed)
		s := parent.run(t, applications, argoCDHealth())
		if s.Phase != "Failed" || s.Health != "Degraded" {
			t.Errorf("the sync is %s and the Application %s", s.Phase, s.Health)
		}
		revisionOf(t, "")
	})
	t.Run("what is as declared lets it go on", func(t *testing.T) {
		reconcile(t, manifests, passed)
		parent.expect(t, applications, "Succeeded", "Synced", none, argoCDHealth())
		revisionOf(t, "v1.0.0")
	})
	t.Run("a new revision waits, too", func(t *testing.T) {
		waits(t, second)
		revisionOf(t, "v1.0.0")
		reconcile(t, drift(t, manifests), failed)
		if s := parent.run(t, second, argoCDHealth()); s.Phase != "Failed" {
			t.Errorf("the sync is %s", s.Phase)
		}
		revisionOf(t, "v1.0.0")
		// A failure of an earlier revision says nothing about this one.
		waits(t, third)
		reconcile(t, strings.ReplaceAll(manifests, "1.30", "1.31"), passed)
		parent.expect(t, third, "Succeeded", "Synced", none, argoCDHealth())
		revisionOf(t, "v3.0.0")
	})
	t.Run("without the health check it goes on at once", func(t *testing.T) {
		parent.expect(t, second, "Succeeded", "Synced", none)
		revisionOf(t, "v2.0.0")
	})
}

// TestArgoCDApplicationHealth runs the health check of deploy/argocd-cm.yaml with
// Argo CD's Lua.
func TestArgoCDApplicationHealth(t *testing.T) {
	t.Parallel()
	if err := buildArgoCD(); err != nil {
		t.Fatal(err)
	}
	a := &argoCD{jobController: &jobController{site: &site{cluster: withArgoCD(t)}}}
	file, err := published.ArgoCDHealth().Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	manual := filepath.Join(t.TempDir(), "argocd-cm.yaml")
	if err := os.WriteFile(manual, []byte(example(t, string(page), "---\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	source := map[string]any{"repoURL": "https://git.example.com/shop.git", "path": "shop", "targetRevision": "v1"}
	with := func(name string, value any) map[string]any {
		changed := maps.Clone(source)
		changed[name] = value
		return changed
	}
	synced := map[string]any{"status": "Synced", "revision": "abc", "comparedTo": map[string]any{"source": source}}
	outOfSync := map[string]any{"status": "OutOfSync", "revision": "abc", "comparedTo": map[string]any{"source": source}}
	ended := func(phase, revision string, of map[string]any) map[string]any {
		return map[string]any{"phase": phase, "syncResult": map[string]any{"revision": revision, "source": of}}
	}
	healthy := map[string]any{"status": "Healthy"}
	several := map[string]any{"sources": []any{source, with("path", "more")}}
	for name, test := range map[string]struct {
		spec, status map[string]any
		want         string
	}{
		"new":                                    {want: "Progressing"},
		"synced and healthy":                     {status: map[string]any{"sync": synced, "health": healthy, "operationState": ended("Succeeded", "abc", source)}, want: "Healthy"},
		"synced and degraded":                    {status: map[string]any{"sync": synced, "health": map[string]any{"status": "Degraded"}, "operationState": ended("Succeeded", "abc", source)}, want: "Degraded"},
		"out of sync, not yet synced":            {status: map[string]any{"sync": outOfSync, "health": healthy}, want: "Progressing"},
		"syncing":                                {status: map[string]any{"sync": synced, "health": healthy, "operationState": ended("Running", "abc", source)}, want: "Progressing"},
		"failed":                                 {status: map[string]any{"sync": outOfSync, "health": healthy, "operationState": ended("Failed", "abc", source)}, want: "Degraded"},
		"failed, and Synced all the same":        {status: map[string]any{"sync": synced, "health": healthy, "operationState": ended("Failed", "abc", source)}, want: "Degraded"},
		"failed without a result":                {status: map[string]any{"sync": outOfSync, "health": healthy, "operationState": map[string]any{"phase": "Error"}}, want: "Degraded"},
		"failed with another commit":             {status: map[string]any{"sync": outOfSync, "health": healthy, "operationState": ended("Failed", "def", source)}, want: "Progressing"},
		"failed with other values":               {status: map[string]any{"sync": outOfSync, "health": healthy, "operationState": ended("Failed", "abc", with("helm", map[string]any{"values": "a"}))}, want: "Progressing"},
		"a new revision, not yet compared":       {spec: map[string]any{"source": with("targetRevision", "v2")}, status: map[string]any{"sync": synced, "health": healthy}, want: "Progressing"},
		"new values, not yet compared":           {spec: map[string]any{"source": with("helm", map[string]any{"valuesObject": map[string]any{"a": "b"}})}, status: map[string]any{"sync": synced, "health": healthy}, want: "Progressing"},
		"values gone, not yet compared":          {status: map[string]any{"sync": map[string]any{"status": "Synced", "comparedTo": map[string]any{"source": with("helm", map[string]any{"values": "a"})}}, "health": healthy}, want: "Progressing"},
		"empty values, which Argo CD leaves out": {spec: map[string]any{"source": with("helm", map[string]any{"parameters": []any{}, "skipCrds": false})}, status: map[string]any{"sync": synced, "health": healthy}, want: "Healthy"},
		"several sources":                        {spec: several, status: map[string]any{"sync": map[string]any{"status": "Synced", "comparedTo": several}, "health": healthy}, want: "Healthy"},
		"several sources, one with another path": {spec: several, status: map[string]any{"sync": map[string]any{"status": "Synced", "comparedTo": map[string]any{"sources": []any{source, source}}}, "health": healthy}, want: "Progressing"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := test.spec
			if spec == nil {
				spec = map[string]any{"source": source}
			}
			object := map[string]any{"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": map[string]any{"name": "shop"}, "spec": spec}
			if test.status != nil {
				object["status"] = test.status
			}
			content, err := yaml.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			if s := a.run(t, string(content), "--health", argoCDHealth()); s.Health != test.want {
				t.Errorf("%s: %s, want %s", s.Health, s.Message, test.want)
			}
			// Argo CD has no health check by default.
			if s := a.run(t, string(content), "--health"); s.Health != "" {
				t.Errorf("%s without the check", s.Health)
			}
			// The one in its manual ignores the sync.
			want := "Progressing"
			if health, ok := test.status["health"].(map[string]any); ok {
				want = fmt.Sprint(health["status"])
			}
			if s := a.run(t, string(content), "--health", "--argocd-cm", manual); s.Health != want {
				t.Errorf("%s by Argo CD's manual, want %s", s.Health, want)
			}
		})
	}
}
