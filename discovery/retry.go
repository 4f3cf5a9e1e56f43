package discovery

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

const (
	maxAttempts   = 5
	firstBackoff  = 250 * time.Millisecond
	maxBackoff    = 4 * time.Second
	maxRetryAfter = 30 * time.Second
)

// get asks by GET.
func (c *Client) get(ctx context.Context, q request) result {
	q.method = "GET"
	return c.ask(ctx, q)
}

// post asks by POST.
func (c *Client) post(ctx context.Context, q request) result {
	q.method = "POST"
	return c.ask(ctx, q)
}

// ask sends a request until it ends in a way that asking again would not change.
// It never waits for longer than the context lasts: it then ends with the last
// failure of the server. So it does if the context ends a later try.
func (c *Client) ask(ctx context.Context, q request) (res result) {
	if l, ok := ctx.Value(lookKey{}).(*look); ok {
		defer func() {
			// An API server closes the connection behind a 401, and what speaks TLS behind a
			// plaintext request, and neither says anything that another server would not.
			if res.status != 401 && !res.needsTLS {
				l.note(res.connection, res.http1)
			}
		}()
	}
	var last *Failure
	for number := 1; ; number++ {
		res := c.attempt(ctx, q, number)
		if last != nil && res.failure != nil && res.failure.Code == Timeout && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			cut := *last
			cut.Message = text.Message(cut.Message + "; then " + strings.TrimPrefix(res.failure.Message, q.String()+": "))
			res.failure = &cut
		}
		if res.failure == nil || !res.retry || number == maxAttempts {
			return res
		}
		wait := max(backoff(number, c.random()), res.after)
		if !fits(ctx, wait) {
			return res
		}
		if c.Logger != nil {
			c.Logger.WarnContext(ctx, "trying again", "in", wait.Round(time.Millisecond), "failure", res.failure.Message)
		}
		if c.Retrying != nil {
			c.Retrying(res.failure)
		}
		if err := c.sleep(ctx, wait); err != nil {
			if errors.Is(ctx.Err(), context.Canceled) {
				res.failure = contextFailure(ctx, q.String(), err)
			}
			return res
		}
		last = res.failure
	}
}

// backoff is how long to wait after an attempt, the first being 1: from 250 ms,
// doubled each time, and up to twice that, at most 4 s. Jitter is at least 0 and
// less than 1.
func backoff(attempt int, jitter float64) time.Duration {
	d := firstBackoff << (attempt - 1)
	return min(d+time.Duration(jitter*float64(d)), maxBackoff)
}

// retryAfter reads a Retry-After header: seconds, or a date. It gives zero for
// what makes no sense, and at most 30 s.
//
// Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(header, 10, 32); err == nil {
		return min(max(time.Duration(seconds)*time.Second, 0), maxRetryAfter)
	}
	if date, err := time.Parse(time.RFC1123, header); err == nil {
		return min(max(date.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// fits tells whether the context lasts longer than d.
func fits(ctx context.Context, d time.Duration) bool {
	deadline, limited := ctx.Deadline()
	return !limited || time.Until(deadline) > d
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
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
