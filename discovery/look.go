package discovery

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

const (
	// maxRounds bounds how often one look asks for more.
	maxRounds = 8
	// maxRestarts is how often a look begins anew because its connection changed, and
	// maxLooks how many looks there are after the first one.
	maxRestarts = 3
	maxLooks    = 4
	// apart is how long two looks are apart that stand in for GET /readyz.
	apart = time.Second
)

// Look asks for what needs names until that is nothing more, all over one
// connection, so that one API server gives all the answers. Where the connection
// changes, all is asked once more over the new one, at most three times in a row.
//
// Behind one address there may be several servers, of different releases. One is
// false where another look (see [Client.LookAgain]) is to show whether they agree:
// the connection changed, or it speaks HTTP/1.1 over TLS. A Kubernetes API server
// speaks HTTP/2; what does not may hand each request to another server.
//
// What the answers lack is not confirmed to be absent: Confirmed is not known.
func (c *Client) Look(ctx context.Context, needs func(*Snapshot) Needs) (s *Snapshot, one bool) {
	for restarts := 0; ; restarts++ {
		l := &look{}
		s := c.rounds(withLook(ctx, l), needs)
		if l.oneConnection() || restarts == maxRestarts {
			return s, l.oneConnection() && restarts == 0 && !(l.http1 && c.Base.Scheme == "https")
		}
	}
}

func (c *Client) rounds(ctx context.Context, needs func(*Snapshot) Needs) *Snapshot {
	s := &Snapshot{Endpoint: c.Endpoint(), Time: c.now().UTC()}
	for range maxRounds {
		n := needs(s)
		if n.Empty() {
			break
		}
		c.Fetch(ctx, s, n)
	}
	return s
}

// LookAgain looks once more, over a new connection: what a verdict concludes from
// drift or from an absence is only sound where this look leads to the same. An API
// server that is just starting serves documents in which groups are missing, and
// decides before it has read all roles. Nothing in its answers shows that, but GET
// /readyz is not 200 until they are whole. So the look begins with it, and Confirmed
// is known where it is 200, and failed where it is not.
//
// Where /readyz may not be asked (403, 404), or no connection lasts, there are two
// looks, a second apart: what the first look and these two agree on is confirmed.
// Where the connection changed in a look, there is one more, since the server that
// gave the first answers was not heard to the end. Each look is yielded once it is
// complete.
func (c *Client) LookAgain(ctx context.Context, needs func(*Snapshot) Needs) iter.Seq[*Snapshot] {
	return func(yield func(*Snapshot) bool) {
		wanted := 1
		for looks := 1; looks <= wanted; looks++ {
			s, instead, changed := c.lookWhenReady(ctx, needs)
			if instead != "" && looks == 1 || changed && wanted < maxLooks {
				wanted++
			}
			if !yield(s) {
				return
			}
			if instead == "" || looks == wanted {
				continue
			}
			if f := c.wait(ctx, instead); f != nil {
				unconfirmed := *s
				unconfirmed.Confirmed = Failed[struct{}](f)
				yield(&unconfirmed)
				return
			}
		}
	}
}

// lookWhenReady looks over a new connection. Instead is why it takes another look
// to confirm what this one lacks, and empty where it takes none. Changed tells
// whether the connection changed.
func (c *Client) lookWhenReady(ctx context.Context, needs func(*Snapshot) Needs) (s *Snapshot, instead string, changed bool) {
	for restarts := 0; ; restarts++ {
		// The connection that is left idle may be closed, and the next one is new.
		c.HTTP.CloseIdleConnections()
		l := &look{}
		within := withLook(ctx, l)
		ready := c.readyz(within)
		s = c.rounds(within, needs)
		switch {
		case ready.status == 403 || ready.status == 404:
			instead = ready.failure.Message
			s.Confirmed = Known(struct{}{})
		case ready.status >= 500:
			s.Confirmed = Failed[struct{}](c.notReady(ready))
		case ready.failure != nil:
			s.Confirmed = Failed[struct{}](ready.failure)
		default:
			s.Confirmed = Known(struct{}{})
		}
		if l.oneConnection() {
			return s, instead, restarts > 0
		}
		if restarts == maxRestarts {
			// A server or a proxy that closes each connection after its answer.
			return s, fmt.Sprintf("the connection changed %d times in a row after GET /readyz", restarts+1), false
		}
	}
}

// wait waits before another look, and gives the failure where there is no time.
func (c *Client) wait(ctx context.Context, instead string) *Failure {
	if !fits(ctx, apart) {
		return model.NewFailure("", Timeout, nil, "%s; there is no time to ask again %v later", instead, apart)
	}
	if err := c.sleep(ctx, apart); err != nil {
		return contextFailure(ctx, "asking again", err)
	}
	return nil
}

// look remembers over which connections the answers of one look came.
type look struct {
	mu          sync.Mutex
	connections []string
	// http1 is set where an answer came over HTTP/1.
	http1 bool
}

type lookKey struct{}

func withLook(ctx context.Context, l *look) context.Context {
	return context.WithValue(ctx, lookKey{}, l)
}

// note keeps the connection of an answer that counts.
func (l *look) note(connection string, http1 bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.http1 = l.http1 || http1
	if connection != "" && !slices.Contains(l.connections, connection) {
		l.connections = append(l.connections, connection)
	}
}

func (l *look) oneConnection() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.connections) <= 1
}

func (c *Client) readyz(ctx context.Context) result {
	return c.get(ctx, request{path: "/readyz", accept: "text/plain", limit: maxErrorBody,
		read: func(_ string, body io.Reader) error {
			_, err := io.Copy(io.Discard, body)
			return err
		}})
}

// notReady says which checks of /readyz failed, where it lists them.
func (c *Client) notReady(res result) *Failure {
	checks := wire.FailedChecks(res.refusal)
	if len(checks) == 0 {
		unready := *res.failure
		unready.Code = NotReady
		return &unready
	}
	return model.NewFailure(res.failure.Request, NotReady, res.failure.Err, "%d: the server is not ready: %s", res.status, c.redact(strings.Join(checks, ", ")))
}
