package config

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func inquiries(podNamespace string) map[string]eval.Inquiry {
	return map[string]eval.Inquiry{
		"kubernetes": {Params: []string{"constraint"}, Least: 1, Others: cty.String, Question: askKubernetes, Advise: adviseKubernetes},
		"served":     {Params: []string{"api", "resource"}, Least: 1, Others: cty.DynamicPseudoType, Question: askServed, Advise: adviseServed},
		"allowed": {Params: []string{"verb", "resource", "namespace"}, Least: 2, Others: cty.String, Advise: adviseAllowed,
			Question: func(args []cty.Value) (any, error) { return askAllowed(args, podNamespace) }},
	}
}

// question is what a function asks about a constraint, a verb, a resource or a kind. It is comparable.
type question struct {
	asks, about string
	api         kubeapi.GroupVersion
	resource    PermissionResource
}

func (env *Environment) answer(asked any) Truth {
	switch q, _ := asked.(question); {
	case q.asks == "kubernetes" && env.Kubernetes != nil:
		if constraint, err := ParseVersionConstraint(q.about); err == nil {
			return env.Kubernetes(constraint)
		}
	case q.asks == "served" && env.Served != nil:
		return env.Served(q.api, q.about)
	case q.asks == "kind" && env.ServedKind != nil:
		return env.ServedKind(q.api, q.about)
	case q.asks == "allowed" && env.Allowed != nil:
		return env.Allowed(q.about, q.resource)
	}
	return Unknown
}

func askKubernetes(args []cty.Value) (any, error) {
	text := args[0].AsString()
	if _, err := ParseVersionConstraint(text); err != nil {
		return nil, function.NewArgErrorf(0, "%q is not a constraint such as \">= 1.30, < 1.38\": %s", diag.Clip(text), err)
	}
	return question{asks: "kubernetes", about: text}, nil
}

func askServed(args []cty.Value) (any, error) {
	api := args[0].AsString()
	gv, err := kubeapi.ParseGroupVersion(api)
	if err != nil {
		instead := cmp.Or(hint.Behind(api), "Write the group and its version, such as \"apps/v1\".")
		return nil, function.NewArgErrorf(0, "%q is not an apiVersion as manifests spell it: %s. %s", diag.Clip(api), err, strings.TrimSuffix(instead, "."))
	}
	q := question{asks: "served", api: gv}
	switch {
	case len(args) == 1:
	case args[1].Type().Equals(eval.KindType()):
		q.asks = "kind"
		q.about, err = eval.KindOf(args[1])
	default:
		q.about = args[1].AsString()
		err = kubeapi.CheckName(q.about)
	}
	if err != nil {
		return nil, function.NewArgErrorf(1, "%q is not a resource's plural name, such as \"pods\" or \"pods/log\": %s", diag.Clip(q.about), err)
	}
	return q, nil
}

func askAllowed(args []cty.Value, podNamespace string) (any, error) {
	verb, text, r := args[0].AsString(), args[1].AsString(), PermissionResource{PodNamespace: podNamespace}
	if verb != "*" && !areLabels(verb, ":") {
		return nil, function.NewArgErrorf(0, "%q is not a verb, which has lower-case letters only", diag.Clip(verb))
	}
	if err := r.read(text); err != nil {
		return nil, function.NewArgErrorf(1, "%q is not a resource such as \"pods\" or \"deployments.apps\": %s", diag.Clip(text), err)
	}
	if len(args) > 2 {
		if r.Namespace = args[2].AsString(); r.Namespace != "*" && !kubeapi.IsLabel(r.Namespace) {
			return nil, function.NewArgErrorf(2, "%q is not the name of a namespace", diag.Clip(r.Namespace))
		}
	}
	return question{asks: "allowed", about: verb, resource: r}, nil
}

func adviseKubernetes(args []string, warn func(i int, summary, detail string)) {
	if constraint, err := ParseVersionConstraint(args[0]); err == nil {
		if summary, detail := rangeSlip(constraint); summary != "" {
			warn(0, summary, detail)
		}
	}
}

func adviseServed(args []string, warn func(i int, summary, detail string)) {
	gv, err := kubeapi.ParseGroupVersion(args[0])
	if err != nil {
		return
	}
	if slip := hint.API(gv); slip != "" {
		warn(0, unusualAPI, fmt.Sprintf("Kubernetes has no API %q. %s", diag.Clip(args[0]), slip))
	}
	if name := args[1]; hint.IsKind(name) {
		warn(1, unusualResource, fmt.Sprintf("%q is not the plural name of a resource. To ask for a kind, write kind(%q).", name, name))
	} else if slip := hint.Name("resource", name, gv); slip != "" {
		warn(1, unusualResource, slip)
	}
}

func adviseAllowed(args []string, warn func(i int, summary, detail string)) {
	var r PermissionResource
	if err := r.read(args[1]); err == nil {
		if slip := r.slip(args[1]); slip != "" {
			warn(1, unusualResource, slip)
		}
	}
}
