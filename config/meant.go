package config

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// meantValue suggests the HCL for a value of a list or map that lacks its quotes. A shell may
// have removed them. It is empty where the meaning is not certain.
func meantValue(a assignment, typ cty.Type) string {
	text, value := strings.TrimSpace(a.Value), ""
	switch {
	case !typ.IsCollectionType() || !typ.ElementType().IsPrimitiveType() && typ.ElementType() != cty.DynamicPseudoType:
		return ""
	case typ.IsMapType():
		var items []string
		for _, m := range plainItems(strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}"), plainPair) {
			items = append(items, fmt.Sprintf("%s = %q", m[1], m[2]))
		}
		if len(items) > 0 {
			value = "{ " + strings.Join(items, ", ") + " }"
		}
	default:
		var items []string
		for _, m := range plainItems(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"), plainItem) {
			item := fmt.Sprintf("%q", m[1])
			if e := typ.ElementType(); e == cty.Number || e == cty.Bool {
				item = m[1]
			}
			items = append(items, item)
		}
		if len(items) > 0 {
			value = "[" + strings.Join(items, ", ") + "]"
		}
	}
	switch {
	case value == "":
		return ""
	case !a.Environment:
		return fmt.Sprintf("In a shell, write --var '%s=%s'.", a.Name, value)
	}
	return fmt.Sprintf("In a shell, write KRECONCILE_VAR_%s='%s'.", a.Name, value)
}

// plainItems splits text at commas and returns what the pattern finds in each part. It returns
// nil unless every part matches.
func plainItems(text string, pattern *regexp.Regexp) [][]string {
	parts := strings.Split(text, ",")
	const most = 20
	if len(parts) > most {
		return nil
	}
	var items [][]string
	for _, part := range parts {
		m := pattern.FindStringSubmatch(part)
		if m == nil {
			return nil
		}
		items = append(items, m)
	}
	return items
}

var (
	plainItem = regexp.MustCompile(`^\s*["']?([A-Za-z0-9*][A-Za-z0-9_./*:-]{0,99})["']?\s*$`)
	plainPair = regexp.MustCompile(`^\s*["']?([A-Za-z_][A-Za-z0-9_-]{0,99})["']?\s*[=:]\s*["']?([A-Za-z0-9_./*:-]{1,99})["']?\s*$`)
)
