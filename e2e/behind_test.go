package e2e

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// startBehind starts a server that serves the API server of c under a path, and other
// pages beside it, as Rancher does. The cluster's authority signs its certificate.
func startBehind(t *testing.T, c *cluster.Cluster, path string) string {
	t.Helper()
	return startFront(t, c, path, c.CA, func(*http.Request) {})
}

// startFront is startBehind with another authority. It calls watch with each request.
func startFront(t *testing.T, c *cluster.Cluster, path string, ca *cluster.Authority, watch func(*http.Request)) string {
	t.Helper()
	target, err := url.Parse(c.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: c.CA.Pool(), MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true},
	}
	mux := http.NewServeMux()
	mux.Handle(path+"/", http.StripPrefix(path, proxy))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>Log in</html>"))
	})
	cert, key, err := ca.Issue("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watch(r)
		mux.ServeHTTP(w, r)
	}))
	server.EnableHTTP2 = true
	// It accepts a client certificate, which a client must not send unless it is for this server.
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// TestBehindAPath reaches an API server under a path of another server, live and in a
// snapshot, and never sends anything to the server in front of it.
func TestBehindAPath(t *testing.T) {
	t.Parallel()
	const path = "/k8s/clusters/c-m-x1"
	c := stock(t)
	a := newAccount(t, c)
	host := startBehind(t, c, path)
	declaration := corePods + `
cluster {
  endpoint = "` + host + path + `"
}
api "apps/v1" {
  kind "Deployment" {
    field "spec.replicas" {}
  }
}
permission "read" {
  namespace = "preflight"
  verbs     = ["get"]
  resources = ["pods"]
}`
	const permission = `permission["read"].verb["get"].resource["pods"]`
	findings := map[string]string{
		"cluster.endpoint": "satisfied", `api["v1"]`: "satisfied", `api["v1"].resource["pods"]`: "satisfied", `api["apps/v1"]`: "satisfied",
		`api["apps/v1"].kind["Deployment"]`: "satisfied", `api["apps/v1"].kind["Deployment"].field["spec.replicas"]`: "satisfied",
		permission: "drifted permission-denied",
	}
	a.apply(t, declaration, "--server="+host+path+"/").expect(t, want{
		exit: 2, findings: findings, requests: -1,
		text: []string{permission, "(refused to system:serviceaccount:preflight:preflight", "Asked " + host + path},
	})

	// The endpoint without the path, or with that of another cluster, is a different
	// one.
	for _, server := range []string{host, host + "/k8s/clusters/c-m-x2"} {
		o := a.apply(t, declaration, "--server="+server)
		if got := o.report.findings()["cluster.endpoint"]; o.ExitCode != 2 || got != "drifted endpoint-mismatch" || o.report.Connection.Requests != 0 {
			t.Errorf("%s: exit %d, %s, %d requests", server, o.ExitCode, got, o.report.Connection.Requests)
		}
	}
	a.apply(t, corePods, "--server="+host).expect(t, want{
		exit: 3, findings: corePodsUndetermined("invalid-response"), requests: -1, text: []string{"text/html", "with its path if it has one"},
	})

	file := filepath.Join(t.TempDir(), "cluster.json")
	if r := a.kreconcile(t, "", "snapshot", "--service-account-dir="+a.volume.Dir, "--server="+host+path, "--out="+file); r.ExitCode != 0 {
		t.Fatalf("snapshot: exit %d\n%s", r.ExitCode, r.Stderr)
	}
	recorded := `cluster { endpoint = "` + host + path + `" }`
	if r := a.kreconcile(t, recorded, "apply", "--snapshot="+file, "-"); r.ExitCode != 0 {
		t.Errorf("snapshot: exit %d\n%s", r.ExitCode, r.Stdout+r.Stderr)
	}
}
