package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// traffic is what one run of a contender causes.
type traffic struct {
	// bytes are those that it receives, with all protocols above TCP.
	bytes int64
	// requests and trips are counted by the counter.
	requests, trips int
}

// countTraffic runs each contender twice: once for its requests, and once for its bytes,
// because no two of them would be the same through a proxy.
func countTraffic(ctx context.Context, s *server, all []contender, measure string) (traffics []traffic, err error) {
	proxy, err := startCounter(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, proxy.close()) }()
	r, err := startRelay(ctx, s.address, network{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	counted, err := s.open(proxy.address)
	if err != nil {
		return nil, err
	}
	relayed, err := s.open(r.address)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if _, err := c.run(ctx, measure, counted); err != nil {
			return nil, err
		}
		t := proxy.take()
		before := r.received.Load()
		if _, err := c.run(ctx, measure, relayed); err != nil {
			return nil, err
		}
		t.bytes = r.received.Load() - before
		traffics = append(traffics, t)
	}
	return traffics, nil
}

// counter is a server that passes requests on to another, and counts them.
type counter struct {
	*upstream
	mu sync.Mutex
	traffic
	// open is the number of requests without an answer.
	open int
}

// together is how long each answer is held back, so that requests overlap unless one of
// them waits for the answer to another.
const together = 200 * time.Millisecond

func startCounter(ctx context.Context, s *server) (*counter, error) {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "https", Host: s.address})
	proxy.Transport = &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: s.ca.Pool(), MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true, DisableCompression: true,
	}
	c := &counter{}
	var err error
	c.upstream, err = serveTLS(ctx, s.ca, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.begin()
		defer c.end()
		time.Sleep(together)
		proxy.ServeHTTP(w, r)
	}), c.connected)
	return c, err
}

// connected counts the round trips of TCP's and TLS' handshakes.
func (c *counter) connected(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.trips += 2
	}
}

func (c *counter) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	if c.open == 0 {
		c.trips++
	}
	c.open++
}

func (c *counter) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open--
}

// take returns what was counted, and starts again.
func (c *counter) take() traffic {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.traffic
	c.traffic = traffic{}
	return t
}
