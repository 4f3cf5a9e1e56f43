package eval

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/funcs"
)

// functionGroups lists what expressions may call. The list is the only place that says which
// there are: evaluation and the page in docs are both made from it.
func functionGroups() []funcs.Group {
	return append(funcs.Groups(), funcs.Group{Title: "Kubernetes", Functions: []funcs.Function{{
		Name: "kind", Signature: "kind(name)", Doc: "A kind, for served in an assert.",
		Example: `kind("Ingress")`, Result: `{ kind = "Ingress" }`, Impl: kindFunction(),
	}}})
}

// Functions gives what an expression may call where only var, local and pod are known. The map
// is made when an expression calls something for the first time.
func (e *Scope) Functions() map[string]function.Function {
	if e.implementations == nil {
		e.implementations = map[string]function.Function{}
		for _, group := range functionGroups() {
			for _, f := range group.Functions {
				e.implementations[f.Name] = f.Impl
			}
		}
	}
	return e.implementations
}

// callable tells whether everything that an expression calls exists, and reports
// what does not. Inside can and try, nobody else would.
func (e *Scope) callable(expr hcl.Expression, calls []*hclsyntax.FunctionCallExpr) bool {
	ok := true
	for _, call := range calls {
		_, found := e.Functions()[call.Name]
		_, asks := e.Inquiries[call.Name]
		if found || asks && e.cluster != nil {
			continue
		}
		ok = false
		if asks {
			e.Error(call.NameRange, "Known only from the cluster",
				"What the function %q tells is known only once a cluster was asked, and may stand only in an assert of a check.", call.Name)
			continue
		}
		at := call.NameRange
		if _, native := expr.(hclsyntax.Expression); !native {
			// Within a text of JSON, only the text has a place.
			at = expr.Range()
		}
		e.unknownFunction(call.Name, at)
	}
	return ok
}

func (e *Scope) unknownFunction(name string, at hcl.Range) {
	if why := leftOut(name); why != "" {
		e.Error(at, "Function not available", "kreconcile has no function %q: %s.", name, why)
		return
	}
	names := sortedKeys(e.Functions())
	if e.cluster != nil {
		names = append(names, sortedKeys(e.Inquiries)...)
	}
	hint := diag.DidYouMean(name, names)
	if hint == "" {
		hint = " docs/functions.md lists those that there are."
	}
	e.Error(at, "Unknown function", "There is no function named %q.%s", diag.Clip(name), hint)
}

// omissions are the functions of Terraform that are left out, by the reason.
func omissions() map[string]string {
	return map[string]string{
		"it reads files, and a declaration means the same wherever it lies": "abspath basename dirname file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 fileset " +
			"filesha1 filesha256 filesha512 pathexpand templatefile",
		"it depends on the clock, and a declaration means the same at any time": "plantimestamp timestamp",
		"without the clock there is no time to work with":                       "formatdate timeadd timecmp",
		"it depends on chance, and a declaration means the same each time":      "bcrypt uuid",
		"nothing of an API is known by its hash or needs a key":                 "base64sha256 base64sha512 md5 rsadecrypt sha1 sha256 sha512 uuidv5",
		"it would let a sensitive value be shown":                               "nonsensitive",
		"only a variable can be sensitive, by its own attribute":                "ephemeralasnull issensitive sensitive",
		"what it makes is not bounded by what it is given":                      "templatestring base64gunzip",
		"nothing of an API is compressed or in another encoding":                "base64gzip textdecodebase64 textencodebase64",
		"a declaration reads JSON by jsondecode only":                           "csvdecode yamldecode yamlencode",
		"nothing of an API is a network":                                        "cidrhost cidrnetmask cidrsubnet cidrsubnets",
		"there is no console to show a type on":                                 "type",
	}
}

// leftOut says why a function of Terraform is left out, or "".
func leftOut(name string) string {
	for why, names := range omissions() {
		if slices.Contains(strings.Fields(names), name) {
			return why
		}
	}
	return ""
}
