package discovery

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxConfirmations is how often a confirmation begins anew where the connection
// breaks in the middle of it.
const maxConfirmations = 3

// confirm finds out whether what the documents lack is absent, and whether what the
// reviews do not allow is not allowed. An API server that is just starting serves
// documents in which groups are missing, and decides before it has read all roles;
// nothing in its answers tells, but GET /readyz is not 200 until they are whole. So
// all is asked for once more after it, the documents of OpenAPI that lack a field
// included, over the same connection: over another one, the answer may be another
// server's, or that of a server that has restarted since. Where /readyz may not be
// asked, or no connection lasts, answers that agree, a second apart, have to do.
func (c *Client) confirm(ctx context.Context, s *Snapshot) {
	for range maxConfirmations {
		res := c.readyz(ctx)
		switch {
		case res.failure == nil:
		case res.status == 403 || res.status == 404:
			s.Confirmed = c.compare(ctx, s, res.failure.Message)
			return
		case res.status >= 500:
			s.Confirmed = Failed[struct{}](c.notReady(res))
			return
		default:
			s.Confirmed = Failed[struct{}](res.failure)
			return
		}
		if same := c.refetch(ctx, s, res.connection); same || !confirmed(s).Known {
			s.Confirmed = confirmed(s)
			return
		}
	}
	// A server or a proxy that closes each connection behind its answer.
	s.Confirmed = c.compare(ctx, s, fmt.Sprintf("the connection changed behind GET /readyz, %d times in a row", maxConfirmations))
}

func (c *Client) readyz(ctx context.Context) result {
	return c.get(ctx, request{path: "/readyz", accept: "text/plain", limit: maxErrorBody,
		read: func(_ string, body io.Reader) error {
			_, err := io.Copy(io.Discard, body)
			return err
		}})
}

// refetch asks again for the documents, where they were asked for, and for the
// reviews that were not allowed, one after the other so that HTTP/1.1 has one
// connection for all. It tells whether all came over the given connection.
func (c *Client) refetch(ctx context.Context, s *Snapshot, connection string) bool {
	s.Time = c.now().UTC()
	same := true
	if hasDocuments(s) {
		lists := newResourceLists(c)
		var core, named string
		s.Core, core = c.core(ctx, lists)
		s.Named, named = c.named(ctx, lists)
		fields := c.refetchFields(ctx, s, connection)
		same = core == connection && named == connection && fields
	}
	again := map[Review]Fact[ReviewAnswer]{}
	for _, r := range s.refused() {
		var over string
		again[r], over = c.review(ctx, r)
		same = same && over == connection
	}
	s.Reviews = withReviews(s.Reviews, again)
	return same
}

// hasDocuments tells whether the documents were asked for: reviews of paths need
// none.
func hasDocuments(s *Snapshot) bool { return s.Core.Asked() || s.Named.Asked() }

// compare asks for all twice, a second apart. The answers that s had before count,
// too. The reason why it has to do is part of a failure's message.
func (c *Client) compare(ctx context.Context, s *Snapshot, why string) Fact[struct{}] {
	const apart = time.Second
	first := *s
	for number := range 2 {
		if number > 0 {
			if !fits(ctx, apart) {
				return Failed[struct{}](failure(Timeout, nil,
					"%s; there is no time to ask again %v later", why, apart))
			}
			if err := c.sleep(ctx, apart); err != nil {
				return Failed[struct{}](contextFailure(ctx, "asking again", err))
			}
		}
		c.refetch(ctx, s, "")
		if f := confirmed(s); !f.Known {
			return f
		}
		if !sameAnswers(&first, s) {
			return Failed[struct{}](failure(Unsettled, nil,
				"answers given one after the other differ, and whether the server is ready cannot be told: %s", why))
		}
	}
	return Known(struct{}{})
}

// confirmed tells whether both documents are there to rely upon, where they were
// asked for. A review that could not be asked again says so itself.
func confirmed(s *Snapshot) Fact[struct{}] {
	if !hasDocuments(s) {
		return Known(struct{}{})
	}
	if f := s.Core.Unknown(); f != nil {
		return Failed[struct{}](f)
	}
	if f := s.Named.Unknown(); f != nil {
		return Failed[struct{}](f)
	}
	return Known(struct{}{})
}

// notReady says which checks of /readyz failed, where it lists them.
func (c *Client) notReady(res result) *Failure {
	checks := failedChecks(res.refusal)
	if len(checks) == 0 {
		return failure(NotReady, res.failure.Err, "%s", res.failure.Message)
	}
	return failure(NotReady, res.failure.Err, "GET /readyz: %d: the server is not ready: %s", res.status, c.redact(strings.Join(checks, ", ")))
}

// sameAnswers tells whether two snapshots have the same groups, with the same
// resources and fields or the same kind of failure to learn them, and allow the
// same.
func sameAnswers(a, b *Snapshot) bool {
	return sameFact(a.Core, b.Core, sameGroup) &&
		sameFact(a.Named, b.Named, func(a, b []Group) bool { return slices.EqualFunc(a, b, sameGroup) }) &&
		maps.EqualFunc(a.Fields, b.Fields, func(a, b Fact[Field]) bool { return sameFact(a, b, sameField) }) &&
		maps.EqualFunc(a.Reviews, b.Reviews, func(a, b Fact[ReviewAnswer]) bool {
			return sameFact(a, b, func(a, b ReviewAnswer) bool { return a.Allowed == b.Allowed })
		})
}

func sameFact[T any](a, b Fact[T], same func(a, b T) bool) bool {
	switch f, g := a.Unknown(), b.Unknown(); {
	case f == nil && g == nil:
		return same(a.Value, b.Value)
	case f != nil && g != nil:
		return f.Code == g.Code
	}
	return false
}

func sameField(a, b Field) bool {
	return a.Presence == b.Presence && a.At == b.At && a.Type == b.Type && a.Required == b.Required &&
		slices.Equal(a.Siblings, b.Siblings) && slices.Equal(a.Enum, b.Enum)
}

func sameGroup(a, b Group) bool {
	return a.Name == b.Name && a.Preferred == b.Preferred && slices.EqualFunc(a.Versions, b.Versions, sameVersion)
}

func sameVersion(a, b Version) bool {
	return a.Name == b.Name && a.Freshness == b.Freshness &&
		sameFact(a.Resources, b.Resources, func(a, b []Resource) bool { return slices.EqualFunc(a, b, sameResource) })
}

func sameResource(a, b Resource) bool {
	return a.Name == b.Name && a.Singular == b.Singular && a.Kind == b.Kind && a.Scope == b.Scope &&
		slices.Equal(a.Verbs, b.Verbs) && slices.Equal(a.ShortNames, b.ShortNames) && slices.Equal(a.Categories, b.Categories) &&
		slices.EqualFunc(a.Subresources, b.Subresources, sameSubresource)
}

func sameSubresource(a, b Subresource) bool {
	return a.Name == b.Name && a.Kind == b.Kind && slices.Equal(a.Verbs, b.Verbs)
}
