package record

import (
	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func available(c *codec, gv *kubeapi.GroupVersion, answer *model.Fact[struct{}]) {
	c.Object(func() {
		groupVersion(c, gv)
		wire.Answer(c, "available", answer, isTrue)
	})
}

func review(c *codec, r *model.Review, answer *model.Fact[model.ReviewAnswer]) {
	c.Object(func() {
		wire.ReviewAttributes(c, r)
		wire.Answer(c, "answer", answer, reviewAnswer)
	})
	if c.In != nil && (r.Path == "") == (r.Resource == "") {
		c.In.Failf("it is about a resource or a path, and not about both or none")
	}
}

func reviewAnswer(c *codec, a *model.ReviewAnswer) {
	c.Object(func() {
		c.Bool("allowed", &a.Allowed)
		c.Bool("denied", &a.Denied)
		c.Message("reason", &a.Reason)
		c.Message("evaluation_error", &a.EvaluationError)
	})
	if c.In != nil && a.Allowed && a.Denied {
		c.In.Failf("it is allowed, and denied as well")
	}
}

func field(c *codec, q *model.FieldQuery, answer *model.Fact[model.Field]) {
	c.Object(func() {
		groupVersion(c, &q.GroupVersion)
		c.Required("kind", &q.Kind, wire.MaxName)
		if c.Member("path") {
			fieldPath(c, &q.Path)
		}
		wire.Answer(c, "field", answer, fieldAnswer)
	})
}

// groupVersion is the member that names the group version of a question.
func groupVersion(c *codec, gv *kubeapi.GroupVersion) {
	switch {
	case !c.Member("group_version"):
	case c.Out != nil:
		c.Out.Text(gv.String())
	default:
		var err error
		if *gv, err = kubeapi.ParseGroupVersion(c.In.Text()); err != nil {
			c.In.Failf("%v", err)
		}
	}
}

func fieldPath(c *codec, s *string) {
	if c.Out != nil {
		c.Out.Text(*s)
		return
	}
	path, err := kubeapi.ParseFieldPath(c.In.Text())
	if err != nil {
		c.In.Failf("%v", err)
	}
	*s = path.String()
}

func fieldAnswer(c *codec, f *model.Field) {
	var hasEnumRules, hasRequiredRules bool
	c.Object(func() {
		jsonwalk.OneOf(c, "presence", &f.Presence, "a presence", []model.Presence{model.FieldPresent, model.FieldAbsent, model.FieldOpen})
		c.Text("at", &f.At, maxPath)
		c.Texts("siblings", &f.Siblings, wire.MaxName)
		c.Text("type", &f.Type, wire.MaxName)
		if c.Optional(f.Enum == nil).Member("enum") {
			c.TextItems(&f.Enum, wire.MaxName)
			if f.Enum == nil {
				// One that is empty allows no value, and none allows any.
				f.Enum = []string{}
			}
		}
		c.Bool("required", &f.Required)
		hasEnumRules = schemaRules(c, "enum_rules", f, &f.EnumRules) || hasEnumRules
		hasRequiredRules = schemaRules(c, "required_rules", f, &f.RequiredRules) || hasRequiredRules
	})
	if c.In != nil && f.Presence == model.FieldPresent && !(hasEnumRules && hasRequiredRules) {
		*f = model.Field{Presence: f.Presence, At: f.At, Siblings: f.Siblings, Type: f.Type, Partial: true}
	}
}

// schemaRules tells whether the rules were there.
func schemaRules(c *codec, name string, f *model.Field, rules *[]model.SchemaRule) bool {
	if !c.Optional(f.Presence != model.FieldPresent || f.Partial).Since(2).Member(name) {
		return false
	}
	jsonwalk.Items(c, rules, func(w *jsonwalk.Walker) { w.Take(&w.Left.Texts, "rules") }, schemaRule)
	return true
}

func schemaRule(c *codec, r *model.SchemaRule) {
	c.Object(func() {
		c.Text("keyword", &r.Keyword, wire.MaxName)
		c.Text("at", &r.At, maxPath)
	})
}
