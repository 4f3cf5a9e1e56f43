package e2e

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// adapter is a real aggregated API server, which serves custom.metrics.k8s.io and
// external.metrics.k8s.io. It runs in its own namespaces, because it also listens on
// a fixed port of all interfaces.
type adapter struct {
	cluster *cluster.Cluster
	// files is the folder with its certificate and its kubeconfig.
	files string
	// address is the address of this machine.
	address string
	kill    context.CancelFunc
	// ended is closed once the process has ended. result and err are then its
	// outcome.
	ended  chan struct{}
	result *pod.Result
	err    error
}

// adapterServices are its APIs, with a Service that leads to this machine.
const adapterServices = `
apiVersion: v1
kind: Service
metadata: {name: adapter, namespace: preflight}
spec: {type: ExternalName, externalName: localhost}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta2.custom.metrics.k8s.io}
spec:
  group: custom.metrics.k8s.io
  version: v1beta2
  groupPriorityMinimum: 100
  versionPriority: 200
  caBundle: %[1]s
  service: {name: adapter, namespace: preflight, port: %[2]s}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.external.metrics.k8s.io}
spec:
  group: external.metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  caBundle: %[1]s
  service: {name: adapter, namespace: preflight, port: %[2]s}
`

const adapterPort = "6443"

// newAdapter starts an adapter with the account, and registers its APIs. It skips the
// test if the machine does not allow namespaces.
func newAdapter(t *testing.T, c *cluster.Cluster, a *account) *adapter {
	t.Helper()
	if err := buildAdapter(); err != nil {
		t.Fatal(err)
	}
	ca, err := cluster.NewAuthority("adapter")
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := ca.Issue("adapter.preflight.svc")
	if err != nil {
		t.Fatal(err)
	}
	s := &adapter{cluster: c, files: t.TempDir(), address: closedAddress(t)}
	for name, content := range map[string]string{
		"tls.crt": string(cert), "tls.key": string(key), "ca.crt": string(c.CA.PEM),
		"kubeconfig": `apiVersion: v1
kind: Config
clusters: [{name: e2e, cluster: {server: "https://` + cluster.ServiceIP + `", certificate-authority: /files/ca.crt}}]
users: [{name: e2e, user: {token: "` + a.files["token"] + `"}}]
contexts: [{name: e2e, context: {cluster: e2e, user: e2e}}]
current-context: e2e
`,
	} {
		if err := os.WriteFile(filepath.Join(s.files, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.start(t)
	_, port, err := net.SplitHostPort(s.address)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(t.Context(), fmt.Sprintf(adapterServices, base64.StdEncoding.EncodeToString(ca.PEM), port)); err != nil {
		t.Fatal(err)
	}
	return s
}

// start starts the process at its earlier address.
func (s *adapter) start(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	ctx, kill := context.WithCancel(t.Context())
	ended := make(chan struct{})
	s.kill, s.ended = kill, ended
	go func() {
		defer close(ended)
		s.result, s.err = pod.Run(ctx, pod.Sandbox{
			APIServer: s.cluster.Address, Listener: listener, Port: adapterPort,
			Mounts: map[string]string{"/test-adapter": suite.programs.TestAdapter, "/files": s.files},
			Args: []string{
				"/test-adapter", "--bind-address=127.0.0.1", "--secure-port=" + adapterPort,
				"--tls-cert-file=/files/tls.crt", "--tls-private-key-file=/files/tls.key",
				"--lister-kubeconfig=/files/kubeconfig", "--authentication-kubeconfig=/files/kubeconfig", "--authorization-kubeconfig=/files/kubeconfig",
				// The API server has no client certificate for proxied requests.
				"--authentication-skip-lookup", "--authorization-always-allow-paths=/apis,/apis/*,/openapi/*",
			},
		})
	}()
	t.Cleanup(s.stop)
}

// stop kills the process, and returns once it has ended.
func (s *adapter) stop() {
	s.kill()
	<-s.ended
}

// expectRunning fails the test if the process has ended by itself.
func (s *adapter) expectRunning(t *testing.T) {
	t.Helper()
	select {
	case <-s.ended:
	default:
		return
	}
	if errors.Is(s.err, pod.ErrForbidden) {
		t.Skip(s.err)
	}
	t.Fatalf("the adapter has ended: %v, %+v", s.err, s.result)
}
