package gate_test

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/gate"
	"github.com/kreconcile/kreconcile/inclusterauth"
)

// An operator needs widgets. It would embed this file with go:embed.
const requirements = `
api "example.com/v1" {
  resource "widgets" { verbs = ["list", "watch"] }
}
`

// apiServer answers as an API server. It has the CRD of widgets once that is
// installed.
type apiServer struct{ installed atomic.Bool }

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const head = `{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[`
	const widgets = `{"metadata":{"name":"example.com"},"versions":[{"version":"v1","freshness":"Current","resources":[` +
		`{"resource":"widgets","responseKind":{"group":"example.com","version":"v1","kind":"Widget"},` +
		`"scope":"Namespaced","singularResource":"widget","verbs":["get","list","watch"]}]}]}`
	if r.Header.Get("Authorization") != "Bearer a-token" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
	switch {
	case r.URL.Path == "/readyz":
		fmt.Fprint(w, "ok")
	case r.URL.Path == "/apis" && s.installed.Load():
		fmt.Fprint(w, head+widgets+"]}")
	default:
		fmt.Fprint(w, head+"]}")
	}
}

// serviceAccount returns a folder like the one that the kubelet mounts into each
// container.
func serviceAccount(server *httptest.Server) string {
	dir, err := os.MkdirTemp("", "serviceaccount")
	if err != nil {
		log.Fatal(err)
	}
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, content := range map[string][]byte{"token": []byte("a-token"), "ca.crt": ca, "namespace": []byte("shop")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			log.Fatal(err)
		}
	}
	return dir
}

// An operator waits until the API that it watches exists. In a Pod, the zero
// inclusterauth.Options are enough; here, a test server and a folder replace what the
// kubelet provides.
func ExampleCheck() {
	cluster := &apiServer{}
	server := httptest.NewUnstartedServer(cluster)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	dir := serviceAccount(server)
	defer os.RemoveAll(dir)

	auth, err := inclusterauth.Load(inclusterauth.Options{Server: server.URL, Dir: dir})
	if err != nil {
		log.Fatal(err)
	}
	declaration, diags := config.Parse(
		[]config.Source{{Name: "requirements.hcl", Bytes: []byte(requirements)}},
		config.Inputs{PodNamespace: auth.Namespace()},
	)
	if diags.HasErrors() {
		log.Fatal(diags)
	}
	client := &discovery.Client{HTTP: auth.Client(), Base: auth.BaseURL(), Redact: auth.Redact}

	_, err = gate.Check(context.Background(), client, declaration, gate.Options{})
	fmt.Println("once:", err)
	fmt.Println("drift:", errors.Is(err, gate.ErrDrifted))

	result, err := gate.Check(context.Background(), client, declaration, gate.Options{
		Wait:     time.Minute,
		Interval: 100 * time.Millisecond,
		Waiting: func(r gate.Result) {
			fmt.Println("waiting:", r.Summary)
			cluster.installed.Store(true) // somebody installs the CRD
		},
	})
	fmt.Println("then:", result.Verdict.Status, err)
	// Output:
	// once: the cluster does not serve what is declared: 2 of 2 requirements are not as declared: - api["example.com/v1"] is not served
	// drift: true
	// waiting: 2 of 2 requirements are not as declared: - api["example.com/v1"] is not served
	// then: satisfied <nil>
}
