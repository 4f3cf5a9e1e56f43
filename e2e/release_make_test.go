package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"
)

// releasePrograms are what a release has, with the package managers' manifests that install
// them.
var releasePrograms = []string{"kreconcile", "kubectl-kreconcile"}

// releasePlatforms are those of the release that the tests make: one that they can run,
// and every night one whose archive is a zip.
func releasePlatforms() []string {
	platforms := []string{"linux_" + runtime.GOARCH}
	if nightly() {
		platforms = append(platforms, "windows_amd64")
	}
	return platforms
}

// releaseOf is a release that make release made.
type releaseOf struct {
	dist string
	// version is that of the programs, such as v0.1.0, and number without the v.
	version, number string
}

// makeRelease makes a repository in a folder, with one commit of all files of the work
// tree, and a release of it. The changelog gets a section for the version, as a maintainer
// writes it.
func makeRelease(ctx context.Context, dir string, platforms []string, env ...string) (*releaseOf, error) {
	source, r := filepath.Join(dir, "source"), &releaseOf{dist: filepath.Join(dir, "dist")}
	chart, err := os.ReadFile(filepath.Join(suite.programs.Root, "charts", "kreconcile", "Chart.yaml"))
	if err != nil {
		return nil, err
	}
	var metadata struct {
		Version string `json:"version"`
	}
	if err := yaml.Unmarshal(chart, &metadata); err != nil {
		return nil, err
	}
	r.number, r.version = metadata.Version, "v"+metadata.Version
	if err := copyWorkTree(ctx, source); err != nil {
		return nil, err
	}
	changelog := filepath.Join(source, "CHANGELOG.md")
	content, err := os.ReadFile(changelog)
	if err != nil {
		return nil, err
	}
	if heading := "## [" + r.number + "]"; !bytes.Contains(content, []byte(heading)) {
		content = bytes.Replace(content, []byte("## [Unreleased]\n"), []byte("## [Unreleased]\n\n"+heading+" - 2026-01-02\n"), 1)
		if err := os.WriteFile(changelog, content, 0o644); err != nil {
			return nil, err
		}
	}
	for _, args := range [][]string{
		{"git", "init", "--quiet"},
		{"git", "add", "."},
		{"git", "-c", "user.name=e2e", "-c", "user.email=e2e@example.com", "commit", "--quiet", "--message=One"},
		{"make", "release", "VERSION=" + r.version, "PLATFORMS=" + strings.ReplaceAll(strings.Join(platforms, ","), "_", "/"), "dist=" + r.dist},
	} {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir = source
		cmd.Env = slices.Concat(os.Environ(), []string{
			"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_DATE=" + commitTime, "GIT_COMMITTER_DATE=" + commitTime,
		}, env)
		if output, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, output)
		}
	}
	return r, nil
}

// copyWorkTree copies the files that git knows, or would know after git add.
func copyWorkTree(ctx context.Context, to string) error {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = suite.programs.Root
	names, err := list.Output()
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		from := filepath.Join(suite.programs.Root, name)
		info, err := os.Stat(from)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		content, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), content, info.Mode().Perm()); err != nil {
			return err
		}
	}
	return nil
}

// released returns a release of the work tree, made once for all tests.
func released(t *testing.T) *releaseOf {
	t.Helper()
	r, err := makeReleaseOnce()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var makeReleaseOnce = sync.OnceValues(func() (*releaseOf, error) {
	return makeRelease(suite.interrupted, filepath.Join(suite.dir, "release"), releasePlatforms())
})

// serve serves the files of the release as GitHub does, in a folder of the version, and
// returns the address.
func (r *releaseOf) serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.StripPrefix("/"+r.version, http.FileServer(http.Dir(r.dist))))
	t.Cleanup(server.Close)
	return server.URL
}

func (r *releaseOf) archive(program, platform string) string {
	if strings.HasPrefix(platform, "windows") {
		return program + "_" + r.version + "_" + platform + ".zip"
	}
	return program + "_" + r.version + "_" + platform + ".tar.gz"
}

// published are the SHA-256 of the files, as checksums.txt lists them.
func (r *releaseOf) published(t *testing.T) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for line := range strings.Lines(string(readFile(t, filepath.Join(r.dist, "checksums.txt")))) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		sums[name] = sum
	}
	return sums
}

// shell runs a script in a folder as a new user: with only the programs in some folders
// and the system's.
func shell(t *testing.T, dir, script string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = dir, append([]string{"HOME=" + dir, "PATH=" + dir + ":/usr/bin:/bin"}, env...)
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, script, output)
	}
	return string(output)
}
