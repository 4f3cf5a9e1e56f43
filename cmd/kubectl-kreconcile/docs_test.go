package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/cmd/kubectl-kreconcile/internal/kubeconfig"
	"github.com/kreconcile/kreconcile/internal/cli"
)

// TestDocsNameEveryFlag tests that docs/commands.md describes every flag of each command, and that its section
// about a kubeconfig names no other.
func TestDocsNameEveryFlag(t *testing.T) {
	content, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(content)
	flag := regexp.MustCompile(`--[a-z][a-z-]+`)
	known := map[string]bool{}
	_, list, _ := strings.Cut(help(), "\nAvailable Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	commands := []string{"snapshot diff"}
	for line := range strings.Lines(list) {
		commands = append(commands, strings.Fields(line)[0])
	}
	for _, command := range commands {
		_, flags, _ := strings.Cut(help(strings.Fields(command)...), "\nFlags:\n")
		for line := range strings.Lines(flags) {
			name := flag.FindString(line)
			if name == "" {
				continue
			}
			known[name] = true
			if !strings.Contains(page, "`"+name) && !strings.Contains(page, ", `"+name) {
				t.Errorf("docs/commands.md does not name %s of %s", name, command)
			}
		}
	}
	_, rest, found := strings.Cut(page, "\n## A kubeconfig\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	names := flag.FindAllString(section, -1)
	if !found || len(commands) < 10 || len(names) < 8 || !known["--all-contexts"] {
		t.Errorf("the section about a kubeconfig names %q", names)
	}
	for _, name := range names {
		if !known[name] {
			t.Errorf("docs/commands.md names %s, which there is not", name)
		}
	}
}

// help returns the help of a command.
func help(command ...string) string {
	var out bytes.Buffer
	cli.Run(context.Background(), cli.Process{
		Args: append(command, "--help"), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Connector: &kubeconfig.Connector{},
	})
	return out.String()
}
