package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestCustomResourceCreated goes from drift to no drift while the server runs.
func TestCustomResourceCreated(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	declaration := `
api "late.example.com/v1" {
  kind "Comer" {
    scope = "Cluster"
    verbs = ["get", "list", "watch", "create", "update", "patch", "delete"]
  }
}`
	a.apply(t, declaration).expect(t, want{
		exit: 2,
		findings: map[string]string{
			`api["late.example.com/v1"]`:               "drifted group-version-not-served",
			`api["late.example.com/v1"].kind["Comer"]`: `drifted under api["late.example.com/v1"]`,
		},
		text: []string{"Drift.", `api["late.example.com/v1"] is not served`}, requests: 5,
	})
	err := c.Apply(t.Context(), `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: comers.late.example.com}
spec:
  group: late.example.com
  scope: Cluster
  names: {plural: comers, kind: Comer}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
`)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, func() error {
		if o := a.apply(t, declaration); o.ExitCode != 0 {
			return fmt.Errorf("exit %d: %s", o.ExitCode, o.Stdout)
		}
		return nil
	})
	a.apply(t, declaration).expect(t, want{
		exit: 0,
		findings: map[string]string{
			`api["late.example.com/v1"]`: "satisfied", `api["late.example.com/v1"].kind["Comer"]`: "satisfied",
		},
		text: []string{"No drift."}, requests: 2,
	})
}

// TestCustomResourceVersions asks for the versions of one custom resource, whose
// v1alpha1 is not served.
func TestCustomResourceVersions(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	declaration := `
api "example.com/v1" {
  preferred = true
  resource "widgets" {
    kind         = "Widget"
    scope        = "Namespaced"
    subresources = ["status"]
    subresource "scale" {
      kind  = "Scale"
      verbs = ["get", "patch", "update"]
    }
  }
}
api "example.com/v1beta1" {
  preferred = false
}
api "example.com/v1alpha1" {
  served = SERVED
}`
	findings := map[string]string{
		`api["example.com/v1"]`:                                           "satisfied",
		`api["example.com/v1"].resource["widgets"]`:                       "satisfied",
		`api["example.com/v1"].resource["widgets"].subresource["status"]`: "satisfied",
		`api["example.com/v1"].resource["widgets"].subresource["scale"]`:  "satisfied",
		`api["example.com/v1beta1"]`:                                      "satisfied",
		`api["example.com/v1alpha1"]`:                                     "satisfied",
	}
	a.apply(t, strings.Replace(declaration, "SERVED", "false", 1)).expect(t, want{
		exit: 0, findings: findings, text: []string{"No drift."}, requests: 5,
	})
	findings[`api["example.com/v1alpha1"]`] = "drifted group-version-not-served"
	a.apply(t, strings.Replace(declaration, "SERVED", "true", 1)).expect(t, want{
		exit: 2, findings: findings, text: []string{"Drift.", `api["example.com/v1alpha1"] is not served`}, requests: 5,
	})
}

// TestAggregatedWithoutBackend tests that such a group is neither present nor absent,
// and matters only if it is declared.
func TestAggregatedWithoutBackend(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	const address = `api["metrics.example.com/v1beta1"]`
	for name, test := range map[string]struct {
		declaration string
		exit        int
		findings    map[string]string
		requests    int
	}{
		"required": {
			`api "metrics.example.com/v1beta1" {
  resource "pods" {}
}`, 3,
			map[string]string{address: "undetermined stale", address + `.resource["pods"]`: "undetermined under " + address}, 2,
		},
		"must not be served": {
			`api "metrics.example.com/v1beta1" { served = false }`, 3,
			map[string]string{address: "undetermined stale"}, 2,
		},
		"beside drift": {
			"api \"metrics.example.com/v1beta1\" {}\napi \"policy/v1beta1\" {}", 2,
			map[string]string{address: "undetermined stale", `api["policy/v1beta1"]`: "drifted group-version-not-served"}, 5,
		},
		"not asked for": {
			corePods, 0, map[string]string{`api["v1"]`: "satisfied", `api["v1"].resource["pods"]`: "satisfied"}, 2,
		},
		"not asked for, and an absence": {
			`api "policy/v1beta1" { served = false }`, 0, map[string]string{`api["policy/v1beta1"]`: "satisfied"}, 5,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := a.apply(t, test.declaration)
			o.expect(t, want{exit: test.exit, findings: test.findings, requests: test.requests})
			mentioned := strings.Contains(o.Stdout, "metrics.example.com")
			if asked := strings.Contains(test.declaration, "metrics.example.com"); mentioned != asked {
				t.Errorf("the report mentions the stale group: %t, want %t\n%s", mentioned, asked, o.Stdout)
			}
		})
	}
}
