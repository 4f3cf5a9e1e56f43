package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	oci "github.com/opencontainers/image-spec/specs-go/v1"
)

// makeSmall builds the program of a repository, and its image.
func makeSmall(t *testing.T, repository, binary, sourceDateEpoch string) {
	t.Helper()
	build := exec.CommandContext(t.Context(), "make", "build", "binary="+binary)
	build.Env = append(os.Environ(), "GOFLAGS=-buildvcs=true", "GOOS=linux", "GOARCH=amd64")
	image := imageOf(t, repository, binary)
	image.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+sourceDateEpoch)
	for _, cmd := range []*exec.Cmd{build, image} {
		cmd.Dir = repository
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", cmd, err, output)
		}
	}
}

// imageOf makes the image of a binary from a repository, beside it. The further arguments come first.
func imageOf(t *testing.T, repository, binary string, args ...string) *exec.Cmd {
	t.Helper()
	args = slices.Concat([]string{"-o", binary + ".image"}, args, []string{binary})
	cmd := exec.CommandContext(t.Context(), filepath.Join(suite.programs.Root, "bin", "image"), args...)
	cmd.Dir = repository
	return cmd
}

// TestImageOfACommit builds the image in a repository, where the go command records
// the commit, and holds that the commit's time is all the time that it tells of.
func TestImageOfACommit(t *testing.T) {
	t.Parallel()
	another := filepath.Join(dist(t), "kreconcile_linux_arm64")
	repository := newRepository(t)
	binary := filepath.Join(t.TempDir(), "kreconcile")
	labels := func(t *testing.T, sourceDateEpoch string) map[string]string {
		t.Helper()
		makeSmall(t, repository, binary, sourceDateEpoch)
		return openLayout(t, binary+".image").image(t, "amd64").config.Config.Labels
	}

	got := labels(t, "")
	commit := git(t, repository, "rev-parse", "HEAD")
	if got[oci.AnnotationVersion] != "v0.1.0" || got[oci.AnnotationRevision] != commit || got[oci.AnnotationCreated] != commitTime {
		t.Errorf("labels %v, want those of v0.1.0, commit %s of %s", got, commit, commitTime)
	}
	if got := labels(t, "1700000000"); got[oci.AnnotationCreated] != "2023-11-14T22:13:20Z" {
		t.Errorf("with SOURCE_DATE_EPOCH, the image is of %s", got[oci.AnnotationCreated])
	}
	if output, err := imageOf(t, repository, binary, another).CombinedOutput(); err == nil || !strings.Contains(string(output), "are of two builds") {
		t.Errorf("binaries of two builds make an image: %v\n%s", err, output)
	}
	if err := os.WriteFile(filepath.Join(repository, "changed"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := labels(t, ""); got[oci.AnnotationVersion] != "v0.1.0+dirty" {
		t.Errorf("a changed work tree has the version %s", got[oci.AnnotationVersion])
	}
}

// TestImageReplacesAnEarlierOne tests that the image depends on the program alone, and that one which is
// too large replaces nothing.
func TestImageReplacesAnEarlierOne(t *testing.T) {
	t.Parallel()
	dist(t) // builds the program that makes images
	repository := newRepository(t)
	first, second := filepath.Join(t.TempDir(), "kreconcile"), filepath.Join(t.TempDir(), "elsewhere", "kreconcile")
	makeSmall(t, repository, first, "")
	earlier := second + ".image"
	if err := os.MkdirAll(earlier, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"oci-layout", "index.json", "stale"} {
		if err := os.WriteFile(filepath.Join(earlier, name), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	makeSmall(t, repository, second, "")
	want := tree(t, first+".image")
	if diff := cmp.Diff(want, tree(t, earlier)); diff != "" || len(want) < 5 {
		t.Errorf("two images of %d files differ (-first +second):\n%s", len(want), diff)
	}
	output, err := imageOf(t, repository, second, "-limit=4000").CombinedOutput()
	if err == nil || !strings.Contains(string(output), "bytes, at most 4000 are allowed") {
		t.Errorf("a program with more than 4,000 bytes makes an image: %v\n%s", err, output)
	}
	if diff := cmp.Diff(want, tree(t, earlier)); diff != "" {
		t.Errorf("what was there differs (-before +after):\n%s", diff)
	}
}

// commitTime is when the commit of newRepository was made.
const commitTime = "2026-01-02T03:04:05Z"

// newRepository makes a git repository of a program that says it is kreconcile, and does nothing, so that
// its image is made in no time. It has one commit with the tag v0.1.0.
func newRepository(t *testing.T) string {
	t.Helper()
	root, dir := suite.programs.Root, filepath.Join(t.TempDir(), "repository")
	if err := os.CopyFS(filepath.Join(dir, "internal", "signals"), os.DirFS(filepath.Join(root, "internal", "signals"))); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		// What makes the program is that of kreconcile.
		"Makefile": string(readFile(t, filepath.Join(root, "Makefile"))), "LICENSE": string(readFile(t, filepath.Join(root, "LICENSE"))),
		"go.mod":                 "module github.com/kreconcile/kreconcile\n\ngo 1.26\n",
		"cmd/kreconcile/main.go": "package main\n\nimport _ \"github.com/kreconcile/kreconcile/internal/signals\"\n\nfunc main() {}\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "--quiet")
	git(t, dir, "add", ".")
	git(t, dir, "-c", "user.name=e2e", "-c", "user.email=e2e@example.com", "commit", "--quiet", "--message=One")
	git(t, dir, "tag", "v0.1.0")
	return dir
}

// git runs git without the user's settings.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_DATE="+commitTime, "GIT_COMMITTER_DATE="+commitTime)
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", args, err, output)
	}
	return strings.TrimSpace(string(output))
}
