package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// user is the user of most charts' images.
const user = 65532

// inPod runs a program in its own namespaces, where it sees what a Pod sees: the
// built kreconcile, or the sandbox's root. It skips the test if the machine does not
// allow namespaces.
func inPod(t *testing.T, c *cluster.Cluster, a *account, s pod.Sandbox) *pod.Result {
	t.Helper()
	mounts := map[string]string{pod.ServiceAccountDir: a.volume.Dir}
	if s.Root == "" {
		mounts["/kreconcile"] = suite.programs.Kreconcile
	}
	maps.Copy(mounts, s.Mounts)
	s.Mounts, s.APIServer = mounts, c.Address
	if s.User == 0 {
		s.User = user
	}
	if s.Env == nil {
		s.Env = pod.Env()
	}
	r, err := pod.Run(t.Context(), s)
	if errors.Is(err, pod.ErrForbidden) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	a.expectNoToken(t, r.Stderr)
	return r
}

// declarationFile writes a declaration to mount.
func declarationFile(t *testing.T, declaration string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "declaration.hcl")
	if err := os.WriteFile(name, []byte(declaration), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestPod runs kreconcile with the environment and the files of a Pod and no flags,
// as an unprivileged user on a read-only file system without a home.
func TestPod(t *testing.T) {
	t.Parallel()
	c := stock(t)
	a := newAccount(t, c)
	const apis = corePods + "\napi \"apps/v1\" {}\n"
	for name, test := range map[string]struct {
		declaration string
		server      string
		findings    map[string]string
	}{
		"address of the environment": {
			apis + `cluster { endpoint = "https://10.96.0.1" }`, "https://10.96.0.1:443",
			map[string]string{"cluster.endpoint": "satisfied"},
		},
		"name of the API server inside every cluster": {
			apis + `cluster { endpoint = "https://kubernetes.default.svc" }`, "https://kubernetes.default.svc:443",
			map[string]string{"cluster.endpoint": "satisfied"},
		},
		"name with the cluster's domain": {
			apis + `cluster { endpoint = "https://kubernetes.default.svc.cluster.local" }`, "https://kubernetes.default.svc.cluster.local:443",
			map[string]string{"cluster.endpoint": "satisfied"},
		},
		"no endpoint declared": {apis, "https://10.96.0.1:443", map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			findings := map[string]string{
				`api["v1"]`: "satisfied", `api["v1"].resource["pods"]`: "satisfied", `api["apps/v1"]`: "satisfied",
			}
			maps.Copy(findings, test.findings)
			mounts := map[string]string{"/declaration.hcl": declarationFile(t, test.declaration)}
			text := inPod(t, c, a, pod.Sandbox{Mounts: mounts, Args: []string{"/kreconcile", "apply", "/declaration.hcl"}})
			document := inPod(t, c, a, pod.Sandbox{Mounts: mounts, Args: []string{"/kreconcile", "apply", "-o", "json", "/declaration.hcl"}})
			o := outcome{Result: *text, report: parseReport(t, []byte(document.Stdout)), json: document.Stdout}
			o.expect(t, want{exit: 0, findings: findings, requests: 2, text: []string{"No drift.", "Asked " + test.server}})
			if o.report.Connection.Server != test.server {
				t.Errorf("asked %q, want %q", o.report.Connection.Server, test.server)
			}
			if text.Stderr != "" {
				t.Errorf("standard error is not empty:\n%s", text.Stderr)
			}
		})
	}
}

// curlRecipe is what the Kubernetes documentation recommends for a Pod.
//
// Source:
// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#without-using-a-proxy
const curlRecipe = `
set -eu
APISERVER=https://kubernetes.default.svc
SERVICEACCOUNT=/var/run/secrets/kubernetes.io/serviceaccount
NAMESPACE=$(cat ${SERVICEACCOUNT}/namespace)
TOKEN=$(cat ${SERVICEACCOUNT}/token)
CACERT=${SERVICEACCOUNT}/ca.crt
curl -sSf --cacert ${CACERT} --header "Authorization: Bearer ${TOKEN}" -X GET ${APISERVER}/api
`

// TestDocumentedRecipe runs curl as the documentation does, and checks that
// kreconcile sees the same versions and server addresses.
func TestDocumentedRecipe(t *testing.T) {
	t.Parallel()
	c := stock(t)
	a := newAccount(t, c)
	r := inPod(t, c, a, pod.Sandbox{HostTools: true, Args: []string{"/bin/sh", "-c", curlRecipe}})
	if r.ExitCode != 0 {
		t.Fatalf("curl: exit %d\n%s%s", r.ExitCode, r.Stdout, r.Stderr)
	}
	var answer struct {
		Versions                   []string `json:"versions"`
		ServerAddressByClientCIDRs []struct {
			ServerAddress string `json:"serverAddress"`
		} `json:"serverAddressByClientCIDRs"`
	}
	if err := json.Unmarshal([]byte(r.Stdout), &answer); err != nil {
		t.Fatal(err)
	}
	var addresses []string
	for _, entry := range answer.ServerAddressByClientCIDRs {
		addresses = append(addresses, entry.ServerAddress)
	}

	declaration := declarationFile(t, fmt.Sprintf("cluster { server_address = %q }\napi %q {}\n", addresses[0], answer.Versions[0]))
	snapshot := snapshotInPod(t, c, a, declaration)
	var versions []string
	for _, v := range snapshot.Core.Value.Versions {
		versions = append(versions, v.Name)
	}
	if diff := cmp.Diff(answer.Versions, versions); diff != "" {
		t.Errorf("versions differ (-curl +kreconcile):\n%s", diff)
	}
	if diff := cmp.Diff(addresses, snapshot.ServerAddresses.Value); diff != "" {
		t.Errorf("server addresses differ (-curl +kreconcile):\n%s", diff)
	}
	gate := inPod(t, c, a, pod.Sandbox{
		Mounts: map[string]string{"/declaration.hcl": declaration},
		Args:   []string{"/kreconcile", "apply", "/declaration.hcl"},
	})
	if gate.ExitCode != 0 {
		t.Errorf("what curl saw does not satisfy kreconcile: exit %d\n%s%s", gate.ExitCode, gate.Stdout, gate.Stderr)
	}
}

// snapshotInPod records what kreconcile sees in a Pod.
func snapshotInPod(t *testing.T, c *cluster.Cluster, a *account, declaration string) *discovery.Snapshot {
	t.Helper()
	r := inPod(t, c, a, pod.Sandbox{
		Mounts: map[string]string{"/declaration.hcl": declaration},
		Args:   []string{"/kreconcile", "snapshot", "/declaration.hcl"},
	})
	if r.ExitCode != 0 {
		t.Fatalf("kreconcile snapshot: exit %d\n%s", r.ExitCode, r.Stderr)
	}
	snapshot, err := discovery.Load(strings.NewReader(r.Stdout))
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// TestClientGoAgrees tests that client-go in the same Pod finds the same host,
// groups, versions, resources and failures.
func TestClientGoAgrees(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := inPod(t, c, a, pod.Sandbox{
		Mounts: map[string]string{"/oracle": executable}, Args: []string{"/oracle"},
		Env: append(pod.Env(), pod.Role+"="+roleClientGo),
	})
	if r.ExitCode != 0 {
		t.Fatalf("client-go: exit %d\n%s", r.ExitCode, r.Stderr)
	}
	var theirs clientGoView
	if err := json.Unmarshal([]byte(r.Stdout), &theirs); err != nil {
		t.Fatal(err)
	}
	snapshot := snapshotInPod(t, c, a, declarationFile(t, corePods))
	if diff := cmp.Diff(theirs, viewOf(snapshot)); diff != "" {
		t.Errorf("what is served differs (-client-go +kreconcile):\n%s", diff)
	}
}

// viewOf converts a snapshot to what client-go would report.
func viewOf(s *discovery.Snapshot) clientGoView {
	view := clientGoView{
		Host: s.Endpoint, Preferred: map[string]string{}, Resources: map[string]map[string]clientGoResource{}, Failed: []string{},
	}
	for _, group := range append([]discovery.Group{s.Core.Value}, s.Named.Value...) {
		view.Preferred[group.Name] = ""
		for _, version := range group.Versions {
			gv := kubeapi.GroupVersion{Group: group.Name, Version: version.Name}.String()
			if !version.Resources.Known {
				view.Failed = append(view.Failed, gv)
				continue
			}
			// client-go omits a failed version from its group.
			if version.Name == group.Preferred {
				view.Preferred[group.Name] = version.Name
			}
			resources := map[string]clientGoResource{}
			for _, r := range version.Resources.Value {
				namespaced := r.Scope == kubeapi.ScopeNamespaced
				// For client-go, an entry that only has subresources is no resource.
				if r.Kind != "" {
					resources[r.Name] = clientGoResource{Kind: r.Kind, Namespaced: namespaced, Verbs: sorted(r.Verbs)}
				}
				for _, sub := range r.Subresources {
					resources[r.Name+"/"+sub.Name] = clientGoResource{Kind: sub.Kind, Namespaced: namespaced, Verbs: sorted(sub.Verbs)}
				}
			}
			view.Resources[gv] = resources
		}
	}
	slices.Sort(view.Failed)
	return view
}

func sorted(verbs []string) []string { return slices.Sorted(slices.Values(verbs)) }

// TestKubectlAgrees tests that kubectl api-resources lists what the snapshot lists.
func TestKubectlAgrees(t *testing.T) {
	t.Parallel()
	c := stock(t)
	a := newAccount(t, c)
	table, err := c.Kubectl(t.Context(), "", "api-resources", "--no-headers", "-o", "wide")
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[string]string{}
	for line := range strings.Lines(table) {
		// NAME SHORTNAMES APIVERSION NAMESPACED KIND VERBS CATEGORIES; the short
		// names and the categories may be empty.
		fields := strings.Fields(line)
		at := slices.IndexFunc(fields, func(s string) bool { return s == "true" || s == "false" })
		if at < 1 || at+2 >= len(fields) {
			t.Fatalf("kubectl api-resources: line %q", line)
		}
		theirs[fields[at-1]+" "+fields[0]] = strings.Join(fields[at:at+3], " ")
	}

	r := a.kreconcile(t, corePods, "snapshot", "--service-account-dir", a.volume.Dir, "-")
	snapshot, err := discovery.Load(strings.NewReader(r.Stdout))
	if err != nil {
		t.Fatalf("kreconcile snapshot: exit %d: %v\n%s", r.ExitCode, err, r.Stderr)
	}
	ours := map[string]string{}
	for _, group := range append([]discovery.Group{snapshot.Core.Value}, snapshot.Named.Value...) {
		for _, version := range group.Versions {
			// kubectl lists a resource in the preferred version, and in others only
			// if that one lacks it.
			gv := kubeapi.GroupVersion{Group: group.Name, Version: version.Name}.String()
			for _, resource := range version.Resources.Value {
				if len(resource.Verbs) == 0 || version.Name != group.Preferred {
					continue
				}
				ours[gv+" "+resource.Name] = fmt.Sprintf("%t %s %s",
					resource.Scope == kubeapi.ScopeNamespaced, resource.Kind, strings.Join(sorted(resource.Verbs), ","))
			}
		}
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("resources differ (-kubectl +kreconcile):\n%s", diff)
	}
}
