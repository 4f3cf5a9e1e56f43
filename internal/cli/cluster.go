package cli

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/internal/view"
)

// cluster is a live cluster that a declaration is compared with.
type cluster struct {
	client      *discovery.Client
	declaration *config.Declaration
	// timeout limits one pass.
	timeout time.Duration
	// duration is how long all passes took together.
	duration time.Duration
	// serverVersion is the last that was learnt.
	serverVersion discovery.ServerVersion
	// last is what the last pass learnt.
	last *discovery.Snapshot
}

// reach gives the cluster that the flags, or the declaration, or the environment
// name. It asks nothing.
func (a *app) reach(f *connectionFlags, d *config.Declaration, logger *slog.Logger) (*cluster, error) {
	client, err := a.connect(f, d.Endpoint(), logger)
	if err != nil {
		return nil, err
	}
	return &cluster{client: client, declaration: d, timeout: f.timeout}, nil
}

// pass asks the API server for what the declaration needs, and judges.
func (c *cluster) pass(ctx context.Context) *apply.Plan {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, fmt.Errorf("--timeout %s is over", c.timeout))
	defer cancel()
	started := time.Now()
	plan, s := run.Pass(ctx, c.client, c.declaration)
	c.duration += time.Since(started)
	c.last = s
	if s.Version.Known {
		c.serverVersion = s.Version.Value
	}
	return plan
}

// origin says who was asked, and how much, in all passes so far.
func (c *cluster) origin() *view.Origin {
	stats := c.client.Stats()
	return withVersion(&view.Origin{
		Endpoint: c.client.Endpoint(),
		Requests: stats.Requests, NotModified: stats.NotModified, Bytes: stats.Bytes, Duration: c.duration,
	}, c.serverVersion)
}

// withVersion adds the server's version, which is empty where it was not learnt.
func withVersion(o *view.Origin, v discovery.ServerVersion) *view.Origin {
	o.ServerVersion, o.Emulates = v.GitVersion, v.Emulates()
	// What cannot be determined is not shown.
	o.EmulationVersion, _ = v.EmulationVersion()
	return o
}
