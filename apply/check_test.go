package apply_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// checking declares an assert with one condition, in native syntax and in JSON.
func checking(t *testing.T, condition, message string) map[string]*config.Declaration {
	t.Helper()
	quoted := func(expression string) string {
		out, err := json.Marshal("${" + expression + "}")
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	sources := map[string]config.Source{
		"native": {Name: "c.hcl", Bytes: fmt.Appendf(nil,
			"%s\ncheck \"c\" {\n assert {\n condition = %s\n error_message = %s\n}\n}\n", variables, condition, message)},
		"JSON": {Name: "c.hcl.json", Bytes: fmt.Appendf(nil,
			`{%s, "check": {"c": {"assert": {"condition": %s, "error_message": %s}}}}`, variablesJSON, quoted(condition), quoted(message))},
	}
	out := map[string]*config.Declaration{}
	for syntax, source := range sources {
		d, diags := config.Parse([]config.Source{source}, config.Inputs{PodNamespace: "own"})
		if diags.HasErrors() {
			t.Fatalf("%s: %v\n%s", syntax, diags, source.Bytes)
		}
		out[syntax] = d
	}
	return out
}

const (
	variables     = `variable "yes" { default = true }` + "\n" + `variable "secret" {` + "\n" + `default = "hunter2"` + "\n" + `sensitive = true` + "\n}"
	variablesJSON = `"variable": {"yes": {"default": true}, "secret": {"default": "hunter2", "sensitive": true}}`
)

func TestCheck(t *testing.T) {
	const (
		address = `check["c"].assert`
		no      = address + ` drifted assert-failed "" -> "" (It is not so.)`
		yes     = address + " satisfied"
		unknown = address + " undetermined "
		depends = "the condition depends on what is not known: "
		stale   = "stale: " + depends + "metrics.k8s.io/v1beta1 is stale"
	)
	tests := []struct {
		condition string
		want      string
		change    func(*discovery.Snapshot)
	}{
		{`live.version == "v1.31.4"`, yes, nil},
		{`live.git_version == "v1.31.4-gke.1183000"`, yes, nil},
		{`live.platform == "linux/amd64"`, unknown + "invalid-response: " + depends + "the server does not say live.platform", nil},
		{`live.platform == "linux/amd64"`, yes, func(s *discovery.Snapshot) { s.Version.Value.Platform = "linux/amd64" }},
		{
			`live.version == "v1.31.4"`, unknown + "invalid-response: " + depends + `GET /version: no patch version can be read from gitVersion "?"`,
			func(s *discovery.Snapshot) { s.Version.Value.GitVersion = "?" },
		},
		{
			`live.version == "v1.31.4"`, unknown + "timeout: " + depends + "too late",
			func(s *discovery.Snapshot) {
				s.Version = discovery.Failed[discovery.ServerVersion](&discovery.Failure{Code: discovery.Timeout, Message: "too late"})
			},
		},
		{`kubernetes(">= 1.31")`, yes, nil},
		{`kubernetes("< 1.31")`, no, nil},
		{`!kubernetes("< 1.31")`, yes, nil},
		{`kubernetes(">= 1.31")`, yes, func(s *discovery.Snapshot) { s.Version.Value.GitVersion = "?" }},
		{
			`kubernetes(">= 1.31.1")`,
			unknown + "invalid-response: " + depends + `GET /version: no patch version can be read from gitVersion "?", and ">= 1.31.1" depends on it`,
			func(s *discovery.Snapshot) { s.Version.Value.GitVersion = "?" },
		},

		{`served("apps/v1")`, yes, nil},
		{`served("apps/v1", "deployments")`, yes, nil},
		{`served("apps/v1", "deployments/scale")`, yes, nil},
		{`served("v1", "shadows/log")`, yes, nil},
		{`served("v1", "shadows")`, no, nil},
		{`served("apps/v2")`, no, nil},
		{`served("gone.example.com/v1", "things")`, no, nil},
		{`served("apps/v1", "deployments/log")`, no, nil},
		{`served("apps/v1", "things")`, no, nil},
		{`!served("apps/v2")`, yes, nil},
		{`served("metrics.k8s.io/v1beta1")`, unknown + stale, nil},
		{`served("metrics.k8s.io/v1beta1", "pods")`, unknown + stale, nil},
		{`!served("metrics.k8s.io/v1beta1")`, unknown + stale, nil},

		{`served("apps/v1", kind("Deployment"))`, yes, nil},
		{`served("apps/v1", kind("Scale"))`, no, nil},
		{`served("apps/v1", kind("deployments"))`, no, nil},
		{`!served("apps/v1", kind("Thing"))`, yes, nil},
		{`served("apps/v2", kind("Deployment"))`, no, nil},
		{`served("apps/v1", "deployments") && !served("apps/v1", kind("deployments"))`, yes, nil},
		{`[for k in ["Deployment", "Thing"] : served("apps/v1", kind(k))] == [true, false]`, yes, nil},
		{`served("metrics.k8s.io/v1beta1", kind("PodMetrics"))`, unknown + stale, nil},
		{
			`served("apps/v1", kind("Thing"))`, unknown + "invalid-response: " + depends + "the server does not say the kind of deployments",
			func(s *discovery.Snapshot) { forgetKind(s, "apps", "deployments") },
		},
		{
			`!served("apps/v1", kind("Thing"))`, unknown + "timeout: " + depends + "too late",
			func(s *discovery.Snapshot) {
				s.Named = discovery.Failed[[]discovery.Group](&discovery.Failure{Code: discovery.Timeout, Message: "too late"})
			},
		},

		{`true || served("metrics.k8s.io/v1beta1")`, yes, nil},
		{`served("metrics.k8s.io/v1beta1") || var.yes`, yes, nil},
		{`served("metrics.k8s.io/v1beta1") || kubernetes(">= 1.31")`, yes, nil},
		{`served("metrics.k8s.io/v1beta1") || kubernetes("< 1.31")`, unknown + stale, nil},
		{`served("metrics.k8s.io/v1beta1") && kubernetes("< 1.31")`, no, nil},
		{`served("metrics.k8s.io/v1beta1") && kubernetes(">= 1.31")`, unknown + stale, nil},
		{`var.yes ? served("v1", "pods") : served("metrics.k8s.io/v1beta1")`, yes, nil},
		{`[for gv in ["v1", "apps/v1"] : served(gv)] == [true, true]`, yes, nil},
		{`[for gv in ["v1", "metrics.k8s.io/v1beta1"] : served(gv)] == [true, true]`, unknown + stale, nil},
		{`[for gv in ["v1", "metrics.k8s.io/v1beta1"] : gv if served(gv)] != []`, yes, nil},
		{`[for gv in ["v1", "metrics.k8s.io/v1beta1"] : gv if served(gv)] != ["v1"]`, unknown + stale, nil},

		{`!can(tonumber(var.secret) > 30 || served("apps/v1"))`, no, nil},
		{`!can(tonumber(var.secret) > 30 || served("apps/v2"))`, yes, nil},
		{`!can(tonumber(var.secret) > 30 || served("metrics.k8s.io/v1beta1"))`, unknown + stale, nil},
		{`length([for x in toset([true, served("apps/v1")]) : x]) == 2`, no, nil},
		{`length([for x in toset([true, served("metrics.k8s.io/v1beta1")]) : x]) == 2`, unknown + stale, nil},
		{`length([for x in toset([true, served("metrics.k8s.io/v1beta1")]) : x]) <= 2`, yes, nil},
		{`try(one([for x in toset([true, served("metrics.k8s.io/v1beta1")]) : x]), false)`, unknown + stale, nil},
		{`one([for x in toset([true, served("metrics.k8s.io/v1beta1")]) : x])`, unknown + stale, nil},
		{`served("metrics.k8s.io/v1beta1") || !served("metrics.k8s.io/v1beta1")`, yes, nil},
		{
			`alltrue([live.git_version > 1, served("metrics.k8s.io/v1beta1")])`,
			unknown + "evaluation-failed: the condition cannot be evaluated: Invalid operand", nil,
		},

		{`allowed("get", "pods")`, yes, nil},
		{`allowed("get", "pods/log", "web")`, yes, nil},
		{`allowed("get", "pods", "other")`, no, nil},
		{`allowed("get", "pods", "*")`, no, nil},
		{`allowed("list", "nodes")`, yes, nil},
		{`allowed("delete", "nodes")`, no, nil},
		{`!allowed("delete", "nodes")`, yes, nil},
		{`allowed("list", "nodes", "web")`, unknown + "evaluation-failed: " + depends + "what is allowed in the namespace web cannot be asked: nodes is in no namespace; leave namespace out", nil},
		{`!allowed("list", "nodes", "web")`, unknown + "evaluation-failed: " + depends + "what is allowed in the namespace web cannot be asked: nodes is in no namespace; leave namespace out", nil},
		{`allowed("get", "things.gone.example.com")`, no, nil},
		{`allowed("get", "pods.metrics.k8s.io")`, unknown + stale, nil},
		{`allowed("update", "deployments.apps/finalizers")`, yes, nil},
		{`allowed("update", "things.apps/finalizers")`, no, nil},
		{`allowed("update", "deployments.apps/finalizer")`, no, nil},
		{`allowed("create", "routes.route.openshift.io/custom-host")`, yes, nil},
		{`allowed("watch", "pods")`, unknown + "evaluation-failed: " + depends + "the server could not decide: webhook is down", nil},
		{`served("v1", allowed("get", "pods") ? "nodes" : "things")`, yes, nil},

		{
			`served("metrics.k8s.io/v1beta1") || live.platform == "" || allowed("watch", "pods") || allowed("list", "nodes", "web")`,
			unknown + "invalid-response: " + depends + "the server does not say live.platform; metrics.k8s.io/v1beta1 is stale; the server could not decide: webhook is down; and 1 more", nil,
		},
		{`live.git_version > 1`, unknown + "evaluation-failed: the condition cannot be evaluated: Invalid operand", nil},
		{`var.secret == "hunter2" && served("v1")`, yes, nil},
		{`var.secret == "other" && served("v1")`, no, nil},
		{`served("v2") || var.secret == live.platform`, unknown + "invalid-response: " + depends + "the server does not say live.platform", nil},
		{
			`served("apps/v2")`, unknown + "not-ready: " + depends + "what the documents lack could not be confirmed to be absent: GET /readyz: 500",
			func(s *discovery.Snapshot) {
				s.Confirmed = discovery.Failed[struct{}](&discovery.Failure{Code: discovery.NotReady, Message: "GET /readyz: 500"})
			},
		},
		{
			`allowed("delete", "nodes")`, unknown + "not-ready: " + depends + "what the server refuses could not be confirmed to be refused: GET /readyz: 500",
			func(s *discovery.Snapshot) {
				s.Confirmed = discovery.Failed[struct{}](&discovery.Failure{Code: discovery.NotReady, Message: "GET /readyz: 500"})
			},
		},
	}
	for _, tt := range tests {
		for syntax, d := range checking(t, tt.condition, `"It is  not\nso."`) {
			t.Run(tt.condition+" "+syntax, func(t *testing.T) {
				s := snapshot()
				if tt.change != nil {
					tt.change(s)
				}
				withPolicy(t, d, s, policy)
				got := outcomes(apply.Diff(d, s))
				if len(got) == 1 && strings.HasPrefix(got[0], tt.want) && strings.HasSuffix(tt.want, "Invalid operand") {
					return
				}
				if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// policy allows: get pods in the namespaces own and web; everything on nodes but
// delete; create and update in own. It cannot decide who may watch.
func policy(r discovery.Review) discovery.ReviewAnswer {
	switch {
	case r.Verb == "watch":
		return discovery.ReviewAnswer{EvaluationError: "webhook is down"}
	case r.Resource == "nodes":
		return discovery.ReviewAnswer{Allowed: r.Verb != "delete"}
	case r.Verb == "update", r.Verb == "create":
		return discovery.ReviewAnswer{Allowed: r.Namespace == "own"}
	}
	return discovery.ReviewAnswer{Allowed: r.Resource == "pods" && (r.Namespace == "own" || r.Namespace == "web")}
}

// TestCheckMessage tests the message of a condition that does not hold.
func TestCheckMessage(t *testing.T) {
	for message, want := range map[string]string{
		`"plain"`:                          "plain",
		`"it is ${live.version}\u001b"`:    "it is v1.31.4\x1b",
		`"on ${live.platform}"`:            "the error message depends on what is not known: the server does not say live.platform",
		`"at ${live.git_version + 1}"`:     "the error message cannot be evaluated: Invalid operand: ",
		`served("v1") ? null : "fine"`:     "the error message cannot be evaluated: Incorrect value type: ",
		`served("v2") ? "two" : "not two"`: "not two",
		`"may: ${allowed("get", "pods")}"`: "may: true",
	} {
		for syntax, d := range checking(t, `kubernetes("< 1")`, message) {
			s := snapshot()
			withPolicy(t, d, s, policy)
			f := apply.Diff(d, s).Findings[0]
			if f.Status != apply.Drifted || len(f.Differences) != 1 {
				t.Fatalf("%s %s: %+v", message, syntax, f)
			}
			got := f.Differences[0]
			if got.Hint != want && !(strings.HasSuffix(want, ": ") && strings.HasPrefix(got.Hint, want)) || got.Range.Filename == "" {
				t.Errorf("%s %s: %+v", message, syntax, got)
			}
		}
	}
}

// TestUnconfirmedAbsenceInConditions tests that an unconfirmed absence may be a
// presence, and that another look follows if it matters or there is drift.
func TestUnconfirmedAbsenceInConditions(t *testing.T) {
	for _, tt := range []struct {
		condition, want string
		again           bool
	}{
		{`!served("apps/v2")`, "undetermined", true},
		{`!can(tonumber(var.secret) > 30 || served("apps/v2"))`, "undetermined", true},
		{`length(toset([true, served("apps/v2")])) == 2`, "undetermined", true},
		{`length([served("apps/v2")]) == 1`, "satisfied", false},
		{`served("apps/v2") && false`, "drifted", true},
		{`served("apps/v2") || served("apps/v1")`, "satisfied", false},
	} {
		for syntax, d := range checking(t, tt.condition, `"no"`) {
			s := snapshot()
			s.Confirmed = discovery.Fact[struct{}]{}
			got := string(apply.Diff(d, s).Findings[0].Status)
			if _, again := apply.Provisional(d, s); got != tt.want || again != tt.again {
				t.Errorf("%s, %s: %s, another look: %t, want %s and %t", tt.condition, syntax, got, again, tt.want, tt.again)
			}
		}
	}
}

// TestCheckSkipped tests that a disabled assert asks nothing.
func TestCheckSkipped(t *testing.T) {
	d := parse(t, `check "c" { 
		enabled = false
		assert { 
			condition = served("v2")
			error_message = "no"
		}
	}
	api "v1" {}`)
	if diff := cmp.Diff(discovery.Needs{}, apply.Needs(d, snapshot())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := outcomes(apply.Diff(d, snapshot())); got[0] != `check["c"].assert skipped` {
		t.Errorf("%q", got)
	}
}

// forgetKind omits the kind of a resource, as some servers do.
func forgetKind(s *discovery.Snapshot, group, resource string) {
	for _, g := range s.Named.Value {
		for _, v := range g.Versions {
			for i := range v.Resources.Value {
				if g.Name == group && v.Resources.Value[i].Name == resource {
					v.Resources.Value[i].Kind = ""
				}
			}
		}
	}
}
