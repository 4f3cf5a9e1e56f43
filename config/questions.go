package config

import (
	"errors"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

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
	return ask(x, []string{"constraint"}, 1, func(args []string) (inquiry, error) {
		constraint, err := ParseVersionConstraint(args[0])
		if err != nil {
			return inquiry{}, function.NewArgErrorf(0, "%q is not a constraint such as \">= 1.30, < 1.38\": %s", clip(args[0]), err)
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
		gv       kubeapi.GroupVersion
		resource string
	}
	return ask(x, []string{"api", "resource"}, 1, func(args []string) (inquiry, error) {
		gv, err := kubeapi.ParseGroupVersion(args[0])
		if err == nil && gv.Group == "" && !isVersion(gv.Version) {
			err = errors.New("it names no version")
		}
		if err != nil {
			return inquiry{}, function.NewArgErrorf(0, "%q is not an apiVersion as manifests spell it: %s", clip(args[0]), err)
		}
		resource := ""
		if len(args) > 1 {
			resource = args[1]
			if err := kubeapi.CheckName(resource); err != nil {
				return inquiry{}, function.NewArgErrorf(1, "%q is not a resource's plural name, such as \"pods\" or \"pods/log\": %s", clip(resource), err)
			}
		}
		return inquiry{question{gv, resource}, func() Truth {
			if env.Served == nil {
				return Unknown
			}
			return env.Served(gv, resource)
		}}, nil
	})
}

func (env *Environment) allowed(x *exploration, podNamespace string) function.Function {
	type question struct {
		verb     string
		resource PermissionResource
	}
	return ask(x, []string{"verb", "resource", "namespace"}, 2, func(args []string) (inquiry, error) {
		if verb := args[0]; verb != "*" && !isVerb(verb) {
			return inquiry{}, function.NewArgErrorf(0, "%q is not a verb, which has lower-case letters only", clip(verb))
		}
		r, err := parsePermissionResource(args[1])
		if err != nil {
			return inquiry{}, function.NewArgErrorf(1, "%q is not a resource such as \"pods\" or \"deployments.apps\": %s", clip(args[1]), err)
		}
		r.PodNamespace = podNamespace
		if len(args) > 2 {
			r.Namespace = args[2]
			if r.Namespace != "*" && !kubeapi.IsLabel(r.Namespace) {
				return inquiry{}, function.NewArgErrorf(2, "%q is not the name of a namespace", clip(r.Namespace))
			}
		}
		return inquiry{question{args[0], r}, func() Truth {
			if env.Allowed == nil {
				return Unknown
			}
			return env.Allowed(args[0], r)
		}}, nil
	})
}

// ask makes a function of strings: the first ones must be given, and the
// others may be. Its result is true or false, or unknown without an exploration.
func ask(x *exploration, names []string, least int, inquire func(args []string) (inquiry, error)) function.Function {
	most := len(names)
	spec := function.Spec{
		// The count is judged here, where it is judged for unknown arguments too.
		Type: func(args []cty.Value) (cty.Type, error) {
			if len(args) > most {
				return cty.Bool, function.NewArgErrorf(most, "there are at most %d arguments", most)
			}
			for i, arg := range args {
				if arg.IsMarked() {
					return cty.Bool, function.NewArgErrorf(i, "what is asked of a cluster is printed, so it cannot depend on a sensitive variable")
				}
			}
			return cty.Bool, nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			var texts []string
			for _, arg := range args {
				texts = append(texts, arg.AsString())
			}
			i, err := inquire(texts)
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
		spec.VarParam = &function.Parameter{Name: names[least], Type: cty.String, AllowMarked: true}
	}
	return function.New(&spec)
}
