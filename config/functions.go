package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// A function is one that expressions may call. The table of them is the only
// place that says which there are: evaluation, the bounds of size.go and the page
// in docs are all made from it.
type functionSchema struct {
	name string
	// signature is how the page shows a call.
	signature string
	doc       string
	// example evaluates to result, both as HCL.
	example, result string
	impl            function.Function
	// bound gives an upper bound of the result, from those of the arguments. It
	// is asked with at least [boundArguments] arguments, however many are given.
	bound func(arguments []extent) extent
}

// functionGroup is a heading of the page.
type functionGroup struct {
	title     string
	functions []functionSchema
}

// functionSchemas gives the functions by their names. The table is made when an
// expression calls one for the first time.
func (e *evaluator) knownFunctions() map[string]functionSchema {
	if e.table == nil {
		e.table = map[string]functionSchema{}
		for _, group := range functionTable() {
			for _, f := range group.functions {
				e.table[f.name] = f
			}
		}
	}
	return e.table
}

// functions gives what an expression may call where only var, local and pod are
// known.
func (e *evaluator) functions() map[string]function.Function {
	if e.implementations == nil {
		e.implementations = map[string]function.Function{}
		for name, f := range e.knownFunctions() {
			e.implementations[name] = f.impl
		}
	}
	return e.implementations
}

// callable tells whether everything that an expression calls exists, and reports
// what does not. Inside can and try, nobody else would.
func (e *evaluator) callable(expr hcl.Expression, calls []*hclsyntax.FunctionCallExpr) bool {
	ok := true
	for _, call := range calls {
		if _, found := e.knownFunctions()[call.Name]; found || e.environment != nil && isClusterFunction(call.Name) {
			continue
		}
		at := call.NameRange
		if _, native := expr.(hclsyntax.Expression); !native {
			// Within a text of JSON, only the text has a place.
			at = expr.Range()
		}
		e.unknownFunction(call.Name, at)
		ok = false
	}
	return ok
}

func (e *evaluator) unknownFunction(name string, at hcl.Range) {
	if why := leftOut(name); why != "" {
		e.Error(at, "Function not available", "kreconcile has no function %q: %s.", name, why)
		return
	}
	names := sortedKeys(e.knownFunctions())
	if e.environment != nil {
		names = append(names, funcAllowed, funcKubernetes, funcServed)
	}
	hint := diag.DidYouMean(name, names)
	if lower := strings.ToLower(name); hint == "" && slices.Contains(names, lower) {
		hint = fmt.Sprintf(" Did you mean %q?", lower)
	}
	if hint == "" {
		hint = " docs/functions.md lists those that there are."
	}
	e.Error(at, "Unknown function", "There is no function named %q.%s", diag.Clip(name), hint)
}

// omission is a reason why functions of Terraform are left out.
type omission struct {
	why   string
	names []string
}

func omissions() []omission {
	return []omission{
		{"it reads files, and a declaration means the same wherever it lies", []string{
			"abspath", "basename", "dirname", "file", "filebase64", "filebase64sha256", "filebase64sha512", "fileexists", "filemd5",
			"fileset", "filesha1", "filesha256", "filesha512", "pathexpand", "templatefile",
		}},
		{"it depends on the clock, and a declaration means the same at any time", []string{"plantimestamp", "timestamp"}},
		{"without the clock there is no time to work with", []string{"formatdate", "timeadd", "timecmp"}},
		{"it depends on chance, and a declaration means the same each time", []string{"bcrypt", "uuid"}},
		{"nothing of an API is known by its hash or needs a key", []string{"base64sha256", "base64sha512", "md5", "rsadecrypt", "sha1", "sha256", "sha512", "uuidv5"}},
		{"it would let a sensitive value be shown", []string{"nonsensitive"}},
		{"only a variable can be sensitive, by its own attribute", []string{"ephemeralasnull", "issensitive", "sensitive"}},
		{"what it makes is not bounded by what it is given", []string{"templatestring", "base64gunzip"}},
		{"nothing of an API is compressed or in another encoding", []string{"base64gzip", "textdecodebase64", "textencodebase64"}},
		{"a declaration reads JSON by jsondecode only", []string{"csvdecode", "yamldecode", "yamlencode"}},
		{"nothing of an API is a network", []string{"cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets"}},
		{"there is no console to show a type on", []string{"type"}},
	}
}

// leftOut says why a function of Terraform is left out, or "".
func leftOut(name string) string {
	for _, o := range omissions() {
		if slices.Contains(o.names, name) {
			return o.why
		}
	}
	return ""
}
