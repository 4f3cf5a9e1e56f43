package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// schema is an OpenAPI schema, by keyword.
type schema map[string]json.RawMessage

// harmless are the keywords that change neither which fields there are, nor their types, nor which
// are required. Any keyword that is neither here nor read is an error.
func harmless() []string {
	return []string{
		"description", "default", "format", "x-kubernetes-group-version-kind", "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
		"x-kubernetes-map-type", "x-kubernetes-patch-strategy", "x-kubernetes-patch-merge-key", "x-kubernetes-unions",
	}
}

// schemas are the schemas of one release. All its documents agree on them.
type schemas struct {
	named map[string]schema
	// kinds are the facts about which schema is that of a kind.
	kinds map[string]string
	// fields are the facts about the fields of schemas.
	fields map[string]bool
	// types are the type of each schema, as others refer to it.
	types map[string]string
}

// readSchemas reads the schemas of all documents.
func readSchemas(documents []document) (*schemas, error) {
	s := &schemas{named: map[string]schema{}, kinds: map[string]string{}, fields: map[string]bool{}, types: map[string]string{}}
	for _, d := range documents {
		for _, name := range sortedKeys(d.Components.Schemas) {
			if err := s.add(d.gv, name, d.Components.Schemas[name]); err != nil {
				return nil, fmt.Errorf("%s: the schema %s: %w", d.gv, name, err)
			}
		}
	}
	for _, name := range sortedKeys(s.named) {
		if _, err := s.typeOf(name); err != nil {
			return nil, fmt.Errorf("the schema %s: %w", name, err)
		}
	}
	return s, nil
}

// add keeps a schema, and which kinds of the document's group version it is of. Package discovery
// takes the schema that is of the fewest kinds, so two of the same number are an error.
func (s *schemas) add(gv groupVersion, name string, added schema) error {
	if before, found := s.named[name]; found {
		if said(before) != said(added) {
			return fmt.Errorf("another document says something else about it")
		}
	}
	s.named[name] = added
	var kinds []struct{ Group, Version, Kind string }
	if raw, found := added["x-kubernetes-group-version-kind"]; found {
		if err := json.Unmarshal(raw, &kinds); err != nil {
			return err
		}
	}
	for _, k := range kinds {
		if k.Group != gv.group || k.Version != gv.version {
			continue
		}
		kind := line("kind", gv.String(), k.Kind)
		if other, found := s.kinds[kind]; found && other != name {
			return fmt.Errorf("%s is of the kind %s, too", other, k.Kind)
		}
		s.kinds[kind] = name
	}
	return nil
}

// said returns what a schema says, without the kinds: each document names other ones.
func said(of schema) string {
	var b strings.Builder
	for _, keyword := range sortedKeys(of) {
		if keyword != "x-kubernetes-group-version-kind" && keyword != "description" {
			fmt.Fprintf(&b, "%s=%s\n", keyword, of[keyword])
		}
	}
	return b.String()
}

// typeOf returns how the type of a named schema is written, and keeps the facts about its fields.
func (s *schemas) typeOf(name string) (string, error) {
	if t, found := s.types[name]; found {
		return t, nil
	}
	of, found := s.named[name]
	if !found {
		return "", fmt.Errorf("the schema %s is referred to and is not there", name)
	}
	if _, has := of["properties"]; !has {
		t, err := s.expression(of)
		s.types[name] = t
		return t, err
	}
	s.types[name] = reference(name)
	if err := expect(of, "object", "properties", "required"); err != nil {
		return "", err
	}
	var properties map[string]schema
	var required []string
	if err := json.Unmarshal(of["properties"], &properties); err != nil {
		return "", err
	}
	if raw, found := of["required"]; found {
		if err := json.Unmarshal(raw, &required); err != nil {
			return "", err
		}
	}
	for _, field := range sortedKeys(properties) {
		t, err := s.expression(properties[field])
		if err != nil {
			return "", fmt.Errorf("the field %s: %w", field, err)
		}
		if slices.Contains(required, field) {
			t += "!"
		}
		s.fields[line("field", shortName(name), field, t)] = true
	}
	for _, field := range required {
		if properties[field] == nil {
			return "", fmt.Errorf("the field %s is required and is not there", field)
		}
	}
	return s.types[name], nil
}

// expression returns the type of a schema that has no fields of its own.
func (s *schemas) expression(of schema) (string, error) {
	switch kind, format := of.text("type"), of.text("format"); {
	case of["$ref"] != nil:
		return s.refer(of)
	case of["allOf"] != nil:
		var all []schema
		if err := json.Unmarshal(of["allOf"], &all); err != nil || len(all) != 1 {
			return "", fmt.Errorf("allOf is not one schema: %s", of["allOf"])
		}
		if err := expect(of, "", "allOf"); err != nil {
			return "", err
		}
		return s.refer(all[0])
	case of["oneOf"] != nil:
		return oneOf(of, format)
	case kind == "array":
		return s.container(of, "[]", "items", kind)
	case kind == "object" && of["additionalProperties"] != nil:
		return s.container(of, "{}", "additionalProperties", kind)
	case kind == "object", kind == "string", kind == "integer", kind == "number", kind == "boolean":
		return kind, expect(of, kind)
	case kind == "":
		return "any", expect(of, "")
	default:
		return "", fmt.Errorf("the type %q is new", kind)
	}
}

func (s *schemas) refer(of schema) (string, error) {
	if err := expect(of, "", "$ref"); err != nil {
		return "", err
	}
	name, local := strings.CutPrefix(of.text("$ref"), "#/components/schemas/")
	if !local {
		return "", fmt.Errorf("the reference %s is new", of["$ref"])
	}
	return s.typeOf(name)
}

// container returns the type of an array, or of a map.
func (s *schemas) container(of schema, prefix, keyword, kind string) (string, error) {
	var inner schema
	if err := json.Unmarshal(of[keyword], &inner); err != nil {
		return "", fmt.Errorf("%s: %w", keyword, err)
	}
	if err := expect(of, kind, keyword); err != nil {
		return "", err
	}
	t, err := s.expression(inner)
	return prefix + t, err
}

// oneOf returns the type of what may be a number and may be a string.
func oneOf(of schema, format string) (string, error) {
	var alternatives []schema
	if err := json.Unmarshal(of["oneOf"], &alternatives); err != nil {
		return "", err
	}
	var kinds []string
	for _, a := range alternatives {
		if err := expect(a, a.text("type")); err != nil {
			return "", err
		}
		kinds = append(kinds, a.text("type"))
	}
	slices.Sort(kinds)
	switch {
	case format == "int-or-string" && slices.Equal(kinds, []string{"integer", "string"}):
		return format, expect(of, "", "oneOf")
	case slices.Equal(kinds, []string{"number", "string"}): // a quantity
		return "string", expect(of, "", "oneOf")
	}
	return "", fmt.Errorf("the alternatives %s are new", of["oneOf"])
}

// expect returns an error if a schema has another type, or a keyword that is not understood.
func expect(of schema, kind string, keywords ...string) error {
	if got := of.text("type"); got != kind {
		return fmt.Errorf("the type is %q and not %q", got, kind)
	}
	for _, keyword := range sortedKeys(of) {
		if keyword != "type" && !slices.Contains(keywords, keyword) && !slices.Contains(harmless(), keyword) {
			return fmt.Errorf("the keyword %q is new here", keyword)
		}
	}
	return nil
}

// text returns a keyword's value if it is a string.
func (of schema) text(keyword string) string {
	var s string
	if raw, found := of[keyword]; !found || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// facts adds the facts about kinds and fields.
func (s *schemas) facts(to map[string]bool) {
	for kind, name := range s.kinds {
		to[line(kind, s.types[name])] = true
	}
	for field := range s.fields {
		to[field] = true
	}
}

// shortName returns the name of a schema without the beginning that most have.
func shortName(name string) string { return strings.TrimPrefix(name, "io.k8s.api.") }

func reference(name string) string { return ">" + shortName(name) }
