package lang

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// reference gives the generated parts of docs/language.md: one for each block, by
// its name, "blocks", which lists them all, and "common", which has the attributes
// of every requirement.
func reference() map[string]string {
	parts := map[string]string{"common": attributeList(Common()), "blocks": outline(File().Blocks, "", map[string]bool{})}
	described := map[Attribute]string{}
	for _, a := range Common() {
		described[a] = "" // Its own section has them, for all blocks.
	}
	for _, b := range blocksOf(File()) {
		parts[b.Name] = section(b, described)
	}
	return parts
}

// outline lists blocks, each with the blocks inside it. Those inside are links only, and say
// in their sections what they are.
func outline(blocks []*Block, indent string, listed map[string]bool) string {
	var list strings.Builder
	for _, b := range blocks {
		header := b.Name
		if b.Label != "" {
			header += " \"" + b.Label + "\""
		}
		fmt.Fprintf(&list, "%s- [`%s`](#%s)", indent, header, b.Name)
		if listed[b.Name] {
			list.WriteString("\n")
			continue
		}
		listed[b.Name] = true
		if indent == "" {
			sentence, _, _ := strings.Cut(cell(b.Doc), ". ")
			list.WriteString(": " + strings.TrimSuffix(sentence, ".") + ".")
		}
		list.WriteString("\n" + outline(b.Blocks, indent+"  ", listed))
	}
	return list.String()
}

// section describes one block. Attributes that an earlier section described are named
// only; described has the section of each.
func section(b *Block, described map[Attribute]string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n\n```hcl\n%s\n```\n", cell(b.Doc), b.Example)
	var own []Attribute
	var elsewhere, names []string
	for _, a := range b.Attributes {
		where, ok := described[a]
		switch {
		case !ok:
			own = append(own, a)
			described[a] = b.Name
		case where != "":
			names = append(names, code(a.Name))
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

func attributeList(attributes []Attribute) string {
	var list strings.Builder
	for _, a := range attributes {
		typ := cell(a.Type)
		switch {
		case a.Required:
			typ += ", required"
		case a.Default != "":
			typ += ", default " + code(a.Default)
		}
		fmt.Fprintf(&list, "- `%s` (%s): %s\n", a.Name, typ, cell(a.Doc))
	}
	return list.String()
}

// blocksOf lists the blocks within one, those within these too, each once.
func blocksOf(root *Block) []*Block {
	var list []*Block
	for _, b := range root.Blocks {
		for _, inner := range append([]*Block{b}, blocksOf(b)...) {
			if !slices.ContainsFunc(list, func(x *Block) bool { return x.Name == inner.Name }) {
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

// jsonSchema gives the JSON Schema of declarations in HCL's JSON syntax, in draft
// 7, which editors know best.
func jsonSchema() []byte {
	definitions := map[string]any{
		"template": map[string]any{
			"description": "An expression, as \"${...}\".", "type": "string", "pattern": `\$\{|%\{`,
		},
		"file": bodySchema(File()),
	}
	for _, b := range blocksOf(File()) {
		definitions[b.Name] = bodySchema(b)
		if dynamicMakes(b) {
			definitions["dynamic-"+b.Name] = dynamicBody(b)
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
func bodySchema(b *Block) map[string]any {
	schema := map[string]any{"type": "object", "description": b.Doc}
	if b.Free {
		return schema
	}
	properties := map[string]any{"//": map[string]any{"description": "A comment."}}
	var required []string
	for _, a := range b.Attributes {
		properties[a.Name] = valueSchema(a)
		if a.Required {
			required = append(required, a.Name)
		}
	}
	made := map[string]any{}
	for _, inner := range b.Blocks {
		properties[inner.Name] = innerSchema(inner.Label != "", inner.Doc, inner.Name)
		if dynamicMakes(inner) {
			made[inner.Name] = map[string]any{"anyOf": oneOrMany("dynamic-" + inner.Name)}
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
func dynamicMakes(b *Block) bool { return b.Repeats }

func dynamicBody(b *Block) map[string]any {
	properties := map[string]any{
		"//":       map[string]any{"description": "A comment."},
		"for_each": valueSchema(Attribute{Type: "list, set, map or object", Doc: "What blocks are made for each element of.", Example: "var.names"}),
		"iterator": valueSchema(Attribute{Type: "name", Doc: "The name of the element in content, where it is not that of the block's type.", Example: "each"}),
		"content":  map[string]any{"description": "What each block holds.", "anyOf": oneOrMany(b.Name)},
	}
	required := []string{"for_each", "content"}
	if b.Label != "" {
		properties["labels"] = valueSchema(Attribute{Type: "list of strings", Doc: "The block's label, in a list.", Example: fmt.Sprintf("[\"${%s.value}\"]", b.Name)})
		required = append(required, "labels")
	}
	return map[string]any{
		"description": "Makes blocks of type " + b.Name + ".", "type": "object",
		"properties": properties, "required": required, "additionalProperties": false,
	}
}

// valueSchema describes the value of an attribute. What it cannot determine of a type
// it leaves open.
func valueSchema(a Attribute) map[string]any {
	template := map[string]any{"$ref": "#/definitions/template"}
	text, list := map[string]any{"type": "string"}, map[string]any{"type": "array", "items": map[string]any{"type": "string"}, "minItems": 1}
	schema := map[string]any{"description": a.Doc}
	switch a.Type {
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
	if json.Valid([]byte(a.Default)) {
		schema["default"] = json.RawMessage(a.Default)
	}
	switch {
	case json.Valid([]byte(a.Example)):
		schema["examples"] = []any{json.RawMessage(a.Example)}
	case a.Type == "type" || a.Type == "name":
		schema["examples"] = []any{a.Example}
	default:
		schema["examples"] = []any{"${" + a.Example + "}"}
	}
	return schema
}

// choices lists the values of an attribute that has few.
func choices(a Attribute) []string {
	switch a.Name {
	case "scope":
		return []string{"Cluster", "Namespaced"}
	case "severity":
		return []string{"error", "warning"}
	}
	return nil
}
