package cli

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
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
}

// reach gives the cluster that the flags, or the declaration, or the environment
// name. It asks nothing.
func (a *app) reach(f *connectionFlags, d *config.Declaration, logger *slog.Logger) (*cluster, error) {
	client, err := a.connect(f, d.Endpoint, logger)
	if err != nil {
		return nil, err
	}
	return &cluster{client: client, declaration: d, timeout: f.timeout}, nil
}

// maxRounds bounds how often a pass may ask for more.
const maxRounds = 8

// pass asks the API server for what the declaration needs, until it needs nothing
// more, and judges.
func (c *cluster) pass(ctx context.Context) *apply.Plan {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, fmt.Errorf("--timeout %s is over", c.timeout))
	defer cancel()
	started := time.Now()
	endpoint := c.client.Endpoint()
	s := &discovery.Snapshot{Endpoint: endpoint, Time: started}
	if apply.EndpointDrifts(c.declaration, endpoint) {
		s.FailUnasked(&discovery.Failure{
			Code: discovery.OtherEndpoint,
			Message: fmt.Sprintf("nothing was asked: the connection would be to %s, and %s is declared",
				endpoint, c.declaration.Endpoint.URL),
		})
	}
	for range maxRounds {
		needs := apply.Needs(c.declaration, s)
		if needs.Empty() {
			break
		}
		c.client.Fetch(ctx, s, needs)
	}
	c.duration += time.Since(started)
	if s.Version.Known {
		c.serverVersion = s.Version.Value
	}
	return apply.Diff(c.declaration, s)
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
