package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// corePods is satisfied by every cluster that answers.
const corePods = `api "v1" {
  resource "pods" {}
}`

// corePodsUndetermined are its findings if nothing could be read.
func corePodsUndetermined(code string) map[string]string {
	return map[string]string{
		`api["v1"]`:                  "undetermined " + code,
		`api["v1"].resource["pods"]`: `undetermined under api["v1"]`,
	}
}

func TestConnectionFails(t *testing.T) {
	c := stock(t)
	for name, test := range map[string]struct {
		// change makes the account unusable, and returns further arguments.
		change   func(t *testing.T, a *account) []string
		code     string
		requests int
		text     []string
	}{
		"bad token": {
			change: func(t *testing.T, a *account) []string {
				a.set(t, "token", a.files["token"]+"x")
				return nil
			},
			code: "unauthorized", requests: 2, text: []string{"401 Unauthorized"},
		},
		"token for another audience": {
			change: func(t *testing.T, a *account) []string {
				token, err := c.TokenWith(t.Context(), "preflight", "preflight", forVault)
				if err != nil {
					t.Fatal(err)
				}
				a.set(t, "token", token)
				return nil
			},
			code: "unauthorized", requests: 2, text: []string{"401 Unauthorized"},
		},
		"wrong CA": {
			change: func(t *testing.T, a *account) []string {
				other, err := cluster.NewAuthority("somebody else")
				if err != nil {
					t.Fatal(err)
				}
				a.set(t, "ca.crt", string(other.PEM))
				return nil
			},
			code: "certificate", requests: -1, text: []string{"it is signed by CN=", "which is not in the CA bundle in", "--ca-file"},
		},
		"server name that is not in the certificate": {
			change: func(*testing.T, *account) []string { return []string{"--tls-server-name=api.example.com"} },
			code:   "certificate", requests: -1, text: []string{"it is not valid for api.example.com; it is valid for ", "--tls-server-name"},
		},
		"host that is not in the certificate": {
			change: func(*testing.T, *account) []string { return []string{"--server=https://localhost:" + c.Port()} },
			code:   "certificate", requests: -1, text: []string{"it is not valid for localhost; it is valid for ", "--tls-server-name"},
		},
		"plain HTTP to a port that speaks TLS": {
			change: func(*testing.T, *account) []string { return []string{"--server=http://127.0.0.1:" + c.Port()} },
			code:   "unreachable", requests: 2, text: []string{"127.0.0.1:" + c.Port() + " speaks TLS, not plain HTTP", "write --server https://127.0.0.1:" + c.Port()},
		},
		"nothing listens": {
			change: func(t *testing.T, _ *account) []string { return []string{"--server=https://" + closedAddress(t)} },
			code:   "unreachable", requests: -1, text: []string{"connection refused"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t, c)
			args := append([]string{"--timeout=2s"}, test.change(t, a)...)
			a.apply(t, corePods, args...).expect(t, want{
				exit: 3, findings: corePodsUndetermined(test.code), requests: test.requests,
				text: append([]string{"Undetermined."}, test.text...),
			})
		})
	}
}

// closedAddress returns a loopback address without a listener, which no other process gets during the test.
func closedAddress(t *testing.T) string {
	t.Helper()
	port, release, err := cluster.ReservePort()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return "127.0.0.1:" + port
}

// TestDiscoveryForbidden removes system:discovery: 403 on /api and /apis, while
// /version and /readyz still answer through system:public-info-viewer.
func TestDiscoveryForbidden(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{})
	a := newAccount(t, c)
	declaration := corePods + "\napi \"policy/v1beta1\" { served = false }\ncluster { kubernetes = \">= 1.36\" }"
	before := a.apply(t, declaration)
	if before.ExitCode != 0 {
		t.Fatalf("exit %d before the binding is removed\n%s", before.ExitCode, before.Stdout)
	}
	if _, err := c.Kubectl(t.Context(), "", "delete", "clusterrolebinding", "system:discovery"); err != nil {
		t.Fatal(err)
	}
	var o outcome
	eventually(t, 10*time.Second, func() error {
		if o = a.apply(t, declaration); o.ExitCode == 0 {
			return fmt.Errorf("exit 0, although /api is forbidden")
		}
		return nil
	})
	findings := corePodsUndetermined("forbidden")
	findings[`api["policy/v1beta1"]`] = "undetermined forbidden"
	findings[`cluster.kubernetes`] = "satisfied"
	o.expect(t, want{
		exit: 3, findings: findings, requests: 3,
		text: []string{"Undetermined.", "GET /api: 403 Forbidden", "bind the ClusterRole system:discovery to system:serviceaccount:preflight:preflight, as"},
	})
}

// TestServiceAccountDeleted expects 401 once the account is gone and the server has
// forgotten the token, which takes 10 seconds.
func TestServiceAccountDeleted(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	if err := c.Apply(t.Context(), "{apiVersion: v1, kind: ServiceAccount, metadata: {name: leaver, namespace: preflight}}"); err != nil {
		t.Fatal(err)
	}
	token, err := c.Token(t.Context(), "preflight", "leaver")
	if err != nil {
		t.Fatal(err)
	}
	a.set(t, "token", token)
	if o := a.apply(t, corePods); o.ExitCode != 0 {
		t.Fatalf("exit %d before the account is deleted\n%s", o.ExitCode, o.Stdout)
	}
	if _, err := c.Kubectl(t.Context(), "", "delete", "serviceaccount", "leaver", "--namespace=preflight"); err != nil {
		t.Fatal(err)
	}
	var o outcome
	eventually(t, 30*time.Second, func() error {
		if o = a.apply(t, corePods); o.ExitCode == 0 {
			return fmt.Errorf("exit 0, although the account is gone")
		}
		return nil
	})
	o.expect(t, want{
		exit: 3, findings: corePodsUndetermined("unauthorized"), requests: 2, text: []string{"Undetermined.", "401 Unauthorized"},
	})
}

// TestKubectlProxy uses a sidecar on loopback, without any token.
func TestKubectlProxy(t *testing.T) {
	t.Parallel()
	c := stock(t)
	a := newAccount(t, c)
	proxy := startProxy(t, c, a)
	nothing := filepath.Join(t.TempDir(), "nothing")
	a.env = nil

	for name, test := range map[string]struct {
		declaration string
		args        []string
	}{
		"named by a flag":          {corePods, []string{"--server=" + proxy.URL}},
		"named by the declaration": {corePods + "\ncluster { endpoint = \"" + proxy.URL + "\" }", nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := a.apply(t, test.declaration, append(test.args, "--service-account-dir="+nothing)...)
			findings := map[string]string{`api["v1"]`: "satisfied", `api["v1"].resource["pods"]`: "satisfied"}
			if strings.Contains(test.declaration, "endpoint") {
				findings["cluster.endpoint"] = "satisfied"
			}
			o.expect(t, want{exit: 0, findings: findings, requests: 2, text: []string{"No drift.", "Asked " + proxy.URL}})
		})
	}

	t.Run("refuses the path", func(t *testing.T) {
		refusing := startProxy(t, c, a, "--reject-paths=^/apis?$")
		a.apply(t, corePods, "--server="+refusing.URL).expect(t, want{
			exit: 3, findings: corePodsUndetermined("forbidden"), requests: 4,
			text: []string{"Undetermined.", "GET /api: 403 Forbidden", "or system:serviceaccount:preflight:preflight lacks"},
		})
	})
}

func startProxy(t *testing.T, c *cluster.Cluster, a *account, args ...string) *cluster.Proxy {
	t.Helper()
	proxy, err := c.StartProxy(t.Context(), t.TempDir(), a.files["token"], args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := proxy.Stop(); err != nil {
			t.Error(err)
		}
	})
	return proxy
}
