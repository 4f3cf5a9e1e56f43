package e2e

import (
	"testing"
)

// TestHelmSettings tests the effect of single values.
func TestHelmSettings(t *testing.T) {
	t.Parallel()
	// Each requirement is about something not served, unless the value is the given
	// one.
	const typed = `variable "text" {
  type = string
}
variable "version" {
  type = string
}
variable "large" {
  type = number
}
variable "list" {
  type = list(string)
}
variable "map" {
  type = map(object({ active = bool }))
}
variable "secret" {
  type      = string
  sensitive = true
}
api "text.example.com/v1" {
  enabled = var.text != "a \"b\" $${c} $(HOME) %%{d} <&> $$"
}
api "version.example.com/v1" {
  enabled = var.version != "1.30"
}
api "large.example.com/v1" {
  enabled = var.large != 1000000
}
api "list.example.com/v1" {
  enabled = var.list[0] != "$${c}" || var.list[1] != "$(HOME) %%{d} <&> \\"
}
api "map.example.com/v1" {
  enabled = !var.map["a b"].active
}
api "secret.example.com/v1" {
  enabled = var.secret != "$(HOME)"
}
` + inSync
	const typedValues = `
variables:
  text: 'a "b" ${c} $(HOME) %{d} <&> $$'
  version: "1.30"
  large: 1000000
  list: ['${c}', '$(HOME) %{d} <&> \']
  map: {a b: {active: true}}
extraEnv:
- {name: KRECONCILE_VAR_secret, value: "$$(HOME)"}
`
	for name, test := range map[string]struct {
		values string
		exit   int
		runs   []string
	}{
		"warn-drift":        {values(drifted, "warnOnly: true", "wait: 2s", "interval: 1s"), 0, []string{"0"}},
		"warn-undetermined": {values(undetermined, "warnOnly: true", "wait: 0s"), 0, []string{"0"}},
		"warn-error":        {values(mistaken, "warnOnly: true"), 1, []string{"1 PodFailurePolicy"}},
		"allow":             {values(inSync+undetermined, "allowUndetermined: true", "wait: 0s"), 0, []string{"0"}},
		"allow-nothing":     {values(undetermined, "allowUndetermined: true", "wait: 0s"), 1, []string{"3 BackoffLimitExceeded"}},
		"warning":           {values(inSync+"api \"example.com/v3\" {\n  severity = \"warning\"\n}\n", "wait: 0s"), 0, []string{"0"}},
		"fail-on-warning":   {values(inSync+"api \"example.com/v3\" {\n  severity = \"warning\"\n}\n", "wait: 0s", "failOnWarning: true"), 1, []string{"2 PodFailurePolicy"}},
		"consecutive":       {values(inSync, "consecutive: 3", "interval: 1s"), 0, []string{"0"}},
		"waiting":           {values(drifted, "wait: 3s", "interval: 1s"), 1, []string{"2 PodFailurePolicy"}},
		"variables":         {values(typed, typedValues), 0, []string{"0"}},
		"a-typo":            {values(inSync, "variables: {gatway: true}"), 1, []string{"1 PodFailurePolicy"}},
		"existing":          {"existingConfigMap: requirements\nimage: {repository: kreconcile}", 0, []string{"0"}},
		"several-files":     {"image: {repository: kreconcile}\ndeclaration: {a.hcl: 'api \"v1\" {}', b.hcl: 'api \"v9\" {}'}\nwait: 0s", 1, []string{"2 PodFailurePolicy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRelease(t, "4", name)
			_, err := r.cluster.Kubectl(t.Context(), "", "create", "configmap", "requirements", "--namespace", r.namespace, "--from-literal=r.hcl="+inSync)
			if err != nil {
				t.Fatal(err)
			}
			r.expect(t, test.exit, test.values, "install", "gate", chartDir(), "-f", "-")
			runs := r.expectRuns(t, test.runs...)
			if t.Failed() {
				t.Logf("%s%s", runs[0].Stdout, runs[0].Stderr)
			}
		})
	}
}
