package discovery

import (
	"context"
	"io"
	"slices"
	"sort"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

const (
	reviewPath = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

	// maxReviewsAtOnce is how many reviews are under way at once.
	maxReviewsAtOnce = 8
)

// reviews asks for each of the reviews, once each. All identities may ask what they
// may do themselves, unless somebody has taken the ClusterRole system:basic-user
// from them.
//
// Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
func (c *Client) reviews(ctx context.Context, asked []Review) map[Review]Fact[ReviewAnswer] {
	once := slices.Clone(asked)
	sort.SliceStable(once, func(i, j int) bool { return once[i].Compare(once[j]) < 0 })
	once = slices.Compact(once)
	return askEach(maxReviewsAtOnce, once, func(r Review) Fact[ReviewAnswer] { return c.review(ctx, r) })
}

// review asks for one review.
func (c *Client) review(ctx context.Context, r Review) Fact[ReviewAnswer] {
	var answer ReviewAnswer
	res := c.post(ctx, request{path: reviewPath, accept: acceptPlain, body: wire.EncodeReview(r), limit: maxReview,
		read: jsonBody(func(body io.Reader) (err error) {
			answer, err = wire.DecodeReview(body, r)
			return err
		})})
	if res.failure != nil {
		return Failed[ReviewAnswer](res.failure)
	}
	// They are text of the server like that of a failure.
	answer.Reason = c.shown(answer.Reason)
	answer.EvaluationError = c.shown(answer.EvaluationError)
	return Known(answer)
}

// shown makes one line of bounded length of a server's text, in which nothing
// stands that must not be shown.
func (c *Client) shown(said string) string { return text.Message(c.redact(said)) }
