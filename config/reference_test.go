package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Reference gives the generated parts of docs/language.md: one for each block, by
// its name, "blocks", which lists them all, and "common", which has the attributes
// of every requirement.
func Reference() map[string]string {
	parts := map[string]string{"common": attributeList(commonSchema()), "blocks": outline(language().blocks, "", map[string]bool{})}
	described := map[attributeSchema]string{}
	for _, a := range commonSchema() {
		described[a] = "" // Its own section has them, for all blocks.
	}
	for _, b := range blocksOf(language()) {
		parts[b.name] = section(b, described)
	}
	return parts
}

// outline lists blocks, each with the blocks inside it. A block that was listed before is
// a link only.
func outline(blocks []*blockSchema, indent string, listed map[string]bool) string {
	var list strings.Builder
	for _, b := range blocks {
		header := b.name
		if b.label != "" {
			header += " \"" + b.label + "\""
		}
		fmt.Fprintf(&list, "%s- [`%s`](#%s)", indent, header, b.name)
		if listed[b.name] {
			list.WriteString("\n")
			continue
		}
		listed[b.name] = true
		sentence, _, _ := strings.Cut(cell(b.doc), ". ")
		fmt.Fprintf(&list, ": %s.\n%s", strings.TrimSuffix(sentence, "."), outline(b.blocks, indent+"  ", listed))
	}
	return list.String()
}

// section describes one block. Attributes that an earlier section described are named
// only; described has the section of each.
func section(b *blockSchema, described map[attributeSchema]string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n\n```hcl\n%s\n```\n", cell(b.doc), b.example)
	var own []attributeSchema
	var elsewhere, names []string
	for _, a := range b.attributes {
		where, ok := described[a]
		switch {
		case !ok:
			own = append(own, a)
			described[a] = b.name
		case where != "":
			names = append(names, code(a.name))
			if !slices.Contains(elsewhere, where) {
				elsewhere = append(elsewhere, where)
			}
		}
	}
	if len(own) > 0 {
		text.WriteString("\n" + attributeList(own))
	}
	if len(names) > 0 {
		fmt.Fprintf(&text, "\nSee %s for %s.\n", linked(elsewhere), strings.Join(names, ", "))
	}
	return text.String()
}

func attributeList(attributes []attributeSchema) string {
	var list strings.Builder
	for _, a := range attributes {
		typ := cell(a.typ)
		switch {
		case a.required:
			typ += ", required"
		case a.fallback != "":
			typ += ", default " + code(a.fallback)
		}
		fmt.Fprintf(&list, "- `%s` (%s): %s\n", a.name, typ, cell(a.doc))
	}
	return list.String()
}

// blocksOf lists the blocks within one, those within these too, each once.
func blocksOf(root *blockSchema) []*blockSchema {
	var list []*blockSchema
	for _, b := range root.blocks {
		for _, inner := range append([]*blockSchema{b}, blocksOf(b)...) {
			if !slices.ContainsFunc(list, func(x *blockSchema) bool { return x.name == inner.name }) {
				list = append(list, inner)
			}
		}
	}
	return list
}

func linked(names []string) string {
	var links []string
	for _, name := range names {
		links = append(links, fmt.Sprintf("[%#q](#%s)", name, name))
	}
	return strings.Join(links, ", ")
}

// cell makes a text fit for Markdown and its tables, where "*" and "_" are no marks.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "[", `\[`, "]", `\]`, "`", "\\`").Replace(oneLine(text))
}

func code(text string) string { return "`" + strings.ReplaceAll(oneLine(text), "|", `\|`) + "`" }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// JSONSchema gives the JSON Schema of declarations in HCL's JSON syntax, in draft
// 7, which editors know best.
func JSONSchema() []byte {
	definitions := map[string]any{
		"template": map[string]any{
			"description": "An expression, as \"${...}\".", "type": "string", "pattern": `\$\{|%\{`,
		},
		"file": bodySchema(language()),
	}
	for _, b := range blocksOf(language()) {
		definitions[b.name] = bodySchema(b)
		if dynamicMakes(b) {
			definitions["dynamic-"+b.name] = dynamicBody(b)
		}
	}
	document := map[string]any{
		"$schema":     "http://json-schema.org/draft-07/schema#",
		"$id":         "https://github.com/kreconcile/kreconcile/raw/main/docs/schema/declaration.schema.json",
		"title":       "Declaration of kreconcile",
		"description": "What a piece of software requires from a Kubernetes API, in the JSON syntax of HCL (*.hcl.json).",
		"anyOf":       oneOrMany("file"),
		"definitions": definitions,
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// bodySchema describes the object that a block is behind its label.
func bodySchema(b *blockSchema) map[string]any {
	schema := map[string]any{"type": "object", "description": b.doc}
	if b.free {
		return schema
	}
	properties := map[string]any{"//": map[string]any{"description": "A comment."}}
	var required []string
	for _, a := range b.attributes {
		properties[a.name] = valueSchema(a)
		if a.required {
			required = append(required, a.name)
		}
	}
	made := map[string]any{}
	for _, inner := range b.blocks {
		properties[inner.name] = innerSchema(inner.label != "", inner.doc, inner.name)
		if dynamicMakes(inner) {
			made[inner.name] = map[string]any{"anyOf": oneOrMany("dynamic-" + inner.name)}
		}
	}
	if len(made) > 0 {
		properties["dynamic"] = map[string]any{
			"description": "Makes blocks of one type, one for each element of a collection. The label is the type.",
			"anyOf":       many(map[string]any{"type": "object", "properties": made, "additionalProperties": false, "minProperties": 1}),
		}
	}
	schema["properties"], schema["additionalProperties"] = properties, false
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

// innerSchema describes the property that holds the blocks of one type.
func innerSchema(labelled bool, doc, name string) map[string]any {
	if !labelled {
		return map[string]any{"description": doc, "anyOf": oneOrMany(name)}
	}
	byLabel := map[string]any{
		"type": "object", "additionalProperties": map[string]any{"anyOf": oneOrMany(name)}, "minProperties": 1,
	}
	return map[string]any{"description": doc, "anyOf": many(byLabel)}
}

// oneOrMany allows one object of a definition, or an array of them.
func oneOrMany(name string) []any {
	return many(map[string]any{"$ref": "#/definitions/" + name})
}

func many(schema map[string]any) []any {
	return []any{schema, map[string]any{"type": "array", "items": schema, "minItems": 1}}
}

// dynamicMakes tells whether a dynamic block can make a block.
func dynamicMakes(b *blockSchema) bool { return b.repeats }

func dynamicBody(b *blockSchema) map[string]any {
	properties := map[string]any{
		"//":       map[string]any{"description": "A comment."},
		"for_each": valueSchema(attributeSchema{typ: "list, set, map or object", doc: "What blocks are made for each element of.", example: "var.names"}),
		"iterator": valueSchema(attributeSchema{typ: "name", doc: "The name of the element in content, where it is not that of the block's type.", example: "each"}),
		"content":  map[string]any{"description": "What each block holds.", "anyOf": oneOrMany(b.name)},
	}
	required := []string{"for_each", "content"}
	if b.label != "" {
		properties["labels"] = valueSchema(attributeSchema{typ: "list of strings", doc: "The block's label, in a list.", example: fmt.Sprintf("[\"${%s.value}\"]", b.name)})
		required = append(required, "labels")
	}
	return map[string]any{
		"description": "Makes blocks of type " + b.name + ".", "type": "object",
		"properties": properties, "required": required, "additionalProperties": false,
	}
}

// valueSchema describes the value of an attribute. What it cannot determine of a type
// it leaves open.
func valueSchema(a attributeSchema) map[string]any {
	template := map[string]any{"$ref": "#/definitions/template"}
	text, list := map[string]any{"type": "string"}, map[string]any{"type": "array", "items": map[string]any{"type": "string"}, "minItems": 1}
	schema := map[string]any{"description": a.doc}
	switch a.typ {
	case "string", "type", "name":
		schema["type"] = "string"
		if values := choices(a); values != nil {
			delete(schema, "type")
			schema["anyOf"] = []any{map[string]any{"enum": values}, template}
		}
	case "bool":
		schema["anyOf"] = []any{map[string]any{"type": "boolean"}, template}
	case "number":
		schema["anyOf"] = []any{map[string]any{"type": "number"}, template}
	case "list of strings":
		schema["anyOf"] = []any{list, template}
	case "string or list of strings":
		schema["anyOf"] = []any{text, list}
	case "list, set, map or object":
		schema["anyOf"] = []any{map[string]any{"type": []string{"array", "object"}}, template}
	}
	if json.Valid([]byte(a.fallback)) {
		schema["default"] = json.RawMessage(a.fallback)
	}
	switch {
	case json.Valid([]byte(a.example)):
		schema["examples"] = []any{json.RawMessage(a.example)}
	case a.typ == "type" || a.typ == "name":
		schema["examples"] = []any{a.example}
	default:
		schema["examples"] = []any{"${" + a.example + "}"}
	}
	return schema
}

// choices lists the values of an attribute that has few.
func choices(a attributeSchema) []string {
	switch a.name {
	case "scope":
		return []string{"Cluster", "Namespaced"}
	case "severity":
		var values []string
		for _, s := range Severities() {
			values = append(values, string(s))
		}
		return values
	}
	return nil
}
