package eval

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
)

// Iterators has the elements of dynamic blocks, by the name of the iterator.
type Iterators map[string]cty.Value

// With gives iterators that have one more.
func (s Iterators) With(name string, key, value cty.Value) Iterators {
	inner := Iterators{}
	maps.Copy(inner, s)
	inner[name] = cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})
	return inner
}

// In gives an expression the iterators of the dynamic blocks around it.
func In(expr hcl.Expression, s Iterators) hcl.Expression { return scoped{expr, s} }

type scoped struct {
	hcl.Expression
	iterators Iterators
}

// UnwrapExpression is for the static analysis of hcl.
func (e scoped) UnwrapExpression() hcl.Expression { return e.Expression }

// referents gives what an expression refers to, by the first name. It reports what does not exist.
func (e *Scope) referents(expr hclsyntax.Expression, iterators Iterators) (variables map[string]cty.Value, ok bool) {
	variables, ok = map[string]cty.Value{}, true
	objects := map[string]map[string]cty.Value{}
	for _, t := range expr.Variables() {
		root := t.RootName()
		if element, found := iterators[root]; found {
			variables[root] = element
			continue
		}
		value, exists := e.reference(expr, t)
		if ok = ok && exists; objects[root] == nil {
			objects[root] = map[string]cty.Value{}
		}
		objects[root][nameBehind(t)] = value
	}
	for root, object := range objects {
		variables[root] = cty.ObjectVal(object)
	}
	return variables, ok
}

// nameBehind gives the name behind the first dot of a reference, or "".
func nameBehind(t hcl.Traversal) string {
	if len(t) > 1 {
		if attribute, ok := t[1].(hcl.TraverseAttr); ok {
			return attribute.Name
		}
	}
	return ""
}

// reference gives the value of a reference, and counts it as used. It is false after an error.
func (e *Scope) reference(expr hclsyntax.Expression, t hcl.Traversal) (cty.Value, bool) {
	root, name, at := t.RootName(), nameBehind(t), t.SourceRange()
	example, known := map[string]string{"var": "var.example", "local": "local.example", "pod": "pod.namespace", "live": "live.version"}[root]
	switch {
	case !known && len(t) == 1:
		e.Error(at, "Unknown name", "%s", e.unknownName(expr, t, false))
	case !known:
		e.Error(at, "Unknown reference", "%s", e.unknownName(expr, t, false))
	case root == "live" && e.cluster == nil:
		e.knownLater(at, "live")
	case name == "":
		e.Error(at, "Incomplete reference", "%s is followed by a dot and a name, as in %s.", root, example)
	case root == "var":
		if v := e.variables[name]; v != nil {
			v.used = true
			return v.value, true
		}
		e.Error(at, "Undeclared variable", "No variable %q is declared.%s", name, diag.DidYouMean(name, sortedKeys(e.variables)))
	case root == "local":
		if l := e.locals[name]; l != nil {
			l.used = true
			return l.value, true
		}
		e.Error(at, "Undeclared local value", "No locals block sets %q.%s", name, diag.DidYouMean(name, sortedKeys(e.locals)))
	case root == "live":
		if slices.Contains(LiveNames(), name) {
			return e.live(name), true
		}
		meant := strings.Replace(diag.DidYouMean(name, LiveNames()), `"`, `"live.`, 1)
		e.Error(at, "Unknown reference", "Of the cluster, these are known: live.%s.%s", strings.Join(LiveNames(), ", live."), meant)
	case name != "namespace":
		e.Error(at, "Unknown reference", "Of the Pod, only pod.namespace is known.")
	case e.PodNamespace != "":
		return cty.StringVal(e.PodNamespace), true
	case e.AllowUnknown:
		return cty.UnknownVal(cty.String).RefineNotNull(), true
	default:
		e.Error(at, "Unknown namespace",
			"pod.namespace is the namespace of the Pod that kreconcile runs in, and it does not run in one. Outside of a Pod, add --namespace NAME.")
	}
	return cty.DynamicVal, false
}

// knownLater reports what only an assert may use.
func (e *Scope) knownLater(at hcl.Range, name string) {
	e.Error(at, "Known only from the cluster", "%s is known only after a cluster was asked, so only an assert of a check can use it.", name)
}

// unknownName says what to write in place of a name that does not exist, or that may not be used in a
// value that must be written out.
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
		if writtenOut {
			return "This value must be written out. Where ${ is part of a text, write $${."
		}
		return none + ". Where ${ is part of a text, write $${. For a value, declare a variable and write ${var.<name>}."
	}
	if len(t) == 1 {
		return fmt.Sprintf("%s. For text, use quotes: %q.", none, root)
	}
	return fmt.Sprintf("%s. An expression may use var.<name>, local.<name> and pod.namespace.%s", none, diag.DidYouMean(root, roots))
}

// SortedAttributes gives attributes from the top.
func SortedAttributes(attributes hcl.Attributes) []*hcl.Attribute {
	return slices.SortedFunc(maps.Values(attributes), func(a, b *hcl.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
