package cli

import (
	"context"
	"errors"
	"log/slog"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/internal/view"
)

// compareCluster compares the declaration with a live cluster, once or until they
// agree, and shows the progress on standard error.
func (a *app) compareCluster(
	ctx context.Context, f *planFlags, d *config.Declaration, target *report.Target, begun *live.Attempt, logger *slog.Logger,
) (passes *apply.Series, who string, err error) {
	client, err := a.access().Connect(&f.Connection, d.Endpoint(), begun, logger)
	if err != nil {
		return nil, "", err
	}
	a.follow(client, f.loud, f.For > 0)
	options := run.Options{Timeout: f.Timeout, Wait: f.Wait.Run(), Policy: f.policy, Names: flags.Names()}
	if f.For > 0 && !f.loud.quiet {
		p := outlet.StartProgress(a.stderr, a.stderr.Width(a.getenv("TERM")), f.For)
		defer p.Close()
		options.Waiting = func(passes *apply.Series) { p.Say(view.Progress(passes, f.Consecutive)) }
	}
	out, origin, who := live.Judge(ctx, client, d, options)
	target.Origin = origin
	if f.For > 0 {
		target.Wait = waited(ctx, &f.Wait, out)
	}
	return out.Passes, who, nil
}

// waited describes the wait for a verdict.
func waited(ctx context.Context, f *flags.Wait, out *run.Outcome) *report.Wait {
	w := &report.Wait{
		Limit: f.For, Elapsed: out.Waited, Passes: out.Passes.Passes, Consecutive: f.Consecutive, Streak: out.Passes.Streak,
		Mixed: out.Passes.Mixed(),
	}
	if signal, ok := errors.AsType[signalError](context.Cause(ctx)); ok {
		w.Ended = signal.Error()
	}
	return w
}

// access is what this run reaches clusters with.
func (a *app) access() live.Access {
	return live.Access{Connector: a.Connector, Getenv: a.getenv, Redactor: a.redactor, UserAgent: "kreconcile/" + version()}
}
