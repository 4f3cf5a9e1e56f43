package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	oci "github.com/opencontainers/image-spec/specs-go/v1"
)

// TestImageOfACommit builds the image in a repository, where the go command records
// the commit, and holds that the commit's time is all the time that it tells of.
func TestImageOfACommit(t *testing.T) {
	t.Parallel()
	another := filepath.Join(dist(t), "kreconcile_linux_arm64")
	repository := newRepository(t)
	binary := filepath.Join(t.TempDir(), "kreconcile")
	imageProgram := filepath.Join(suite.programs.Root, "bin", "image")
	labels := func(t *testing.T, sourceDateEpoch string) map[string]string {
		t.Helper()
		build := exec.CommandContext(t.Context(), "make", "build", "binary="+binary)
		build.Env = append(os.Environ(), "GOFLAGS=-buildvcs=true", "GOOS=linux", "GOARCH=amd64")
		image := exec.CommandContext(t.Context(), imageProgram, "-o", binary+".image", binary)
		image.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+sourceDateEpoch)
		for _, cmd := range []*exec.Cmd{build, image} {
			cmd.Dir = repository
			if output, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", cmd, err, output)
			}
		}
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
	mixed := exec.CommandContext(t.Context(), imageProgram, "-o", binary+".image", binary, another)
	mixed.Dir = repository
	if output, err := mixed.CombinedOutput(); err == nil || !strings.Contains(string(output), "are of two builds") {
		t.Errorf("binaries of two builds make an image: %v\n%s", err, output)
	}
	if err := os.WriteFile(filepath.Join(repository, "changed"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := labels(t, ""); got[oci.AnnotationVersion] != "v0.1.0+dirty" {
		t.Errorf("a changed work tree has the version %s", got[oci.AnnotationVersion])
	}
}

// commitTime is when the commit of newRepository was made.
const commitTime = "2026-01-02T03:04:05Z"

// newRepository makes a git repository of kreconcile's sources, with one commit that
// has the tag v0.1.0.
func newRepository(t *testing.T) string {
	t.Helper()
	root, dir := suite.programs.Root, filepath.Join(t.TempDir(), "repository")
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if .Main}}{{$.Dir}}{{end}}{{end}}", "./cmd/kreconcile")
	cmd.Dir = root
	packages, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for from := range strings.FieldsSeq(string(packages)) {
		name, err := filepath.Rel(root, from)
		if err != nil {
			t.Fatal(err)
		}
		copyFiles(t, from, filepath.Join(dir, name))
	}
	for _, name := range []string{"go.mod", "go.sum", "Makefile", "LICENSE"} {
		if err := os.WriteFile(filepath.Join(dir, name), readFile(t, filepath.Join(root, name)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "--quiet")
	git(t, dir, "add", ".")
	git(t, dir, "-c", "user.name=e2e", "-c", "user.email=e2e@example.com", "commit", "--quiet", "--message=One")
	git(t, dir, "tag", "v0.1.0")
	return dir
}

// copyFiles copies the files of a folder, but not the folders in it.
func copyFiles(t *testing.T, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			if err := os.WriteFile(filepath.Join(to, entry.Name()), readFile(t, filepath.Join(from, entry.Name())), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
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
