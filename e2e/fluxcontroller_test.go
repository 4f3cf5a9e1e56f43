package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/published"
)

// fluxed returns a control plane with the published custom resource definitions of
// Flux.
func fluxed(t *testing.T) *cluster.Cluster {
	t.Helper()
	return shared(t, startFluxed)
}

var startFluxed = sync.OnceValues(func() (*cluster.Cluster, error) {
	if err := generateHelmRelease(); err != nil {
		return nil, err
	}
	c, err := startCluster(suite.interrupted, "flux", setup{})
	if err != nil {
		return nil, err
	}
	files := []string{suite.programs.HelmReleaseCRD}
	// kustomize-controller watches these sources.
	for _, file := range []published.File{
		published.FluxKustomization(), published.FluxSource("gitrepositories"), published.FluxSource("ocirepositories"), published.FluxSource("buckets"),
	} {
		path, err := file.Fetch(suite.interrupted)
		if err != nil {
			return nil, err
		}
		files = append(files, path)
	}
	for _, file := range files {
		if _, err := c.Kubectl(suite.interrupted, "", "create", "-f", file); err != nil {
			return nil, err
		}
	}
	for _, what := range []string{"jsonpath={.status.conditions}", "condition=Established"} {
		if _, err := c.Kubectl(suite.interrupted, "", "wait", "--for="+what, "--timeout=30s", "crd", "--all"); err != nil {
			return nil, err
		}
	}
	return c, nil
})

// flux is Flux's kustomize-controller with a repository. The test makes its
// revisions, as source-controller does. Kustomizations are in one namespace, and what
// they apply is in another, whose Jobs are run.
type flux struct {
	*jobController
	system   *site
	server   *httptest.Server
	archives sync.Map
	// revisions counts the revisions, and current is the last one of flux-system.
	revisions int
	current   string
	requests  int
}

// fluxSource is the repository that flux bootstrap makes, and one more.
const fluxSource = `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system}
spec: {interval: 1h, url: "https://git.example.com/shop.git"}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: another}
spec: {interval: 1h, url: "https://git.example.com/another.git"}
`

func startFlux(t *testing.T) *flux {
	t.Helper()
	if err := buildKustomizeController(); err != nil {
		t.Fatal(err)
	}
	c := fluxed(t)
	f := &flux{jobController: startJobController(t, c, "shop"), system: newSite(t, c, "flux-system")}
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		archive, found := f.archives.Load(r.URL.Path)
		content, ok := archive.([]byte)
		if !found || !ok {
			http.NotFound(w, r)
			return
		}
		// A client that is gone needs no answer.
		_, _ = w.Write(content)
	}))
	t.Cleanup(f.server.Close)
	f.system.kubectl(t, fluxSource, "create", "-f", "-")

	log, err := os.Create(filepath.Join(t.TempDir(), "kustomize-controller"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, suite.programs.KustomizeController,
		// Its default is 30s.
		"--requeue-dependency=1s",
		"--metrics-addr=127.0.0.1:0", "--health-addr=127.0.0.1:0", "--log-encoding=console")
	cmd.Env = []string{"KUBECONFIG=" + c.Kubeconfig, "RUNTIME_NAMESPACE=flux-system", "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		// The test ended it.
		_ = cmd.Wait()
		content, err := os.ReadFile(log.Name())
		if t.Failed() && err == nil {
			t.Logf("kustomize-controller:\n%s", content[max(0, len(content)-8<<10):])
		}
		log.Close()
	})
	return f
}

// revise gives a repository a new revision with these files.
func (f *flux) revise(t *testing.T, repository string, files map[string]string) {
	t.Helper()
	var archive bytes.Buffer
	packed := gzip.NewWriter(&archive)
	w := tar.NewWriter(packed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	f.revisions++
	path := fmt.Sprintf("/%d.tar.gz", f.revisions)
	revision := fmt.Sprintf("main@sha1:%040d", f.revisions)
	if repository == "flux-system" {
		f.current = revision
	}
	f.archives.Store(path, archive.Bytes())
	f.system.kubectl(t, "", "patch", "gitrepository", repository, "--subresource=status", "--type=merge", "--patch", fmt.Sprintf(
		`{"status": {"artifact": {"url": %q, "path": %q, "revision": %q, "digest": "sha256:%x", "lastUpdateTime": %q}}}`,
		f.server.URL+path, path, revision, sha256.Sum256(archive.Bytes()), time.Now().UTC().Format(time.RFC3339)))
}

// kustomization has what the tests read.
type kustomization struct {
	Status struct {
		Conditions             []metav1.Condition `json:"conditions"`
		LastAppliedRevision    string             `json:"lastAppliedRevision"`
		LastAttemptedRevision  string             `json:"lastAttemptedRevision"`
		LastHandledReconcileAt string             `json:"lastHandledReconcileAt"`
	} `json:"status"`
}

// ready returns the status and the reason of the condition Ready.
func (k *kustomization) ready() (state, message string) {
	for _, c := range k.Status.Conditions {
		if c.Type == "Ready" {
			return string(c.Status) + " " + c.Reason, c.Message
		}
	}
	return "", ""
}

// expect waits until the Kustomization is in the state for the latest revision, and
// returns the message of the condition.
func (f *flux) expect(t *testing.T, name, state string) string {
	t.Helper()
	return f.await(t, name, state, func(k *kustomization) bool {
		// A Kustomization that waits for another one does not try the revision.
		return k.Status.LastAttemptedRevision == f.current || strings.HasSuffix(state, "DependencyNotReady")
	})
}

func (f *flux) await(t *testing.T, name, state string, done func(k *kustomization) bool) string {
	t.Helper()
	message := ""
	eventually(t, time.Minute, func() error {
		k := read[kustomization](t, f.system, "kustomization", name)
		got, why := k.ready()
		if message = why; got != state || !done(k) {
			return fmt.Errorf("the Kustomization %s does not come to %q at %s: %+v", name, state, f.current, k.Status)
		}
		return nil
	})
	return message
}

// reconcile asks for another reconciliation, as flux reconcile does, and waits for
// its end.
func (f *flux) reconcile(t *testing.T, name, state string) {
	t.Helper()
	f.requests++
	token := strconv.Itoa(f.requests)
	f.system.kubectl(t, "", "annotate", "--overwrite", "kustomization", name, "reconcile.fluxcd.io/requestedAt="+token)
	f.await(t, name, state, func(k *kustomization) bool { return k.Status.LastHandledReconcileAt == token })
}

// expectRuns compares the Pods that ran since the last call, by exit code and the
// Job's reason.
func (f *flux) expectRuns(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, run := range f.take(t) {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s", run.ExitCode, run.reason)))
	}
	if !slices.Equal(got, want) {
		t.Errorf("runs are %q, want %q", got, want)
	}
}

// expectApplied compares the version of the application.
func (f *flux) expectApplied(t *testing.T, version string) {
	t.Helper()
	if got := read[corev1.ConfigMap](t, f.site, "configmap", "shop").Data["version"]; got != version {
		t.Errorf("version %s of the application is applied, want %s", got, version)
	}
}
