package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// branching is a chart that renders what the cluster is capable of.
var branching = map[string]string{
	"Chart.yaml": "apiVersion: v2\nname: branching\nversion: 0.1.0\nkubeVersion: \">= 1.30-0\"\n",
	"templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: branching
data:
  version: {{ .Capabilities.KubeVersion.Version | quote }}
  {{- range list "apps/v1/Deployment" "apps/v1/Scale" "v1/Pod" "v1/Binding" "example.com/v1/Widget" "example.com/v2/Widget" "example.com/v1" "policy/v1/PodSecurityPolicy" }}
  {{ . | replace "/" "-" }}: {{ $.Capabilities.APIVersions.Has . | quote }}
  {{- end }}
  {{- if semverCompare ">= 1.31-0" .Capabilities.KubeVersion.Version }}
  new: "true"
  {{- end }}
  {{- if .Values.all }}
  all: {{ .Capabilities.APIVersions | toJson | quote }}
  {{- end }}
`,
}

// TestHelmCapabilities renders the chart with helm template and the arguments of kreconcile
// api-versions, and on the cluster itself.
func TestHelmCapabilities(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{manifests: []string{"widgets.yaml"}})
	a := newAccount(t, c)
	expectWhole(t, c, a)
	chart := t.TempDir()
	for name, content := range branching {
		file := filepath.Join(chart, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	listed := func(args ...string) []string {
		t.Helper()
		r := a.kreconcile(t, "", append([]string{"api-versions", "-o", "helm"}, args...)...)
		if r.ExitCode != 0 || r.Stderr != "" {
			t.Fatalf("exit %d: %s", r.ExitCode, r.Stderr)
		}
		return strings.Fields(r.Stdout)
	}
	live := listed("--service-account-dir", a.volume.Dir)
	file := filepath.Join(t.TempDir(), "cluster.json")
	if r := a.kreconcile(t, "", "snapshot", "--service-account-dir", a.volume.Dir, "--out", file); r.ExitCode != 0 {
		t.Fatalf("exit %d: %s", r.ExitCode, r.Stderr)
	}
	if diff := cmp.Diff(live, listed("--snapshot", file)); diff != "" {
		t.Errorf("the snapshot (-live +recorded):\n%s", diff)
	}
	eachHelm(t, func(t *testing.T, major string) {
		h := newHelm(t, major, c, "default")
		var release struct {
			Manifest string `json:"manifest"`
		}
		r := h.expect(t, 0, "", "install", "branching", chart, "--dry-run=server", "--output=json", "--set=all=true")
		if err := json.Unmarshal([]byte(r.Stdout), &release); err != nil {
			t.Fatal(err)
		}
		onCluster := rendered(t, release.Manifest)
		var all []string
		if err := json.Unmarshal([]byte(onCluster["all"]), &all); err != nil {
			t.Fatal(err)
		}
		want := []string{"--kube-version", onCluster["version"]}
		slices.SortFunc(all, compareCapabilities)
		for _, capability := range all {
			want = append(want, "--api-versions", capability)
		}
		if diff := cmp.Diff(want, live); diff != "" {
			t.Errorf("api-versions (-helm +kreconcile):\n%s", diff)
		}
		delete(onCluster, "all")
		got := rendered(t, h.expect(t, 0, "", append([]string{"template", "branching", chart}, live...)...).Stdout)
		if diff := cmp.Diff(onCluster, got); diff != "" {
			t.Errorf("the chart (-cluster +template):\n%s", diff)
		}
		if got["example.com-v1-Widget"] != "true" || got["example.com-v2-Widget"] != "false" || got["new"] != "true" {
			t.Errorf("the chart does not branch: %v", got)
		}
	})
}

// compareCapabilities orders "apps/v1/Deployment" behind "apps/v1", and group versions by their text.
func compareCapabilities(a, b string) int {
	split := func(s string) (string, string) {
		if gv, kind, found := cutLast(s, "/"); found && kind != strings.ToLower(kind) {
			return gv, kind
		}
		return s, ""
	}
	gvA, kindA := split(a)
	gvB, kindB := split(b)
	if gvA != gvB {
		return strings.Compare(gvA, gvB)
	}
	return strings.Compare(kindA, kindB)
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// rendered returns the data of the chart's ConfigMap.
func rendered(t *testing.T, manifest string) map[string]string {
	t.Helper()
	for name, document := range documents(t, manifest) {
		if name != "ConfigMap/branching" {
			continue
		}
		var object struct {
			Data map[string]string `json:"data"`
		}
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			t.Fatal(err)
		}
		return object.Data
	}
	t.Fatalf("no ConfigMap was rendered:\n%s", manifest)
	return nil
}

// TestStaleAPIVersions lists a cluster with an aggregated API that nothing serves.
func TestStaleAPIVersions(t *testing.T) {
	t.Parallel()
	a := newAccount(t, extended(t))
	r := a.kreconcile(t, "", "api-versions", "--service-account-dir", a.volume.Dir)
	if r.ExitCode != 3 || !strings.Contains(r.Stdout, "\nexample.com/v1\n") || !strings.Contains(r.Stderr, "The kinds of metrics.example.com/v1beta1") {
		t.Errorf("exit %d: %s\n%s", r.ExitCode, r.Stdout, r.Stderr)
	}
}

// TestAllFields records every field of real servers, and compares them with the catalogue and with
// each other.
func TestAllFields(t *testing.T) {
	t.Parallel()
	record := func(a *account) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "cluster.json")
		// The schema of a custom resource comes a second after its API.
		eventually(t, 20*time.Second, func() error {
			r := a.kreconcile(t, "", "snapshot", "--fields=all", "--redact", "--service-account-dir", a.volume.Dir, "--out", file)
			if r.ExitCode != 0 || strings.Contains(r.Stderr, "Warning") {
				return fmt.Errorf("exit %d: %s", r.ExitCode, r.Stderr)
			}
			return nil
		})
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), "127.0.0.1") {
			t.Error("the snapshot has an address")
		}
		return file
	}
	a := newAccount(t, stock(t))
	file := record(a)
	if r := a.kreconcile(t, "", "snapshot", "diff", "--detailed-exitcode", file, minor(newest(), 0)); r.ExitCode != 0 {
		t.Errorf("exit %d: %s", r.ExitCode, r.Stdout)
	}
	c := unsettled(t, setup{manifests: []string{"widgets.yaml"}})
	b := newAccount(t, c)
	expectWhole(t, c, b)
	r := a.kreconcile(t, "", "snapshot", "diff", "--detailed-exitcode", file, record(b))
	if r.ExitCode != 2 || !strings.Contains(r.Stdout, "+ the group version (Widget)") || !strings.Contains(r.Stdout, "None can break a client.") {
		t.Errorf("exit %d: %s", r.ExitCode, r.Stdout)
	}
}
