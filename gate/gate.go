package gate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/internal/view"
)

// What an error of [Check] is, for [errors.Is].
var (
	// ErrDrifted: the cluster definitely differs from the declaration.
	ErrDrifted = errors.New("the cluster does not serve what is declared")
	// ErrUndetermined: whether it does could not be determined. To try again may help.
	ErrUndetermined = errors.New("it could not be determined whether the cluster serves what is declared")
)

// Options say how long to ask, and what passes. The zero value asks once, within two
// minutes, and lets nothing pass that does not hold.
type Options struct {
	// Timeout limits one pass, with all of its requests. Zero means 2 minutes.
	Timeout time.Duration
	// Wait is for how long the cluster is asked again, while there is drift or
	// something could not be determined. Zero means that it is asked once.
	Wait time.Duration
	// Interval is the pause between two passes. Zero means 5 seconds; anything else must
	// be 100 milliseconds or more.
	Interval time.Duration
	// Consecutive is how many passes in a row must be satisfied. Zero means 1. It has
	// no effect without Wait.
	Consecutive int
	// Policy says which requirements count. Its zero value is that of kreconcile apply
	// without flags.
	Policy apply.Policy
	// Waiting is called after each pass that leaves something to wait for, such as to log
	// what is missing. Nil means that nobody wants to know.
	Waiting func(Result)
}

// Result is what the passes came to.
type Result struct {
	// Plan has the finding of each requirement, in the last pass.
	Plan *apply.Plan
	// Verdict is what the plan comes to under Options.Policy.
	Verdict apply.Verdict
	// Passes is how many there were.
	Passes int
	// Summary says in one line what is wrong, and names the worst of it, or how many passes
	// were satisfied where nothing is. It may hold text of the server.
	Summary string
}

// Check compares the cluster that the client reaches with the declaration. The error is
// nil if and only if the verdict is [apply.Satisfied]. It is ErrDrifted or ErrUndetermined
// otherwise, beside a result, and also the cause of ctx where that ended first. Any other
// error is about the arguments: nothing was asked then, and the result is nil.
//
// The client must have HTTP and Base, with scheme and host; anything less is an error. Its idle connections are closed before each pass but
// the first, so that every API server behind one address has its turn: no other part of
// the program should use its transport. The declaration is that of [config.Parse]; nil is an
// error, so that one with errors in it lets nothing pass.
func Check(ctx context.Context, client *discovery.Client, declaration *config.Declaration, o Options) (*Result, error) {
	if declaration == nil {
		return nil, errors.New("there is no declaration; see the diagnostics of config.Parse")
	}
	if client == nil || client.HTTP == nil || client.Base == nil || client.Base.Scheme == "" || client.Base.Host == "" {
		return nil, errors.New("the client must have HTTP and Base, with scheme and host")
	}
	options, err := o.forRun()
	if err != nil {
		return nil, err
	}
	out := run.Judge(ctx, client, declaration, options)
	policy := o.Policy
	if ctx.Err() != nil {
		policy = run.Strict(policy)
	}
	result := resultOf(out.Passes, policy, options.Wait.Consecutive)
	var outcome error
	switch result.Verdict.Status {
	case apply.Satisfied:
		return &result, nil
	case apply.Drifted:
		outcome = ErrDrifted
	case apply.StatusUndetermined, apply.Skipped:
		outcome = ErrUndetermined
	}
	if cause := context.Cause(ctx); cause != nil {
		return &result, fmt.Errorf("%w: %s: %w", outcome, result.Summary, cause)
	}
	return &result, fmt.Errorf("%w: %s", outcome, result.Summary)
}

// forRun gives the options with their defaults, as the loop takes them.
func (o Options) forRun() (run.Options, error) {
	const timeout, interval = 2 * time.Minute, 5 * time.Second
	options := run.Options{
		Timeout: o.Timeout, Wait: run.Wait{For: o.Wait, Interval: o.Interval, Consecutive: o.Consecutive}, Policy: o.Policy,
		Names: run.Names{
			Timeout: "Options.Timeout", Wait: "Options.Wait", Interval: "Options.Interval", Consecutive: "Options.Consecutive",
		},
	}
	if options.Timeout == 0 {
		options.Timeout = timeout
	}
	if options.Wait.Interval == 0 {
		options.Wait.Interval = interval
	}
	if options.Wait.Consecutive == 0 || o.Wait == 0 {
		options.Wait.Consecutive = 1
	}
	if o.Waiting != nil {
		options.Waiting = func(passes *apply.Series) {
			o.Waiting(resultOf(passes, o.Policy, options.Wait.Consecutive))
		}
	}
	if options.Timeout < 0 || options.Wait.For < 0 {
		return options, errors.New("Options.Timeout and Options.Wait must not be negative")
	}
	return options, options.Wait.Check(options.Names)
}

// resultOf sums up the passes so far.
func resultOf(passes *apply.Series, policy apply.Policy, consecutive int) Result {
	return Result{
		Plan: passes.Plan, Verdict: passes.Verdict(policy, consecutive), Passes: passes.Passes,
		Summary: view.Progress(passes, consecutive),
	}
}
