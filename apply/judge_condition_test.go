package apply_test

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func (c *court) assert(a *requiredAssert) {
	expression, diags := hclsyntax.ParseExpression([]byte(a.condition), "", hcl.InitialPos)
	if diags.HasErrors() {
		panic(diags.Error())
	}
	status := inEveryWorld(func(w *world) outcome {
		value, diags := expression.Value(c.scope(w))
		if diags.HasErrors() || !value.IsKnown() || value.IsNull() {
			return breaks
		}
		return truth(value.True())
	})
	c.rule(a.common, status)
	// live may be any text, so using it may be enough.
	if live := !(c.Version.Known && c.Version.Value.GitVersion != "") && strings.Contains(a.condition, "live."); !a.enabled || !live {
		return
	}
	last := &c.rulings[len(c.rulings)-1]
	*last = append(*last, verdicts{a.address: {status: apply.StatusUndetermined}})
}

// scope has a value for every fact of one world, so the evaluation knows everything.
func (c *court) scope(w *world) *hcl.EvalContext {
	// known is a fact with one value in every world, or with a chosen one.
	known := func(status apply.Status, name string, args []cty.Value) bool {
		if status != apply.StatusUndetermined {
			return status == apply.Satisfied
		}
		for _, arg := range args {
			name += " " + arg.AsString()
		}
		return w.may("%s", name)
	}
	question := func(name string, ask func(args []string) apply.Status) function.Function {
		return function.New(&function.Spec{
			VarParam: &function.Parameter{Type: cty.String},
			Type:     function.StaticReturnType(cty.Bool),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				var texts []string
				for _, arg := range args {
					texts = append(texts, arg.AsString())
				}
				return cty.BoolVal(known(ask(texts), name, args)), nil
			},
		})
	}
	text := func(known, compared string) cty.Value {
		if !c.Version.Known || known == "" {
			return cty.StringVal(map[bool]string{true: compared}[w.may("live is %s", compared)])
		}
		return cty.StringVal(known)
	}
	return &hcl.EvalContext{
		Variables: map[string]cty.Value{"live": cty.ObjectVal(map[string]cty.Value{
			"git_version": text(c.Version.Value.GitVersion, "v1.30.4"),
			"platform":    text(c.Version.Value.Platform, "linux/amd64"),
		})},
		Functions: map[string]function.Function{
			"served":     question("served", c.served),
			"allowed":    question("allowed", c.mayDo),
			"kubernetes": question("kubernetes", c.runs),
			"can":        tryfunc.CanFunc,
			"try":        tryfunc.TryFunc,
			"length":     stdlib.LengthFunc,
			"toset":      stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
			"tonumber":   stdlib.MakeToFunc(cty.Number),
			"contains":   stdlib.ContainsFunc,
			"alltrue":    allTrue,
		},
	}
}

var allTrue = function.New(&function.Spec{
	Params: []function.Parameter{{Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		for it := args[0].ElementIterator(); it.Next(); {
			_, value := it.Element()
			is, err := convert.Convert(value, cty.Bool)
			if err != nil || is.False() {
				return cty.False, err
			}
		}
		return cty.True, nil
	},
})

func (c *court) served(args []string) apply.Status {
	gv, err := kubeapi.ParseGroupVersion(args[0])
	if err != nil {
		panic(err)
	}
	return inEveryWorld(func(w *world) outcome {
		switch {
		case c.version(w, gv) == nil:
			return fails
		case len(args) == 1:
			return holds
		}
		name, subresource, inside := strings.Cut(args[1], "/")
		e := c.entry(w, gv, name)
		if !inside {
			return truth(e.isResource())
		}
		return truth(e != nil && e.subresource(w, subresource) != nil)
	})
}

func (c *court) mayDo(args []string) apply.Status {
	return inEveryWorld(func(w *world) outcome {
		namespace := ""
		if len(args) == 3 {
			namespace = args[2]
		}
		return c.access(w, args[0], readAccessed(args[1], namespace))
	})
}

func (c *court) runs(args []string) apply.Status {
	for _, r := range versionRanges {
		if r.text == args[0] {
			return within(r, c.Version)
		}
	}
	panic("the generator knows no constraint " + args[0])
}
