package config

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
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
