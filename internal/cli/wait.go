package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/view"
)

// waitFlags are the flags that say for how long a verdict is waited for.
type waitFlags struct {
	// wait is zero where one pass has to do.
	wait, interval time.Duration
	consecutive    int
}

// minInterval keeps a mistyped unit from becoming an attack on the API server.
const minInterval = 100 * time.Millisecond

func (f *waitFlags) bind(flags *pflag.FlagSet) {
	flags.DurationVar(&f.wait, "wait", 0, "try again for this long, while there is drift or something could not be determined")
	flags.DurationVar(&f.interval, "interval", 5*time.Second, "pause between two passes of --wait")
	flags.IntVar(&f.consecutive, "consecutive", 1, "with --wait, `N` passes in a row must be satisfied")
}

// check refuses what would not be heeded, and what there is no time for.
func (f *waitFlags) check(flags *pflag.FlagSet) error {
	if f.wait == 0 { // it is not given: checkFlags has refused a 0
		for _, name := range []string{"interval", "consecutive"} {
			if flags.Changed(name) {
				return fmt.Errorf("--%s is about --wait, which is not given", name)
			}
		}
		return nil
	}
	switch {
	case flags.Changed("snapshot"):
		return errors.New("--wait cannot be used with --snapshot, which does not change")
	case f.interval < minInterval:
		return fmt.Errorf("--interval must be %s at least", minInterval)
	case f.consecutive < 1:
		return errors.New("--consecutive must be 1 at least")
	}
	if pauses := time.Duration(max(f.consecutive-1, 1)); f.interval >= f.wait/pauses {
		return fmt.Errorf("--wait %s is too short for %d passes that are %s apart (--interval)", f.wait, pauses+1, f.interval)
	}
	return nil
}

// await judges in passes, until as many in a row as it takes are satisfied, or the
// time is up. Each has connections of its own, so that every API server behind one
// address has its turn.
func (a *app) await(ctx context.Context, f *planFlags, c *cluster, passes *apply.Series) *view.Wait {
	began := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, f.wait, fmt.Errorf("--wait %s is over", f.wait))
	defer cancel()
	say := func(string) {}
	if !f.loud.quiet {
		p := startProgress(a.stderr, a.terminalWidth(a.stderr), f.wait)
		defer p.close()
		say = p.tell
	}

	for {
		plan := c.pass(ctx)
		if ctx.Err() != nil && passes.Passes > 0 && plan.Verdict(apply.Policy{}).Counts.Undetermined > 0 {
			// It was cut off. What was not asked any more says nothing beside what the
			// pass before has told.
			break
		}
		passes.Add(plan, f.policy)
		if passes.Streak >= f.consecutive || c.declaration.Exceeded() != nil {
			break
		}
		say(view.Progress(passes, f.consecutive))
		if !pause(ctx, f.interval) {
			break
		}
		c.client.HTTP.CloseIdleConnections()
	}
	w := &view.Wait{
		Limit: f.wait, Elapsed: time.Since(began), Passes: passes.Passes, Consecutive: f.consecutive, Streak: passes.Streak,
		Mixed: passes.Mixed(),
	}
	if signal, ok := errors.AsType[signalError](context.Cause(ctx)); ok {
		w.Ended = signal.Error()
	}
	return w
}

// pause waits, and tells whether there is time for what comes behind it.
func pause(ctx context.Context, d time.Duration) bool {
	if deadline, limited := ctx.Deadline(); limited && time.Until(deadline) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
