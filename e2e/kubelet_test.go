package e2e

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// kubelet answers only one question of the API server: what a container wrote.
type kubelet struct {
	*httptest.Server
	// node is the name of the Node that its Pods are on.
	node string

	mu   sync.Mutex
	logs map[string]string
}

// startKubelet makes a Node for the Pods of a namespace, and its kubelet.
func (s *site) startKubelet(t *testing.T) *kubelet {
	t.Helper()
	k := &kubelet{node: "node-of-" + s.namespace, logs: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/"+s.namespace+"/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		k.mu.Lock()
		log, found := k.logs[r.PathValue("pod")]
		k.mu.Unlock()
		if !found {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, log)
	})
	certificate, key, err := s.cluster.CA.Issue("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	k.Server = httptest.NewUnstartedServer(mux)
	k.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	k.StartTLS()
	t.Cleanup(k.Close)
	_, port, err := net.SplitHostPort(k.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	nodes := s.node.Client.CoreV1().Nodes()
	object, err := nodes.Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: k.node}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	object.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}}
	object.Status.DaemonEndpoints.KubeletEndpoint.Port = int32(number)
	if _, err := nodes.UpdateStatus(t.Context(), object, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	return k
}

// keep keeps the output of a Pod's container.
func (k *kubelet) keep(pod, log string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.logs[pod] = log
}
