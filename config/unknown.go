package config

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
)

// unknownRoot reports a name that does not exist. It may be inside a string, as ${NAME}.
func (e *evaluator) unknownRoot(t hcl.Traversal, interpolated bool) {
	root, summary := t.RootName(), "Unknown reference"
	if len(t) == 1 {
		summary = "Unknown name"
	}
	if detail := meantName(t, interpolated); detail != "" {
		e.Error(t.SourceRange(), summary, "%s", detail)
		return
	}
	switch {
	case e.variables[root] != nil:
		e.Error(t.SourceRange(), summary, "There is no %q; did you mean var.%s?", diag.Clip(root), diag.Clip(root))
	case e.locals[root] != nil:
		e.Error(t.SourceRange(), summary, "There is no %q; did you mean local.%s?", diag.Clip(root), diag.Clip(root))
	case interpolated:
		e.Error(t.SourceRange(), summary, "There is no %q. For the text ${%s} itself, write $${%s}. For a value, declare variable %q and write ${var.%s}.",
			diag.Clip(root), spelled(t), spelled(t), diag.Clip(root), diag.Clip(root))
	case len(t) == 1:
		e.Error(t.SourceRange(), summary, "There is no %q. For text, use quotes: %q.", diag.Clip(root), diag.Clip(root))
	default:
		e.Error(t.SourceRange(), summary, "There is no %q. An expression may use var.<name>, local.<name> and pod.namespace.%s",
			diag.Clip(root), diag.DidYouMean(root, []string{"var", "local", "pod"}))
	}
}

// constantName says what to write in place of a name where a value is written out.
func (e *evaluator) constantName(t hcl.Traversal, interpolated bool) string {
	root := t.RootName()
	if detail := meantName(t, interpolated); detail != "" {
		return detail
	}
	switch {
	case slices.Contains([]string{"var", "local", "pod", "live"}, root):
		return fmt.Sprintf("This value must be written out, so it cannot use %s.", spelled(t))
	case interpolated:
		return fmt.Sprintf("This value must be written out, so it cannot use %s. For the text ${%s} itself, write $${%s}.", spelled(t), spelled(t), spelled(t))
	}
	return fmt.Sprintf("There is no %q. For text, use quotes: %q.", diag.Clip(root), spelled(t))
}

// meantName suggests the keyword that another language writes otherwise, or "".
func meantName(t hcl.Traversal, interpolated bool) string {
	meant := hint.Keyword(t.RootName())
	if len(t) > 1 || interpolated || meant == "" {
		return ""
	}
	return fmt.Sprintf("There is no %q; did you mean %s?", t.RootName(), meant)
}

// spelled writes a reference as far as it has names.
func spelled(t hcl.Traversal) string {
	names := []string{t.RootName()}
	for _, step := range t[1:] {
		attribute, ok := step.(hcl.TraverseAttr)
		if !ok {
			break
		}
		names = append(names, attribute.Name)
	}
	return diag.Clip(strings.Join(names, "."))
}

// interpolatedIn gives the references that are alone in an interpolation, as in "${NAME}". They
// are looked for when they are first needed.
func interpolatedIn(expr hcl.Expression) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		found := map[string]bool{}
		add := func(part hclsyntax.Expression) {
			if scope, ok := part.(*hclsyntax.ScopeTraversalExpr); ok {
				found[spelled(scope.Traversal)] = true
			}
		}
		for _, n := range natives(expr) {
			// A visitor that returns no diagnostics causes none.
			_ = hclsyntax.VisitAll(n, func(node hclsyntax.Node) hcl.Diagnostics {
				switch n := node.(type) {
				case *hclsyntax.TemplateExpr:
					for _, part := range n.Parts {
						add(part)
					}
				case *hclsyntax.TemplateWrapExpr:
					add(n.Wrapped)
				}
				return nil
			})
		}
		return found
	})
}
