package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	apidiscovery "k8s.io/api/apidiscovery/v2"
	authenticationv1 "k8s.io/api/authentication/v1"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
	"github.com/kreconcile/kreconcile/e2e/programs"
)

// realUntil is the largest number of CRDs that a real kube-apiserver is measured with.
const realUntil = 2000

const acceptAggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

// servers are what the contenders ask.
type servers struct {
	cluster *cluster.Cluster
	version string
	dir     string
	token   string
	mount   string
	// installed is the number of CRDs in the cluster.
	installed int
	// core and named are what the cluster serves without CRDs, and build its version.
	core, named apidiscovery.APIGroupDiscoveryList
	build       []byte
	handlers    []*upstream
}

// server is a server with a number of CRDs.
type server struct {
	name string
	crds int
	// address is that of its port on loopback.
	address string
	open    func(address string) (access, error)
	ca      *cluster.Authority
}

const account = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: bench, namespace: default}
`

func startServers(ctx context.Context, built *programs.Paths, dir string) (*servers, error) {
	c, err := cluster.Start(ctx, cluster.Options{Programs: built, Dir: dir})
	if err != nil {
		return nil, err
	}
	s := &servers{cluster: c, version: built.Kubernetes, dir: dir, mount: filepath.Join(dir, "serviceaccount")}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *servers) prepare(ctx context.Context) error {
	if err := s.cluster.Apply(ctx, account); err != nil {
		return err
	}
	day := int64(24 * time.Hour / time.Second)
	var err error
	if s.token, err = s.cluster.TokenWith(ctx, "default", "bench", authenticationv1.TokenRequestSpec{ExpirationSeconds: &day}); err != nil {
		return err
	}
	if err := os.Mkdir(s.mount, 0o755); err != nil {
		return err
	}
	if _, err := pod.NewVolume(s.mount, map[string]string{"token": s.token, "ca.crt": string(s.cluster.CA.PEM), "namespace": "default"}); err != nil {
		return err
	}
	if err := s.read(ctx, "/api", &s.core); err != nil {
		return err
	}
	if err := s.read(ctx, "/apis", &s.named); err != nil {
		return err
	}
	_, s.build, err = s.cluster.Ask(ctx, http.MethodGet, "/version", "", "")
	return err
}

func (s *servers) read(ctx context.Context, path string, into *apidiscovery.APIGroupDiscoveryList) error {
	status, content, err := s.cluster.Ask(ctx, http.MethodGet, path, acceptAggregated, "")
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("GET %s: %d: %s", path, status, content)
	}
	*into = apidiscovery.APIGroupDiscoveryList{}
	return json.Unmarshal(content, into)
}

func (s *servers) stop() error {
	var failures []error
	for _, u := range s.handlers {
		failures = append(failures, u.close())
	}
	return errors.Join(append(failures, s.cluster.Stop())...)
}

// with returns a server with that many CRDs. The number must not fall.
func (s *servers) with(ctx context.Context, count int) (*server, error) {
	result := &server{name: "kube-apiserver " + s.version, crds: count, address: s.cluster.Address, open: s.open, ca: s.cluster.CA}
	if count <= realUntil {
		return result, s.install(ctx, count)
	}
	groups := slices.Concat(s.named.Items, discoveryGroups(crds(count)))
	u, err := startUpstream(ctx, s.cluster.CA, s.core.Items, groups, s.build)
	if err != nil {
		return nil, err
	}
	s.handlers = append(s.handlers, u)
	result.name, result.address = "the handler of k8s.io/apiserver", u.address
	return result, nil
}

// open returns the access to a server at another address.
func (s *servers) open(address string) (access, error) {
	u := url.URL{Scheme: "https", Host: address}
	a := access{url: u.String(), host: u.Hostname(), port: u.Port(), mount: s.mount, token: s.token}
	a.kubeconfig = filepath.Join(s.dir, "kubeconfig-"+a.port)
	return a, os.WriteFile(a.kubeconfig, []byte(`apiVersion: v1
kind: Config
clusters: [{name: bench, cluster: {server: "`+a.url+`", certificate-authority: "`+a.file("ca.crt")+`"}}]
users: [{name: bench, user: {token: "`+a.token+`"}}]
contexts: [{name: bench, context: {cluster: bench, user: bench}}]
current-context: bench
`), 0o600)
}

// install adds CRDs to the cluster, and waits until all are served.
func (s *servers) install(ctx context.Context, count int) error {
	if count <= s.installed {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Minute)
	defer cancel()
	all := crds(count)
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for _, c := range all[s.installed:] {
		group.Go(func() error { return s.create(within, c) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	s.installed = count
	return s.settle(ctx, count)
}

// create tries until the CRD is there: a server that registers many may not answer in time.
func (s *servers) create(ctx context.Context, c crd) error {
	manifest, err := c.manifest()
	if err != nil {
		return err
	}
	for {
		status, answer, err := s.cluster.Ask(ctx, http.MethodPost, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "", string(manifest))
		switch {
		case err == nil && (status == http.StatusCreated || status == http.StatusConflict):
			return nil
		case err == nil && status < http.StatusInternalServerError && status != http.StatusTooManyRequests:
			return fmt.Errorf("create %s: %d: %s", c.plural, status, answer)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("create %s: %w", c.plural, errors.Join(ctx.Err(), err))
		case <-time.After(time.Second):
		}
	}
}

// settle waits until discovery lists that many custom resources, and all are current.
// While the server registers many, it may not answer in time.
func (s *servers) settle(ctx context.Context, count int) error {
	for {
		served, err := s.custom(ctx)
		if err == nil && served == count {
			return s.rest(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d CRDs are served: %w", served, count, errors.Join(ctx.Err(), err))
		case <-time.After(time.Second):
		}
	}
}

// rest waits until the server has nothing left to do for the CRDs, such as schemas.
func (s *servers) rest(ctx context.Context) error {
	const pause, idle = 3 * time.Second, 0.1
	last := math.Inf(-1)
	for {
		_, metrics, err := s.cluster.Ask(ctx, http.MethodGet, "/metrics", "", "")
		if err != nil && ctx.Err() != nil {
			return err
		}
		// In seconds since it started.
		if m := regexp.MustCompile(`(?m)^process_cpu_seconds_total (\S+)$`).FindSubmatch(metrics); m != nil {
			used, err := strconv.ParseFloat(string(m[1]), 64)
			if err != nil {
				return err
			}
			if used-last < idle*pause.Seconds() {
				return nil
			}
			last = used
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// custom returns how many custom resources are served.
func (s *servers) custom(ctx context.Context) (int, error) {
	var list apidiscovery.APIGroupDiscoveryList
	if err := s.read(ctx, "/apis", &list); err != nil {
		return 0, err
	}
	served := 0
	for _, g := range list.Items {
		for _, v := range g.Versions {
			if strings.HasSuffix(g.Name, customSuffix) && v.Freshness == apidiscovery.DiscoveryFreshnessCurrent {
				served += len(v.Resources)
			}
		}
	}
	return served, nil
}
