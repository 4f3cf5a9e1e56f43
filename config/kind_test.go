package config_test

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/config"
)

// served takes a kind beside a resource, and nothing else.
func TestServedKind(t *testing.T) {
	for condition, want := range map[string]string{
		`served("networking.k8s.io/v1", kind("Ingress"))`:             "",
		`served("networking.k8s.io/v1", local.kind)`:                  "",
		`served("networking.k8s.io/v1", var.resource)`:                "",
		`served("networking.k8s.io/v1", kind(var.resource))`:          "",
		`served("v1", kind(live.platform))`:                           "",
		`alltrue([for k in ["Pod", "Node"] : served("v1", kind(k))])`: "",
		`served("v1", 5)`:                          `a resource is given as its plural name, such as "pods", or as its kind, such as kind("Pod")`,
		`served("v1", kind("a b"))`:                `"a b" cannot be the name of a kind`,
		`served("v1", { kind = tostring(null) })`:  `the name of the kind is null`,
		`served(kind("Pod"))`:                      `string required`,
		`served("v1", kind(var.secret))`:           `cannot depend on a sensitive variable`,
		`allowed("get", kind("Pod"))`:              `string required`,
		`served("v1", kind("Pod"), "x")`:           `there are at most 2 arguments`,
		`served("v1", "pods") == kind("Pod").kind`: "",
	} {
		t.Run(condition, func(t *testing.T) {
			_, diags := parse(`
variable "resource" {}
variable "secret" {
  default   = "Pod"
  sensitive = true
}
locals {
  kind = kind("Ingress")
}
check "c" {
  assert {
    condition     = `+condition+`
    error_message = "No. ${local.kind.kind} ${var.resource}"
  }
}
`, config.Inputs{AllowUnknown: true})
			got := strings.Join(report(diags), "\n")
			if want == "" && diags.HasErrors() || !strings.Contains(got, want) {
				t.Errorf("diagnostics: %s, want %q", got, want)
			}
		})
	}
}
