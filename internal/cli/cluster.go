package cli

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/internal/view"
)

// cluster is a live cluster that is compared with a declaration.
type cluster struct {
	client *discovery.Client
	// timeout limits one pass.
	timeout time.Duration
	// last is the snapshot of the pass that counts, and nil before that pass.
	last *discovery.Snapshot
}

// compareCluster compares the declaration with a live cluster, once or until they
// agree. who is the identity that was refused something; it is empty if nothing was
// refused, or the identity is not known.
func (a *app) compareCluster(
	ctx context.Context, f *planFlags, d *config.Declaration, target *view.Target, begun *connecting, logger *slog.Logger,
) (passes *apply.Series, who string, err error) {
	client, err := a.connect(&f.connectionFlags, d.Endpoint(), begun, logger)
	if err != nil {
		return nil, "", err
	}
	a.follow(client, f.loud, f.wait > 0)
	out := a.await(ctx, f, client, d)
	if f.wait > 0 {
		target.Wait = f.report(ctx, out)
	}
	c := &cluster{client: client, timeout: f.timeout, last: out.Snapshot}
	who = c.identify(ctx, out.Passes.Plan)
	stats := client.Stats()
	target.Origin = withVersion(&view.Origin{
		Endpoint: client.Endpoint(),
		Requests: stats.Requests, NotModified: stats.NotModified, Bytes: stats.Bytes, Duration: out.Asked,
	}, out.Version)
	return out.Passes, who, nil
}

// await runs the passes, and shows their progress on standard error.
func (a *app) await(ctx context.Context, f *planFlags, client *discovery.Client, d *config.Declaration) *run.Outcome {
	options := run.Options{Timeout: f.timeout, Wait: f.waiting(), Policy: f.policy, Names: flagNames()}
	if f.wait > 0 && !f.loud.quiet {
		p := outlet.StartProgress(a.stderr, a.stderr.Width(a.getenv("TERM")), f.wait)
		defer p.Close()
		options.Waiting = func(passes *apply.Series) { p.Say(view.Progress(passes, f.consecutive)) }
	}
	return run.Judge(ctx, client, d, options)
}

// report describes the wait for a verdict.
func (f *waitFlags) report(ctx context.Context, out *run.Outcome) *view.Wait {
	w := &view.Wait{
		Limit: f.wait, Elapsed: out.Waited, Passes: out.Passes.Passes, Consecutive: f.consecutive, Streak: out.Passes.Streak,
		Mixed: out.Passes.Mixed(),
	}
	if signal, ok := errors.AsType[signalError](context.Cause(ctx)); ok {
		w.Ended = signal.Error()
	}
	return w
}

// withVersion adds the server's version, which is empty if it is not known.
func withVersion(o *view.Origin, v discovery.ServerVersion) *view.Origin {
	if v == (discovery.ServerVersion{}) {
		return o
	}
	o.ServerVersion, o.Emulates = v.GitVersion, v.Emulates()
	// A version that cannot be determined is not shown.
	o.EmulationVersion, _ = v.EmulationVersion()
	return o
}
