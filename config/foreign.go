package config

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// parseText parses native syntax, and says in errors what another language may have been
// meant to be. The body is nil where it cannot be used.
func (d *decoder) parseText(s Source, values bool) *hclsyntax.Body {
	var faults diag.List
	body := parseNative(s, &faults, d.budget)
	if faults.Diags.HasErrors() {
		if other := foreign(s, values); other != nil {
			d.Add(other)
			return nil
		}
	}
	for _, m := range faults.Diags {
		switch m.Summary {
		case "Missing newline after argument":
			m.Detail += " Put text in quotes."
		case "Invalid template control keyword":
			m.Detail += " For the text %{ itself, write %%{."
		}
	}
	d.Add(faults.Diags...)
	d.Dropped += faults.Dropped
	return body
}

// foreign says that a source which does not parse is in another language, in place of an
// error for each line. It is nil where that is not certain.
func foreign(s Source, values bool) *hcl.Diagnostic {
	line, at := firstLine(s)
	what, example := "declaration", "A declaration is written in HCL: api \"apps/v1\" { … }."
	if values {
		what, example = "variable file", "A variable file is written in HCL: name = \"value\"."
	}
	switch {
	case strings.HasPrefix(line, "{{"):
		return diag.New(hcl.DiagError, at, "Template in a "+what, "This is a template, as in a Helm chart. Render it first, as with helm template.")
	case strings.HasPrefix(line, "{"), strings.HasPrefix(line, "["):
		ending := endingJSON
		if values {
			ending = endingValuesJSON
		}
		return diag.New(hcl.DiagError, at, "JSON in a "+what, "The file is JSON. The name of a %s in HCL's JSON syntax ends in %s.", what, ending)
	case !yamlLine.MatchString(line):
		return nil
	}
	if m := yamlPair.FindStringSubmatch(line); values && m != nil {
		value := strings.Trim(m[2], `"'`)
		if wholeNumber.MatchString(value) || value == "true" || value == "false" {
			return diag.New(hcl.DiagError, at, "YAML in a "+what, "The file is YAML. %s Write %s = %s.", example, m[1], value)
		}
		return diag.New(hcl.DiagError, at, "YAML in a "+what, "The file is YAML. %s Write %s = %q.", example, m[1], diag.Clip(value))
	}
	return diag.New(hcl.DiagError, at, "YAML in a "+what, "The file is YAML. %s%s", example, manifest(s, values))
}

var (
	yamlLine    = regexp.MustCompile(`^(---|%YAML|- |["']?[A-Za-z_][A-Za-z0-9_./-]*["']?:(\s|$))`)
	yamlPair    = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_-]*):\s+([^\s\[{#|>&*!][^#]*?)\s*$`)
	yamlAPI     = regexp.MustCompile(`(?m)^apiVersion:\s*["']?([A-Za-z0-9./-]+)["']?\s*(#.*)?$`)
	yamlKind    = regexp.MustCompile(`(?m)^kind:\s*["']?([A-Za-z0-9-]+)["']?\s*(#.*)?$`)
	wholeNumber = regexp.MustCompile(`^[0-9]{1,15}$`)
)

// manifest says how a manifest's needs are declared.
func manifest(s Source, values bool) string {
	api, kind := yamlAPI.FindSubmatch(s.Bytes), yamlKind.FindSubmatch(s.Bytes)
	if values || api == nil || kind == nil {
		return ""
	}
	return fmt.Sprintf(" To require what this manifest needs, write kind %q {} inside api %q {}.", diag.Clip(string(kind[1])), diag.Clip(string(api[1])))
}

// firstLine gives the first line that is neither empty nor a comment, and its place.
func firstLine(s Source) (string, hcl.Range) {
	start := 0
	for line := range bytes.Lines(s.Bytes) {
		text := bytes.TrimSpace(line)
		if len(text) > 0 && text[0] != '#' && !bytes.HasPrefix(text, []byte("//")) {
			first := start + bytes.Index(line, text)
			const most = 200
			return string(text[:min(len(text), most)]), s.span(first, first+len(text))
		}
		start += len(line)
	}
	return "", s.startOf()
}
