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

// The attributes of a review. One that is left out of a request is the empty one.
var (
	verb        = attribute("verb", func(r *model.Review) *string { return &r.Verb })
	group       = attribute("group", func(r *model.Review) *string { return &r.Group })
	resource    = attribute("resource", func(r *model.Review) *string { return &r.Resource })
	subresource = attribute("subresource", func(r *model.Review) *string { return &r.Subresource })
	namespace   = attribute("namespace", func(r *model.Review) *string { return &r.Namespace })
	objectName  = attribute("name", func(r *model.Review) *string { return &r.Name })
	path        = attribute("path", func(r *model.Review) *string { return &r.Path })

	resourceAttributes    = jsonwalk.Object[*model.Review]{namespace, verb, group, resource, subresource, objectName}
	nonResourceAttributes = jsonwalk.Object[*model.Review]{path, verb}
)

// ReviewAttributes are all attributes, in the order of saved snapshots, where none is left
// out.
func ReviewAttributes() jsonwalk.Object[*model.Review] {
	all := jsonwalk.Object[*model.Review]{verb, group, resource, subresource, namespace, objectName, path}
	for i := range all {
		all[i].Omit = nil
	}
	all[0].Value = jsonwalk.Required(func(r *model.Review) *string { return &r.Verb })
	return all
}

func attribute(name string, at func(*model.Review) *string) jsonwalk.Member[*model.Review] {
	return jsonwalk.Member[*model.Review]{Name: name, Value: jsonwalk.Text(at, 0), Omit: func(r *model.Review) bool { return *at(r) == "" }}
}

// EncodeReview gives a review as the body of a request. A text of a declaration is UTF-8,
// so that it cannot fail; what is not is replaced.
func EncodeReview(r model.Review) []byte {
	var b bytes.Buffer
	e := jsonwalk.NewEncoder(&b)
	r = asSent(r)
	e.Object(func() {
		e.Name("kind")
		e.Text(reviewKind)
		e.Name("apiVersion")
		e.Text(reviewVersion)
		e.Name("spec")
		e.Object(func() {
			if r.Path != "" {
				e.Name("nonResourceAttributes")
				nonResourceAttributes.Write(e, &r)
				return
			}
			e.Name("resourceAttributes")
			resourceAttributes.Write(e, &r)
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
	var answer reviewStatus
	kind := Document(w, reviewKind, "status", func(name string) bool {
		switch name {
		case "apiVersion":
			version = w.Text()
		case "spec":
			question = readSpec(w)
		case "status":
			reviewStatuses.Read(w, &answer)
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
	case answer.allowed == nil:
		w.Fail(errors.New("the status does not say whether it is allowed"))
	case *answer.allowed && answer.Denied:
		w.Fail(errors.New("the status says that it is allowed, and denied as well"))
	}
	if err := w.End(); err != nil {
		return model.ReviewAnswer{}, err
	}
	answer.Allowed = *answer.allowed
	return answer.ReviewAnswer, nil
}

type reviewStatus struct {
	model.ReviewAnswer
	// allowed is nil where it is missing or null.
	allowed *bool
}

var reviewStatuses = jsonwalk.Object[*reviewStatus]{
	{Name: "allowed", Value: jsonwalk.Value[*reviewStatus]{Read: func(w *jsonwalk.Walker, s *reviewStatus) { s.allowed = w.Bool() }}},
	{Name: "denied", Value: jsonwalk.Bool(func(s *reviewStatus) *bool { return &s.Denied })},
	{Name: "reason", Value: jsonwalk.Text(func(s *reviewStatus) *string { return &s.Reason }, 0)},
	{Name: "evaluationError", Value: jsonwalk.Text(func(s *reviewStatus) *string { return &s.EvaluationError }, 0)},
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
	for name := range w.Members() {
		switch name {
		case "resourceAttributes":
			for name := range w.Members() {
				s.resource = true
				switch {
				case resourceAttributes.ReadMember(w, name, &s.Review):
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
				if !nonResourceAttributes.ReadMember(w, name, &s.Review) {
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
