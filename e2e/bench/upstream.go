package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/go-logr/logr"
	apidiscovery "k8s.io/api/apidiscovery/v2"
	"k8s.io/apiserver/pkg/endpoints/discovery/aggregated"
	"k8s.io/klog/v2"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// upstream serves discovery with the code of kube-apiserver, with its ETags and its
// compression, over TLS and HTTP/2. It serves nothing else, and asks for no token.
type upstream struct {
	address string
	server  *http.Server
	done    chan error
}

func startUpstream(ctx context.Context, ca *cluster.Authority, core, named []apidiscovery.APIGroupDiscovery, build []byte) (*upstream, error) {
	// It would log each group.
	klog.SetLogger(logr.Discard())
	mux := http.NewServeMux()
	for path, groups := range map[string][]apidiscovery.APIGroupDiscovery{"/api": core, "/apis": named} {
		manager := aggregated.NewResourceManager(path[1:])
		manager.SetGroups(groups)
		mux.Handle(path, aggregated.WrapAggregatedDiscoveryToHandler(http.NotFoundHandler(), manager, nil))
	}
	mux.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(build)
	})
	return serveTLS(ctx, ca, mux, nil)
}

// serveTLS serves a handler on a free port of loopback. The function is called when the
// state of a connection changes, unless it is nil.
func serveTLS(ctx context.Context, ca *cluster.Authority, handler http.Handler, changed func(net.Conn, http.ConnState)) (*upstream, error) {
	cert, key, err := ca.Issue(cluster.Hosts()...)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	u := &upstream{address: listener.Addr().String(), done: make(chan error, 1)}
	u.server = &http.Server{
		Handler: handler, ReadHeaderTimeout: time.Minute, ConnState: changed,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12},
	}
	go func() { u.done <- u.server.ServeTLS(listener, "", "") }()
	return u, nil
}

func (u *upstream) close() error {
	failure := u.server.Close()
	if err := <-u.done; !errors.Is(err, http.ErrServerClosed) {
		failure = errors.Join(failure, err)
	}
	return failure
}
