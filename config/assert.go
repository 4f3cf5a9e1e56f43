package config

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Truth is what is known of a proposition. Its zero value is Unknown.
type Truth int

// The three values of truth.
const (
	Unknown Truth = iota
	False
	True
)

func (t Truth) String() string {
	switch t {
	case Unknown:
		return "unknown"
	case False:
		return "false"
	case True:
		return "true"
	}
	panic("config: no such truth")
}

// Environment answers what an assert asks of a cluster. Each function is called
// only for what an expression refers to, with arguments that are known and valid,
// so that it can also record what has to be asked. One that is nil knows nothing,
// and so does the zero value.
type Environment struct {
	// Live gives live.version and its like, by the name behind the dot, which is one
	// of [LiveNames]. It is false where it is not known.
	Live func(name string) (value string, known bool)
	// Kubernetes tells whether the server's version meets a constraint.
	Kubernetes func(VersionConstraint) Truth
	// Served tells whether a group version is served, or a resource of it, or a
	// subresource, such as "pods" or "pods/log". The empty resource is for the
	// group version itself.
	Served func(gv kubeapi.GroupVersion, resource string) Truth
	// Allowed answers an access review. Of the resource, the ObjectName is empty.
	Allowed func(verb string, resource PermissionResource) Truth
}

// LiveNames lists what stands behind live.
func LiveNames() []string { return []string{"emulation_version", "git_version", "platform", "version"} }

// Condition is the outcome of an assert.
type Condition struct {
	Holds Truth
	// Message is the author's error message where Holds is False. It is empty
	// where a part of it is not known.
	Message string
}

// Evaluate evaluates the condition by what env knows. What env does not know
// leaves it Unknown unless the rest decides it; the functions of env are called all
// the same. There are diagnostics where the
// answers make the evaluation fail, as where a text that the server gave is no
// number; the condition is then Unknown. Diagnostics never quote a sensitive value.
func (a *Assert) Evaluate(env Environment) (Condition, hcl.Diagnostics) {
	e := *a.evaluator
	e.mistakes, e.spent, e.environment = &mistakes{}, 0, &env
	value, ok := e.value(a.condition)
	if !ok {
		return Condition{}, e.list
	}
	value, _ = value.UnmarkDeep()
	switch {
	case value.IsNull() || value.Type() != cty.Bool && value.IsKnown():
		e.error(a.condition.Range(), "Incorrect value type", "The condition has to be true or false, and this is %s.", article(value.Type()))
		return Condition{}, e.list
	case !value.IsKnown():
		return Condition{}, nil
	case value.True():
		return Condition{Holds: True}, nil
	}
	c := Condition{Holds: False}
	message, ok := e.value(a.message)
	if ok && !message.ContainsMarked() && !message.IsNull() && message.IsKnown() && message.Type() == cty.String {
		c.Message = message.AsString()
	}
	return c, e.list
}

// live gives live.version and its like.
func (env *Environment) live(name string) cty.Value {
	if env.Live != nil {
		if value, known := env.Live(name); known {
			return cty.StringVal(value)
		}
	}
	return cty.UnknownVal(cty.String).RefineNotNull()
}

// liveReference resolves what begins with live.
func (e *evaluator) liveReference(t hcl.Traversal) (reference, bool) {
	name := ""
	if len(t) > 1 {
		if attribute, ok := t[1].(hcl.TraverseAttr); ok {
			name = attribute.Name
		}
	}
	switch {
	case e.environment == nil:
		e.error(t.SourceRange(), "Known only from the cluster",
			"What live tells is known only once a cluster was asked, and may stand only in an assert of a check.")
	case name == "":
		e.error(t.SourceRange(), "Incomplete reference", "live stands before a dot and a name, as in live.version.")
	case !slices.Contains(LiveNames(), name):
		e.error(t.SourceRange(), "Unknown reference", "Of the cluster, live.version, live.git_version, live.emulation_version and live.platform are known.%s",
			didYouMean("live."+name, []string{"live.emulation_version", "live.git_version", "live.platform", "live.version"}))
	default:
		return reference{live: name}, true
	}
	return reference{}, false
}

// The functions that ask a cluster.
const (
	funcKubernetes = "kubernetes"
	funcServed     = "served"
	funcAllowed    = "allowed"
)

func isClusterFunction(name string) bool {
	return name == funcKubernetes || name == funcServed || name == funcAllowed
}

// ask gives a context all functions, those that ask a cluster among them.
func (e *evaluator) ask(context *hcl.EvalContext) {
	all := maps.Clone(e.functions())
	all[funcKubernetes] = e.environment.kubernetes()
	all[funcServed] = e.environment.served()
	all[funcAllowed] = e.environment.allowed(e.inputs.PodNamespace)
	context.Functions = all
}

func (env *Environment) kubernetes() function.Function {
	return question([]string{"constraint"}, 1, func(args []string) (Truth, error) {
		constraint, err := ParseVersionConstraint(args[0])
		switch {
		case err != nil:
			return Unknown, function.NewArgErrorf(0, "%q is not a constraint such as \">= 1.30, < 1.38\": %s", clip(args[0]), err)
		case env.Kubernetes == nil:
			return Unknown, nil
		}
		return env.Kubernetes(constraint), nil
	})
}

func (env *Environment) served() function.Function {
	return question([]string{"api", "resource"}, 1, func(args []string) (Truth, error) {
		gv, err := kubeapi.ParseGroupVersion(args[0])
		if err == nil && gv.Group == "" && !isVersion(gv.Version) {
			err = errors.New("it names no version")
		}
		if err != nil {
			return Unknown, function.NewArgErrorf(0, "%q is not an apiVersion as manifests spell it: %s", clip(args[0]), err)
		}
		resource := ""
		if len(args) > 1 {
			resource = args[1]
			if err := kubeapi.CheckName(resource); err != nil {
				return Unknown, function.NewArgErrorf(1, "%q is not a resource's plural name, such as \"pods\" or \"pods/log\": %s", clip(resource), err)
			}
		}
		if env.Served == nil {
			return Unknown, nil
		}
		return env.Served(gv, resource), nil
	})
}

func (env *Environment) allowed(podNamespace string) function.Function {
	return question([]string{"verb", "resource", "namespace"}, 2, func(args []string) (Truth, error) {
		if verb := args[0]; verb != "*" && !isVerb(verb) {
			return Unknown, function.NewArgErrorf(0, "%q is not a verb, which has lower-case letters only", clip(verb))
		}
		r, err := parsePermissionResource(args[1])
		if err != nil {
			return Unknown, function.NewArgErrorf(1, "%q is not a resource such as \"pods\" or \"deployments.apps\": %s", clip(args[1]), err)
		}
		r.PodNamespace = podNamespace
		if len(args) > 2 {
			r.Namespace = args[2]
			if r.Namespace != "*" && !kubeapi.IsLabel(r.Namespace) {
				return Unknown, function.NewArgErrorf(2, "%q is not the name of a namespace", clip(r.Namespace))
			}
		}
		if env.Allowed == nil {
			return Unknown, nil
		}
		return env.Allowed(args[0], r), nil
	})
}

// question makes a function of strings, of which the first ones must be given and
// the others may be. Its result is true, false or unknown.
func question(names []string, least int, ask func(args []string) (Truth, error)) function.Function {
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
			truth, err := ask(texts)
			switch {
			case err != nil:
				return cty.UnknownVal(cty.Bool), err
			case truth == Unknown:
				return cty.UnknownVal(cty.Bool).RefineNotNull(), nil
			}
			return cty.BoolVal(truth == True), nil
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

// calls visits the function calls within an expression of native syntax.
func calls(expr hclsyntax.Expression, visit func(*hclsyntax.FunctionCallExpr)) {
	// A visitor that returns no diagnostics causes none.
	_ = hclsyntax.VisitAll(expr, func(node hclsyntax.Node) hcl.Diagnostics {
		if call, ok := node.(*hclsyntax.FunctionCallExpr); ok {
			visit(call)
		}
		return nil
	})
}

// native gives an expression as native syntax has it. A text of JSON is a
// template there. It is nil for other values of JSON.
func native(expr hcl.Expression) hclsyntax.Expression {
	expr, _ = unscoped(expr)
	if n, ok := expr.(hclsyntax.Expression); ok {
		return n
	}
	// Without a context, a text of JSON is itself.
	value, _ := expr.Value(nil)
	if value.IsNull() || !value.IsKnown() || value.Type() != cty.String || !strings.Contains(value.AsString(), "{") {
		return nil
	}
	at := expr.Range().Start
	template, diags := hclsyntax.ParseTemplate([]byte(value.AsString()), expr.Range().Filename, hcl.Pos{Line: at.Line, Column: at.Column + 1, Byte: at.Byte + 1})
	if diags.HasErrors() {
		return nil
	}
	return template
}

// natives gives the parts of an expression in native syntax: all of it, or each
// text of a value of JSON.
func natives(expr hcl.Expression) []hclsyntax.Expression {
	expr, _ = unscoped(expr)
	if n := native(expr); n != nil {
		return []hclsyntax.Expression{n}
	}
	var all []hclsyntax.Expression
	if items, diags := hcl.ExprList(expr); !diags.HasErrors() {
		for _, item := range items {
			all = append(all, natives(item)...)
		}
	} else if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		for _, pair := range pairs {
			all = append(all, natives(pair.Key)...)
			all = append(all, natives(pair.Value)...)
		}
	}
	return all
}

// asksCluster reports calls of functions that ask a cluster, where none can be
// asked.
func (e *evaluator) asksCluster(expr hcl.Expression) bool {
	if isPlain(expr) {
		return false
	}
	found := false
	for _, n := range natives(expr) {
		calls(n, func(call *hclsyntax.FunctionCallExpr) {
			if isClusterFunction(call.Name) {
				found = true
				e.error(call.NameRange, "Known only from the cluster",
					"What the function %q tells is known only once a cluster was asked, and may stand only in an assert of a check.", call.Name)
			}
		})
	}
	return found
}

// isPlain tells, of most expressions that declarations have, that they call
// nothing, without a walk through them.
func isPlain(expr hcl.Expression) bool {
	switch n := expr.(type) {
	case *hclsyntax.LiteralValueExpr, *hclsyntax.ScopeTraversalExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return n.IsStringLiteral()
	case *hclsyntax.TupleConsExpr:
		for _, item := range n.Exprs {
			if !isPlain(item) {
				return false
			}
		}
		return true
	}
	return false
}
