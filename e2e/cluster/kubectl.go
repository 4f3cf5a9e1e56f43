package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Kubectl runs kubectl as an administrator, with the input on standard input, and
// returns its standard output.
func (c *Cluster) Kubectl(ctx context.Context, input string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, c.options.Programs.Kubectl, args...)
	cmd.Env = append([]string{"KUBECONFIG=" + c.Kubeconfig, "HOME=" + c.options.Dir, "PATH=" + os.Getenv("PATH")}, Frugal...)
	cmd.Stdin = strings.NewReader(input)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}

// WriteKubeconfig writes a kubeconfig for the user of a token.
func (c *Cluster) WriteKubeconfig(file, token string) error {
	return os.WriteFile(file, []byte(`apiVersion: v1
kind: Config
clusters:
- name: e2e
  cluster: {server: "`+c.URL()+`", certificate-authority: "`+c.path("ca.crt")+`"}
users:
- name: e2e
  user: {token: "`+token+`"}
contexts:
- name: e2e
  context: {cluster: e2e, user: e2e}
current-context: e2e
`), 0o600)
}
