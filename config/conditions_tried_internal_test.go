package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// triedCondition is a condition with what hcl makes of it for every combination of facts.
type triedCondition struct {
	condition string
	facts     []fact
	// outcomes has "true", "false" or "error" by the combination, a bit for each fact.
	outcomes []string
	// asserts has the condition in each syntax, and nothing where it was refused.
	asserts []*Assert
}

func tryCondition(t *testing.T, condition string) *triedCondition {
	t.Helper()
	c := &triedCondition{condition: condition, facts: factsIn(condition)}
	c.evaluate(t)
	seen := map[string]bool{}
	for _, outcome := range c.outcomes {
		seen[outcome] = true
	}
	native := fmt.Sprintf("check \"a\" {\n  assert {\n    condition = %s\n    error_message = \"No.\"\n  }\n}\n", condition)
	json := fmt.Sprintf(`{"check": {"a": {"assert": {"condition": %q, "error_message": "No."}}}}`, "${"+condition+"}")
	for _, source := range []Source{{Name: "main.hcl", Bytes: []byte(native)}, {Name: "main.hcl.json", Bytes: []byte(json)}} {
		declaration, diags := Parse([]Source{{Name: "variables.hcl", Bytes: []byte(conditionVariables)}, source}, Inputs{})
		if strings.Contains(fmt.Sprint(diags), "hunter2") {
			t.Fatalf("%s shows a secret: %v", condition, diags)
		}
		if declaration == nil {
			// An operand or a branch may fail, which is never used. What could be too large is
			// refused whatever it comes to.
			tooLarge := strings.Contains(diags.Error(), "Expression too large")
			if !seen["error"] && !tooLarge && !strings.ContainsAny(condition, "|&?") {
				t.Fatalf("%s is refused, and fails nowhere: %v", condition, diags)
			}
			continue
		}
		for _, d := range diags {
			if d.Summary == "Constant condition" && len(seen) > 1 {
				t.Fatalf("%s comes to %v: %v", condition, seen, d)
			}
		}
		c.asserts = append(c.asserts, declaration.Checks[0].Asserts[0])
	}
	if len(c.asserts) == 1 {
		t.Fatalf("%s is refused in one syntax", condition)
	}
	return c
}

// evaluate asks hcl alone, to which all facts are known.
func (c *triedCondition) evaluate(t *testing.T) {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(c.condition), "main.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(c.condition, diags)
	}
	holds := map[fact]bool{}
	functions := eval.New(nil).Functions
	for _, name := range []string{"served", "allowed", "kubernetes"} {
		functions[name] = plainFact(name, holds)
	}
	text := cty.StringVal
	context := &hcl.EvalContext{Functions: functions, Variables: map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{
		"text": text("n/a"), "list": cty.TupleVal([]cty.Value{text("a/v1"), text("b/v1")}), "on": cty.True, "secret": text("hunter2"),
	})}}
	for combination := range 1 << len(c.facts) {
		for i, f := range c.facts {
			holds[f] = combination>>i&1 == 1
		}
		value, diags := expr.Value(context)
		outcome := "error"
		if !diags.HasErrors() && !value.IsNull() && value.IsKnown() && value.Type() == cty.Bool {
			outcome = strconv.FormatBool(value.True())
		}
		c.outcomes = append(c.outcomes, outcome)
	}
}

// compare fails where a condition is decided otherwise than by brute force. The bits of
// known say which facts are known, and those of values what they are.
func (c *triedCondition) compare(t *testing.T, known, values uint16) {
	t.Helper()
	seen := map[string]bool{}
	for combination, outcome := range c.outcomes {
		if (uint16(combination)^values)&known&(1<<len(c.facts)-1) == 0 {
			seen[outcome] = true
		}
	}
	want := "unknown"
	if len(seen) == 1 {
		want = slices.Collect(maps.Keys(seen))[0]
	}
	truths := map[fact]Truth{}
	for i, f := range c.facts {
		if known>>i&1 == 1 {
			truths[f] = map[bool]Truth{true: True, false: False}[values>>i&1 == 1]
		}
	}
	for _, assert := range c.asserts {
		asked, decided := map[fact]int{}, 0
		env := environmentOf(truths, asked)
		env.Decided = func() { decided++ }
		condition, diags := assert.Evaluate(env)
		got := condition.Holds.String()
		if diags.HasErrors() {
			got += " error"
		}
		problem := ""
		switch {
		case got == "unknown" && decided == 0 && 1<<(len(c.facts)-len(truths)) > 1024:
			// It is too large to try all.
		case strings.TrimPrefix(got, "unknown ") != want:
			problem = "decided otherwise"
		case (decided > 0) != (want != "unknown"):
			problem = "not said to be decided"
		case strings.Contains(fmt.Sprint(diags), "hunter2"):
			problem = "shows a secret"
		case want == "unknown":
			problem = "undecided, and asks nothing"
			for f := range asked {
				if truths[f] == Unknown {
					problem = ""
				}
			}
		}
		for f, n := range asked {
			if n > 1 {
				problem = fmt.Sprintf("asks %v %d times", f, n)
			}
		}
		if problem != "" {
			t.Fatalf("%s: %s\nknown: %v\ngot %s, want %s of %v %v", c.condition, problem, truths, got, want, seen, diags)
		}
	}
}

// environmentOf answers by truths, and counts what is asked.
func environmentOf(truths map[fact]Truth, asked map[fact]int) Environment {
	answer := func(f fact) Truth {
		asked[f]++
		return truths[f]
	}
	return Environment{
		Kubernetes: func(c VersionConstraint) Truth { return answer(fact{"kubernetes", c.String()}) },
		Served: func(gv kubeapi.GroupVersion, resource string) Truth {
			return answer(fact{"served", gv.String(), resource})
		},
		Allowed: func(verb string, r PermissionResource) Truth {
			return answer(fact{"allowed", verb, r.Resource})
		},
	}
}

// plainFact looks a fact up.
func plainFact(name string, holds map[fact]bool) function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Type: cty.String},
		Type:     function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			f := fact{name}
			for i, arg := range args {
				f[i+1] = arg.AsString()
			}
			value, found := holds[f]
			if !found {
				return cty.UnknownVal(cty.Bool), fmt.Errorf("no such fact: %v", f)
			}
			return cty.BoolVal(value), nil
		},
	})
}
