package main

import (
	"fmt"
	"strings"
)

// requirement is one requirement of a declaration: it is satisfied if the fact is
// present, or absent, as when says.
type requirement struct {
	address, fact string
	when          bool
}

// declaration is a declaration to judge, with its requirements in order.
type declaration struct {
	source       string
	requirements []requirement
}

// inStanding is the custom resource that comes and goes in a group that stays.
const inStanding = "gizmos.example.com"

// comings are all custom resources that come and go. The name of a definition is also
// the name of its fact.
func comings() []string {
	return []string{"things.c0.example.net", "things.c1.example.net", "things.c2.example.net", inStanding}
}

// standing requires what never changes, and is satisfied.
func standing() declaration {
	return declaration{
		source: `
cluster { kubernetes = ">= 1.30" }
api "v1" {
  resource "pods" { subresources = ["log"] }
}
api "apps/v1" {
  resource "deployments" { verbs = ["get", "list", "watch", "patch"] }
}
api "example.com/v1" {
  resource "widgets" {
    subresources = ["status", "scale"]
    field "spec.replicas" { type = "integer" }
  }
}
api "example.com/v1beta1" {
  kind "Widget" {}
}
// Absences, so that each pass has something to confirm.
api "policy/v1beta1" { served = false }
api "example.com/v1alpha1" { served = false }
api "never.example.com/v1" { served = false }
permission "granted" {
  verbs     = ["list"]
  resources = ["pods"]
}
check "both" {
  assert {
    condition     = served("example.com/v1", "widgets") && !served("never.example.com/v1")
    error_message = "widgets are served, and the other never is"
  }
}
`,
		requirements: []requirement{
			{`cluster.kubernetes`, always, true},
			{`api["v1"]`, always, true},
			{`api["v1"].resource["pods"]`, always, true},
			{`api["v1"].resource["pods"].subresource["log"]`, always, true},
			{`api["apps/v1"]`, always, true},
			{`api["apps/v1"].resource["deployments"]`, always, true},
			{`api["example.com/v1"]`, always, true},
			{`api["example.com/v1"].resource["widgets"]`, always, true},
			{`api["example.com/v1"].resource["widgets"].subresource["status"]`, always, true},
			{`api["example.com/v1"].resource["widgets"].subresource["scale"]`, always, true},
			{`api["example.com/v1"].resource["widgets"].field["spec.replicas"]`, always, true},
			{`api["example.com/v1beta1"]`, always, true},
			{`api["example.com/v1beta1"].kind["Widget"]`, always, true},
			{`api["policy/v1beta1"]`, always, true},
			{`api["example.com/v1alpha1"]`, always, true},
			{`api["never.example.com/v1"]`, always, true},
			{`permission["granted"].verb["list"].resource["pods"]`, always, true},
			{`check["both"].assert`, always, true},
		},
	}
}

// moving is standing, and also requires what comes and goes.
func moving(names ...string) declaration {
	d := standing()
	var b strings.Builder
	for _, name := range names {
		plural, group, _ := strings.Cut(name, ".")
		fmt.Fprintf(&b, "api \"%s/v1\" {\n  resource %q {\n    field \"spec.size\" {}\n  }\n}\n", group, plural)
		api := fmt.Sprintf("api[\"%s/v1\"]", group)
		fact := name
		if name == inStanding {
			api, fact = api+"#2", always
		}
		resource := fmt.Sprintf("%s.resource[%q]", api, plural)
		d.requirements = append(d.requirements,
			requirement{api, fact, true}, requirement{resource, name, true}, requirement{resource + `.field["spec.size"]`, name, true})
	}
	d.source += b.String()
	return d
}

// denying forbids what is served and what comes and goes, and requires something that
// the server cannot determine.
func denying() declaration {
	d := declaration{
		source: `
api "v1" {
  resource "pods" {
    subresource "log" { served = false }
  }
}
api "apps/v1" {
  resource "deployments" { served = false }
}
api "example.com/v1" {
  resource "widgets" { served = false }
  resource "gizmos" { served = false }
}
api "example.com/v1beta1" { served = false }
// It is required though it is not served.
api "never.example.com/v1" {}
api "metrics.example.com/v1beta1" { served = false }
permission "denied" {
  verbs     = ["delete"]
  resources = ["nodes"]
}
`,
		requirements: []requirement{
			{`api["v1"]`, always, true},
			{`api["v1"].resource["pods"]`, always, true},
			{`api["v1"].resource["pods"].subresource["log"]`, always, false},
			{`api["apps/v1"]`, always, true},
			{`api["apps/v1"].resource["deployments"]`, always, false},
			{`api["example.com/v1"]`, always, true},
			{`api["example.com/v1"].resource["widgets"]`, always, false},
			{`api["example.com/v1"].resource["gizmos"]`, inStanding, false},
			{`api["example.com/v1beta1"]`, always, false},
			{`api["never.example.com/v1"]`, always, false},
			{`api["metrics.example.com/v1beta1"]`, unknowable, false},
			{`permission["denied"].verb["delete"].resource["nodes"]`, always, false},
		},
	}
	for _, name := range comings() {
		if _, group, _ := strings.Cut(name, "."); name != inStanding {
			d.source += fmt.Sprintf("api \"%s/v1\" { served = false }\n", group)
			d.requirements = append(d.requirements, requirement{fmt.Sprintf("api[\"%s/v1\"]", group), name, false})
		}
	}
	return d
}
