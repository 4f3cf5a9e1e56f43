package eval

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/funcs"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// functionGroups lists what expressions may call. Evaluation and the page in docs are made from it.
func functionGroups() []funcs.Group {
	return append(funcs.Groups(), funcs.Group{Title: "Kubernetes", Functions: []funcs.Function{{
		Name: "kind", Signature: "kind(name)", Doc: "A kind, for served in an assert.",
		Example: `kind("Ingress")`, Result: `{ kind = "Ingress" }`, Impl: kindFunction(),
	}}})
}

// callable reports a function that does not exist. Inside can and try, nobody else would report it.
func (e *Scope) callable(call *hclsyntax.FunctionCallExpr) bool {
	_, found := e.Functions[call.Name]
	_, asks := e.Inquiries[call.Name]
	if found || asks && e.cluster != nil {
		return true
	}
	switch {
	case asks:
		e.knownLater(call.NameRange, call.Name)
	case slices.Contains(strings.Fields(omissions), call.Name):
		e.Error(call.NameRange, "Function not available", "kreconcile leaves this function of Terraform out. docs/functions.md says why.")
	default:
		names := slices.Concat(sortedKeys(e.Functions), sortedKeys(e.Inquiries))
		hint := cmp.Or(diag.DidYouMean(call.Name, names), " docs/functions.md lists those that there are.")
		e.Error(call.NameRange, "Unknown function", "There is no function named %q.%s", diag.Clip(call.Name), hint)
	}
	return false
}

// omissions are the functions of Terraform that are left out.
const omissions = "abspath base64gunzip base64gzip base64sha256 base64sha512 basename bcrypt cidrhost cidrnetmask cidrsubnet cidrsubnets csvdecode dirname " +
	"ephemeralasnull file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 fileset filesha1 filesha256 filesha512 formatdate issensitive " +
	"md5 nonsensitive pathexpand plantimestamp rsadecrypt sensitive sha1 sha256 sha512 templatefile templatestring textdecodebase64 textencodebase64 " +
	"timeadd timecmp timestamp type uuid uuidv5 yamldecode yamlencode"

// Inquiry is a function that asks a cluster. Of its parameters, Least are required strings. The rest
// are of the type Others: if that is dynamic, each is a string or a kind.
type Inquiry struct {
	Params []string
	Least  int
	Others cty.Type
	// Question gives what is asked by arguments that are known. It can be compared.
	Question func(args []cty.Value) (any, error)
	// Advise warns of arguments that are valid, but nearly always wrong. An unknown one is empty.
	Advise func(args []string, warn func(i int, summary, detail string))
}

func (i Inquiry) function(x *exploration) function.Function {
	most := len(i.Params)
	spec := function.Spec{
		// The count is checked here, because this is called for unknown arguments too.
		Type: func(args []cty.Value) (cty.Type, error) {
			if len(args) > most {
				return cty.Bool, function.NewArgErrorf(most, "there are at most %d arguments", most)
			}
			for n, arg := range args {
				if typ := arg.Type(); typ != cty.String && typ != cty.DynamicPseudoType && !typ.Equals(KindType()) {
					return cty.Bool, function.NewArgErrorf(n, "a resource is given as its plural name, such as \"pods\", or as its kind, such as kind(\"Pod\")")
				}
			}
			return cty.Bool, nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			unknown := cty.UnknownVal(cty.Bool)
			if slices.ContainsFunc(args, func(arg cty.Value) bool { return !arg.IsWhollyKnown() }) {
				return unknown, nil
			}
			question, err := i.Question(args)
			if err != nil {
				return unknown, err
			}
			return cty.BoolVal(x.truth(question)), nil
		},
	}
	for _, name := range i.Params[:i.Least] {
		spec.Params = append(spec.Params, function.Parameter{Name: name, Type: cty.String})
	}
	if most > i.Least {
		spec.VarParam = &function.Parameter{Name: i.Params[i.Least], Type: i.Others, AllowDynamicType: true}
	}
	return function.New(&spec)
}

// KindType is what the function kind gives. It is no string: served must not take it for a resource.
func KindType() cty.Type { return cty.Object(map[string]cty.Type{"kind": cty.String}) }

func kindFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "name", Type: cty.String}},
		Type:   function.StaticReturnType(KindType()),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.ObjectVal(map[string]cty.Value{"kind": args[0]}), nil
		},
	})
}

// KindOf gives the name of a kind that is known.
func KindOf(value cty.Value) (string, error) {
	name := value.GetAttr("kind")
	if name.IsNull() {
		return "", errors.New("the name of the kind is null")
	}
	if err := kubeapi.CheckName(name.AsString()); err != nil {
		return "", fmt.Errorf("%q cannot be the name of a kind: %w", diag.Clip(name.AsString()), err)
	}
	return name.AsString(), nil
}
