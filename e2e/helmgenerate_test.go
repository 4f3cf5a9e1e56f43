package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// TestHelmGenerate generates the declaration of what helm template makes of the chart. An API server
// satisfies it, and so does each release that has spec.podFailurePolicy of Jobs.
func TestHelmGenerate(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		kreconcile := func(stdin string, args ...string) (string, error) {
			cmd := exec.CommandContext(t.Context(), suite.programs.Kreconcile, args...)
			cmd.Stdin = strings.NewReader(stdin)
			out, err := cmd.CombinedOutput()
			return string(out), err
		}
		rendered := newHelm(t, major, nil, "shop").expect(t, 0, values(inSync), "template", "gate", chartDir(), "-f", "-").Stdout
		declaration, err := kreconcile(rendered, "generate", "-f", "-", "--fields")
		if err != nil {
			t.Fatalf("%v: %s", err, declaration)
		}
		const want = `    reason = "kreconcile/templates/gate.yaml, kreconcile/templates/tests/gate.yaml"

    field "spec.podFailurePolicy" {}
`
		if !strings.Contains(declaration, want) {
			t.Errorf("the Job is not as it should be:\n%s", declaration)
		}
		if o := newAccount(t, stock(t)).apply(t, declaration); o.ExitCode != 0 || len(o.report.Findings) == 0 {
			t.Errorf("exit %d, %d findings:\n%s%s", o.ExitCode, len(o.report.Findings), o.Stdout, o.Stderr)
		}
		if out, err := kreconcile(declaration, "apply", "--release", "1.25..", "-"); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		if out, err := kreconcile(declaration, "apply", "--release", "1.24", "-"); err == nil || !strings.Contains(out, `field["spec.podFailurePolicy"] is not in the schema`) {
			t.Errorf("%v: %s", err, out)
		}
	})
}
