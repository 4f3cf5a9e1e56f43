package record

import (
	"slices"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// answer is the member that holds the answer to a question, which is never left out.
func answer[P, V any](name string, at func(P) (V, *bool, **model.Failure), value jsonwalk.Value[V]) jsonwalk.Member[P] {
	m := wire.Fact(name, at, value)
	m.Optional, m.Omit = false, nil
	return m
}

// ofVersion is the member that names the group version of a question.
func ofVersion[P any](at func(P) *groupVersion) jsonwalk.Member[P] {
	return jsonwalk.Member[P]{Name: "group_version", Value: jsonwalk.Value[P]{
		Read: func(w *jsonwalk.Walker, p P) {
			gv, err := kubeapi.ParseGroupVersion(w.Text())
			if err != nil {
				w.Failf("%v", err)
			}
			*at(p) = gv
		},
		Write: func(e *jsonwalk.Encoder, p P) { e.Text(at(p).String()) },
	}}
}

var available = jsonwalk.Object[*own]{
	ofVersion(func(o *own) *groupVersion { return &o.question }),
	answer("available", func(o *own) (*struct{}, *bool, **model.Failure) { return o.answer.Parts() }, isTrue),
}

var reviews = reviewMembers()

func reviewMembers() jsonwalk.Object[*review] {
	var object jsonwalk.Object[*review]
	for _, a := range wire.ReviewAttributes() {
		object = append(object, jsonwalk.Member[*review]{Name: a.Name, Value: jsonwalk.Value[*review]{
			Read:  func(w *jsonwalk.Walker, r *review) { a.Read(w, &r.question) },
			Write: func(e *jsonwalk.Encoder, r *review) { a.Write(e, &r.question) },
		}})
	}
	return append(object, answer("answer", func(r *review) (*model.ReviewAnswer, *bool, **model.Failure) { return r.answer.Parts() }, reviewAnswer.Strict(func(w *jsonwalk.Walker, a *model.ReviewAnswer) {
		if a.Allowed && a.Denied {
			w.Failf("it is allowed, and denied as well")
		}
	})))
}

// checkReview refuses a question about nothing, or about two things.
func checkReview(w *jsonwalk.Walker, r *review) {
	if (r.question.Path == "") == (r.question.Resource == "") {
		w.Failf("it is about a resource or a path, and not about both or none")
	}
}

var reviewAnswer = jsonwalk.Object[*model.ReviewAnswer]{
	{Name: "allowed", Value: jsonwalk.Bool(func(a *model.ReviewAnswer) *bool { return &a.Allowed })},
	{Name: "denied", Value: jsonwalk.Bool(func(a *model.ReviewAnswer) *bool { return &a.Denied })},
	{Name: "reason", Value: jsonwalk.Message(func(a *model.ReviewAnswer) *string { return &a.Reason })},
	{Name: "evaluation_error", Value: jsonwalk.Message(func(a *model.ReviewAnswer) *string { return &a.EvaluationError })},
}

var fields = jsonwalk.Object[*field]{
	ofVersion(func(f *field) *groupVersion { return &f.question.GroupVersion }),
	{Name: "kind", Value: jsonwalk.Required(func(f *field) *string { return &f.question.Kind })},
	{Name: "path", Value: jsonwalk.Value[*field]{
		Read: func(w *jsonwalk.Walker, f *field) {
			path, err := kubeapi.ParseFieldPath(w.Text())
			if err != nil {
				w.Failf("%v", err)
			}
			f.question.Path = path.String()
		},
		Write: func(e *jsonwalk.Encoder, f *field) { e.Text(f.question.Path) },
	}},
	answer("field", func(f *field) (*model.Field, *bool, **model.Failure) { return f.answer.Parts() }, jsonwalk.Value[*model.Field]{
		Read: func(w *jsonwalk.Walker, f *model.Field) {
			var saved savedField
			savedFields.ReadStrict(w, &saved)
			*f = saved.Field
			if f.Presence == model.FieldPresent && !(saved.enumRules && saved.requiredRules) {
				*f = model.Field{Presence: f.Presence, At: f.At, Siblings: f.Siblings, Type: f.Type, Partial: true}
			}
		},
		Write: func(e *jsonwalk.Encoder, f *model.Field) { savedFields.Write(e, &savedField{Field: *f}) },
	}),
}

type savedField struct {
	model.Field
	// enumRules and requiredRules tell which rules the file has.
	enumRules, requiredRules bool
}

var savedFields = jsonwalk.Object[*savedField]{
	{Name: "presence", Value: jsonwalk.Value[*savedField]{
		Read: func(w *jsonwalk.Walker, f *savedField) {
			f.Presence = model.Presence(w.Text())
			if !slices.Contains([]model.Presence{model.FieldPresent, model.FieldAbsent, model.FieldOpen}, f.Presence) {
				w.Failf("%s is not a presence", text.Quote(string(f.Presence)))
			}
		},
		Write: func(e *jsonwalk.Encoder, f *savedField) { e.Text(string(f.Presence)) },
	}},
	{Name: "at", Value: jsonwalk.Text(func(f *savedField) *string { return &f.At }, 0)},
	{Name: "siblings", Value: jsonwalk.Texts(func(f *savedField) *[]string { return &f.Siblings })},
	{Name: "type", Value: jsonwalk.Text(func(f *savedField) *string { return &f.Type }, 0)},
	{Name: "enum", Optional: true, Omit: func(f *savedField) bool { return f.Enum == nil }, Value: jsonwalk.Value[*savedField]{
		// One that is empty allows no value, and none allows any.
		Read:  func(w *jsonwalk.Walker, f *savedField) { f.Enum = append([]string{}, w.Texts()...) },
		Write: jsonwalk.Texts(func(f *savedField) *[]string { return &f.Enum }).Write,
	}},
	{Name: "required", Value: jsonwalk.Bool(func(f *savedField) *bool { return &f.Required })},
	schemaRules("enum_rules", func(f *savedField) (*[]model.SchemaRule, *bool) { return &f.EnumRules, &f.enumRules }),
	schemaRules("required_rules", func(f *savedField) (*[]model.SchemaRule, *bool) { return &f.RequiredRules, &f.requiredRules }),
}

func schemaRules(name string, at func(*savedField) (*[]model.SchemaRule, *bool)) jsonwalk.Member[*savedField] {
	list := jsonwalk.List(
		func(f *savedField) *[]model.SchemaRule { rules, _ := at(f); return rules },
		func(w *jsonwalk.Walker) { w.Take(&w.Left.Texts, "rules") }, schemaRule.Strict(nil),
	)
	return jsonwalk.Member[*savedField]{
		Name: name, Optional: true, Since: 2,
		Omit: func(f *savedField) bool { return f.Presence != model.FieldPresent || f.Partial },
		Value: jsonwalk.Value[*savedField]{
			Read: func(w *jsonwalk.Walker, f *savedField) {
				list.Read(w, f)
				_, seen := at(f)
				*seen = true
			},
			Write: list.Write,
		},
	}
}

var schemaRule = jsonwalk.Object[*model.SchemaRule]{
	{Name: "keyword", Value: jsonwalk.Text(func(r *model.SchemaRule) *string { return &r.Keyword }, wire.MaxName)},
	{Name: "at", Value: jsonwalk.Text(func(r *model.SchemaRule) *string { return &r.At }, 0)},
}
