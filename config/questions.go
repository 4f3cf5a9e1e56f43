package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/config/internal/versions"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// inquiries gives the functions that ask a cluster, by their names.
func inquiries(podNamespace string) map[string]eval.Inquiry {
	return map[string]eval.Inquiry{
		"kubernetes": {Params: []string{"constraint"}, Least: 1, Others: cty.String, Question: askKubernetes, Advise: adviseKubernetes},
		"served":     {Params: []string{"api", "resource"}, Least: 1, Others: cty.DynamicPseudoType, Question: askServed, Advise: adviseServed},
		"allowed": {Params: []string{"verb", "resource", "namespace"}, Least: 2, Others: cty.String, Advise: adviseAllowed,
			Question: func(args []cty.Value) (any, error) { return askAllowed(args, podNamespace) }},
	}
}

// What is asked. A constraint is its text: it cannot be compared.
type (
	isVersionIn string
	isServed    struct {
		gv       kubeapi.GroupVersion
		resource string
	}
	isKindServed struct {
		gv   kubeapi.GroupVersion
		kind string
	}
	isAllowed struct {
		verb     string
		resource PermissionResource
	}
)

// answer answers a question of inquiries.
func (env *Environment) answer(question any) Truth {
	switch q := question.(type) {
	case isVersionIn:
		if constraint, err := ParseVersionConstraint(string(q)); err == nil && env.Kubernetes != nil {
			return env.Kubernetes(constraint)
		}
	case isServed:
		if env.Served != nil {
			return env.Served(q.gv, q.resource)
		}
	case isKindServed:
		if env.ServedKind != nil {
			return env.ServedKind(q.gv, q.kind)
		}
	case isAllowed:
		if env.Allowed != nil {
			return env.Allowed(q.verb, q.resource)
		}
	}
	return Unknown
}

func askKubernetes(args []cty.Value) (any, error) {
	text := args[0].AsString()
	constraint, err := ParseVersionConstraint(text)
	if err != nil {
		return nil, function.NewArgErrorf(0, "%q is not a constraint such as \">= 1.30, < 1.38\": %s", diag.Clip(text), err)
	}
	return isVersionIn(constraint.String()), nil
}

func askServed(args []cty.Value) (any, error) {
	api := args[0].AsString()
	gv, err := kubeapi.ParseGroupVersion(api)
	if err == nil && gv.Group == "" && !isVersion(gv.Version) {
		err = errors.New("it names no version")
	}
	if err != nil {
		instead := strings.TrimSuffix(hint.Behind(api), ".")
		if instead != "" {
			instead = "; " + strings.ToLower(instead[:1]) + instead[1:]
		}
		return nil, function.NewArgErrorf(0, "%q is not an apiVersion as manifests spell it: %s%s", diag.Clip(api), err, instead)
	}
	if len(args) == 1 {
		return isServed{gv: gv}, nil
	}
	if args[1].Type().Equals(eval.KindType()) {
		kind, err := eval.KindOf(args[1])
		if err != nil {
			return nil, function.NewArgErrorf(1, "%s", err)
		}
		return isKindServed{gv, kind}, nil
	}
	resource := args[1].AsString()
	if err := kubeapi.CheckName(resource); err != nil {
		return nil, function.NewArgErrorf(1, "%q is not a resource's plural name, such as \"pods\" or \"pods/log\": %s", diag.Clip(resource), err)
	}
	return isServed{gv, resource}, nil
}

func askAllowed(args []cty.Value, podNamespace string) (any, error) {
	verb := args[0].AsString()
	if verb != "*" && !areLabels(verb, ":") {
		return nil, function.NewArgErrorf(0, "%q is not a verb, which has lower-case letters only", diag.Clip(verb))
	}
	r, err := parsePermissionResource(args[1].AsString())
	if err != nil {
		return nil, function.NewArgErrorf(1, "%q is not a resource such as \"pods\" or \"deployments.apps\": %s", diag.Clip(args[1].AsString()), err)
	}
	r.PodNamespace = podNamespace
	if len(args) > 2 {
		r.Namespace = args[2].AsString()
		if r.Namespace != "*" && !kubeapi.IsLabel(r.Namespace) {
			return nil, function.NewArgErrorf(2, "%q is not the name of a namespace", diag.Clip(r.Namespace))
		}
	}
	return isAllowed{verb, r}, nil
}

func adviseKubernetes(args []string, warn func(i int, summary, detail string)) {
	constraint, err := ParseVersionConstraint(args[0])
	if err != nil {
		return
	}
	switch possible, released := versions.Possible(constraint); {
	case !possible:
		warn(0, impossibleRange, fmt.Sprintf("No version lies in %q, so that this is always false.", diag.Clip(args[0])))
	case !released && !constraint.NamesPrerelease():
		warn(0, onlyPrereleases, prereleasesOnly(args[0]))
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
	if r, err := parsePermissionResource(args[1]); err == nil {
		if slip := resourceWarning(r); slip != "" {
			warn(1, unusualResource, fmt.Sprintf("%q is not a resource as Kubernetes names it. %s", diag.Clip(args[1]), slip))
		}
	}
}

// prereleasesOnly is what a warning says of such a range.
func prereleasesOnly(constraint string) string {
	return fmt.Sprintf("No release of Kubernetes lies in %q, but only pre-releases, such as alpha and beta versions. "+
		"A version without a patch is a whole minor version: > 1.30 begins with 1.31.", diag.Clip(constraint))
}
