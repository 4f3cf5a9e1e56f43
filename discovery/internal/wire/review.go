package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

const (
	reviewKind    = "SelfSubjectAccessReview"
	reviewVersion = "authorization.k8s.io/v1"
)

// ReviewAttributes are the members of a saved review that say what is asked.
func ReviewAttributes(c *codec, r *model.Review) {
	c.Required("verb", &r.Verb, 0)
	resourceAttributes(c, r)
	c.Text("path", &r.Path, 0)
}

// resourceAttributes are those of a request for a resource, which leaves out the empty ones.
func resourceAttributes(c *codec, r *model.Review) {
	one := func(name string, s *string) {
		if c.Form != Saved {
			c.Optional(*s == "")
		}
		c.Text(name, s, 0)
	}
	one(names(c, "", "verb", ""), &r.Verb)
	one("group", &r.Group)
	one("resource", &r.Resource)
	one("subresource", &r.Subresource)
	one("namespace", &r.Namespace)
	one("name", &r.Name)
}

// pathAttributes are those of a request for a path.
func pathAttributes(c *codec, r *model.Review) {
	c.Text("path", &r.Path, 0)
	c.Text("verb", &r.Verb, 0)
}

// EncodeReview gives a review as the body of a request. A text of a declaration is UTF-8,
// so that it cannot fail; what is not is replaced.
func EncodeReview(r model.Review) []byte {
	var b bytes.Buffer
	e := jsonwalk.NewEncoder(&b)
	c := &codec{Out: e, Form: plain}
	r = asSent(r)
	kind, version := reviewKind, reviewVersion
	c.Object(func() {
		c.Text("kind", &kind, 0)
		c.Text("apiVersion", &version, 0)
		c.Member("spec")
		c.Object(func() {
			if r.Path != "" {
				c.Member("nonResourceAttributes")
				c.Object(func() { pathAttributes(c, &r) })
				return
			}
			c.Member("resourceAttributes")
			c.Object(func() { resourceAttributes(c, &r) })
		})
	})
	if err := e.Err(); err != nil {
		panic("discovery: " + err.Error())
	}
	return b.Bytes()
}

// DecodeReview reads the answer to a review. It has to repeat the question, as an
// API server does, and to say whether it is allowed: neither what it leaves out nor
// null is a no.
func DecodeReview(r io.Reader, asked model.Review) (model.ReviewAnswer, error) {
	w := jsonwalk.New(r, jsonwalk.Limits{})
	var version string
	var question reviewSpec
	var answer model.ReviewAnswer
	var allowed *bool // nil where it is missing or null
	kind := Document(w, reviewKind, "status", func(name string) bool {
		switch name {
		case "apiVersion":
			version = w.Text()
		case "spec":
			question = readSpec(w)
		case "status":
			allowed = readStatus(w, &answer)
		default:
			return false
		}
		return true
	})
	switch {
	case kind == "":
		w.Fail(errors.New("it has no kind"))
	case version != reviewVersion:
		w.Fail(errors.New("the apiVersion is " + text.Quote(version) + ", not " + reviewVersion))
	case !question.repeats(asked):
		w.Fail(errors.New("it answers another question than the one asked, which is whether " + words(asked) + " is allowed"))
	case allowed == nil:
		w.Fail(errors.New("the status does not say whether it is allowed"))
	case *allowed && answer.Denied:
		w.Fail(errors.New("the status says that it is allowed, and denied as well"))
	}
	if err := w.End(); err != nil {
		return model.ReviewAnswer{}, err
	}
	answer.Allowed = *allowed
	return answer, nil
}

func readStatus(w *jsonwalk.Walker, a *model.ReviewAnswer) (allowed *bool) {
	c := &codec{In: w, Form: plain}
	c.Object(func() {
		if c.Member("allowed") {
			allowed = w.Bool()
		}
		c.Bool("denied", &a.Denied)
		c.Text("reason", &a.Reason, 0)
		c.Text("evaluationError", &a.EvaluationError, 0)
	})
	return allowed
}

// reviewSpec is the question of a review, as its answer repeats it.
type reviewSpec struct {
	model.Review
	// resource and path tell which of the two it is about.
	resource, path bool
	// narrowed is set by what is never asked: a version, or a selector.
	narrowed bool
}

func readSpec(w *jsonwalk.Walker) (s reviewSpec) {
	c := &codec{In: w, Form: plain}
	for name := range w.Members() {
		switch name {
		case "resourceAttributes":
			for name := range w.Members() {
				s.resource = true
				switch {
				case c.Read(name, func() { resourceAttributes(c, &s.Review) }):
				case name == "version":
					s.narrowed = w.Text() != "" || s.narrowed
				case name == "fieldSelector", name == "labelSelector":
					s.narrowed = s.narrowed || w.Kind() != jsontext.KindNull
					w.Skip()
				default:
					w.Skip()
				}
			}
		case "nonResourceAttributes":
			for name := range w.Members() {
				s.path = true
				if !c.Read(name, func() { pathAttributes(c, &s.Review) }) {
					w.Skip()
				}
			}
		default:
			w.Skip()
		}
	}
	return s
}

// repeats tells whether the answer is to the question that was asked.
func (s reviewSpec) repeats(asked model.Review) bool {
	return !s.narrowed && s.path == (asked.Path != "") && s.resource == (asked.Path == "") && s.Review == asSent(asked)
}

// asSent gives the review as its request carries it: what is not UTF-8 is replaced.
func asSent(r model.Review) model.Review {
	for _, text := range []*string{&r.Verb, &r.Group, &r.Resource, &r.Subresource, &r.Namespace, &r.Name, &r.Path} {
		*text = strings.ToValidUTF8(*text, "\uFFFD")
	}
	return r
}

// words names what the review is about.
func words(r model.Review) string {
	if r.Path != "" {
		return text.Quote(r.Verb + " " + r.Path)
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
	return text.Quote(what)
}
