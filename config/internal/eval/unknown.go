package eval

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
)

// unknownName says what to write in place of a name that does not exist, or that may not be
// used because the value must be written out.
func (e *Scope) unknownName(expr hcl.Expression, t hcl.Traversal, writtenOut bool) string {
	root, roots, meant := diag.Clip(t.RootName()), []string{"var", "local", "pod", "live"}, ""
	if len(t) == 1 {
		meant = hint.Keyword(root)
	}
	switch {
	case meant != "", writtenOut:
	case e.variables[root] != nil:
		meant = "var." + root
	case e.locals[root] != nil:
		meant = "local." + root
	}
	none := fmt.Sprintf("There is no %q", root)
	if meant != "" {
		return none + "; did you mean " + meant + "?"
	}
	if writtenOut && (len(t) > 1 || slices.Contains(roots, root)) {
		return "This value must be written out, so it cannot refer to anything."
	}
	switch expr.(type) {
	case *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr:
		return none + ". Where ${ is part of a text, write $${. For a value, declare a variable and write ${var.<name>}."
	}
	if len(t) == 1 {
		return fmt.Sprintf("%s. For text, use quotes: %q.", none, root)
	}
	return fmt.Sprintf("%s. An expression may use var.<name>, local.<name> and pod.namespace.%s", none, diag.DidYouMean(root, roots))
}
