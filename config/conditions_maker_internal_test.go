package config

import (
	"math/rand/v2"
)

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
