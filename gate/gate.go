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

// The errors of [Check], for [errors.Is].
var (
	// ErrDrifted: the cluster definitely differs from the declaration.
	ErrDrifted = errors.New("the cluster does not serve what is declared")
	// ErrDeprecated: the cluster serves what is declared, as far as it is known, and the
	// policy does not let a deprecated API pass.
	ErrDeprecated = errors.New("what is declared needs an API that Kubernetes has deprecated")
	// ErrUndetermined: it could not be determined whether the cluster differs.
	// Another try may help.
	ErrUndetermined = errors.New("it could not be determined whether the cluster serves what is declared")
)

// Options say how long to ask, and what passes. The zero value asks once, for at most
// two minutes, and passes only what holds.
type Options struct {
	// Timeout limits one pass with all its requests. Zero means 2 minutes.
	Timeout time.Duration
	// Wait is how long to keep asking while there is drift or something is
	// undetermined. Zero means ask once.
	Wait time.Duration
	// Interval is the pause between two passes. Zero means 5 seconds; the minimum is
	// 100 milliseconds.
	Interval time.Duration
	// Consecutive is the number of passes in a row that must be satisfied. Zero means
	// 1. It has no effect without Wait.
	Consecutive int
	// Policy says which requirements count. Its zero value is that of kreconcile apply
	// without flags.
	Policy apply.Policy
	// Waiting is called after each pass that leaves something to wait for, for
	// example to log it. Nil means no call.
	Waiting func(Result)
}

// Result sums up the passes.
type Result struct {
	// Plan has the finding of each requirement in the last pass.
	Plan *apply.Plan
	// Verdict is the verdict on the plan under Options.Policy.
	Verdict apply.Verdict
	// Passes counts the passes.
	Passes int
	// Summary says in one line what is wrong, the worst first, or how many passes were
	// satisfied. It may hold text of the server.
	Summary string
}

// Check compares the cluster with the declaration. The error is nil if and only if
// the verdict is [apply.Satisfied]. Otherwise it wraps ErrDrifted, ErrDeprecated or
// ErrUndetermined and comes with a result; it also wraps the cause of ctx if ctx ended first. Any
// other error is about the arguments: then nothing was asked, and the result is nil.
//
// The client must have HTTP, and Base with scheme and host. Check closes its idle connections before each
// pass but the first, so that it reaches every API server behind one address: no
// other part of the program should use its transport. The declaration is that of
// [config.Parse]; nil is an error, so that a declaration with errors never passes.
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
		if result.Verdict.Deprecated {
			outcome = ErrDeprecated
		}
	case apply.StatusUndetermined, apply.Skipped:
		outcome = ErrUndetermined
	}
	if cause := context.Cause(ctx); cause != nil {
		return &result, fmt.Errorf("%w: %s: %w", outcome, result.Summary, cause)
	}
	return &result, fmt.Errorf("%w: %s", outcome, result.Summary)
}

// forRun returns the options for the loop, with their defaults.
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
	verdict := passes.Verdict(policy, consecutive)
	return Result{
		Plan: passes.Plan, Verdict: verdict, Passes: passes.Passes, Summary: view.Summary(passes, verdict, consecutive),
	}
}
