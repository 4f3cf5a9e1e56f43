package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// cluster answers by the group: yes.example.com is served, no.example.com is not,
// and of others nothing is known.
func cluster() config.Environment {
	return config.Environment{
		Live: func(name string) (string, bool) {
			return map[string]string{"version": "1.36.3", "git_version": "v1.36.3+k3s1"}[name], name != "platform"
		},
		Served: func(gv kubeapi.GroupVersion, _ string) config.Truth {
			return map[string]config.Truth{"yes.example.com": config.True, "no.example.com": config.False}[gv.Group]
		},
		Kubernetes: func(c config.VersionConstraint) config.Truth {
			if c.Check(kubeapi.Version{Major: 1, Minor: 36, Patch: 3}) {
				return config.True
			}
			return config.False
		},
	}
}

// assertion parses one assert. The condition and the message are expressions of
// native syntax.
func assertion(t *testing.T, condition, message string, json bool) *config.Assert {
	t.Helper()
	text := "check \"a\" {\n assert {\n condition = " + condition + "\n error_message = " + message + "\n }\n}\n"
	if json {
		text = fmt.Sprintf(`{"check": {"a": {"assert": {"condition": %q, "error_message": %q}}}}`, "${"+condition+"}", "${"+message+"}")
	}
	declaration, diags := parse(declarations(json)+text, config.Inputs{})
	if json {
		declaration, diags = config.Parse([]config.Source{{Name: "vars.hcl", Bytes: []byte(declarations(false))}, source(text)}, config.Inputs{})
	}
	if diags.HasErrors() {
		t.Fatal(report(diags))
	}
	return declaration.Checks[0].Asserts[0]
}

func declarations(json bool) string {
	if json {
		return ""
	}
	return "variable \"on\" {\n default = true\n}\nlocals {\n list = [\"yes\", \"no\"]\n}\n"
}

// What is unknown stays unknown unless the rest decides it, on either side, in
// both syntaxes.
func TestEvaluate(t *testing.T) {
	const yes, no, unknown = `served("yes.example.com/v1")`, `served("no.example.com/v1")`, `served("v1")`
	values := map[string]string{"true": yes, "false": no, "unknown": unknown}
	truth := map[string]config.Truth{"true": config.True, "false": config.False, "unknown": config.Unknown}
	tests := []struct{ condition, want string }{
		{yes, "true"},
		{no, "false"},
		{unknown, "unknown"},
		{"!" + yes, "false"},
		{"!" + no, "true"},
		{"!" + unknown, "unknown"},
		{unknown + " == " + unknown, "true"},
		{unknown + " == " + `served("v2")`, "unknown"},
		{"var.on || " + unknown, "true"},
		{"!var.on && " + unknown, "false"},
		{yes + " ? " + unknown + " : " + no, "unknown"},
		{yes + " ? " + no + " : " + unknown, "false"},
		{unknown + " ? " + yes + " : " + no, "unknown"},
		{"(" + unknown + " && " + no + ") || " + yes, "true"},
		{"[for x in local.list : served(\"${x}.example.com/v1\")][1]", "false"},
		{"served(\"${local.list[0]}.example.com/v1\", \"pods/log\")", "true"},
		{`kubernetes(">= 1.30")`, "true"},
		{`kubernetes("< 1.30") || ` + unknown, "unknown"},
		{`allowed("get", "pods")`, "unknown"},
		{`allowed("get", "pods", "shop") || ` + yes, "true"},
		{`live.version == "1.36.3"`, "true"},
		{`live.platform == "linux/amd64"`, "unknown"},
		{`live.git_version == live.version && live.platform == "x"`, "unknown"},
	}
	for left, a := range values {
		for right, b := range values {
			or, and := "unknown", "unknown"
			switch {
			case left == "true" || right == "true":
				or = "true"
			case left == "false" && right == "false":
				or = "false"
			}
			switch {
			case left == "false" || right == "false":
				and = "false"
			case left == "true" && right == "true":
				and = "true"
			}
			tests = append(tests, struct{ condition, want string }{a + " || " + b, or}, struct{ condition, want string }{a + " && " + b, and})
		}
	}
	for _, test := range tests {
		for _, json := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, JSON %t", test.condition, json), func(t *testing.T) {
				a := assertion(t, test.condition, `"M ${live.version}"`, json)
				got, diags := a.Evaluate(cluster())
				want := config.Condition{Holds: truth[test.want]}
				if want.Holds == config.False {
					want.Message = "M 1.36.3"
				}
				if diff := cmp.Diff(want, got); diff != "" || len(diags) > 0 {
					t.Errorf("%s (-want +got):\n%s", diags, diff)
				}
			})
		}
	}
}

// A message that is not known in full is left out. The condition is not.
func TestEvaluateMessage(t *testing.T) {
	for message, want := range map[string]string{
		`"It is ${live.git_version}."`:             "It is v1.36.3+k3s1.",
		`"It is ${live.platform}."`:                "",
		`served("yes.example.com/v1") ? "a" : "b"`: "a",
		`served("v1") ? "a" : "b"`:                 "",
	} {
		got, diags := assertion(t, `served("no.example.com/v1")`, message, false).Evaluate(cluster())
		if want := (config.Condition{Holds: config.False, Message: want}); got != want || len(diags) > 0 {
			t.Errorf("%s: got %+v %s, want %+v", message, got, diags, want)
		}
	}
}

// What a server says can make an evaluation fail. That is no answer, and the
// second evaluation does not remember the first.
func TestEvaluateFails(t *testing.T) {
	a := assertion(t, `live.version + 1 > 0`, `"a"`, false)
	for range 2 {
		got, diags := a.Evaluate(cluster())
		want := []string{"main.hcl:9,14-26: error: Invalid operand: Unsuitable value for left operand: a number is required."}
		if diff := cmp.Diff(want, report(diags)); diff != "" || got != (config.Condition{}) {
			t.Errorf("%+v (-want +got):\n%s", got, diff)
		}
	}
}

// A question is asked only where an expression has it, and an assert that no
// cluster decides asks all of them.
func TestEvaluateAsks(t *testing.T) {
	a := assertion(t, `!var.on || served("a/v1", "b") || (allowed("get", "c.d/e", "*") && kubernetes("> 1"))`, `"${live.platform}"`, true)
	want := []string{
		"served(a/v1, b)",
		"allowed(get, {Resource:c Group:d Subresource:e ObjectName: Namespace:* NamespaceRange::0,0-0 PodNamespace: Virtual:false})",
		"kubernetes(> 1)",
	}
	if diff := cmp.Diff(want, asks(a)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A sensitive value decides a condition, and shows nowhere.
func TestSensitiveConditions(t *testing.T) {
	const head = "variable \"secret\" {\n sensitive = true\n default = \"hunter2\"\n}\ncheck \"a\" {\n assert {\n"
	declaration, diags := parse(head+"condition = var.secret == \"hunter3\" || served(\"no.example.com/v1\")\n error_message = \"a\"\n }\n}\n", config.Inputs{})
	if len(diags) > 0 {
		t.Fatal(report(diags))
	}
	got, diags := declaration.Checks[0].Asserts[0].Evaluate(cluster())
	if got != (config.Condition{Holds: config.False, Message: "a"}) || len(diags) > 0 {
		t.Errorf("got %+v %s", got, diags)
	}
	for _, condition := range []string{
		`served("v1", var.secret)`, `served(var.secret)`, `kubernetes(var.secret)`, `allowed("get", "pods", "${var.secret}")`,
		`[for x in [var.secret] : served(x)][0]`, `var.secret + 1 > 2 && served("v1")`, `served("v1") || var.secret`, `{ hunter = 1 }[var.secret] == 1`,
	} {
		_, diags := parse(head+"condition = "+condition+"\n error_message = var.secret\n }\n}\n", config.Inputs{})
		if !diags.HasErrors() || strings.Contains(strings.Join(report(diags), "\n"), "hunter2") {
			t.Errorf("%s: %s", condition, report(diags))
		}
	}
	// What a cluster says must not make it show either.
	declaration, diags = parse(head+"condition = served(\"v1\") && live.version == var.secret\n error_message = \"a${live.version + 1}\"\n }\n}\n", config.Inputs{})
	if len(diags) > 0 {
		t.Fatal(report(diags))
	}
	env := cluster()
	env.Served = func(kubeapi.GroupVersion, string) config.Truth { return config.True }
	if got, diags := declaration.Checks[0].Asserts[0].Evaluate(env); got.Holds != config.False || strings.Contains(strings.Join(report(diags), "\n"), "hunter2") {
		t.Errorf("%+v %s", got, report(diags))
	}
}

// A message that only a rare combination of answers makes show a secret is refused before any.
func TestSensitiveMessage(t *testing.T) {
	const message = `["a", var.secret][[for x in ["a", "b", "c", "d", "e"] : served("${x}/v1")] == [false, true, false, true, false] ? 1 : 0]`
	_, diags := parse("variable \"secret\" {\n sensitive = true\n default = \"hunter2\"\n}\ncheck \"a\" {\n assert {\n"+
		"condition = served(\"v1\")\n error_message = "+message+"\n }\n}\n", config.Inputs{})
	want := []string{"main.hcl:8,18-138: error: Sensitive value not allowed: \"error_message\" is printed, so it cannot depend on a sensitive variable."}
	if diff := cmp.Diff(want, report(diags)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An operand that a known one guards is not judged: it is never used.
func TestGuardedOperands(t *testing.T) {
	for _, condition := range []string{
		`var.on || served(local.list[5])`,
		`!var.on && served("not an api")`,
		`var.on ? served("v1") : kubernetes("new")`,
		`var.on ? true : served(local.list[5])`,
		`(!var.on ? served(local.list[5]) : served("v1")) || served("apps/v1")`,
		`(var.on || kubernetes("new")) && served("v1")`,
	} {
		for _, json := range []bool{false, true} {
			assertion(t, condition, `"a"`, json)
		}
	}
}

// A condition is refused, or called constant, for what it does with every answer, and
// not for what unknown values seem to do.
func TestConditionsBeforeAsking(t *testing.T) {
	const always, never = "Constant condition: This condition is always true", "Constant condition: This condition is always false"
	for condition, want := range map[string]string{
		`length([for x in toset([true, served("v1")]) : x]) == 2`:          "",
		`one([for x in toset([true, served("v1")]) : x])`:                  "",
		`{ for x in toset([served("v1"), served("v2")]) : "k" => x }["k"]`: "",
		`!can([1][5] || served("v1"))`:                                     "",
		`can([1][5] && served("v1"))`:                                      "",
		`can([1][5] || var.on)`:                                            "",
		`one([for x in toset([live.version, "v1.31.4"]) : x]) == ""`:       "",
		`[true][can([1][5] || live.version == "") ? 0 : 1]`:                "",
		`[true][live.version == "" ? 1 : 2] && live.version.x`:             "Unsupported attribute",
		`[true][served("v1") ? 0 : 1]`:                                     "",
		`served("v1") ? null : true`:                                       "",
		`served("v1") || !served("v1")`:                                    always,
		`length([served("v1"), var.on]) == 1`:                              "",
		`length([served("v1")]) == 1`:                                      always,
		`can([1][5] || kubernetes("> 1")) && 1 > 2`:                        never,
		`var.on || served("v1") || true`:                                   "",
		`var.on ? served("v1") : served("v1")`:                             "",
		`[true][served("v1") ? 1 : 2]`:                                     "Invalid index",
		`served("v1") || [true][1]`:                                        "Invalid index",
		`served("v1") ? [true][1] : true`:                                  "Invalid index",
		`served("v1") ? 1 : 2`:                                             "Incorrect value type",
		`served(served("v1") ? "a" : "b")`:                                 "Invalid function argument",
		`served("v1") ? null : null`:                                       "Null value",
	} {
		for _, json := range []bool{false, true} {
			text := fmt.Sprintf("check \"a\" {\n assert {\n condition = %s\n error_message = \"a\"\n }\n}\n", condition)
			name := "main.hcl"
			if json {
				text = fmt.Sprintf(`{"check": {"a": {"assert": {"condition": %q, "error_message": "a"}}}}`, "${"+condition+"}")
				name = "main.hcl.json"
			}
			_, diags := config.Parse([]config.Source{{Name: "vars.hcl", Bytes: []byte("variable \"on\" {\n default = true\n}\nlocals {\n on = var.on\n}\n")}, {Name: name, Bytes: []byte(text)}}, config.Inputs{})
			got := strings.Join(report(diags), "\n")
			if want == "" && strings.Contains(got, name) || !strings.Contains(got, want) {
				t.Errorf("%s, JSON %t: %s, want %q", condition, json, got, want)
			}
		}
	}
	for message, want := range map[string]string{
		`served("v1") ? null : "a"`:                               "",
		`served("v1") ? "" : "a"`:                                 "",
		`served("v1") ? "" : " "`:                                 "Empty error message",
		`served("v1") ? null : null`:                              "Null value",
		`served("v1") ? 1 : 2`:                                    "Incorrect value type",
		`served("v1") ? "a" : var.secret`:                         "Sensitive value not allowed",
		`served("v1") ? var.secret : "a"`:                         "Sensitive value not allowed",
		`["a"][served("v1") ? 1 : 2]`:                             "Invalid index",
		`served("v1") ? (served("v2") ? "a" : var.secret) : null`: "Sensitive value not allowed",
	} {
		_, diags := parse(fmt.Sprintf("variable \"secret\" {\n default = \"hunter2\"\n sensitive = true\n}\ncheck \"a\" {\n assert {\n condition = served(\"v2\") && var.secret != \"\"\n error_message = %s\n }\n}\n", message), config.Inputs{})
		if got := strings.Join(report(diags), "\n"); want == "" && got != "" || !strings.Contains(got, want) || strings.Contains(got, "hunter2") {
			t.Errorf("%s: %s, want %q", message, got, want)
		}
	}
}
