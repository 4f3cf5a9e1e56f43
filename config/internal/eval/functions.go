package eval

import (
	"cmp"
	"slices"
	"strings"

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

// callable tells whether a function exists, and reports where not. Inside can and try, nobody
// else would.
func (e *Scope) callable(call *hclsyntax.FunctionCallExpr) bool {
	_, found := e.Functions()[call.Name]
	_, asks := e.Inquiries[call.Name]
	if found || asks && e.cluster != nil {
		return true
	}
	if why := leftOut(call.Name); asks {
		e.knownLater(call.NameRange, call.Name)
	} else if why != "" {
		e.Error(call.NameRange, "Function not available", "kreconcile has no function %q: %s.", call.Name, why)
	} else {
		names := sortedKeys(e.Functions())
		if e.cluster != nil {
			names = append(names, sortedKeys(e.Inquiries)...)
		}
		hint := cmp.Or(diag.DidYouMean(call.Name, names), " docs/functions.md lists those that there are.")
		e.Error(call.NameRange, "Unknown function", "There is no function named %q.%s", diag.Clip(call.Name), hint)
	}
	return false
}

// omissions are the functions of Terraform that are left out, by the reason.
func omissions() map[string]string {
	return map[string]string{
		"a declaration has the same meaning everywhere and at any time": "abspath basename bcrypt dirname file filebase64 filebase64sha256 " +
			"filebase64sha512 fileexists filemd5 fileset filesha1 filesha256 filesha512 formatdate pathexpand plantimestamp templatefile timeadd timecmp timestamp uuid",
		"only a variable can be sensitive, by its own attribute": "ephemeralasnull issensitive nonsensitive sensitive",
		"a declaration does not need it": "base64gunzip base64gzip base64sha256 base64sha512 cidrhost cidrnetmask cidrsubnet cidrsubnets csvdecode md5 rsadecrypt " +
			"sha1 sha256 sha512 templatestring textdecodebase64 textencodebase64 type uuidv5 yamldecode yamlencode",
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
