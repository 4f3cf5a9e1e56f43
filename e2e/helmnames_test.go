package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// The parent chart has gates under aliases, and a ConfigMap named as helm create
// does: only the release, if that contains the chart's name.
const parentConfigMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}
data: {greeting: hello}
`

// writeParent writes a chart into the folder, with a gate under each alias;
// "kreconcile" means no alias.
func writeParent(t *testing.T, dir, name string, values string, aliases ...string) {
	t.Helper()
	metadata := "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\ndependencies:\n"
	for _, alias := range aliases {
		metadata += "  - {name: kreconcile, version: 0.1.0, alias: " + alias + "}\n"
	}
	for file, content := range map[string]string{"Chart.yaml": metadata, "values.yaml": values, "templates/config.yaml": parentConfigMap} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, "charts", "kreconcile"), os.DirFS(chartDir())); err != nil {
		t.Fatal(err)
	}
}

// TestHelmNames renders releases whose names, charts and aliases contain each other.
// No two objects have the same name, and those of gates end in -kreconcile.
func TestHelmNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const declared = ": {image: {repository: kreconcile}, declaration: 'api \"v1\" {}'}\n"
	own := []string{`--set=declaration=api "v1" {}`, "--set=image.repository=kreconcile"}
	shop := filepath.Join(dir, "shop")
	writeParent(t, shop, "shop", "gate"+declared+"preflight"+declared, "gate", "preflight")
	plain := filepath.Join(dir, "plain")
	writeParent(t, plain, "plain", "kreconcile"+declared, "kreconcile")
	// An umbrella chart whose charts have a gate each.
	umbrella := filepath.Join(dir, "umbrella")
	writeParent(t, umbrella, "umbrella", "gate"+declared, "gate")
	writeParent(t, filepath.Join(umbrella, "charts", "left"), "left", "kreconcile"+declared, "kreconcile")
	writeParent(t, filepath.Join(umbrella, "charts", "right"), "right", "kreconcile"+declared+"gate"+declared, "kreconcile", "gate")

	eachHelm(t, func(t *testing.T, major string) {
		h := newHelm(t, major, nil, "names")
		for _, test := range []struct {
			release, chart string
			args, want     []string
		}{
			{"gate", chartDir(), own, []string{"gate-kreconcile"}},
			{"kreconcile", chartDir(), own, []string{"kreconcile-kreconcile"}},
			{"gate", chartDir(), append(slices.Clone(own), "--set=fullnameOverride=shop"), []string{"shop-kreconcile"}},
			{"gate", chartDir(), append(slices.Clone(own), "--set=nameOverride=shop"), []string{"gate-shop-kreconcile"}},
			{"gate", chartDir(), append(slices.Clone(own), "--set=fullnameOverride=Shop_App"), []string{"shop-app-kreconcile"}},
			{"gate", chartDir(), append(slices.Clone(own), "--set=fullnameOverride=shop-kreconcile"), []string{"shop-kreconcile"}},
			{"123", chartDir(), own, []string{"123-kreconcile"}},
			{strings.Repeat("a", 29) + ".bbbbbbbbbbbbbbbbbbb", chartDir(), own, []string{strings.Repeat("a", 29) + "-6e065d12-kreconcile"}},
			{"a-release-whose-name-is-as-long-as-a-name-may-be-123", chartDir(), own, []string{"a-release-whose-name-is-as-lon-f08a8c63-kreconcile"}},
			// The original bug: helm create's shop-gateway, and the alias gate.
			{"shop-gateway", shop, nil, []string{"shop-gateway", "shop-gateway-gate-kreconcile", "shop-gateway-preflight-kreconcile"}},
			{"gate", shop, nil, []string{"gate-shop", "gate-gate-kreconcile", "gate-preflight-kreconcile"}},
			{"plain-kreconcile", plain, nil, []string{"plain-kreconcile", "plain-kreconcile-kreconcile"}},
			{"left-all", umbrella, nil, []string{
				"left-all-umbrella", "left-all", "left-all-right", "left-all-gate-kreconcile", "left-all-left-kreconcile", "left-all-right-kreconcile", "left-all-right-gate-kreconcile",
			}},
		} {
			out := h.expect(t, 0, "", append([]string{"template", test.release, test.chart, "--skip-tests"}, test.args...)...)
			names := map[string]int{}
			for document := range strings.SplitSeq(out.Stdout, "\n---\n") {
				var object metav1.PartialObjectMetadata
				if err := yaml.Unmarshal([]byte(document), &object); err != nil {
					t.Fatal(err)
				}
				if object.Kind == "ConfigMap" {
					// The declaration's hash.
					names[regexp.MustCompile(`-[0-9a-f]{8}$`).ReplaceAllString(object.Name, "")]++
				}
			}
			for name, count := range names {
				if count > 1 || len(name) > 50 {
					t.Errorf("%s of %s: the name %s is %d times there, and has %d characters", test.release, test.chart, name, count, len(name))
				}
			}
			slices.Sort(test.want)
			if diff := cmp.Diff(slices.Compact(test.want), slices.Sorted(maps.Keys(names))); diff != "" {
				t.Errorf("%s of %s: names differ (-want +got):\n%s", test.release, test.chart, diff)
			}
		}
	})
}

// TestHelmKeepsTheApplication fails the gate of an upgrade. The application's
// ConfigMap, which has the release's name, must still exist.
func TestHelmKeepsTheApplication(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "keeps")
		shop := filepath.Join(t.TempDir(), "shop")
		writeParent(t, shop, "shop", "gate: {wait: 0s, image: {repository: kreconcile}}\n", "gate")
		install := func(exit int, declaration string) {
			t.Helper()
			r.expect(t, exit, "", "upgrade", "--install", "shop-gateway", shop, "--set=gate.declaration="+declaration)
		}
		install(0, inSync)
		r.expectRuns(t, "0")
		uid := r.uid(t, "configmap/shop-gateway")
		install(1, drifted)
		r.expectRuns(t, "2 PodFailurePolicy")
		if after := r.uid(t, "configmap/shop-gateway"); after != uid {
			t.Error("the application's ConfigMap was replaced")
		}
	})
}

// TestHelmGatesOfOneName has two gates in one release with the same names, because of
// their aliases. Each checks its own declaration.
func TestHelmGatesOfOneName(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "one-name")
		const gate = ": {wait: 0s, image: {repository: kreconcile}, declaration: 'api \"%s/v1\" {}'}\n"
		umbrella := filepath.Join(t.TempDir(), "umbrella")
		writeParent(t, umbrella, "umbrella", fmt.Sprintf("left-gate"+gate, "nosuch.example.com"), "left-gate")
		writeParent(t, filepath.Join(umbrella, "charts", "left"), "left", fmt.Sprintf("gate"+gate, "example.com"), "gate")
		out := r.expect(t, 1, "", "install", "all", umbrella)
		expectInOrder(t, shown(t, out), `api["nosuch.example.com/v1"] is not served`)
		r.expect(t, 1, "", "upgrade", "--install", "all", umbrella, "--set=left-gate.nameOverride=one", "--set=left.gate.nameOverride=one")
	})
}

// TestHelmChangesItsMode goes from one mode to the other and back, with a gate that
// fails in between. The objects of the deployed revision stay.
func TestHelmChangesItsMode(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "modes")
		install := func(exit int, declaration string, settings ...string) {
			t.Helper()
			settings = append(settings, "wait: 0s", "serviceAccount: {create: true}")
			r.expect(t, exit, values(declaration, settings...), "upgrade", "--install", "gate", chartDir(), "-f", "-", "--wait", "--wait-for-jobs")
		}
		install(0, inSync, "mode: job")
		job := r.expectRuns(t, "0")[0].job
		install(1, drifted)
		r.expectRuns(t, "2 PodFailurePolicy")
		r.expectObjects(t, "configmap/gate-kreconcile-job-*", "serviceaccount/gate-kreconcile-job", "job.batch/"+job, "job.batch/gate-kreconcile", secret(1), secret(2))
		install(0, inSync)
		r.expectRuns(t, "0")
		r.expectObjects(t, secret(1), secret(2), secret(3))
		install(0, inSync, "mode: job")
		r.expectRuns(t, "0")
	})
}

// TestHelmRefusesItsOwnConfigMap names a ConfigMap from the same release: the hook
// would check the declaration of the earlier revision.
func TestHelmRefusesItsOwnConfigMap(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "own-configmap")
		shop := filepath.Join(t.TempDir(), "shop")
		writeParent(t, shop, "shop", "gate: {existingConfigMap: gate-shop, image: {repository: kreconcile}}\n", "gate")
		condition := filepath.Join(shop, "Chart.yaml")
		content, err := os.ReadFile(condition)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(condition, []byte(strings.ReplaceAll(string(content), "alias: gate", "alias: gate, condition: gate.enabled")), 0o644); err != nil {
			t.Fatal(err)
		}
		r.expect(t, 0, "", "install", "gate", shop, "--set=gate.enabled=false")
		out := r.expect(t, 1, "", "upgrade", "gate", shop, "--set=gate.enabled=true")
		expectInOrder(t, out.Stderr, `existingConfigMap "gate-shop" is a part of this release`)
		r.expectRuns(t)
	})
}

// TestHelmOnStrictClusters installs the chart as a dependency, with settings in its
// parent's values.yaml, on clusters where each object must name its owner and
// OpenShift chooses the user. Without the settings, the server refuses it.
func TestHelmOnStrictClusters(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "strict", "owner-required", "openshift")
		const owned = "  labels: {example.com/owner: platform}\n  annotations: {example.com/contact: platform@example.com}\n"
		const base = "gate:\n  wait: 0s\n  image: {repository: kreconcile}\n  declaration: api \"example.com/v1\" {}\n  serviceAccount: {create: true}\n"
		shop := func(settings string) string {
			dir := filepath.Join(t.TempDir(), "shop")
			writeParent(t, dir, "shop", base+settings, "gate")
			// The application must care for its own objects.
			if err := os.RemoveAll(filepath.Join(dir, "templates")); err != nil {
				t.Fatal(err)
			}
			return dir
		}
		out := r.expect(t, 1, "", "install", "gate", shop(""))
		expectInOrder(t, out.Stderr, "the label example.com/owner and the annotation example.com/contact are required")
		r.expectRuns(t)
		for _, mode := range []string{"hook", "job"} {
			r.expect(t, 0, "", "upgrade", "--install", "gate", shop(owned+"  openshift: true\n  mode: "+mode+"\n"), "--wait", "--wait-for-jobs")
			run := r.expectRuns(t, "0")[0]
			if want := []int{1000650000, 0}; run.User != want[0] || run.Group != want[1] {
				t.Errorf("mode %s: it ran as user %d and group %d, want %v", mode, run.User, run.Group, want)
			}
		}
		r.expect(t, 0, "", "test", "gate")
		r.expectRuns(t, "0")
	})
}

// TestChartKnowsOpenShift renders with and without OpenShift's API.
func TestChartKnowsOpenShift(t *testing.T) {
	t.Parallel()
	h := newHelm(t, "4", nil, "openshift")
	for name, test := range map[string]struct {
		args   []string
		chosen bool
	}{
		"auto":                {nil, false},
		"auto, OpenShift":     {[]string{"--api-versions=security.openshift.io/v1"}, true},
		"false, OpenShift":    {[]string{"--set=openshift=false", "--api-versions=security.openshift.io/v1"}, false},
		"true":                {[]string{"--set=openshift=true"}, true},
		"auto, as helm lints": {[]string{"--set=openshift=auto"}, false},
	} {
		out := h.expect(t, 0, values(inSync), append([]string{"template", "gate", chartDir(), "-f", "-"}, test.args...)...)
		spec := podSpec(t, documents(t, out.Stdout)["Job/gate-kreconcile"])
		context := spec.SecurityContext
		chosen := context.RunAsUser == nil && context.RunAsGroup == nil && context.FSGroup == nil
		if chosen != test.chosen || !*context.RunAsNonRoot {
			t.Errorf("%s: the security context is %+v", name, context)
		}
	}
}

// TestChartKeepsMeshesAway renders the defaults, and the settings for a mesh with
// native sidecars.
func TestChartKeepsMeshesAway(t *testing.T) {
	t.Parallel()
	h := newHelm(t, "4", nil, "mesh")
	for setting, want := range map[string][2]string{
		"": {"false", "disabled"},
		"podLabels: {sidecar.istio.io/inject: \"true\"}":      {"true", "disabled"},
		"podAnnotations: {linkerd.io/inject: enabled}":        {"false", "enabled"},
		"podLabels: {example.com/team: a}":                    {"false", "disabled"},
		"labels: {sidecar.istio.io/inject: \"true\"}":         {"false", "disabled"},
		"annotations: {linkerd.io/inject: enabled, a: \"b\"}": {"false", "disabled"},
	} {
		out := h.expect(t, 0, values(inSync, setting), "template", "gate", chartDir(), "-f", "-")
		for _, name := range []string{"Job/gate-kreconcile", "Job/gate-kreconcile-test"} {
			var job struct {
				Spec struct{ Template metav1.PartialObjectMetadata }
			}
			if err := yaml.Unmarshal([]byte(documents(t, out.Stdout)[name]), &job); err != nil {
				t.Fatal(err)
			}
			pod := job.Spec.Template
			got := [2]string{pod.Labels["sidecar.istio.io/inject"], pod.Annotations["linkerd.io/inject"]}
			if got != want || pod.Labels["kuma.io/sidecar-injection"] != "disabled" || pod.Annotations["consul.hashicorp.com/connect-inject"] != "false" {
				t.Errorf("%s with %q: labels %v, annotations %v", name, setting, pod.Labels, pod.Annotations)
			}
		}
	}
}

// podSpec returns the Pod spec of a Job.
func podSpec(t *testing.T, job string) corev1.PodSpec {
	t.Helper()
	var object struct {
		Spec struct{ Template corev1.PodTemplateSpec }
	}
	if err := yaml.Unmarshal([]byte(job), &object); err != nil {
		t.Fatal(err)
	}
	return object.Spec.Template.Spec
}
