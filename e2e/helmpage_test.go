package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestHelmPage follows docs/helm.md from top to bottom: it writes the files, runs the
// commands, and compares their output. With -update, it writes the output into the
// page.
func TestHelmPage(t *testing.T) {
	t.Parallel()
	const namespace = "shop"
	c := unsettled(t, setup{})
	jobs := startJobController(t, c, namespace)
	h := newHelm(t, "4", c, namespace)
	shell := &pageShell{dir: charts(t, h)}
	// The page itself creates these.
	for _, chart := range []string{"shop", "operator", "web"} {
		for _, made := range []string{"Chart.lock", "charts"} {
			if err := os.RemoveAll(filepath.Join(shell.dir, chart, made)); err != nil {
				t.Fatal(err)
			}
		}
	}
	shell.prepare(t, c.Kubeconfig, namespace)
	path := filepath.Join(suite.programs.Root, "docs", "helm.md")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := string(content)
	played, commands := shell.follow(t, page)
	// Skips the test if Pods cannot be run.
	jobs.take(t)
	if commands < 7 {
		t.Errorf("only %d commands were run", commands)
	}
	if *update {
		if err := os.WriteFile(path, []byte(played), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(page, "\n"), strings.Split(played, "\n")); diff != "" {
		t.Errorf("docs/helm.md differs from what happens (-page +played); see it, and run with -update:\n%s", diff)
	}
}

// pageShell runs the commands of a page.
type pageShell struct {
	dir string
	env []string
	// last is the exit code of the last command.
	last int
}

// prepare makes a home with kreconcile, kubectl and Helm 4, whose kubeconfig is a copy with a namespace.
func (s *pageShell) prepare(t *testing.T, kubeconfig, namespace string) {
	t.Helper()
	content, err := os.ReadFile(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	config := filepath.Join(home, "kubeconfig")
	withNamespace := strings.Replace(string(content), "user: e2e}", "user: e2e, namespace: "+namespace+"}", 1)
	if err := os.WriteFile(config, []byte(withNamespace), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, program := range map[string]string{"helm": suite.programs.Helm4, "kubectl": suite.programs.Kubectl, "kreconcile": suite.programs.Kreconcile} {
		if err := os.Symlink(program, filepath.Join(home, name)); err != nil {
			t.Fatal(err)
		}
	}
	s.env = []string{"HOME=" + home, "PATH=" + home + ":" + os.Getenv("PATH"), "KUBECONFIG=" + config}
}

// pageBlock is a block of a page: its language and its text.
var pageBlock = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?\n)```$")

// follow does what a page says: it runs commands, applies diffs, and writes files, whose first line is a
// comment with their name. It returns the page with the output of the commands, and their number.
func (s *pageShell) follow(t *testing.T, page string) (played string, commands int) {
	t.Helper()
	played = pageBlock.ReplaceAllStringFunc(page, func(block string) string {
		match := pageBlock.FindStringSubmatch(block)
		switch name, found := strings.CutPrefix(match[2], "# "); {
		case match[1] == "console":
			text, count := s.play(t, match[2])
			commands += count
			return "```console\n" + text + "```"
		case match[1] == "diff":
			s.patch(t, match[2])
		case found:
			name, content, _ := strings.Cut(name, "\n")
			if err := os.WriteFile(filepath.Join(s.dir, filepath.FromSlash(name)), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return block
	})
	return played, commands
}

// patch applies a diff.
func (s *pageShell) patch(t *testing.T, diff string, flags ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"apply", "-p0", "--unidiff-zero"}, flags...)...)
	cmd.Dir, cmd.Stdin = s.dir, strings.NewReader(diff)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v: %s\n%s", err, out, diff)
	}
}

// play runs the commands of a block, and returns the block with their output, and the
// number of commands.
func (s *pageShell) play(t *testing.T, block string) (text string, count int) {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(block) {
		command, found := strings.CutPrefix(line, "$ ")
		if !found {
			continue
		}
		count++
		out.WriteString(line)
		out.WriteString(steady(s.run(t, command)))
	}
	return out.String(), count
}

func (s *pageShell) run(t *testing.T, command string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", "(exit "+strconv.Itoa(s.last)+"); "+command)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	s.last = cmd.ProcessState.ExitCode()
	text := strings.TrimRight(string(out), "\n")
	if text == "" {
		return ""
	}
	return text + "\n"
}

// steady replaces what changes with each run: times, durations and sizes.
func steady(text string) string {
	for pattern, with := range map[string]string{
		`\w+ \w+ +\d+ \d\d:\d\d:\d\d \d{4}`: `Mon Nov 23 09:12:30 2026`,
		`[\d.]+ kB, [\d.]+m?s\b`:            `26.6 kB, 21ms`,
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, with)
	}
	// Helm's client sometimes logs its own connections.
	text = regexp.MustCompile(`(?m)^[IW]\d{4} [\d:.]+ .*\n`).ReplaceAllString(text, "")
	// No line of the page ends in a space.
	return regexp.MustCompile(`(?m) +$`).ReplaceAllString(text, "")
}
