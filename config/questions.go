package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// The functions that ask a cluster.
const (
	funcKubernetes = "kubernetes"
	funcServed     = "served"
	funcAllowed    = "allowed"
)

func isClusterFunction(name string) bool {
	return name == funcKubernetes || name == funcServed || name == funcAllowed
}

// asking gives a context all functions, those that ask a cluster among them. Without an
// exploration, the cluster's answers are unknown.
func (e *evaluator) asking(context *hcl.EvalContext, x *exploration) *hcl.EvalContext {
	inner := (&hcl.EvalContext{Functions: e.functions()}).NewChild()
	inner.Variables = context.Variables
	inner.Functions = map[string]function.Function{
		funcKubernetes: e.environment.kubernetes(x),
		funcServed:     e.environment.served(x),
		funcAllowed:    e.environment.allowed(x, e.inputs.PodNamespace),
	}
	return inner
}

// inquiry is a question to a cluster: what it is known by, and who answers it.
type inquiry struct {
	question any
	answer   func() Truth
}

func (env *Environment) kubernetes(x *exploration) function.Function {
	type question struct{ constraint string }
	return ask(x, []string{"constraint"}, 1, cty.String, func(args []cty.Value) (inquiry, error) {
		text := args[0].AsString()
		constraint, err := ParseVersionConstraint(text)
		if err != nil {
			return inquiry{}, function.NewArgErrorf(0, "%q is not a constraint such as \">= 1.30, < 1.38\": %s", diag.Clip(text), err)
		}
		return inquiry{question{constraint.String()}, func() Truth {
			if env.Kubernetes == nil {
				return Unknown
			}
			return env.Kubernetes(constraint)
		}}, nil
	})
}

func (env *Environment) served(x *exploration) function.Function {
	type question struct {
		gv             kubeapi.GroupVersion
		resource, kind string
	}
	return ask(x, []string{"api", "resource"}, 1, cty.DynamicPseudoType, func(args []cty.Value) (inquiry, error) {
		api := args[0].AsString()
		gv, err := kubeapi.ParseGroupVersion(api)
		if err == nil && gv.Group == "" && !isVersion(gv.Version) {
			err = errors.New("it names no version")
		}
		if err != nil {
			instead := strings.TrimSuffix(hint.Behind(api, hint.Served), ".")
			if instead != "" {
				instead = "; " + strings.ToLower(instead[:1]) + instead[1:]
			}
			return inquiry{}, function.NewArgErrorf(0, "%q is not an apiVersion as manifests spell it: %s%s", diag.Clip(api), err, instead)
		}
		q := question{gv: gv}
		switch {
		case len(args) == 1:
		case args[1].Type().Equals(kindType()):
			if q.kind, err = kindOf(args[1]); err != nil {
				return inquiry{}, function.NewArgErrorf(1, "%s", err)
			}
			return inquiry{q, func() Truth {
				if env.ServedKind == nil {
					return Unknown
				}
				return env.ServedKind(gv, q.kind)
			}}, nil
		default:
			q.resource = args[1].AsString()
			if err := kubeapi.CheckName(q.resource); err != nil {
				return inquiry{}, function.NewArgErrorf(1, "%q is not a resource's plural name, such as \"pods\" or \"pods/log\": %s", diag.Clip(q.resource), err)
			}
		}
		return inquiry{q, func() Truth {
			if env.Served == nil {
				return Unknown
			}
			return env.Served(gv, q.resource)
		}}, nil
	})
}

// kindType is the type of what the function kind gives. It is no string, so that served
// never takes a kind for the name of a resource.
func kindType() cty.Type { return cty.Object(map[string]cty.Type{"kind": cty.String}) }

// kindFunction makes the function kind.
func kindFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "name", Type: cty.String}},
		Type:   function.StaticReturnType(kindType()),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			kind := cty.ObjectVal(map[string]cty.Value{"kind": args[0]})
			if _, err := kindOf(kind); err != nil {
				return cty.UnknownVal(kindType()), function.NewArgErrorf(0, "%s", err)
			}
			return kind, nil
		},
	})
}

// kindOf gives the name of a kind that is known.
func kindOf(value cty.Value) (string, error) {
	name := value.GetAttr("kind")
	if name.IsNull() {
		return "", errors.New("the name of the kind is null")
	}
	if err := kubeapi.CheckName(name.AsString()); err != nil {
		return "", fmt.Errorf("%q cannot be the name of a kind: %w", diag.Clip(name.AsString()), err)
	}
	return name.AsString(), nil
}

func (env *Environment) allowed(x *exploration, podNamespace string) function.Function {
	type question struct {
		verb     string
		resource PermissionResource
	}
	return ask(x, []string{"verb", "resource", "namespace"}, 2, cty.String, func(args []cty.Value) (inquiry, error) {
		verb := args[0].AsString()
		if verb != "*" && !areLabels(verb, ":") {
			return inquiry{}, function.NewArgErrorf(0, "%q is not a verb, which has lower-case letters only", diag.Clip(verb))
		}
		r, err := parsePermissionResource(args[1].AsString())
		if err != nil {
			return inquiry{}, function.NewArgErrorf(1, "%q is not a resource such as \"pods\" or \"deployments.apps\": %s", diag.Clip(args[1].AsString()), err)
		}
		r.PodNamespace = podNamespace
		if len(args) > 2 {
			r.Namespace = args[2].AsString()
			if r.Namespace != "*" && !kubeapi.IsLabel(r.Namespace) {
				return inquiry{}, function.NewArgErrorf(2, "%q is not the name of a namespace", diag.Clip(r.Namespace))
			}
		}
		return inquiry{question{verb, r}, func() Truth {
			if env.Allowed == nil {
				return Unknown
			}
			return env.Allowed(verb, r)
		}}, nil
	})
}

// ask makes a function of strings: the first ones must be given, and the
// others may be. These are of the type others; where that is dynamic, each is a string or
// a kind. The result is true or false, or unknown without an exploration.
func ask(x *exploration, names []string, least int, others cty.Type, inquire func(args []cty.Value) (inquiry, error)) function.Function {
	most := len(names)
	spec := function.Spec{
		// The count is judged here, where it is judged for unknown arguments too.
		Type: func(args []cty.Value) (cty.Type, error) {
			if len(args) > most {
				return cty.Bool, function.NewArgErrorf(most, "there are at most %d arguments", most)
			}
			for i, arg := range args {
				if arg.ContainsMarked() {
					return cty.Bool, function.NewArgErrorf(i, "what is asked of a cluster is printed, so it cannot depend on a sensitive variable")
				}
				if typ := arg.Type(); typ != cty.String && typ != cty.DynamicPseudoType && !typ.Equals(kindType()) {
					return cty.Bool, function.NewArgErrorf(i, "a resource is given as its plural name, such as \"pods\", or as its kind, such as kind(\"Pod\")")
				}
			}
			return cty.Bool, nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if slices.ContainsFunc(args, func(arg cty.Value) bool { return !arg.IsWhollyKnown() }) {
				return cty.UnknownVal(cty.Bool), nil
			}
			i, err := inquire(args)
			switch {
			case err != nil:
				return cty.UnknownVal(cty.Bool), err
			case x == nil:
				return cty.UnknownVal(cty.Bool).RefineNotNull(), nil
			}
			return cty.BoolVal(x.truth(i.question, i.answer)), nil
		},
	}
	for _, name := range names[:least] {
		spec.Params = append(spec.Params, function.Parameter{Name: name, Type: cty.String, AllowMarked: true})
	}
	if most > least {
		spec.VarParam = &function.Parameter{Name: names[least], Type: others, AllowMarked: true, AllowDynamicType: true}
	}
	return function.New(&spec)
}
