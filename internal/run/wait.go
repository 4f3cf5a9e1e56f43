package run

import (
	"context"
	"fmt"
	"time"
)

// Wait says how long to wait for a verdict. The zero value does not wait.
type Wait struct {
	// For limits all passes and the pauses between them. Zero means one pass.
	For time.Duration
	// Interval is the pause between two passes.
	Interval time.Duration
	// Consecutive is the number of passes in a row that must be satisfied.
	Consecutive int
}

// MinInterval prevents that a mistyped unit becomes an attack on the API server.
const MinInterval = 100 * time.Millisecond

// Names are the names of the limits in messages, such as "--timeout".
type Names struct{ Timeout, Wait, Interval, Consecutive string }

// Check refuses a wait that asks too often, or is too short for its passes. If For is
// zero, it accepts everything.
func (w Wait) Check(names Names) error {
	if w.For == 0 {
		return nil
	}
	switch {
	case w.Interval < MinInterval:
		return fmt.Errorf("%s must be %s at least", names.Interval, MinInterval)
	case w.Consecutive < 1:
		return fmt.Errorf("%s must be 1 at least", names.Consecutive)
	}
	if pauses := time.Duration(max(w.Consecutive-1, 1)); w.Interval >= w.For/pauses {
		return fmt.Errorf("%s %s is too short for %d passes that are %s apart (%s)", names.Wait, w.For, pauses+1, w.Interval, names.Interval)
	}
	return nil
}

// Clock replaces the time of a wait in tests. A nil function means the real time.
// Requests and passes are limited by their contexts.
type Clock struct {
	Now func() time.Time
	// Sleep waits, and returns the error of the context if that ends first.
	Sleep func(ctx context.Context, d time.Duration) error
}

func (c Clock) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c Clock) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pause waits for the next pass, and reports whether there is time for one. It does
// not start a pause that would outlast the wait, or the caller's deadline.
func (o Options) pause(ctx context.Context, began time.Time) bool {
	now := o.Clock.now()
	end := began.Add(o.Wait.For)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(end) {
		end = deadline
	}
	return end.Sub(now) > o.Wait.Interval && o.Clock.sleep(ctx, o.Wait.Interval) == nil
}
