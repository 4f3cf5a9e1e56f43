package e2e

import (
	"net/http/httptrace"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
)

// TestGoAway asks a server that sometimes ends a connection by HTTP/2 GOAWAY, as
// servers behind a load balancer do to spread their clients. The run must not notice.
func TestGoAway(t *testing.T) {
	t.Parallel()
	// This is the highest chance that the server accepts.
	c := unsettled(t, setup{args: []string{"--goaway-chance=0.02"}})
	config := newAccount(t, c).config(t, nil)
	client := discovery.Client{HTTP: config.Client(), Base: config.BaseURL()}
	connections := 0
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				connections++
			}
		},
	})
	const rounds = 200
	for range rounds {
		var s discovery.Snapshot
		client.Fetch(ctx, &s, discovery.Needs{Version: true})
		if failure := s.Version.Unknown(); failure != nil {
			t.Fatal(failure)
		}
	}
	for range rounds {
		var s discovery.Snapshot
		client.Fetch(ctx, &s, discovery.Needs{Documents: true})
		if failure := s.Core.Unknown(); failure != nil {
			t.Fatal(failure)
		}
		if failure := s.Named.Unknown(); failure != nil {
			t.Fatal(failure)
		}
	}
	if connections < 2 {
		t.Errorf("%d connection for %d requests: the server never sent GOAWAY", connections, 3*rounds)
	}
	if stats := client.Stats(); stats.Requests != 3*rounds+stats.Retries {
		t.Errorf("%d requests, %d of them retries, want %d beside these", stats.Requests, stats.Retries, 3*rounds)
	}
}
