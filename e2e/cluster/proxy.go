package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// Proxy is a running kubectl proxy.
type Proxy struct {
	// URL is its base URL, plain HTTP on loopback.
	URL     string
	process *process
}

var proxyAddress = regexp.MustCompile(`Starting to serve on (127\.0\.0\.1:\d+)`)

// StartProxy runs kubectl proxy with a token and further arguments, and returns once
// it listens. It puts its files into dir.
func (c *Cluster) StartProxy(ctx context.Context, dir, token string, args ...string) (*Proxy, error) {
	kubeconfig := filepath.Join(dir, "kubeconfig")
	if err := c.WriteKubeconfig(kubeconfig, token); err != nil {
		return nil, err
	}
	log := filepath.Join(dir, "kubectl-proxy.log")
	args = append([]string{"--kubeconfig=" + kubeconfig, "--cache-dir=" + dir, "proxy", "--address=127.0.0.1", "--port=0"}, args...)
	process, err := startProcess("kubectl proxy", log, c.options.Programs.Kubectl, args...)
	if err != nil {
		return nil, err
	}
	p := &Proxy{process: process}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	err = poll(ctx, process, func() error {
		output, err := os.ReadFile(log)
		if err != nil {
			return err
		}
		match := proxyAddress.FindSubmatch(output)
		if match == nil {
			return fmt.Errorf("it does not listen yet: %s", output)
		}
		p.URL = "http://" + string(match[1])
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

// Stop ends the proxy. It may be called more than once.
func (p *Proxy) Stop() error { return p.process.end(syscall.SIGTERM, 5*time.Second) }
