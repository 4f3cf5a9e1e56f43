package discovery

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	reviewPath    = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
	reviewKind    = "SelfSubjectAccessReview"
	reviewVersion = "authorization.k8s.io/v1"

	// maxReviewsAtOnce is how many reviews are under way at once.
	maxReviewsAtOnce = 8
)

// reviews asks for each of the reviews, once each. All identities may ask what they
// may do themselves, unless somebody has taken the ClusterRole system:basic-user
// from them.
//
// Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
func (c *Client) reviews(ctx context.Context, asked []Review) map[Review]Fact[ReviewAnswer] {
	places := map[Review]int{}
	var once []Review
	for _, r := range asked {
		if _, found := places[r]; !found {
			places[r] = len(once)
			once = append(once, r)
		}
	}
	answers := make([]Fact[ReviewAnswer], len(once))
	var next atomic.Int64
	workers := make([]func(), min(maxReviewsAtOnce, len(once)))
	for i := range workers {
		workers[i] = func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(once) {
					return
				}
				answers[n] = c.review(ctx, once[n])
			}
		}
	}
	parallel(workers...)
	out := make(map[Review]Fact[ReviewAnswer], len(once))
	for r, place := range places {
		out[r] = answers[place]
	}
	return out
}

// review asks for one review.
func (c *Client) review(ctx context.Context, r Review) Fact[ReviewAnswer] {
	var answer ReviewAnswer
	res := c.post(ctx, request{path: reviewPath, accept: acceptPlain, body: r.encode(), limit: maxReview,
		read: func(contentType string, body io.Reader) (err error) {
			if _, err = jsonParameters(contentType); err != nil {
				return err
			}
			answer, err = decodeReview(body, r)
			return err
		}})
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
func (c *Client) shown(text string) string { return Cut(oneLine(c.redact(text)), maxMessage) }

func compareReviews(a, b Review) int {
	return slices.Compare(
		[]string{a.Path, a.Group, a.Resource, a.Subresource, a.Namespace, a.Name, a.Verb},
		[]string{b.Path, b.Group, b.Resource, b.Subresource, b.Namespace, b.Name, b.Verb},
	)
}

// encode gives the review as the body of a request. A text of a declaration is
// UTF-8, so that it cannot fail; what is not is replaced.
func (r Review) encode() []byte {
	var b bytes.Buffer
	e := encoder{json: jsontext.NewEncoder(&b)}
	r = r.sent()
	// An attribute that is left out is the empty one.
	set := func(name, value string) {
		if value != "" {
			e.text(name, value)
		}
	}
	e.object(func() {
		e.text("kind", reviewKind)
		e.text("apiVersion", reviewVersion)
		e.token(jsontext.String("spec"))
		e.object(func() {
			if r.Path != "" {
				e.token(jsontext.String("nonResourceAttributes"))
				e.object(func() {
					set("path", r.Path)
					set("verb", r.Verb)
				})
				return
			}
			e.token(jsontext.String("resourceAttributes"))
			e.object(func() {
				set("namespace", r.Namespace)
				set("verb", r.Verb)
				set("group", r.Group)
				set("resource", r.Resource)
				set("subresource", r.Subresource)
				set("name", r.Name)
			})
		})
	})
	if e.err != nil {
		panic("discovery: " + e.err.Error())
	}
	return b.Bytes()
}

// decodeReview reads the answer to a review. It has to repeat the question, as an
// API server does, and to say whether it is allowed: neither what it leaves out nor
// null is a no.
func decodeReview(r io.Reader, asked Review) (ReviewAnswer, error) {
	w := newWalker(r, limits{})
	var answer ReviewAnswer
	var version string
	var allowed, denied *bool
	var question reviewSpec
	kind := w.document(reviewKind, "status", func(name string) bool {
		switch name {
		case "apiVersion":
			version = w.text()
		case "spec":
			question = w.reviewSpec()
		case "status":
			for name := range w.members() {
				switch name {
				case "allowed":
					allowed = w.boolean()
				case "denied":
					denied = w.boolean()
				case "reason":
					answer.Reason = w.text()
				case "evaluationError":
					answer.EvaluationError = w.text()
				default:
					w.skip()
				}
			}
		default:
			return false
		}
		return true
	})
	if w.err == nil {
		switch {
		case kind == "":
			w.err = &brokenError{what: "it has no kind"}
		case version != reviewVersion:
			w.err = &brokenError{what: "the apiVersion is " + quote(version) + ", not " + reviewVersion}
		case !question.repeats(asked):
			w.err = &brokenError{what: "it answers another question than the one asked, which is whether " + asked.words() + " is allowed"}
		case allowed == nil:
			w.err = &brokenError{what: "the status does not say whether it is allowed"}
		case *allowed && denied != nil && *denied:
			w.err = &brokenError{what: "the status says that it is allowed, and denied as well"}
		}
	}
	if err := w.end(); err != nil {
		return ReviewAnswer{}, err
	}
	answer.Allowed, answer.Denied = *allowed, denied != nil && *denied
	return answer, nil
}

// reviewSpec is the question of a review, as its answer repeats it.
type reviewSpec struct {
	Review
	// resource and path tell which of the two it is about.
	resource, path bool
	// narrowed is set by what is never asked: a version, or a selector.
	narrowed bool
}

func (w *walker) reviewSpec() reviewSpec {
	var s reviewSpec
	for name := range w.members() {
		switch name {
		case "resourceAttributes":
			for name := range w.members() {
				s.resource = true
				w.resourceAttribute(name, &s)
			}
		case "nonResourceAttributes":
			for name := range w.members() {
				s.path = true
				switch name {
				case "path":
					s.Path = w.text()
				case "verb":
					s.Verb = w.text()
				default:
					w.skip()
				}
			}
		default:
			w.skip()
		}
	}
	return s
}

func (w *walker) resourceAttribute(name string, s *reviewSpec) {
	switch name {
	case "namespace":
		s.Namespace = w.text()
	case "verb":
		s.Verb = w.text()
	case "group":
		s.Group = w.text()
	case "version":
		s.narrowed = w.text() != "" || s.narrowed
	case "resource":
		s.Resource = w.text()
	case "subresource":
		s.Subresource = w.text()
	case "name":
		s.Name = w.text()
	case "fieldSelector", "labelSelector":
		s.narrowed = s.narrowed || w.err == nil && w.dec.PeekKind() != jsontext.KindNull
		w.skip()
	default:
		w.skip()
	}
}

// repeats tells whether the answer is to the question that was asked.
func (s reviewSpec) repeats(asked Review) bool {
	return !s.narrowed && s.path == (asked.Path != "") && s.resource == (asked.Path == "") && s.Review == asked.sent()
}

// sent gives the review as its request carries it: what is not UTF-8 is replaced.
func (r Review) sent() Review {
	for _, text := range []*string{&r.Verb, &r.Group, &r.Resource, &r.Subresource, &r.Namespace, &r.Name, &r.Path} {
		*text = strings.ToValidUTF8(*text, "\uFFFD")
	}
	return r
}

// words names what the review is about.
func (r Review) words() string {
	if r.Path != "" {
		return quote(r.Verb + " " + r.Path)
	}
	what := r.Verb + " " + r.Resource
	if r.Group != "" {
		what += "." + r.Group
	}
	if r.Subresource != "" {
		what += "/" + r.Subresource
	}
	if r.Name != "" {
		what += " " + r.Name
	}
	if r.Namespace != "" {
		what += " in the namespace " + r.Namespace
	}
	return quote(what)
}
