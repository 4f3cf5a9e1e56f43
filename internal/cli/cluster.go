package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/internal/view"
)

// compareCluster compares the declaration with a live cluster, once or until they
// agree, and shows the progress on standard error.
//
// A context of a kubeconfig that cannot be used is undetermined, and says nothing about the others.
func (c *comparer) compareCluster(
	ctx context.Context, connection *live.Connection, d *config.Declaration, target *report.Target,
) (passes *apply.Series, who string, err error) {
	f, access, logger := c.f, c.access(), c.logger
	if access.HasContexts() {
		logger = logger.With("context", connection.Context)
	}
	client, err := access.Connect(connection, d.Endpoint(), c.begun, logger)
	if err != nil && access.HasContexts() {
		passes, target.Origin = live.Unusable(d, connection, f.policy, err)
		return passes, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	defer client.HTTP.CloseIdleConnections()
	c.follow(client, f.loud, f.For > 0 || c.progress != nil)
	options := run.Options{Timeout: f.Timeout, Wait: f.Wait.Run(), Policy: f.policy, Names: flags.Names()}
	if f.For > 0 && !f.loud.Quiet && c.progress == nil {
		p := outlet.StartProgress(c.stderr, c.stderr.Width(c.getenv("TERM")), func(elapsed time.Duration) string {
			return fmt.Sprintf("Waiting, %s of %s", report.Span(elapsed), report.Span(f.For))
		})
		defer p.Close()
		options.Waiting = func(passes *apply.Series) { p.Say(view.Progress(passes, f.Consecutive)) }
	}
	out, origin, who := live.Judge(ctx, client, d, options)
	origin.Context, origin.Insecure = connection.Context, access.Insecure(connection)
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

// cluster returns the connection of a command that asks a single cluster.
func (a *app) cluster(c *live.Connection) (*live.Connection, error) {
	list, err := a.access().Clusters(c)
	if err != nil {
		return nil, err
	}
	if len(list) > 1 {
		return nil, fmt.Errorf("--%s matches %d contexts, and this command asks one cluster", flags.ContextFlag, len(list))
	}
	return list[0], nil
}

// follow makes a client print one line when it has to try again, or log everything
// with --debug. With --wait, progress is shown in another way.
func (a *app) follow(c *discovery.Client, loud flags.Loudness, waiting bool) {
	if loud.Debug {
		return
	}
	c.Logger = nil
	if waiting || loud.Quiet {
		return
	}
	var once sync.Once
	c.Retrying = func(failure *discovery.Failure) {
		once.Do(func() { a.stderr.Mention(view.Retrying(failure.Message)) })
	}
}
