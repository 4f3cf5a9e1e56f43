package suite

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/nearest"
)

// reader reads values that are written out. It evaluates nothing, so that a test file costs nothing
// beyond its size.
type reader struct{ diags hcl.Diagnostics }

func (d *reader) add(diags hcl.Diagnostics) { d.diags = append(d.diags, diags...) }

func (d *reader) error(at hcl.Range, summary, detail string, args ...any) {
	d.diags = append(d.diags, newError(at, summary, detail, args...))
}

func newError(at hcl.Range, summary, detail string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &at}
}

func (d *reader) content(body hcl.Body, schema *hcl.BodySchema) *hcl.BodyContent {
	content, diags := body.Content(schema)
	d.add(diags)
	return content
}

// text reads a string. It is false if there is none.
func (d *reader) text(a *hcl.Attribute) (string, bool) {
	if a == nil {
		return "", false
	}
	text, isText := literal(a.Expr)
	if !isText {
		d.error(a.Expr.Range(), "Invalid value", "%s must be a string in quotes, without an expression in it.", a.Name)
	}
	return text, isText
}

// path reads a path, which is relative to the folder of the test file.
func (d *reader) path(s config.Source, a *hcl.Attribute) (string, bool) {
	path, given := d.text(a)
	switch {
	case !given:
		return "", false
	case path == "" || path == "-":
		d.error(a.Expr.Range(), "Invalid path", "%s must name a file or a folder.", a.Name)
		return "", false
	case !filepath.IsAbs(path):
		path = filepath.Join(filepath.Dir(s.Name), path)
	}
	return path, true
}

// paths reads a list of paths.
func (d *reader) paths(s config.Source, a *hcl.Attribute) []string {
	items, diags := hcl.ExprList(a.Expr)
	if diags.HasErrors() || len(items) == 0 {
		d.error(a.Expr.Range(), "Invalid value", "%s must be a list of paths, such as [\"%[1]s\"].", a.Name)
	}
	var paths []string
	for _, item := range items {
		if path, given := d.path(s, &hcl.Attribute{Name: "A path of " + a.Name, Expr: item}); given {
			paths = append(paths, path)
		}
	}
	return paths
}

// oneOf reads one of several strings.
func (d *reader) oneOf(e hcl.Expression, what string, known ...string) string {
	text, isText := literal(e)
	if !isText || !slices.Contains(known, text) {
		last := len(known) - 1
		d.error(e.Range(), "Invalid value", `%s must be "%s" or "%s".%s`, what, strings.Join(known[:last], `", "`), known[last], didYouMean(text, known))
	}
	return text
}

// pair is an item of an object.
type pair struct {
	key   string
	keyAt hcl.Range
	value hcl.Expression
}

// pairs reads the items of an object, whose keys are written out.
func (d *reader) pairs(a *hcl.Attribute) []pair {
	if a == nil {
		return nil
	}
	items, diags := hcl.ExprMap(a.Expr)
	if diags.HasErrors() {
		d.error(a.Expr.Range(), "Invalid value", "%s must be an object, such as { name = value }.", a.Name)
	}
	var pairs []pair
	seen := map[string]bool{}
	for _, item := range items {
		p := pair{key: hcl.ExprAsKeyword(item.Key), keyAt: item.Key.Range(), value: item.Value}
		if key, ok := item.Key.(*hclsyntax.ObjectConsKeyExpr); ok && p.key == "" {
			p.key, _ = literal(key.Wrapped)
		}
		switch {
		case p.key == "":
			d.error(p.keyAt, "Invalid key", "A key of %s must be a name, or a string in quotes without an expression in it.", a.Name)
			continue
		case seen[p.key]:
			d.error(p.keyAt, "Duplicate key", "%q is set twice in %s.", p.key, a.Name)
		}
		seen[p.key] = true
		pairs = append(pairs, p)
	}
	return pairs
}

// literal returns the text of a string in quotes that has no expression in it.
func literal(e hcl.Expression) (string, bool) {
	template, ok := e.(*hclsyntax.TemplateExpr)
	if !ok || !template.IsStringLiteral() {
		return "", false
	}
	value, _ := template.Value(nil) // a literal has no error
	return value.AsString(), true
}

// isComputed reports whether a value refers to something, or calls a function.
func isComputed(e hcl.Expression) bool {
	found := len(e.Variables()) > 0
	if node, ok := e.(hclsyntax.Node); ok {
		_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
			_, isCall := n.(*hclsyntax.FunctionCallExpr)
			found = found || isCall
			return nil
		})
	}
	return found
}

// didYouMean suggests what was probably meant, as the errors of declarations do.
func didYouMean(given string, known []string) string {
	if like := nearest.Name(given, known); like != "" {
		return fmt.Sprintf(" Did you mean %q?", like)
	}
	return ""
}
