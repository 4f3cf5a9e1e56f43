package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository makes a git repository that may be released as v0.2.0, and returns its folder.
func repository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-01-02\n\n### Fixed\n\n- One.\n\n## [0.1.0]\n")
	write(t, dir, "charts/kreconcile/Chart.yaml", "name: kreconcile\nversion: 0.2.0\nappVersion: \"0.2.0\"\n")
	write(t, dir, "action.yml", "inputs:\n  version:\n    default: v0.2.0\n")
	write(t, dir, "templates/kreconcile.yml", "spec:\n  inputs:\n    version:\n      default: v0.2.0\n")
	git(t, dir, "init", "--quiet")
	commit(t, dir)
	return dir
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func commit(t *testing.T, dir string) {
	t.Helper()
	git(t, dir, "add", ".")
	git(t, dir, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message=One")
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", args, err, output)
	}
}

// TestRefused tests what is not released, and that nothing is written then.
func TestRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, dir string)
		args   []string
		want   []string
	}{
		"no version":               {args: []string{}, want: []string{"which version?"}},
		"an empty version":         {args: []string{""}, want: []string{"which version?"}},
		"a version without its v":  {args: []string{"0.2.0"}, want: []string{`"0.2.0" is no version such as v0.2.0`}},
		"a version of two numbers": {args: []string{"v0.2"}, want: []string{`"v0.2" is no version such as v0.2.0`}},
		"a build":                  {args: []string{"v0.2.0+one"}, want: []string{`"v0.2.0+one" is no version such as v0.2.0`}},
		"an unknown platform":      {args: []string{"-platforms=linux/amd64,linux/arm", "v0.2.0"}, want: []string{`the platform "linux/arm" is none of`}},
		"a platform twice":         {args: []string{"-platforms=linux/amd64,linux/amd64", "v0.2.0"}, want: []string{"the platform linux/amd64 is listed twice"}},
		"a changed file": {
			change: func(t *testing.T, dir string) { write(t, dir, "action.yml", "changed") },
			want:   []string{"the work tree differs from the commit; commit or remove:\n M action.yml"},
		},
		"a new file": {
			change: func(t *testing.T, dir string) { write(t, dir, "new", "") },
			want:   []string{"the work tree differs from the commit; commit or remove:\n?? new"},
		},
		"no section and other versions": {
			args: []string{"v0.3.0-rc.1"},
			want: []string{
				"CHANGELOG.md has no section ## [0.3.0-rc.1]",
				"Chart.yaml has the version 0.2.0, want 0.3.0-rc.1", `Chart.yaml has the version "0.2.0", want "0.3.0-rc.1"`,
				"action.yml has the version v0.2.0, want v0.3.0-rc.1", "kreconcile.yml has the version v0.2.0, want v0.3.0-rc.1",
			},
		},
		"an empty section": {args: []string{"v0.1.0"}, want: []string{"CHANGELOG.md says nothing in the section ## [0.1.0]"}},
		"two versions in a file": {
			change: func(t *testing.T, dir string) {
				write(t, dir, "charts/kreconcile/Chart.yaml", "version: 0.2.0\nversion: 0.2.0\nappVersion: \"0.2.0\"\n")
				commit(t, dir)
			},
			want: []string{"Chart.yaml has 2 lines"},
		},
		"something else in the folder": {
			change: func(t *testing.T, dir string) {
				write(t, dir, ".gitignore", "/dist/\n")
				commit(t, dir)
				write(t, dir, "dist/diary.txt", "dear diary")
			},
			want: []string{"holds diary.txt, and is no release"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := repository(t)
			if test.change != nil {
				test.change(t, dir)
			}
			if test.args == nil {
				test.args = []string{"v0.2.0"}
			}
			dist := filepath.Join(dir, "dist")
			before, _ := os.ReadDir(dist)
			var stdout, stderr bytes.Buffer
			err := run(t.Context(), append([]string{"-root", dir, "-o", dist}, test.args...), os.Environ(), &stdout, &stderr)
			if err == nil {
				t.Fatal("it makes a release")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in the error:\n%v", want, err)
				}
			}
			if after, _ := os.ReadDir(dist); len(after) != len(before) || stdout.Len() > 0 {
				t.Errorf("it wrote %v and %q", after, stdout.String())
			}
		})
	}
}

// TestSection tests that notes are one section of the changelog, without its heading.
func TestSection(t *testing.T) {
	const changelog = "# Changelog\n\nAll.\n\n## [Unreleased]\n\n- New.\n\n## [1.2.0] - 2026-01-02\n\n### Added\n\n- A.\n  ## [1.1.0]\n\n### Fixed\n\n- B.\n\n## [1.1.0] - 2026-01-01\n\n- C.\n"
	got, err := section(changelog, "1.2.0")
	if want := "### Added\n\n- A.\n  ## [1.1.0]\n\n### Fixed\n\n- B.\n"; err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if got, err := section(changelog, "1.1.0"); err != nil || got != "- C.\n" {
		t.Errorf("%q, %v", got, err)
	}
}
