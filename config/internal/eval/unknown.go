package eval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
)

// unknownName says what to write in place of a name that does not exist, or that may not be
// used because the value must be written out.
func (e *Scope) unknownName(expr hcl.Expression, t hcl.Traversal, writtenOut bool) string {
	root, name, roots := diag.Clip(t.RootName()), spelled(t), []string{"var", "local", "pod"}
	inText := inTemplate(expr, name)
	meant := ""
	switch {
	case len(t) == 1 && !inText && hint.Keyword(root) != "":
		meant = hint.Keyword(root)
	case writtenOut:
	case e.variables[t.RootName()] != nil:
		meant = "var." + root
	case e.locals[t.RootName()] != nil:
		meant = "local." + root
	}
	literal := ""
	if inText {
		literal = fmt.Sprintf(" For the text ${%s} itself, write $${%s}.", name, name)
	}
	switch {
	case meant != "":
		return fmt.Sprintf("There is no %q; did you mean %s?", root, meant)
	case writtenOut && (inText || slices.Contains(append(roots, "live"), root)):
		return fmt.Sprintf("This value must be written out, so it cannot use %s.%s", name, literal)
	case inText:
		return fmt.Sprintf("There is no %q.%s For a value, declare variable %q and write ${var.%s}.", root, literal, root, root)
	case writtenOut || len(t) == 1:
		return fmt.Sprintf("There is no %q. For text, use quotes: %q.", root, name)
	}
	return fmt.Sprintf("There is no %q. An expression may use var.<name>, local.<name> and pod.namespace.%s", root, diag.DidYouMean(root, roots))
}

// spelled writes a reference as far as it has names.
func spelled(t hcl.Traversal) string {
	names := []string{t.RootName()}
	for i := 1; i < len(t) && nameBehind(t[i-1:]) != ""; i++ {
		names = append(names, nameBehind(t[i-1:]))
	}
	return diag.Clip(strings.Join(names, "."))
}

// inTemplate tells whether a reference is alone in an interpolation, as in "${NAME}".
func inTemplate(expr hcl.Expression, name string) (found bool) {
	is := func(part hclsyntax.Expression) bool {
		scope, ok := part.(*hclsyntax.ScopeTraversalExpr)
		return ok && spelled(scope.Traversal) == name
	}
	visit(expr, func(node hclsyntax.Node) {
		switch n := node.(type) {
		case *hclsyntax.TemplateExpr:
			found = found || slices.ContainsFunc(n.Parts, is)
		case *hclsyntax.TemplateWrapExpr:
			found = found || is(n.Wrapped)
		}
	})
	return found
}
