package run

import (
	"context"
	"fmt"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// Options say how often and how long to ask a cluster. The zero value is one pass
// without a time limit.
type Options struct {
	// Timeout limits one pass with all its requests. Zero means no limit.
	Timeout time.Duration
	Wait    Wait
	// Policy says which findings count.
	Policy apply.Policy
	// Waiting is called after each pass that leaves something to wait for. Nil means
	// no call.
	Waiting func(*apply.Series)
	// AllFields says that a recording has every field of every kind.
	AllFields bool
	// Names are the names of the limits in messages.
	Names Names
	Clock Clock
}

// Outcome is the result of the passes.
type Outcome struct {
	// Passes sums them up. There is at least one pass.
	Passes *apply.Series
	// Snapshot is that of the last pass in Passes.
	Snapshot *discovery.Snapshot
	// Version is the last version that the server reported, and empty if it reported
	// none.
	Version discovery.ServerVersion
	// Asked is the time of all passes, and Waited that of the passes and the pauses
	// between them.
	Asked, Waited time.Duration
}

// Judge compares the cluster with d: once, or until as many passes in a row as o.Wait
// requires are satisfied, or until time is up. Each pass has its own connection, so
// that every API server behind one address gets its turn.
func Judge(ctx context.Context, c *discovery.Client, d *config.Declaration, o Options) *Outcome {
	began := o.Clock.now()
	ctx, cancel := limited(ctx, o.Wait.For, o.Names.Wait)
	defer cancel()
	out := &Outcome{Passes: &apply.Series{}}
	for {
		plan, s := out.pass(ctx, c, d, o)
		if ctx.Err() != nil && out.Passes.Passes > 0 && plan.Verdict(apply.Policy{}).Counts.Undetermined > 0 {
			// The time limit cut this pass off, so it knows less than the one before.
			break
		}
		out.Passes.Add(plan, o.Policy)
		out.Snapshot = s
		if o.Wait.For == 0 || out.Passes.Streak >= o.Wait.Consecutive || d.Exceeded() != nil {
			break
		}
		if o.Waiting != nil {
			o.Waiting(out.Passes)
		}
		if !o.pause(ctx, began) {
			break
		}
		c.HTTP.CloseIdleConnections()
	}
	out.Waited = o.Clock.now().Sub(began)
	out.Passes.Conclude(o.Wait.Consecutive)
	return out
}

// pass judges once, within the limit of a pass.
func (out *Outcome) pass(ctx context.Context, c *discovery.Client, d *config.Declaration, o Options) (*apply.Plan, *discovery.Snapshot) {
	ctx, cancel := limited(ctx, o.Timeout, o.Names.Timeout)
	defer cancel()
	began := o.Clock.now()
	plan, s := Pass(ctx, c, d)
	out.Asked += o.Clock.now().Sub(began)
	if s.Version.Known {
		out.Version = s.Version.Value
	}
	return plan, s
}

// limited returns a context that ends after the limit, with a cause that names it.
// Zero means no limit.
func limited(ctx context.Context, limit time.Duration, name string) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, limit, fmt.Errorf("%s %s is over", name, limit))
}

// Strict returns the policy for a run that was ended early: neither undetermined
// requirements nor drift pass.
func Strict(p apply.Policy) apply.Policy {
	p.AllowUndetermined, p.WarnOnly = false, false
	return p
}
