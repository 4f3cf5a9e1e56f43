package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/published"
)

// argoCD is an Application in its own namespace, whose Jobs are run.
type argoCD struct {
	*jobController
	app string
}

// synced is the output of e2e/argocd.
type synced struct {
	Status, Health, Phase, Message string
	OutOfSync                      []string
	Objects                        []struct{ Name, SyncPhase, Status, HookPhase, Message string }
}

func newArgoCD(t *testing.T, namespace string) *argoCD {
	t.Helper()
	if err := buildArgoCD(); err != nil {
		t.Fatal(err)
	}
	return &argoCD{jobController: startJobController(t, withArgoCD(t), namespace), app: namespace}
}

// withArgoCD returns a control plane for these tests, which make APIs, with Argo CD's
// Application.
func withArgoCD(t *testing.T) *cluster.Cluster {
	t.Helper()
	return shared(t, startWithArgoCD)
}

var startWithArgoCD = sync.OnceValues(func() (*cluster.Cluster, error) {
	c, err := startCluster(suite.interrupted, "argocd", setup{manifests: []string{"widgets.yaml"}})
	if err != nil {
		return nil, err
	}
	file, err := published.ArgoCDApplication().Fetch(suite.interrupted)
	if err != nil {
		return nil, err
	}
	if _, err := c.Kubectl(suite.interrupted, "", "create", "-f", file); err != nil {
		return nil, err
	}
	return c, established(suite.interrupted, c, "applications.argoproj.io")
})

// run compares or syncs the manifests, as the flags say.
func (a *argoCD) run(t *testing.T, manifests string, flags ...string) *synced {
	t.Helper()
	args := append([]string{"--kubeconfig", a.cluster.Kubeconfig, "--app", a.app, "--namespace", a.namespace}, flags...)
	cmd := exec.CommandContext(t.Context(), suite.programs.ArgoCD, args...)
	// The engine uses kubectl's code, which keeps a cache in HOME.
	cmd.Env = append(append(os.Environ(), "HOME="+t.TempDir()), cluster.Frugal...)
	cmd.Stdin = strings.NewReader(manifests)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("argocd %q: %v\n%s", flags, err, stderr.String())
	}
	s := &synced{}
	if err := json.Unmarshal(out, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// expect runs it, and compares the phase of the sync, the Application's status after
// it, and the outcomes of the Pods that ran meanwhile.
func (a *argoCD) expect(t *testing.T, manifests, phase, status string, runs []string, flags ...string) *synced {
	t.Helper()
	s := a.run(t, manifests, flags...)
	if s.Phase != phase || s.Status != status {
		t.Errorf("the sync is %q and the Application %s (%q), want %q and %s\n%+v", s.Phase, s.Status, s.OutOfSync, phase, status, s)
	}
	a.expectRuns(t, runs)
	return s
}

// expectRuns compares the outcomes of the Pods that ran since the last call.
func (a *argoCD) expectRuns(t *testing.T, want []string) {
	t.Helper()
	got, messages := []string{}, ""
	for _, run := range a.take(t) {
		messages += run.Message
		got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s", run.ExitCode, run.reason)))
	}
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		t.Errorf("runs differ (-want +got):\n%s\n%s", diff, messages)
	}
}

// expectThere checks which of the named objects exist.
func (a *argoCD) expectThere(t *testing.T, want map[string]bool) {
	t.Helper()
	for name, there := range want {
		if out := a.kubectl(t, "", "get", name, "--ignore-not-found", "-o", "name"); (out != "") != there {
			t.Errorf("%s: there is %q, want it there: %t", name, out, there)
		}
	}
}

// The ways that a Pod ends, and the effect on its Job.
var (
	passed = []string{"0"}
	failed = []string{"2 PodFailurePolicy"}
	none   []string
)

// shopManifest is an Application's manifest.
const shopManifest = `
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
data: {version: "1"}
`

// quick returns a file of deploy/ that looks once, followed by the shop.
func quick(t *testing.T, file string) string {
	t.Helper()
	return change(t, deployFile(t, file), "        - --wait=2m\n", "") + shopManifest
}

// drift requires something that the cluster does not serve.
func drift(t *testing.T, manifests string) string {
	t.Helper()
	return change(t, manifests, `api "networking.k8s.io/v1"`, `api "networking.k8s.io/v1beta1"`)
}

// next changes the version of the shop.
func next(t *testing.T, manifests string) string {
	t.Helper()
	return change(t, manifests, `version: "1"`, `version: "2"`)
}

func (a *argoCD) expectVersion(t *testing.T, want string) {
	t.Helper()
	if got := a.kubectl(t, "", "get", "configmap", "shop", "--ignore-not-found", "-o", "jsonpath={.data.version}"); got != want {
		t.Errorf("version %q of the shop is there, want %q", got, want)
	}
}

// withoutTracked removes the ConfigMap that is no hook.
func withoutTracked(t *testing.T, manifests string) string {
	t.Helper()
	first, rest, _ := strings.Cut(manifests, "\n---\n")
	var list unstructured.UnstructuredList
	content, err := yaml.YAMLToJSON([]byte(first))
	if err != nil {
		t.Fatal(err)
	}
	if err := list.UnmarshalJSON(content); err != nil || len(list.Items) != 2 {
		t.Fatalf("%v: %s", err, first)
	}
	hook, err := yaml.Marshal(list.Items[1].Object)
	if err != nil {
		t.Fatal(err)
	}
	return string(hook) + "---\n" + rest
}

// TestArgoCDPreSync syncs deploy/argocd-presync.yaml with an application, with Argo
// CD's engine.
func TestArgoCDPreSync(t *testing.T) {
	t.Parallel()
	a := newArgoCD(t, "argocd-presync")
	manifests := quick(t, "argocd-presync.yaml")

	t.Run("drift fails the sync and changes nothing", func(t *testing.T) {
		s := a.expect(t, drift(t, manifests), "Failed", "OutOfSync", failed, "--automatic")
		if s.Health != "Healthy" {
			t.Errorf("the Application is %s", s.Health)
		}
		a.expectThere(t, map[string]bool{"configmap/shop": false, "configmap/kreconcile-presync-tracked": false, "job/kreconcile-presync": true})
	})
	t.Run("what is as declared lets the sync go on", func(t *testing.T) {
		a.expect(t, manifests, "Succeeded", "Synced", passed, "--automatic")
		a.expectVersion(t, "1")
	})
	t.Run("automatic sync does nothing where nothing has changed", func(t *testing.T) {
		a.expect(t, manifests, "", "Synced", none, "--automatic")
	})
	t.Run("a sync by hand checks again", func(t *testing.T) {
		a.expect(t, manifests, "Succeeded", "Synced", passed)
	})
	t.Run("a changed declaration alone is checked", func(t *testing.T) {
		changed := drift(t, manifests)
		a.expect(t, changed, "", "OutOfSync", none, "--compare")
		a.expect(t, changed, "Failed", "OutOfSync", failed, "--automatic")
		// It stays so until the cluster has what is declared.
		a.expect(t, manifests, "", "Synced", none, "--compare")
	})
	t.Run("drift keeps the version that is there", func(t *testing.T) {
		a.expect(t, next(t, drift(t, manifests)), "Failed", "OutOfSync", failed, "--automatic")
		a.expectVersion(t, "1")
		a.expect(t, next(t, manifests), "Succeeded", "Synced", passed, "--automatic")
		a.expectVersion(t, "2")
	})
	t.Run("ApplyOutOfSyncOnly checks, too", func(t *testing.T) {
		a.expect(t, drift(t, manifests), "Failed", "OutOfSync", failed, "--option", "ApplyOutOfSyncOnly=true")
		a.expectVersion(t, "2")
	})
	t.Run("server-side apply checks, too", func(t *testing.T) {
		a.expect(t, drift(t, manifests), "Failed", "OutOfSync", failed, "--option", "ServerSideApply=true")
		a.expect(t, manifests, "Succeeded", "Synced", passed, "--option", "ServerSideApply=true")
	})
	t.Run("a sync of selected objects checks nothing", func(t *testing.T) {
		a.expect(t, next(t, drift(t, manifests)), "Succeeded", "OutOfSync", none, "--resources", "ConfigMap/shop")
		a.expectVersion(t, "2")
	})
	t.Run("a sync with the strategy apply checks nothing", func(t *testing.T) {
		a.expect(t, next(t, drift(t, manifests)), "Succeeded", "Synced", none, "--strategy-apply")
	})
	t.Run("self-heal checks nothing", func(t *testing.T) {
		changed := next(t, drift(t, manifests))
		a.kubectl(t, "", "delete", "configmap", "shop")
		a.expect(t, changed, "Succeeded", "Synced", none, "--self-heal")
		a.expectVersion(t, "2")
	})
}

// TestArgoCDHooksAlone shows why deploy/argocd-presync.yaml has an object that is no
// hook.
func TestArgoCDHooksAlone(t *testing.T) {
	t.Parallel()
	a := newArgoCD(t, "argocd-hooks")
	all := quick(t, "argocd-presync.yaml")
	hooks := withoutTracked(t, strings.TrimSuffix(all, shopManifest))
	// Never synced, never checked, and already green.
	if s := a.expect(t, drift(t, hooks), "", "Synced", none, "--automatic"); s.Health != "Healthy" {
		t.Errorf("the Application is %s", s.Health)
	}
	a.expect(t, hooks, "Succeeded", "Synced", passed)
	a.expect(t, drift(t, hooks), "", "Synced", none, "--automatic")
	a.expect(t, drift(t, hooks), "", "Synced", none, "--self-heal")
	a.expect(t, drift(t, hooks), "Failed", "Synced", failed)

	// In an application, a change of only the declaration goes unnoticed.
	beside := withoutTracked(t, all)
	a.expect(t, beside, "Succeeded", "Synced", passed)
	a.expect(t, drift(t, beside), "", "Synced", none, "--automatic")
}

// TestArgoCDHookTakesAName shows what a hook does to another object with its name.
func TestArgoCDHookTakesAName(t *testing.T) {
	t.Parallel()
	a := newArgoCD(t, "argocd-names")
	a.kubectl(t, "", "create", "configmap", "kreconcile-presync", "--from-literal=of=another")
	a.expect(t, drift(t, quick(t, "argocd-presync.yaml")), "Failed", "OutOfSync", failed)
	if got := a.kubectl(t, "", "get", "configmap", "kreconcile-presync", "-o", "jsonpath={.data.of}"); got != "" {
		t.Errorf("it holds %q still: then names need no care", got)
	}
}
