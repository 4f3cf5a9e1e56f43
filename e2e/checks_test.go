package e2e

import (
	"fmt"
	"testing"
	"time"
)

// TestChecks uses conditions on a cluster with an API without a backend.
func TestChecks(t *testing.T) {
	t.Parallel()
	c := extended(t)
	access(t, c)
	a, _ := accessTo(t, c, "bound")
	eventually(t, 20*time.Second, func() error {
		if o := a.apply(t, permissions[0].declaration(0)); o.ExitCode != 0 {
			return fmt.Errorf("exit %d: %s", o.ExitCode, o.Stdout)
		}
		return nil
	})
	const address = `check["c"].assert`
	for condition, test := range map[string]struct {
		exit     int
		finding  string
		text     []string
		requests int
	}{
		`served("metrics.example.com/v1beta1")`:                                          {3, "undetermined stale", []string{"the condition depends on what is not known: ", "metrics.example.com/v1beta1"}, 2},
		`!served("metrics.example.com/v1beta1", "pods")`:                                 {3, "undetermined stale", nil, 2},
		`true || served("metrics.example.com/v1beta1")`:                                  {0, "satisfied", nil, 0},
		`served("metrics.example.com/v1beta1") || served("v1", "pods/log")`:              {0, "satisfied", nil, 2},
		`served("metrics.example.com/v1beta1") || kubernetes(">= 1.36")`:                 {0, "satisfied", nil, 3},
		`served("metrics.example.com/v1beta1") && kubernetes("< 1.36")`:                  {2, "drifted assert-failed", []string{"does not hold: It is v" + newest() + "."}, 7},
		`served("metrics.example.com/v1beta1") && allowed("get", "pods")`:                {3, "undetermined stale", nil, 3},
		`kubernetes("~` + minor(newest(), 0) + `")`:                                      {0, "satisfied", nil, 1},
		`live.version == "v` + newest() + `" && live.git_version == "v` + newest() + `"`: {0, "satisfied", nil, 1},
		`live.platform == "linux/amd64" || live.platform == "linux/arm64"`:               {0, "satisfied", nil, 1},
		`served("networking.k8s.io/v1", "ingresses") || served("gone.example/v1")`:       {0, "satisfied", nil, 2},
		`served("gone.example/v1")`:                                                      {2, "drifted assert-failed", []string{"does not hold: It is v" + newest() + "."}, 7},
		`!served("policy/v1beta1")`:                                                      {0, "satisfied", nil, 5},
		`allowed("get", "pods/log") && allowed("create", "deployments.apps")`:            {0, "satisfied", nil, 4},
		`allowed("get", "pods", "elsewhere")`:                                            {2, "drifted assert-failed", nil, 9},
		`!allowed("list", "nodes")`:                                                      {0, "satisfied", nil, 7},
		`allowed("list", "nodes", "preflight")`:                                          {3, "undetermined evaluation-failed", []string{"nodes is in no namespace"}, 2},
		`served("networking.k8s.io/v1", kind("Ingress"))`:                                {0, "satisfied", nil, 2},
		`served("networking.k8s.io/v1", kind("NetworkPolicies"))`:                        {2, "drifted assert-failed", nil, 7},
		`served("metrics.example.com/v1beta1", kind("PodMetrics"))`:                      {3, "undetermined stale", nil, 2},
	} {
		t.Run(condition, func(t *testing.T) {
			declaration := fmt.Sprintf("check \"c\" {\n  assert {\n    condition = %s\n    error_message = \"It is ${live.version}.\"\n  }\n}\n", condition)
			a.apply(t, declaration).expect(t, want{
				exit: test.exit, findings: map[string]string{address: test.finding}, text: test.text, requests: test.requests,
			})
		})
	}
}
