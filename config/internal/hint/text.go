package hint

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

// Foreign says that a source which does not parse is in another language, in place of an
// error for each line. It is nil if that is not certain.
func Foreign(s source.Source) *hcl.Diagnostic {
	line, at := firstLine(s)
	what, ending, example := "declaration", source.EndingJSON, "A declaration is written in HCL: api \"apps/v1\" { … }."
	values := source.IsValues(s.Name)
	if values {
		what, ending, example = "variable file", source.EndingValuesJSON, "A variable file is written in HCL: name = \"value\"."
	}
	written := func(summary, detail string, args ...any) *hcl.Diagnostic {
		return diag.New(hcl.DiagError, at, summary, detail, args...)
	}
	switch {
	case strings.HasPrefix(line, "{{"):
		return written("Template in a "+what, "This is a template, as in a Helm chart. Render it first, as with helm template.")
	case strings.HasPrefix(line, "{"), strings.HasPrefix(line, "["):
		return written("JSON in a "+what, "The file is JSON. The name of a %s in HCL's JSON syntax ends in %s.", what, ending)
	case !yamlLine.MatchString(line):
		return nil
	}
	api, kind := yamlAPI.FindSubmatch(s.Bytes), yamlKind.FindSubmatch(s.Bytes)
	switch m := yamlPair.FindStringSubmatch(line); {
	case values && m != nil:
		value := strings.Trim(m[2], `"'`)
		if !plainWord.MatchString(value) {
			value = fmt.Sprintf("%q", diag.Clip(value))
		}
		return written("YAML in a "+what, "The file is YAML. %s Write %s = %s.", example, m[1], value)
	case !values && api != nil && kind != nil:
		return written("YAML in a "+what, "The file is YAML. %s To require what this manifest needs, write kind %q {} inside api %q {}.",
			example, diag.Clip(string(kind[1])), diag.Clip(string(api[1])))
	}
	return written("YAML in a "+what, "The file is YAML. %s", example)
}

var (
	yamlLine  = regexp.MustCompile(`^(---|%YAML|- |["']?[A-Za-z_][A-Za-z0-9_./-]*["']?:(\s|$))`)
	yamlPair  = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_-]*):\s+([^\s\[{#|>&*!][^#]*?)\s*$`)
	yamlAPI   = regexp.MustCompile(`(?m)^apiVersion:\s*["']?([A-Za-z0-9./-]+)["']?\s*(#.*)?$`)
	yamlKind  = regexp.MustCompile(`(?m)^kind:\s*["']?([A-Za-z0-9-]+)["']?\s*(#.*)?$`)
	plainWord = regexp.MustCompile(`^([0-9]{1,15}|true|false)$`)
)

// firstLine gives the first line that is neither empty nor a comment, and its place.
func firstLine(s source.Source) (string, hcl.Range) {
	start := 0
	for line := range bytes.Lines(s.Bytes) {
		text := bytes.TrimSpace(line)
		if len(text) > 0 && text[0] != '#' && !bytes.HasPrefix(text, []byte("//")) {
			first := start + bytes.Index(line, text)
			const most = 200
			return string(text[:min(len(text), most)]), s.Span(first, first+len(text))
		}
		start += len(line)
	}
	return "", s.Start()
}

// Value suggests the HCL for a value of a list or map that lacks its quotes. A shell may have
// removed them. It is empty if the meaning is not certain.
func Value(text string, typ cty.Type) string {
	if !typ.IsCollectionType() || !typ.ElementType().IsPrimitiveType() && typ.ElementType() != cty.DynamicPseudoType {
		return ""
	}
	brackets, pattern := "[]", plainItem
	if typ.IsMapType() {
		brackets, pattern = "{}", plainPair
	}
	text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), brackets[:1]), brackets[1:])
	parts := strings.Split(text, ",")
	const most = 20
	if len(parts) > most {
		return ""
	}
	for i, part := range parts {
		m := pattern.FindStringSubmatch(part)
		switch e := typ.ElementType(); {
		case m == nil:
			return ""
		case typ.IsMapType():
			parts[i] = fmt.Sprintf("%s = %q", m[1], m[2])
		case e == cty.Number || e == cty.Bool:
			parts[i] = m[1]
		default:
			parts[i] = fmt.Sprintf("%q", m[1])
		}
	}
	if typ.IsMapType() {
		return "{ " + strings.Join(parts, ", ") + " }"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

var (
	plainItem = regexp.MustCompile(`^\s*["']?([A-Za-z0-9*][A-Za-z0-9_./*:-]{0,99})["']?\s*$`)
	plainPair = regexp.MustCompile(`^\s*["']?([A-Za-z_][A-Za-z0-9_-]{0,99})["']?\s*[=:]\s*["']?([A-Za-z0-9_./*:-]{1,99})["']?\s*$`)
)

// Keyword gives the keyword of HCL that a name of another language means. It is empty for
// other names.
func Keyword(name string) string {
	switch strings.ToLower(name) {
	case "true", "yes", "on", "y":
		return "true"
	case "false", "no", "off", "n":
		return "false"
	case "null", "none", "nil", "undefined":
		return "null"
	}
	return ""
}
