package main

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
)

// counter is a server that passes requests on to another, and counts them.
type counter struct {
	*upstream
	requests atomic.Int64
}

func startCounter(ctx context.Context, s *server) (*counter, error) {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "https", Host: s.address})
	proxy.Transport = &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: s.ca.Pool(), MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true, DisableCompression: true,
	}
	c := &counter{}
	var err error
	c.upstream, err = serveTLS(ctx, s.ca, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.requests.Add(1)
		proxy.ServeHTTP(w, r)
	}))
	return c, err
}
