package discovery

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/kubeapi"
)

func (e *encoder) fields(fields map[FieldQuery]Fact[Field]) {
	if len(fields) == 0 {
		return
	}
	e.token(jsontext.String("fields"))
	queries := slices.SortedFunc(maps.Keys(fields), FieldQuery.compare)
	list(e, queries, func(q *FieldQuery) {
		e.object(func() {
			e.text("group_version", q.GroupVersion.String())
			e.text("kind", q.Kind)
			e.text("path", q.Path)
			saveFact(e, "field", fields[*q], e.field)
		})
	})
}

func (e *encoder) field(f Field) {
	e.object(func() {
		e.text("presence", string(f.Presence))
		e.text("at", f.At)
		e.texts("siblings", f.Siblings)
		e.text("type", f.Type)
		if f.Enum != nil {
			e.texts("enum", f.Enum)
		}
		e.boolean("required", f.Required)
		if f.Presence == FieldPresent && !f.Partial {
			e.schemaRules("enum_rules", f.EnumRules)
			e.schemaRules("required_rules", f.RequiredRules)
		}
	})
}

func (e *encoder) schemaRules(name string, rules []SchemaRule) {
	e.token(jsontext.String(name))
	list(e, rules, func(r *SchemaRule) {
		e.object(func() {
			e.text("keyword", r.Keyword)
			e.text("at", r.At)
		})
	})
}

func (w *walker) savedFields(format string) map[FieldQuery]Fact[Field] {
	var fields map[FieldQuery]Fact[Field]
	for range w.elements() {
		w.take(&w.limits.texts, "fields")
		var q FieldQuery
		var fact Fact[Field]
		for name := range w.strict([]string{"group_version", "kind", "path", "field"}) {
			var err error
			switch name {
			case "group_version":
				q.GroupVersion, err = kubeapi.ParseGroupVersion(w.text())
			case "kind":
				q.Kind = w.required()
			case "path":
				var path kubeapi.FieldPath
				path, err = kubeapi.ParseFieldPath(w.text())
				q.Path = path.String()
			case "field":
				fact = loadFact(w, func() Field { return w.savedField(format) })
			}
			if err != nil && w.err == nil {
				w.failf("%v", err)
			}
		}
		if _, found := fields[q]; found && w.err == nil {
			w.failf("the field %s of %s is there twice", quote(q.Path), quote(q.Kind))
		}
		if w.err != nil {
			return nil
		}
		if fields == nil {
			fields = map[FieldQuery]Fact[Field]{}
		}
		fields[q] = fact
	}
	return fields
}

func (w *walker) savedField(format string) Field {
	var f Field
	optional := []string{"enum"}
	if format != formatVersion11 {
		optional = append(optional, "enum_rules", "required_rules")
	}
	rules := 0
	for name := range w.strict([]string{"presence", "at", "siblings", "type", "required"}, optional...) {
		switch name {
		case "presence":
			f.Presence = Presence(w.text())
			if w.err == nil && !slices.Contains([]Presence{FieldPresent, FieldAbsent, FieldOpen}, f.Presence) {
				w.failf("%s is not a presence", quote(string(f.Presence)))
			}
		case "at":
			f.At = w.text()
		case "siblings":
			f.Siblings = w.texts()
		case "type":
			f.Type = w.text()
		case "enum":
			// One that is empty allows no value, and none allows any.
			f.Enum = append([]string{}, w.texts()...)
		case "required":
			f.Required = w.set()
		case "enum_rules":
			rules++
			f.EnumRules = savedList(w, w.savedRule)
		case "required_rules":
			rules++
			f.RequiredRules = savedList(w, w.savedRule)
		}
	}
	if f.Presence == FieldPresent && rules < 2 {
		return Field{Presence: f.Presence, At: f.At, Siblings: f.Siblings, Type: f.Type, Partial: true}
	}
	return f
}

func (w *walker) savedRule() SchemaRule {
	w.take(&w.limits.texts, "rules")
	var r SchemaRule
	for name := range w.strict([]string{"keyword", "at"}) {
		switch name {
		case "keyword":
			r.Keyword = w.atMost(maxName)
		case "at":
			r.At = w.text()
		}
	}
	return r
}
