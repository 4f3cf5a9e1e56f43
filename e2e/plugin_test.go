package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// workstation has a kubeconfig, and kubectl with the plugin.
type workstation struct {
	dir    string
	config *clientcmdapi.Config
	// secrets are the tokens, which no output may show.
	secrets []string

	mu sync.Mutex
	// arrived are the credentials that reached the server of each context.
	arrived map[string]map[string]bool
}

func newWorkstation(t *testing.T) *workstation {
	t.Helper()
	if err := buildPlugin(); err != nil {
		t.Fatal(err)
	}
	return &workstation{dir: t.TempDir(), config: clientcmdapi.NewConfig(), arrived: map[string]map[string]bool{}}
}

// add adds a context with a cluster and a user of its name.
func (w *workstation) add(name, server string, ca []byte, user *clientcmdapi.AuthInfo) {
	w.config.Clusters[name] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: ca}
	w.config.AuthInfos[name] = user
	w.config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name, Namespace: "preflight"}
}

// addBehind adds a context whose server stands under a path of another one, which records the credentials.
func (w *workstation) addBehind(t *testing.T, name string, c *cluster.Cluster, path string, user *clientcmdapi.AuthInfo) {
	t.Helper()
	ca, err := cluster.NewAuthority("front of " + name)
	if err != nil {
		t.Fatal(err)
	}
	url := startFront(t, c, path, ca, func(r *http.Request) {
		credentials := r.Header.Get("Authorization")
		if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			credentials += " certificate of " + r.TLS.PeerCertificates[0].Subject.CommonName
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.arrived[name] == nil {
			w.arrived[name] = map[string]bool{}
		}
		w.arrived[name][credentials] = true
	})
	w.add(name, url+path, ca.PEM, user)
}

// token requests a token of the account preflight.
func (w *workstation) token(t *testing.T, c *cluster.Cluster) string {
	t.Helper()
	token, err := c.Token(t.Context(), "preflight", "preflight")
	if err != nil {
		t.Fatal(err)
	}
	w.secrets = append(w.secrets, token)
	return token
}

// write writes a file, and returns its path.
func (w *workstation) write(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	file := filepath.Join(w.dir, name)
	if err := os.WriteFile(file, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	return file
}

// kubectl runs kubectl kreconcile, and returns the JSON report of apply too.
func (w *workstation) kubectl(ctx context.Context, t *testing.T, declaration string, args ...string) outcome {
	t.Helper()
	kubeconfig, file := filepath.Join(w.dir, "config"), filepath.Join(t.TempDir(), "report.json")
	if err := clientcmd.WriteToFile(*w.config, kubeconfig); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"kreconcile", "apply", "-o", "text", "-o", "json=" + file}, args...)
	cmd := exec.CommandContext(ctx, suite.programs.Kubectl, append(args, "-")...)
	cmd.Env = []string{"HOME=" + w.dir, "KUBECONFIG=" + kubeconfig, "PATH=" + filepath.Dir(suite.programs.Plugin)}
	cmd.Stdin = strings.NewReader(declaration)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	o := outcome{Result: pod.Result{ExitCode: cmd.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("no JSON report: %v\nexit %d\n%s%s", err, o.ExitCode, o.Stdout, o.Stderr)
	}
	o.json, o.report = string(content), parseReports(t, content)
	for _, secret := range w.secrets {
		(&account{files: map[string]string{"token": secret}}).expectNoToken(t, o.Stdout, o.Stderr, o.json)
	}
	return o
}

// verdicts are those of each context.
func verdicts(t *testing.T, r report) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, target := range r.Targets {
		if target.Type != "context" || target.Connection.Context != target.Name {
			t.Errorf("the %s %q has the context %q", target.Type, target.Name, target.Connection.Context)
		}
		all[target.Name] = target.Verdict
	}
	return all
}

// startSilent starts a server that accepts connections and never answers.
func startSilent(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var connections sync.WaitGroup
	connections.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Go(func() {
				defer connection.Close()
				_, _ = io.Copy(io.Discard, connection)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		connections.Wait()
	})
	return "https://" + listener.Addr().String()
}

// startDead returns the address of a server that has ended.
func startDead(t *testing.T) string {
	t.Helper()
	return "https://" + closedAddress(t)
}

// TestPlugin runs kubectl kreconcile for API servers of two releases, with each kind of credentials, and for a
// server that is dead and one that never answers.
func TestPlugin(t *testing.T) {
	t.Parallel()
	w := newWorkstation(t)
	clients, err := cluster.NewAuthority("clients")
	if err != nil {
		t.Fatal(err)
	}
	newer := unsettled(t, setup{args: []string{"--client-ca-file=" + w.write(t, "clients.crt", string(clients.PEM), 0o600)}})
	older := unsettled(t, setup{previous: true})
	other := stock(t)

	certificate, key, err := clients.IssueClient("ada", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	w.add("certificate", newer.URL(), newer.CA.PEM, &clientcmdapi.AuthInfo{ClientCertificateData: certificate, ClientKeyData: key})
	tokens := map[string]string{}
	for name, c := range map[string]*cluster.Cluster{"token": other, "token-file": older, "plugin": newer, "rancher": older} {
		tokens[name] = w.token(t, c)
	}
	w.addBehind(t, "token", other, "/token", &clientcmdapi.AuthInfo{Token: tokens["token"]})
	w.addBehind(t, "token-file", older, "/token-file", &clientcmdapi.AuthInfo{TokenFile: w.write(t, "token", tokens["token-file"], 0o600)})
	w.addBehind(t, "plugin", newer, "/plugin", &clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{
		APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: clientcmdapi.NeverExecInteractiveMode,
		Command: w.write(t, "log-in", `#!/bin/sh
echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "'"$TOKEN"'"}}'
`, 0o700),
		Env: []clientcmdapi.ExecEnvVar{{Name: "TOKEN", Value: tokens["plugin"]}},
	}})
	w.addBehind(t, "rancher", older, "/k8s/clusters/c-m-x1", &clientcmdapi.AuthInfo{Token: tokens["rancher"]})
	w.add("dead", startDead(t), newer.CA.PEM, &clientcmdapi.AuthInfo{Token: tokens["plugin"]})
	w.add("slow", startSilent(t), newer.CA.PEM, &clientcmdapi.AuthInfo{Token: tokens["plugin"]})
	w.config.CurrentContext = "token"

	const limit, requestLimit, slack = 20 * time.Second, 10 * time.Second, time.Minute
	declaration := corePods + `
cluster { kubernetes = ">= ` + minor(newest(), 0) + `" }
api "apps/v1" {
  kind "Deployment" {
    field "spec.replicas" {}
  }
}
`
	t.Run("all contexts", func(t *testing.T) {
		began := time.Now()
		o := w.kubectl(t.Context(), t, declaration, "--all-contexts", "--timeout="+limit.String(), "--request-timeout="+requestLimit.String())
		took := time.Since(began)
		t.Logf("%s", took)
		if o.ExitCode != 2 || o.report.Verdict != "drifted" || took > limit+slack {
			t.Errorf("exit %d with %q after %s", o.ExitCode, o.report.Verdict, took)
		}
		want := map[string]string{
			"certificate": "satisfied", "token": "satisfied", "plugin": "satisfied", "token-file": "drifted", "rancher": "drifted",
			"dead": "undetermined", "slow": "undetermined",
		}
		if diff := cmp.Diff(want, verdicts(t, o.report)); diff != "" {
			t.Errorf("verdicts differ (-want +got):\n%s", diff)
		}
		for _, target := range o.report.Targets {
			got := target.Findings[0].String()
			if want := map[string]string{"dead": "undetermined unreachable", "slow": "undetermined timeout"}[target.Name]; want != "" && got != want {
				t.Errorf("%s: %s, want %s", target.Name, got, want)
			}
		}
		expectInOrder(t, o.Stdout,
			"context certificate  No drift.", "context dead         Undetermined.", "context rancher      Drift.",
			"cluster.kubernetes is >= "+minor(newest(), 0)+", but the server is "+olderVersion(), "on context rancher, token-file",
			"connection refused", "on context dead", "no complete answer within", "on context slow",
		)
		for name, verdict := range want {
			if !strings.Contains(o.Stderr, name+": "+verdict+" (") {
				t.Errorf("the progress lacks %s", name)
			}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		arrived := map[string]map[string]bool{}
		for name, token := range tokens {
			arrived[name] = map[string]bool{"Bearer " + token: true}
		}
		if diff := cmp.Diff(arrived, w.arrived); diff != "" {
			t.Errorf("the credentials of one context reached the server of another (-want +got):\n%s", diff)
		}
		if t.Failed() {
			t.Logf("stdout:\n%s\nstderr:\n%s", o.Stdout, o.Stderr)
		}
	})
	for name, test := range map[string]struct {
		args []string
		exit int
		want map[string]string
	}{
		"the current context": {nil, 0, map[string]string{"token": "satisfied"}},
		"names":               {[]string{"--context=certificate", "--context=plugin"}, 0, map[string]string{"certificate": "satisfied", "plugin": "satisfied"}},
		"a pattern":           {[]string{"--context=token*"}, 2, map[string]string{"token": "satisfied", "token-file": "drifted"}},
		"one is dead":         {[]string{"--context=token", "--context=dead", "--timeout=5s"}, 3, map[string]string{"token": "satisfied", "dead": "undetermined"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := w.kubectl(t.Context(), t, declaration, test.args...)
			if got := verdicts(t, o.report); o.ExitCode != test.exit || !maps.Equal(got, test.want) {
				t.Errorf("exit %d with %v, want %d with %v\n%s%s", o.ExitCode, got, test.exit, test.want, o.Stdout, o.Stderr)
			}
		})
	}
	t.Run("parts", func(t *testing.T) {
		all := map[string]string{}
		for i := range 2 {
			o := w.kubectl(t.Context(), t, declaration, "--context=token*", "--context=certificate", fmt.Sprintf("--shard=%d/2", i))
			maps.Copy(all, verdicts(t, o.report))
		}
		if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, []string{"certificate", "token", "token-file"}) {
			t.Errorf("both parts have %q", got)
		}
	})
	t.Run("a permission of somebody else", func(t *testing.T) {
		err := newer.Apply(t.Context(), `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: lists-pods, namespace: preflight}
rules: [{apiGroups: [""], resources: [pods], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: lists-pods, namespace: preflight}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: lists-pods}
subjects: [{kind: Group, name: readers, apiGroup: rbac.authorization.k8s.io}]
`)
		if err != nil {
			t.Fatal(err)
		}
		// The server may take a moment to know a role.
		eventually(t, 20*time.Second, func() error {
			if o := w.kubectl(t.Context(), t, listPods, "--context=certificate", "--as=bob", "--as-group=readers", "--as-group=system:authenticated"); o.ExitCode != 0 {
				return fmt.Errorf("exit %d\n%s%s", o.ExitCode, o.Stdout, o.Stderr)
			}
			return nil
		})
		o := w.kubectl(t.Context(), t, listPods, "--context=certificate", "--as=bob", "--as-group=system:authenticated")
		if o.ExitCode != 2 || !strings.Contains(o.Stdout, "refused to bob") {
			t.Errorf("exit %d\n%s%s", o.ExitCode, o.Stdout, o.Stderr)
		}
		// The account of the token may not impersonate anybody.
		if o := w.kubectl(t.Context(), t, listPods, "--context=plugin", "--as=bob"); o.ExitCode != 3 {
			t.Errorf("exit %d\n%s%s", o.ExitCode, o.Stdout, o.Stderr)
		}
	})
}
