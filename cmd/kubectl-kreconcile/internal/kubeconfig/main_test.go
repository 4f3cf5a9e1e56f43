package kubeconfig_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kreconcile/kreconcile/cmd/kubectl-kreconcile/internal/kubeconfig"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/cli"
)

// pluginVariable makes the test binary a credential plugin, which does what the value says.
const pluginVariable = "KRECONCILE_TEST_PLUGIN"

func TestMain(m *testing.M) {
	what := os.Getenv(pluginVariable)
	address, hang := strings.CutPrefix(what, "hang until the end of ")
	switch {
	case what == "":
		os.Exit(m.Run())
	case what == "fail":
		fmt.Fprintln(os.Stderr, "please log in")
		os.Exit(1)
	case hang:
		// The test may have ended before.
		if connection, err := net.Dial("tcp", address); err == nil {
			_, _ = io.Copy(io.Discard, connection)
		}
	default:
		fmt.Printf(`{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":%q}}`, what)
	}
}

const token = "s3cr3t-token-of-the-first-cluster"

// pods holds on each server, and gadgets on none.
const (
	pods = `api "v1" {
  resource "pods" {}
}`
	gadgets = `api "v1" {
  resource "gadgets" {}
}`
)

// newConfig has no contexts.
func newConfig() *clientcmdapi.Config { return clientcmdapi.NewConfig() }

// add adds a context with a cluster and a user of its name.
func add(config *clientcmdapi.Config, name string, cluster *clientcmdapi.Cluster, user *clientcmdapi.AuthInfo) {
	config.Clusters[name] = cluster
	config.AuthInfos[name] = user
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	if config.CurrentContext == "" {
		config.CurrentContext = name
	}
}

// clusterOf describes a server.
func clusterOf(s *apitest.Server) *clientcmdapi.Cluster {
	return &clientcmdapi.Cluster{Server: s.URL(), CertificateAuthorityData: s.CA()}
}

func bearer(text string) *clientcmdapi.AuthInfo { return &clientcmdapi.AuthInfo{Token: text} }

// plugin describes a credential plugin that prints a token, or does what else TestMain knows.
func plugin(t *testing.T, what string) *clientcmdapi.AuthInfo {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{
		APIVersion: "client.authentication.k8s.io/v1", Command: program, InteractiveMode: clientcmdapi.NeverExecInteractiveMode,
		Env: []clientcmdapi.ExecEnvVar{{Name: pluginVariable, Value: what}},
	}}
}

// result is what a run printed.
type result struct {
	code           int
	stdout, stderr string
}

// run writes the kubeconfig and the declaration, and runs a command with both.
func run(t *testing.T, config *clientcmdapi.Config, declaration string, args ...string) result {
	t.Helper()
	dir := t.TempDir()
	path, main := filepath.Join(dir, "config"), filepath.Join(dir, "main.hcl")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(main, []byte(declaration+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return runArgs(t, append(args, "--kubeconfig", path, main)...)
}

func runArgs(t *testing.T, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := cli.Run(context.Background(), cli.Process{
		Args: args, Environ: []string{}, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Connector: &kubeconfig.Connector{},
	})
	r := result{code, stdout.String(), stderr.String()}
	for _, secret := range []string{token, base64.StdEncoding.EncodeToString([]byte("user:" + token))} {
		if strings.Contains(r.stdout+r.stderr, secret) {
			t.Errorf("the output shows a token:\n%s\n%s", r.stdout, r.stderr)
		}
	}
	return r
}

// expect checks the exit code, and texts of the output.
func (r result) expect(t *testing.T, code int, texts ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, not %d", r.code, code)
	}
	for _, text := range texts {
		if !strings.Contains(r.stdout+r.stderr, text) {
			t.Errorf("the output lacks %q", text)
		}
	}
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", r.stdout, r.stderr)
	}
}
