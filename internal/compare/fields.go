package compare

import (
	"slices"
	"sort"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
)

// kind compares the fields of a kind that both sides serve.
func (c *comparison) kind(name kindName) {
	before, oldFailure := c.old.schema(name)
	after, newFailure := c.new.schema(name)
	if oldFailure == nil && newFailure == nil {
		c.schemas(name, before, after)
		return
	}
	if !c.old.knows(name, oldFailure) && !c.new.knows(name, newFailure) {
		// Nobody asked for fields of this kind.
		return
	}
	whole := name.gv.String() + " " + name.kind
	if oldFailure != nil && (oldFailure.Code != discovery.NotRecorded || newFailure == nil) {
		c.gap(c.old, oldFailure, "fields_of_kinds", whole)
	}
	if newFailure != nil && (newFailure.Code != discovery.NotRecorded || oldFailure == nil) {
		c.gap(c.new, newFailure, "fields_of_kinds", whole)
	}
	c.queries(name)
}

// schema returns the schemas that have a kind, or why there are none.
func (s *side) schema(name kindName) (*discovery.Schemas, *discovery.Failure) {
	fact := s.Snapshot.Schemas[name.gv]
	switch {
	case !fact.Asked() && len(s.queries[name]) > 0:
		return nil, &discovery.Failure{Code: discovery.NotRecorded, Message: "only fields that a declaration names were recorded; snapshot --fields all records all"}
	case !fact.Asked():
		return nil, &discovery.Failure{Code: discovery.NotRecorded, Message: "no fields were recorded; snapshot --fields all records all"}
	case fact.Failure != nil:
		return nil, fact.Failure
	}
	if _, found := fact.Value.Kinds[name.kind]; !found {
		return nil, &discovery.Failure{Code: discovery.NoSchema, Message: "no schema was published"}
	}
	return fact.Value, nil
}

// knows reports whether a side was asked for fields of a kind.
func (s *side) knows(name kindName, failure *discovery.Failure) bool {
	return failure == nil || failure.Code != discovery.NotRecorded || len(s.queries[name]) > 0
}

// queries compares the fields of a kind that one of the sides was asked for by name.
func (c *comparison) queries(name kindName) {
	queries := slices.Concat(c.old.queries[name], c.new.queries[name])
	sort.SliceStable(queries, func(i, j int) bool { return queries[i].Compare(queries[j]) < 0 })
	for _, q := range slices.Compact(queries) {
		whole := name.gv.String() + " " + name.kind + " " + q.Path
		before, after := c.old.Snapshot.Field(q), c.new.Snapshot.Field(q)
		if c.unknownField(c.old, before, whole) || c.unknownField(c.new, after, whole) {
			continue
		}
		at := Change{GroupVersion: name.gv, Kind: name.kind, Name: q.Path}
		a, b := before.Value, after.Value
		switch {
		case a.Presence == b.Presence:
			c.fieldValues(at, whole, a, b)
		case a.Presence == discovery.FieldAbsent:
			at.What, at.New, at.Breaking = Field, described(b.Type, b.Required), b.Required
			c.absent(c.old, at, "fields", whole)
		default:
			at.What, at.Old = Field, described(a.Type, a.Required)
			c.absent(c.new, at, "fields", whole)
		}
	}
}

// unknownField reports whether a side does not know if a kind has a field.
func (c *comparison) unknownField(s *side, fact discovery.Fact[discovery.Field], whole string) bool {
	f := fact.Unknown()
	switch {
	case f != nil && !fact.Asked():
		f = &discovery.Failure{Code: discovery.NotRecorded, Message: "they were not recorded; snapshot --fields all records all"}
	case f == nil && fact.Value.Presence == discovery.FieldOpen:
		f = openSchema()
	}
	if f != nil {
		c.gap(s, f, "fields", whole)
	}
	return f != nil
}

func openSchema() *discovery.Failure {
	return &discovery.Failure{Code: discovery.OpenSchema, Message: "the schema takes any field there"}
}

// fieldValues compares what the sides say of a field that both have, or that both lack.
func (c *comparison) fieldValues(at Change, whole string, before, after discovery.Field) {
	if before.Presence == discovery.FieldAbsent {
		return
	}
	c.value(at, FieldType, "types_of_fields", whole, before.Type, after.Type)
	if judged(before.Partial, before.RequiredRules) && judged(after.Partial, after.RequiredRules) {
		c.required(at, before.Required, after.Required)
	}
	if judged(before.Partial, before.EnumRules) && judged(after.Partial, after.EnumRules) {
		c.enum(at, before.Enum, after.Enum)
	}
}

// judged reports whether everything that a schema says was recorded, and evaluated.
func judged(partial bool, rules []discovery.SchemaRule) bool { return !partial && len(rules) == 0 }

func (c *comparison) required(at Change, before, after bool) {
	if before != after {
		words := map[bool]string{true: "required", false: "optional"}
		at.How, at.What, at.Old, at.New, at.Breaking = Changed, FieldRequired, words[before], words[after], after
		c.add(at)
	}
}

// enum compares the strings that a field may be. Nil means any.
func (c *comparison) enum(at Change, before, after []string) {
	text := func(values []string) string {
		if values == nil {
			return "any string"
		}
		return strings.Join(union(values, nil), ", ")
	}
	if a, b := text(before), text(after); a != b {
		at.How, at.What, at.Old, at.New = Changed, FieldEnum, a, b
		at.Breaking = after != nil && (before == nil || slices.ContainsFunc(before, func(v string) bool { return !slices.Contains(after, v) }))
		c.add(at)
	}
}

// described returns the type of a field as people read it.
func described(typeName string, required bool) string {
	if typeName == "" {
		typeName = "any type"
	}
	if required {
		typeName += ", required"
	}
	return typeName
}
