package hint

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/source"
	"github.com/kreconcile/kreconcile/internal/pattern"
)

// Foreign says that a source which does not parse is in another language, in place of an
// error for each line. It is nil if that is not certain.
func Foreign(s source.Source) *hcl.Diagnostic {
	place := firstLine.Get().FindSubmatchIndex(s.Bytes)
	line, at := string(s.Bytes[place[2]:place[3]]), s.Span(place[2], place[3])
	what, ending, example := "declaration", ".hcl.json", "api \"apps/v1\" { … }"
	if source.IsValues(s.Name) {
		what, ending, example = "variable file", ".hclvars.json", "name = \"value\""
	}
	switch {
	case strings.HasPrefix(line, "{{"):
		return diag.New(hcl.DiagError, at, "Template in a "+what, "This is a template, as in a Helm chart. Render it first, as with helm template.")
	case strings.HasPrefix(line, "{"), strings.HasPrefix(line, "["):
		return diag.New(hcl.DiagError, at, "JSON in a "+what, "The file is JSON. The name of a %s in HCL's JSON syntax ends in %s.", what, ending)
	case yamlLine.Get().MatchString(line):
		detail := fmt.Sprintf("The file is YAML. A %s is written in HCL: %s.", what, example)
		if m := manifest.Get().FindSubmatch(s.Bytes); m != nil && !source.IsValues(s.Name) {
			detail += fmt.Sprintf(" To require what this manifest needs, write kind %q {} inside api %q {}.", m[2], m[1])
		}
		return diag.New(hcl.DiagError, at, "YAML in a "+what, "%s", detail)
	}
	return nil
}

var (
	// firstLine finds the first line that is neither empty nor a comment.
	firstLine = pattern.New(`\A(?:\s*(?:(?:#|//).*)?\n)*\s*(.*?)\s*(?:\n|\z)`)
	manifest  = pattern.New(`(?m)^apiVersion: *["']?([A-Za-z0-9./-]{1,100})["']?\s*\n(?:.*\n)*?kind: *["']?([A-Za-z0-9-]{1,63})["']?\s*$`)
	yamlLine  = pattern.New(`^(---|%YAML|- |["']?[A-Za-z_][A-Za-z0-9_./-]*["']?:(\s|$))`)
)

// Value gives an example of a value of a list or map, for a text that lacks brackets or quotes. A shell may
// have removed them. It is empty for other texts and types.
func Value(text string, typ cty.Type) string {
	switch {
	case !typ.IsCollectionType() || !typ.ElementType().IsPrimitiveType() || strings.Contains(text, "\"") && strings.ContainsAny(text, "[{"):
		return ""
	case typ.IsMapType():
		return `{ a = "b" }`
	case typ.ElementType() == cty.String:
		return `["a", "b"]`
	}
	return "[1, 2]"
}

// Keyword gives the keyword of HCL that a word of another language means, or an empty text.
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
