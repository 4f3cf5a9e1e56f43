package live

import (
	"context"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/run"
)

// Judge compares a declaration with the cluster that a client asks, once or until they
// agree. who is the identity that was refused something; it is empty if nothing was
// refused, or the identity is not known.
func Judge(
	ctx context.Context, client *discovery.Client, d *config.Declaration, options run.Options,
) (out *run.Outcome, origin *report.Origin, who string) {
	out = run.Judge(ctx, client, d, options)
	who = identify(ctx, client, out, options.Timeout)
	stats := client.Stats()
	origin = &report.Origin{
		Endpoint: client.Endpoint(), Requests: stats.Requests, NotModified: stats.NotModified, Bytes: stats.Bytes, Duration: out.Asked,
	}
	return out, origin.WithVersion(out.Version), who
}
