package config

import (
	"fmt"
	"maps"
	"math/rand/v2"
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

// FuzzConditions compares what Evaluate makes of a random condition with what hcl makes
// of it for each combination of the facts that are not known, all facts being known to
// hcl. It does so in both syntaxes, and holds that what is undecided asks for something.
func FuzzConditions(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed, uint16(seed*0x9e37), uint16(seed*0x79b9))
	}
	f.Fuzz(func(t *testing.T, seed uint64, known, values uint16) {
		maker := conditionMaker{rand.New(rand.NewPCG(seed, 0))}
		condition := maker.bool(2 + maker.IntN(3))
		if len(factsIn(condition)) > 7 {
			return // which takes too long
		}
		c := tryCondition(t, condition)
		if len(c.asserts) == 0 {
			// It fails whatever the answers are, and does not where that is caught.
			c = tryCondition(t, maker.pick(
				word("can("+condition+")"), word("try("+condition+`, served("a/v1"))`), word("can("+condition+` || served("a/v1"))`)))
		}
		for _, known := range []uint16{0, known, ^known} {
			c.compare(t, known, values)
			c.compare(t, known, ^values)
		}
	})
}

// TestExactConditions compares conditions that unknown values of cty decide wrongly,
// whatever is known.
func TestExactConditions(t *testing.T) {
	const a, b = `served("a/v1")`, `served("b/v1")`
	for _, condition := range []string{
		`!can(tonumber(var.text) > 30 || ` + a + `)`,
		`can(tonumber(var.text) > 30 && ` + a + `)`,
		`can(var.list[7] && ` + a + `)`,
		`try(tonumber(var.text) > 30 || ` + a + `, false)`,
		`length([for x in toset([true, ` + a + `]) : x]) == 2`,
		`length(toset([` + a + `, ` + b + `])) == 1`,
		`length(distinct([true, ` + a + `, ` + b + `])) == 1`,
		`reverse([for x in toset([true, ` + a + `]) : x])[0]`,
		`sort([tostring(` + a + `), "t"])[0] == "t"`,
		`one([for x in toset([true, ` + a + `]) : x])`,
		`one([for x in [1, 2] : x if ` + a + `]) == 1`,
		`contains([false, ` + a + `], true)`,
		`lookup({ (` + a + ` ? "x" : "y") = ` + b + ` }, "x", false)`,
		`{ (tostring(` + a + `)) = 1, (tostring(` + b + `)) = 2 }["true"] == 2`,
		`length({ for x in [` + a + `, ` + b + `] : tostring(x) => x... }) == 1`,
		`length({ for x in [` + a + `, ` + b + `] : tostring(x) => x }) == 2`,
		`alltrue([for x in var.list : [for y in [x] : ` + b + ` if served(y)] == [true]])`,
		`can(` + a + ` ? tonumber(var.text) > 1 : ` + b + `)`,
		`try(` + a + ` ? var.list[9] == "a" : true, ` + b + `)`,
		`[` + a + ` ? var.list[0] : null][0] == "a/v1"`,
		a + ` ? null : true`,
		`tobool(` + a + ` ? true : "true")`,
		`"${` + a + `}" == "true"`,
		`"%{ if ` + a + ` }x%{ endif }" == "x"`,
		`served(` + a + ` ? "b/v1" : "b/v2", ` + b + ` ? "r" : "s")`,
		`served("${` + a + ` ? "a" : "b"}/v1") || ` + b,
		`allowed("get", ` + a + ` ? "pods" : "nodes") && kubernetes(` + b + ` ? "> 1.30" : "< 1.30")`,
		`served(` + a + ` ? "a/v1" : "not an api")`,
		`can(served(` + a + ` ? "a/v1" : "not an api"))`,
		a + ` || !` + a,
		a + ` == ` + a,
		`null || ` + a,
		`coalesce(null, ` + a + `)`,
		`contains([` + a + `], null)`,
		`contains([` + a + `], ` + b + ` ? null : true)`,
		`[` + a + `, 1][0]`,
		`[true, true][` + a + ` ? 0 : 1]`,
		`[true, true][` + a + ` ? 0 : 2]`,
		`anytrue([` + a + `, ` + b + `]) == (` + a + ` || ` + b + `)`,
		`length(setintersection([` + a + `], [` + b + `])) == 0`,
		`index([false, ` + a + `], true) == 1`,
		`jsonencode([` + a + `]) == "[true]"`,
		`tobool(` + a + ` ? "true" : "yes")`,
		`(` + a + ` ? [1] : [1, 2]) == [1]`,
		`var.secret == "x" || ` + a,
		`can(tonumber(var.secret) > 1 || ` + a + `)`,
	} {
		t.Run(condition, func(t *testing.T) {
			tried := tryCondition(t, condition)
			if len(tried.asserts) == 0 {
				t.Fatal("it is refused")
			}
			for known := range uint16(16) {
				for values := range uint16(16) {
					if values&^known == 0 {
						tried.compare(t, known, values)
					}
				}
			}
		})
	}
}

// TestTooManyCombinations tests that what takes too many evaluations is undetermined, and
// that all of it is asked.
func TestTooManyCombinations(t *testing.T) {
	facts := func(n int) string {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf(`"a%d/v1"`, i))
		}
		return "[for x in [" + strings.Join(names, ", ") + "] : served(x)]"
	}
	for _, test := range []struct {
		condition string
		want      Truth
		asked     int
	}{
		{`length(` + facts(10) + `) == 10`, True, 10},
		{`length(` + facts(11) + `) == 11`, Unknown, 11},
		{`length(` + facts(100) + `) == 100`, Unknown, 100},
		{`alltrue(` + facts(100) + `)`, Unknown, 100},
		{`length(` + facts(6) + `) == 6 && length(jsonencode([for x in range(500) : "` + strings.Repeat("x", 100) + `"])) > 1`, True, 6},
		{`length(` + facts(7) + `) == 7 && length(jsonencode([for x in range(500) : "` + strings.Repeat("x", 100) + `"])) > 1`, True, 7},
	} {
		text := "check \"a\" {\n  assert {\n    condition = " + test.condition + "\n    error_message = \"No.\"\n  }\n}\n"
		declaration, diags := Parse([]Source{{Name: "main.hcl", Bytes: []byte(text)}}, Inputs{})
		if declaration == nil {
			t.Fatal(diags)
		}
		asked := map[fact]int{}
		got, diags := declaration.Checks[0].Asserts[0].Evaluate(environmentOf(nil, asked))
		if got.Holds != test.want || len(diags) > 0 || len(asked) != test.asked {
			t.Errorf("%.60s: %v %v, and %d questions, want %v and %d", test.condition, got, diags, len(asked), test.want, test.asked)
		}
	}
}

// fact is a question: the function, and its arguments.
type fact [3]string

// factsIn lists what a condition can ask: those facts that it names, in its texts or by
// var.list.
func factsIn(condition string) []fact {
	var list []fact
	for _, f := range []fact{
		{"served", "a/v1"}, {"served", "b/v1"}, {"served", "b/v1", "r"}, {"served", "b/v1", "s"},
		{"served", "b/v2"}, {"served", "b/v2", "r"}, {"served", "b/v2", "s"},
		{"allowed", "get", "pods"}, {"allowed", "get", "nodes"}, {"kubernetes", "> 1.30"}, {"kubernetes", "< 1.30"},
	} {
		const groupVersions = "a/v1 b/v1"
		named := true
		for _, argument := range f[1:] {
			named = named && (argument == "" || strings.Contains(groupVersions, argument) || strings.Contains(condition, strconv.Quote(argument)))
		}
		if named {
			list = append(list, f)
		}
	}
	return list
}

const conditionVariables = "variable \"text\" {\n default = \"n/a\"\n}\nvariable \"list\" {\n default = [\"a/v1\", \"b/v1\"]\n}\n" +
	"variable \"on\" {\n default = true\n}\nvariable \"secret\" {\n default = \"hunter2\"\n sensitive = true\n}\n"

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

// conditionMaker makes expressions over facts.
type conditionMaker struct{ *rand.Rand }

func (g conditionMaker) pick(options ...func() string) string { return options[g.IntN(len(options))]() }

func word(s string) func() string { return func() string { return s } }

// bool makes an expression that is mostly a bool.
func (g conditionMaker) bool(depth int) string {
	if depth <= 0 {
		return g.pick(g.fact(0), g.fact(0), g.fact(0), word("true"), word("false"), word("var.on"), word("null"))
	}
	d := depth - 1
	b := func() string { return g.bool(d) }
	return g.pick(
		g.fact(d), g.fact(d), b,
		func() string { return "(" + b() + " || " + b() + ")" },
		func() string { return "(" + b() + " || " + b() + ")" },
		func() string { return "(" + b() + " && " + b() + ")" },
		func() string { return "(" + b() + " && " + b() + ")" },
		func() string { return "!" + b() },
		func() string { return "(" + b() + " ? " + b() + " : " + b() + ")" },
		func() string { return "(" + g.any(d) + " == " + g.any(d) + ")" },
		func() string {
			return "(" + g.number(d) + g.pick(word(" == "), word(" > "), word(" != ")) + g.number(d) + ")"
		},
		func() string { return "(" + g.text(d) + " != " + g.text(d) + ")" },
		func() string { return "can(" + g.any(d) + ")" },
		func() string { return "try(" + g.any(d) + ", " + b() + ")" },
		func() string { return "contains(" + g.list(d) + ", " + g.any(d) + ")" },
		func() string { return "one(" + g.list(d) + ")" },
		func() string { return g.list(d) + "[" + g.number(d) + "]" },
		func() string { return "lookup(" + g.object(d) + ", " + g.text(d) + ", " + b() + ")" },
		func() string { return g.object(d) + "[" + g.text(d) + "]" },
		func() string { return "alltrue(" + g.list(d) + ")" },
		func() string { return "anytrue(" + g.list(d) + ")" },
		func() string { return "tobool(" + g.text(d) + ")" },
		func() string { return "coalesce(" + b() + ", " + b() + ")" },
	)
}

// fact makes a question. Its arguments may depend on other facts.
func (g conditionMaker) fact(depth int) func() string {
	return func() string {
		either := func(yes, no string) string {
			if depth <= 1 || g.IntN(3) > 0 {
				return yes
			}
			return g.bool(depth-2) + " ? " + yes + " : " + no
		}
		return g.pick(
			word(`served("a/v1")`), word(`served("b/v1")`),
			func() string { return "served(" + either(`"b/v1"`, `"b/v2"`) + ")" },
			func() string { return `served("b/v1", ` + either(`"r"`, `"s"`) + ")" },
			func() string { return `allowed("get", ` + either(`"pods"`, `"nodes"`) + ")" },
			func() string { return "kubernetes(" + either(`"> 1.30"`, `"< 1.30"`) + ")" },
			func() string { return "served(" + either(`"a/v1"`, `"no api"`) + ")" },
		)
	}
}

func (g conditionMaker) number(depth int) string {
	if depth <= 0 {
		return g.pick(word("0"), word("1"), word("2"), word("tonumber(var.text)"))
	}
	d := depth - 1
	return g.pick(
		word("1"), word("2"), word("0"),
		func() string { return "length(" + g.list(d) + ")" },
		func() string { return "length(" + g.list(d) + ")" },
		func() string { return "length(" + g.object(d) + ")" },
		func() string { return "tonumber(" + g.text(d) + ")" },
		func() string { return "(" + g.bool(d) + " ? " + g.number(d) + " : " + g.number(d) + ")" },
		func() string { return "index(" + g.list(d) + ", " + g.any(d) + ")" },
		func() string { return "(" + g.number(d) + " + " + g.number(d) + ")" },
	)
}

func (g conditionMaker) text(depth int) string {
	if depth <= 0 {
		return g.pick(word(`"true"`), word(`"x"`), word(`"2"`), word("var.text"), word("var.list[0]"))
	}
	d := depth - 1
	return g.pick(
		func() string { return `"${` + g.any(d) + `}"` },
		func() string { return `"%{ if ` + g.bool(d) + ` }true%{ else }x%{ endif }"` },
		func() string { return `"%{ for x in ` + g.list(d) + ` }${x}%{ endfor }"` },
		func() string { return "tostring(" + g.bool(d) + ")" },
		func() string { return "(" + g.bool(d) + " ? " + g.text(d) + " : " + g.text(d) + ")" },
		func() string { return `join("", ` + g.list(d) + ")" },
		func() string { return "jsonencode(" + g.any(d) + ")" },
		func() string { return "upper(" + g.text(d) + ")" },
		func() string { return g.text(0) },
	)
}

func (g conditionMaker) list(depth int) string {
	if depth <= 0 {
		return g.pick(word("var.list"), word("[true]"), word("[]"), func() string { return "[" + g.bool(0) + ", " + g.bool(0) + "]" })
	}
	d := depth - 1
	call := func(name string) func() string { return func() string { return name + "(" + g.list(d) + ")" } }
	return g.pick(
		func() string { return "[" + g.bool(d) + "]" },
		func() string { return "[" + g.bool(d) + ", " + g.bool(d) + "]" },
		func() string { return "[" + g.any(d) + ", " + g.bool(d) + ", " + g.bool(d) + "]" },
		call("toset"), call("toset"), call("distinct"), call("reverse"), call("sort"), call("compact"), call("flatten"), call("tolist"),
		func() string { return "[for x in " + g.list(d) + " : x]" },
		func() string { return "[for x in " + g.list(d) + " : x if " + g.bool(d) + "]" },
		func() string { return "[for x in " + g.list(d) + " : " + g.bool(d) + " if x]" },
		func() string { return "[for x in var.list : served(x)]" },
		func() string { return "[for x in var.list : x if served(x)]" },
		func() string { return "[for k, v in " + g.object(d) + " : v]" },
		func() string { return "concat(" + g.list(d) + ", " + g.list(d) + ")" },
		func() string { return "setunion(" + g.list(d) + ", " + g.list(d) + ")" },
		func() string { return "setintersection(" + g.list(d) + ", " + g.list(d) + ")" },
		func() string { return "setsubtract(" + g.list(d) + ", " + g.list(d) + ")" },
		func() string { return "slice(" + g.list(d) + ", 0, " + g.number(d) + ")" },
		func() string { return "keys(" + g.object(d) + ")" },
		func() string { return "values(" + g.object(d) + ")" },
		func() string { return "(" + g.bool(d) + " ? " + g.list(d) + " : " + g.list(d) + ")" },
		func() string { return g.list(d) + "[*]" },
	)
}

func (g conditionMaker) object(depth int) string {
	if depth <= 0 {
		return g.pick(word("{}"), word("{ x = true }"), func() string { return "{ x = " + g.bool(0) + " }" })
	}
	d := depth - 1
	return g.pick(
		func() string { return "{ x = " + g.bool(d) + " }" },
		func() string { return "{ (" + g.text(d) + ") = " + g.bool(d) + " }" },
		func() string { return "{ x = " + g.bool(d) + ", (" + g.text(d) + ") = " + g.bool(d) + " }" },
		func() string { return "{ for x in " + g.list(d) + " : \"${x}\" => x }" },
		func() string { return "{ for x in " + g.list(d) + " : \"${x}\" => x... }" },
		func() string { return "merge(" + g.object(d) + ", " + g.object(d) + ")" },
		func() string { return "(" + g.bool(d) + " ? " + g.object(d) + " : " + g.object(d) + ")" },
		func() string { return "zipmap([for x in " + g.list(d) + " : \"${x}\"], " + g.list(d) + ")" },
	)
}

func (g conditionMaker) any(depth int) string {
	return g.pick(
		func() string { return g.bool(depth) }, func() string { return g.bool(depth) },
		func() string { return g.number(depth) }, func() string { return g.text(depth) },
		func() string { return g.list(depth) }, func() string { return g.object(depth) },
	)
}
