package snapshottest

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// Cluster is a cluster to take a snapshot of, and what the snapshot must contain.
type Cluster struct {
	// Serves are the documents of the cluster. A fact that failed in it is answered
	// with that failure.
	Serves *discovery.Snapshot
	// Schemas are the cluster's OpenAPI documents.
	Schemas apitest.Schemas
	// Allows decides reviews. Nil allows nothing.
	Allows func(discovery.Review) discovery.ReviewAnswer
	// Needs is what the source must ask for.
	Needs discovery.Needs
}

// Source returns a snapshot of a cluster. It ends the test on an error.
type Source func(t *testing.T, c Cluster) *discovery.Snapshot

// Live asks a server that serves the cluster.
func Live(options ...apitest.Option) Source {
	return func(t *testing.T, c Cluster) *discovery.Snapshot {
		t.Helper()
		server := apitest.New(t, c.Serves, options...)
		server.SetSchemas(c.Schemas)
		server.Allow(c.Allows)
		base, err := url.Parse(server.URL())
		if err != nil {
			t.Fatal(err)
		}
		client := &discovery.Client{
			HTTP: server.Client(), Base: base,
			Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		}
		needs := func(s *discovery.Snapshot) discovery.Needs {
			if s.Core.Asked() {
				return discovery.Needs{Lists: s.Unlisted()}
			}
			return c.Needs
		}
		var last *discovery.Snapshot
		for s := range client.LookAgain(t.Context(), needs) {
			last = s
		}
		return last
	}
}

// Recorded saves the snapshots of another source, and loads them again.
func Recorded(source Source) Source {
	return func(t *testing.T, c Cluster) *discovery.Snapshot { return Saved(t, source(t, c)) }
}
