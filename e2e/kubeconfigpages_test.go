package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// TestPagesOfKubeconfigs follows docs/workstation.md and docs/fleets.md with kubectl, the plugin and real API
// servers, and compares the standard output of their commands. With -update, it writes it into the pages.
func TestPagesOfKubeconfigs(t *testing.T) {
	t.Parallel()
	if err := buildPlugin(); err != nil {
		t.Fatal(err)
	}
	// One cluster has the custom resource that the pages require.
	has, lacks := extended(t), stock(t)
	for name, contexts := range map[string]int{"workstation": 4, "fleets": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(suite.programs.Root, "docs", name+".md")
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := newOffice(t, has, lacks, contexts)
			page := string(content)
			got, commands := w.follow(t, page)
			switch {
			case commands < 4:
				t.Errorf("only %d commands were run", commands)
			case *update && settled(page) != settled(got):
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				if diff := cmp.Diff(settled(page), settled(got)); diff != "" {
					t.Errorf("docs/%s.md shows something else (-page +run):\n%s", name, diff)
				}
			}
		})
	}
}

// office is where somebody runs the commands of a page: a folder, and a kubeconfig with contexts.
type office struct {
	dir string
	env []string
	// addresses replaces those of the clusters by those that the page shows.
	addresses *strings.Replacer
	// last is the exit code of the last command.
	last int
}

// newOffice makes a kubeconfig with the first ones of these contexts: prod-eu, which has widgets, prod-us, which has
// none, staging, whose server is dead, and lab, whose certificate is not to be verified.
func newOffice(t *testing.T, has, lacks *cluster.Cluster, number int) *office {
	t.Helper()
	w := &office{dir: t.TempDir()}
	home := t.TempDir()
	var clusters, users, contexts, addresses []string
	all := []struct {
		name, address, verification string
		cluster                     *cluster.Cluster
	}{
		{"prod-eu", has.Address, "", has},
		{"prod-us", lacks.Address, "", lacks},
		{"staging", closedAddress(t), "", lacks},
		{"lab", has.Address, ", insecure-skip-tls-verify: true", has},
	}
	for i, c := range all[:number] {
		token, err := c.cluster.Token(t.Context(), "preflight", "preflight")
		if err != nil {
			t.Fatal(err)
		}
		verification := c.verification
		if verification == "" {
			ca := filepath.Join(home, c.name+".crt")
			if err := os.WriteFile(ca, c.cluster.CA.PEM, 0o600); err != nil {
				t.Fatal(err)
			}
			verification = ", certificate-authority: " + ca
		}
		clusters = append(clusters, fmt.Sprintf("- name: %s\n  cluster: {server: 'https://%s'%s}\n", c.name, c.address, verification))
		users = append(users, fmt.Sprintf("- name: %s\n  user: {token: %s}\n", c.name, token))
		contexts = append(contexts, fmt.Sprintf("- name: %s\n  context: {cluster: %[1]s, user: %[1]s, namespace: shop}\n", c.name))
		addresses = append(addresses, c.address, fmt.Sprintf("203.0.113.%d:6443", 10*(i+1)))
	}
	config := filepath.Join(home, "config")
	content := "apiVersion: v1\nkind: Config\ncurrent-context: prod-eu\nclusters:\n" + strings.Join(clusters, "") +
		"users:\n" + strings.Join(users, "") + "contexts:\n" + strings.Join(contexts, "")
	if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, program := range map[string]string{
		"kubectl": suite.programs.Kubectl, "kubectl-kreconcile": suite.programs.Plugin, "kreconcile": suite.programs.Kreconcile,
	} {
		if err := os.Symlink(program, filepath.Join(home, name)); err != nil {
			t.Fatal(err)
		}
	}
	w.env = []string{"HOME=" + home, "KUBECONFIG=" + config, "PATH=" + home + ":" + os.Getenv("PATH")}
	w.addresses = strings.NewReplacer(addresses...)
	return w
}

// declarationName is how a page names its declaration.
var declarationName = regexp.MustCompile("`(\\w+\\.hcl)`:\\s*$")

// follow writes the declaration of a page, and returns the page with the output of its commands, and their number.
func (w *office) follow(t *testing.T, page string) (played string, commands int) {
	t.Helper()
	var out strings.Builder
	end := 0
	for _, at := range pageBlock.FindAllStringSubmatchIndex(page, -1) {
		before, language, text := page[end:at[0]], page[at[2]:at[3]], page[at[4]:at[5]]
		out.WriteString(before)
		name := declarationName.FindStringSubmatch(before)
		switch {
		case language == "console":
			out.WriteString("```console\n")
			for line := range strings.Lines(text) {
				if command, found := strings.CutPrefix(line, "$ "); found {
					commands++
					out.WriteString(line + w.run(t, strings.TrimSpace(command)))
				}
			}
			out.WriteString("```")
		case language == "hcl" && name != nil:
			if err := os.WriteFile(filepath.Join(w.dir, name[1]), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			fallthrough
		default:
			out.WriteString(page[at[0]:at[1]])
		}
		end = at[1]
	}
	return out.String() + page[end:], commands
}

// run runs a command, and returns its standard output, or what it says about an error of its usage.
func (w *office) run(t *testing.T, command string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/bash", "-o", "pipefail", "-c", fmt.Sprintf("(exit %d); %s", w.last, command))
	cmd.Dir, cmd.Env = w.dir, w.env
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	w.last = cmd.ProcessState.ExitCode()
	text := stdout.String()
	if w.last == 1 {
		text += stderr.String()
	}
	return w.addresses.Replace(text)
}
