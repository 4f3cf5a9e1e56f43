package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// TestFluxHelmRelease installs a chart with kreconcile as a dependency and the values
// of the HelmRelease. It uses Helm 4, which helm-controller has as a library.
// disableHooks of a HelmRelease is the same as --no-hooks.
//
// Source:
// https://github.com/fluxcd/helm-controller/blob/v1.6.3/internal/action/install.go
func TestFluxHelmRelease(t *testing.T) {
	t.Parallel()
	_, second, _ := strings.Cut(deployFile(t, "flux-helmrelease.yaml"), "\n---\n")
	var object struct {
		Spec struct {
			Timeout metav1.Duration
			Values  struct {
				Kreconcile map[string]any
			}
		}
	}
	if err := yaml.Unmarshal([]byte(second), &object); err != nil {
		t.Fatal(err)
	}
	gate := object.Spec.Values.Kreconcile
	if limit, err := time.ParseDuration(fmt.Sprint(gate["helmTimeout"])); err != nil || limit != object.Spec.Timeout.Duration {
		t.Errorf("helmTimeout is %v (%v), and the timeout %s", gate["helmTimeout"], err, object.Spec.Timeout.Duration)
	}
	gate["wait"] = "0s"
	values, err := yaml.Marshal(object.Spec.Values)
	if err != nil {
		t.Fatal(err)
	}
	content := strings.Replace(string(values), "Kreconcile:", "kreconcile:", 1)

	r := newRelease(t, "4", "flux")
	dir := filepath.Join(r.home, "shop")
	for name, text := range map[string]string{
		"Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n" +
			"- {name: kreconcile, version: 0.1.0, repository: \"file://" + chartDir() + "\"}\n",
		"templates/shop.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {version: \"{{ .Values.version }}\"}\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r.expect(t, 0, "", "dependency", "update", dir)
	drift := change(t, content, `api "networking.k8s.io/v1"`, `api "networking.k8s.io/v1beta1"`)

	r.expect(t, 1, drift, "install", "shop", dir, "-f", "-", "--set=version=1")
	r.expectRuns(t, "2 PodFailurePolicy")
	// A failed install is retried as an upgrade.
	r.expect(t, 0, content, "upgrade", "shop", dir, "-f", "-", "--set=version=1")
	r.expectRuns(t, "0")
	r.expect(t, 1, drift, "upgrade", "shop", dir, "-f", "-", "--set=version=2")
	r.expectRuns(t, "2 PodFailurePolicy")
	version := func() string {
		return r.jobs.kubectl(t, "", "get", "configmap", "shop", "-o", "jsonpath={.data.version}")
	}
	if got := version(); got != "1" {
		t.Errorf("version %s was applied", got)
	}
	r.expect(t, 0, drift, "upgrade", "shop", dir, "-f", "-", "--set=version=3", "--no-hooks")
	r.expectRuns(t)
	if got := version(); got != "3" {
		t.Errorf("version %s was applied", got)
	}
}
