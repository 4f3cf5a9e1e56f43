package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

// ServiceIP is the API server's address inside the cluster, the first of the service
// network.
const ServiceIP = "10.96.0.1"

const (
	startLimit = 2 * time.Minute
	stopGrace  = 20 * time.Second
)

// Hosts are the names and addresses in the API server's certificate.
func Hosts() []string {
	return []string{
		"127.0.0.1", ServiceIP, "kubernetes", "kubernetes.default", "kubernetes.default.svc",
		"kubernetes.default.svc.cluster.local",
	}
}

// Options says what to run.
type Options struct {
	Programs *programs.Paths
	// Dir holds data, keys and logs. It must exist, and is not removed.
	Dir string
	// APIServer is the kube-apiserver to run. If it is empty, that of Programs is.
	APIServer string
	// Args are further arguments of kube-apiserver.
	Args []string
	// Like is a cluster whose authority, keys and static tokens this one takes over,
	// so that a client of one is a client of the other.
	Like *Cluster
}

// Cluster is a running control plane.
type Cluster struct {
	// Address is host and port of the API server: "127.0.0.1:41234".
	Address string
	// CA signed the server's certificate.
	CA *Authority
	// Kubeconfig is a file that makes kubectl an administrator.
	Kubeconfig string
	// UserToken is a static token of a user without roles.
	UserToken string

	options         Options
	adminToken      string
	etcdURL         string
	etcd, apiServer *process
	// releases release the ports, which are also this cluster's while no server listens on them.
	releases []func()
	// client trusts the authorities of the last call to Trust.
	client atomic.Pointer[http.Client]
}

// Start runs etcd and kube-apiserver, and returns once /readyz answers 200. If it
// fails, it leaves nothing running, and the error has the end of the log.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	c := &Cluster{options: o}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) error {
	if err := c.makeKeys(); err != nil {
		return err
	}
	if err := c.startEtcd(ctx); err != nil {
		return err
	}
	if err := c.startAPIServer(ctx); err != nil {
		return err
	}
	c.Kubeconfig = c.path("kubeconfig")
	return c.WriteKubeconfig(c.Kubeconfig, c.adminToken)
}

// URL is the base URL of the API server.
func (c *Cluster) URL() string { return "https://" + c.Address }

// Port is the port of the API server.
func (c *Cluster) Port() string {
	_, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		panic("cluster: address without a port: " + c.Address)
	}
	return port
}

// Restart ends the API server with the signal and starts it again on the same port.
// It returns once /readyz answers 200.
func (c *Cluster) Restart(ctx context.Context, signal syscall.Signal) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := c.apiServer.end(signal, stopGrace); err != nil {
		return err
	}
	if err := c.runAPIServer(); err != nil {
		return err
	}
	return c.waitReady(ctx)
}

// Kill ends the API server at once. [Cluster.StartUntil] starts it again.
func (c *Cluster) Kill() error { return c.apiServer.end(syscall.SIGKILL, stopGrace) }

// StartUntil starts the killed API server on the same port, and returns as soon as
// the condition holds, ready or not.
func (c *Cluster) StartUntil(ctx context.Context, holds func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := c.runAPIServer(); err != nil {
		return err
	}
	for !holds() {
		select {
		case <-c.apiServer.done:
			return c.apiServer.endedError()
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// Beside starts another API server on the same etcd with the same keys, as in a
// control plane with several. It has its own arguments, and its log in the folder.
// Stop it before the first one.
func (c *Cluster) Beside(ctx context.Context, dir string, args ...string) (*Cluster, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	other := &Cluster{options: Options{Programs: c.options.Programs, Dir: dir, APIServer: c.options.APIServer, Args: args}, etcdURL: c.etcdURL}
	if err := other.copyKeys(c); err != nil {
		return nil, err
	}
	if err := other.startAPIServer(ctx); err != nil {
		return nil, errors.Join(err, other.Stop())
	}
	other.Kubeconfig = other.path("kubeconfig")
	err := other.WriteKubeconfig(other.Kubeconfig, other.adminToken)
	return other, err
}

// Stop ends both processes. It may be called more than once.
func (c *Cluster) Stop() error {
	err := errors.Join(
		c.apiServer.end(syscall.SIGTERM, stopGrace),
		c.etcd.end(syscall.SIGTERM, stopGrace),
	)
	for _, release := range c.releases {
		release()
	}
	c.releases = nil
	return err
}

// Log is the file with the API server's output. That of etcd is beside it.
func (c *Cluster) Log() string { return c.path("kube-apiserver.log") }

// LogTail returns the end of the API server's log.
func (c *Cluster) LogTail() string { return c.apiServer.tail(40) }

func (c *Cluster) path(name string) string { return filepath.Join(c.options.Dir, name) }

func (c *Cluster) startEtcd(ctx context.Context) error {
	address, err := c.reserve()
	if err != nil {
		return err
	}
	peerAddress, err := c.reserve()
	if err != nil {
		return err
	}
	c.etcdURL = "http://" + address
	peer := "http://" + peerAddress
	c.etcd, err = startProcess("etcd", c.path("etcd.log"), c.options.Programs.Etcd,
		"--name=e2e", "--data-dir="+c.path("etcd"), "--log-level=warn",
		"--listen-client-urls="+c.etcdURL, "--advertise-client-urls="+c.etcdURL,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=e2e="+peer,
		// No data must survive a power failure.
		"--unsafe-no-fsync",
	)
	if err != nil {
		return err
	}
	return poll(ctx, c.etcd, func() error {
		return expectOK(ctx, http.DefaultClient, c.etcdURL+"/health", "")
	})
}

func (c *Cluster) startAPIServer(ctx context.Context) (err error) {
	if c.Address, err = c.reserve(); err != nil {
		return err
	}
	if err := c.runAPIServer(); err != nil {
		return err
	}
	return c.waitReady(ctx)
}

// reserve returns an address of loopback that is the cluster's until it stops.
func (c *Cluster) reserve() (string, error) {
	port, release, err := ReservePort()
	if err != nil {
		return "", fmt.Errorf("no free port: %w", err)
	}
	c.releases = append(c.releases, release)
	return net.JoinHostPort("127.0.0.1", port), nil
}

func (c *Cluster) runAPIServer() error {
	args := []string{
		"--etcd-servers=" + c.etcdURL,
		"--bind-address=127.0.0.1", "--secure-port=" + c.Port(),
		// Otherwise, the server asks for the default route, and ends if there is
		// none. A loopback address cannot be published as an endpoint.
		"--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
		"--tls-cert-file=" + c.path("serving.crt"), "--tls-private-key-file=" + c.path("serving.key"),
		"--service-cluster-ip-range=10.96.0.0/16",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + c.path("service-account.pub"),
		"--service-account-signing-key-file=" + c.path("service-account.key"),
		"--authorization-mode=RBAC", "--token-auth-file=" + c.path("tokens.csv"),
		"--allow-privileged=true", "--cert-dir=" + c.path("unused"),
	}
	program := c.options.APIServer
	if program == "" {
		program = c.options.Programs.KubeAPIServer
	}
	var err error
	c.apiServer, err = startProcess("kube-apiserver", c.Log(), program,
		append(args, c.options.Args...)...)
	return err
}

func (c *Cluster) waitReady(ctx context.Context) error {
	return poll(ctx, c.apiServer, func() error {
		return expectOK(ctx, c.client.Load(), c.URL()+"/readyz?verbose", c.adminToken)
	})
}

// poll calls ready until it succeeds, the process ends or the time is up.
func poll(ctx context.Context, p *process, ready func() error) error {
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return p.endedError()
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w\n%s", p.name, err, p.tail(20))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func expectOK(ctx context.Context, client *http.Client, url, token string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s: %s", url, response.Status, strings.TrimSpace(string(body)))
	}
	return nil
}

// replaceFile swaps a file in one step.
func replaceFile(name string, content []byte) error {
	if err := os.WriteFile(name+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
