package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// check refuses what must not be released, with all reasons at once, and sets the commit,
// its time and the notes.
func (r *release) check(ctx context.Context) error {
	if semver.Canonical(r.version) != r.version || semver.Build(r.version) != "" {
		return fmt.Errorf("%q is no version such as v0.2.0 or v0.2.0-rc.1", r.version)
	}
	if err := r.readCommit(ctx); err != nil {
		return err
	}
	changelog, err := os.ReadFile(filepath.Join(r.root, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	var problems []error
	if r.notes, err = section(string(changelog), r.number()); err != nil {
		problems = append(problems, err)
	}
	for _, named := range r.named() {
		if err := named.check(r.root); err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// readCommit sets the commit and its time, and refuses a work tree that differs from it.
func (r *release) readCommit(ctx context.Context) error {
	status, err := r.git(ctx, r.root, "status", "--porcelain")
	if err != nil {
		return err
	}
	if status != "" {
		return fmt.Errorf("the work tree differs from the commit; commit or remove:\n%s", status)
	}
	line, err := r.git(ctx, r.root, "show", "--no-patch", "--format=%H %ct", "HEAD")
	if err != nil {
		return err
	}
	commit, seconds, _ := strings.Cut(line, " ")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return fmt.Errorf("the time of commit %s: %w", commit, err)
	}
	r.commit, r.time = commit, time.Unix(unix, 0).UTC()
	return nil
}

// git runs git without what a user's settings could change in the result.
func (r *release) git(ctx context.Context, dir string, args ...string) (string, error) {
	settings := []string{"-c", "core.autocrlf=false", "-c", "tag.gpgSign=false", "-c", "advice.detachedHead=false"}
	output, err := r.command(ctx, dir, nil, "git", slices.Concat(settings, args)...)
	return strings.TrimRight(output, "\n"), err
}

// command runs a program and returns its standard output.
func (r *release) command(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // git, make and the go command, with arguments of this program
	cmd.Dir = dir
	cmd.Env = slices.Concat(r.environ, env)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.String(), nil
}

// section returns the text of the changelog under the heading of a version. A version
// without a heading, or with nothing under it, is an error.
func section(changelog, number string) (string, error) {
	var text []string
	found := false
	for line := range strings.Lines(changelog) {
		if heading, is := strings.CutPrefix(line, "## "); is {
			if found {
				break
			}
			name, _, _ := strings.Cut(strings.TrimSpace(heading), " ")
			found = name == "["+number+"]"
			continue
		}
		if found {
			text = append(text, line)
		}
	}
	notes := strings.TrimSpace(strings.Join(text, ""))
	switch {
	case !found:
		return "", fmt.Errorf("CHANGELOG.md has no section ## [%s]", number)
	case notes == "":
		return "", fmt.Errorf("CHANGELOG.md says nothing in the section ## [%s]", number)
	}
	return notes + "\n", nil
}

// named is a line of a file that must name the version.
type named struct {
	file string
	// pattern has one group: the version.
	pattern *regexp.Regexp
	want    string
}

// named are the places that name the version in the tagged commit. Users get these files
// from the commit, so that they cannot be written at the release.
func (r *release) named() []named {
	chart := filepath.Join("charts", "kreconcile", "Chart.yaml")
	return []named{
		{chart, regexp.MustCompile(`(?m)^version: (.*)$`), r.number()},
		{chart, regexp.MustCompile(`(?m)^appVersion: (.*)$`), strconv.Quote(r.number())},
		{"action.yml", regexp.MustCompile(`(?m)^    default: (v.*)$`), r.version},
		{filepath.Join("templates", "kreconcile.yml"), regexp.MustCompile(`(?m)^      default: (v.*)$`), r.version},
	}
}

func (n named) check(root string) error {
	content, err := os.ReadFile(filepath.Join(root, n.file))
	if err != nil {
		return err
	}
	found := n.pattern.FindAllSubmatch(content, -1)
	if len(found) != 1 {
		return fmt.Errorf("%s has %d lines %s, want one", n.file, len(found), n.pattern)
	}
	if got := string(found[0][1]); got != n.want {
		return fmt.Errorf("%s has the version %s, want %s", n.file, got, n.want)
	}
	return nil
}
