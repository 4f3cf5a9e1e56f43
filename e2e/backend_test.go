package e2e

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// backend is a server behind an aggregated API.
type backend struct {
	server http.Server
	port   string
	// instead answers in place of the list if it is not nil.
	instead atomic.Pointer[http.HandlerFunc]
}

// late is the plain list of a group version that startBackend serves.
const late = `{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"late.example.org/v1","resources":[` +
	`{"name":"trains","singularName":"train","namespaced":true,"kind":"Train","verbs":["get","list"]}]}`

// startBackend serves a group version by its plain list, with a certificate that the
// API server does not check.
func startBackend(t *testing.T, address, groupVersion, list string) *backend {
	t.Helper()
	authority, err := cluster.NewAuthority("backend")
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := authority.Issue("localhost")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", address, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{port: strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)}
	b.server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if instead := b.instead.Load(); instead != nil {
			(*instead)(w, r)
			return
		}
		if r.URL.Path != "/apis/"+groupVersion {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, list)
	})
	go func() {
		if err := b.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}()
	t.Cleanup(b.stop)
	return b
}

// register makes an API server serve NAME.example.org/v1 from the backend.
func (b *backend) register(t *testing.T, c *cluster.Cluster, name string) {
	t.Helper()
	err := c.Apply(t.Context(), fmt.Sprintf(`
apiVersion: v1
kind: Service
metadata: {name: %[1]s, namespace: preflight}
spec: {type: ExternalName, externalName: localhost}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.%[1]s.example.org}
spec:
  group: %[1]s.example.org
  version: v1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: {name: %[1]s, namespace: preflight, port: %[2]s}
`, name, b.port))
	if err != nil {
		t.Fatal(err)
	}
}

// stop ends the server and all its connections.
func (b *backend) stop() { b.server.Close() }
