package e2e

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/image-spec/schema"
	oci "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

// TestImageIsPushed pushes the layout with the command from docs/image.md to a
// registry on loopback, and checks that all of it arrives with its digests, and that
// the registry finds the SBOM by the image.
func TestImageIsPushed(t *testing.T) {
	t.Parallel()
	folder := dist(t)
	l := openLayout(t, filepath.Join(folder, "image"))
	tools := filepath.Join(suite.programs.Root, "tools")
	crane := filepath.Join(t.TempDir(), "crane")
	if err := programs.Go(t.Context(), tools, crane, "github.com/google/go-containerregistry/cmd/crane", programs.NoDWARF); err != nil {
		t.Fatal(err)
	}
	repository := startRegistry(t, crane) + "/kreconcile"
	output := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir, cmd.Env = suite.programs.Root, append(os.Environ(), toolFlags())
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", cmd, err, stderr.String())
		}
		return strings.TrimSpace(string(out))
	}
	pushed := output("go", "tool", "-modfile=tools/go.mod", "crane", "push", l.dir, repository+":v0.1.0")
	if want := repository + "@" + l.digest; pushed != want {
		t.Errorf("pushed %s, want %s", pushed, want)
	}
	if page := string(readFile(t, filepath.Join(suite.programs.Root, "docs", "image.md"))); !strings.Contains(page, "go tool -modfile=tools/go.mod crane push dist/image ") {
		t.Error("docs/image.md pushes by another command")
	}
	output(crane, "validate", "--remote", pushed)
	for _, architecture := range imageArchitectures {
		i := l.image(t, architecture)
		if got := output(crane, "digest", "--platform=linux/"+architecture, repository+":v0.1.0"); got != i.descriptor.Digest.String() {
			t.Errorf("%s is %s, want %s", architecture, got, i.descriptor.Digest)
		}
		// A registry without the referrers API lists them under this tag.
		var referrers oci.Index
		decodeAs(t, []byte(output(crane, "manifest", repository+":"+strings.ReplaceAll(i.descriptor.Digest.String(), ":", "-"))),
			schema.ValidatorMediaTypeImageIndex, &referrers)
		if len(referrers.Manifests) != 1 || referrers.Manifests[0].ArtifactType != "application/vnd.cyclonedx+json" {
			t.Fatalf("%s: referrers %+v", architecture, referrers.Manifests)
		}
		var m oci.Manifest
		decodeAs(t, []byte(output(crane, "manifest", repository+"@"+referrers.Manifests[0].Digest.String())), schema.ValidatorMediaTypeManifest, &m)
		got := output(crane, "blob", repository+"@"+m.Layers[0].Digest.String())
		if want := string(readFile(t, filepath.Join(folder, "kreconcile_linux_"+architecture+".cdx.json"))); got != strings.TrimSpace(want) {
			t.Errorf("%s: the SBOM that the registry has differs (-want +got):\n%s", architecture, cmp.Diff(want, got))
		}
	}
}

// toolFlags is the environment variable by which go tool builds crane with the flag of the tests,
// so that it is compiled once.
func toolFlags() string { return "GOFLAGS=" + os.Getenv("GOFLAGS") + " " + programs.NoDWARF }

// startRegistry starts crane's registry on loopback, and returns its address. It ends
// with the test.
func startRegistry(t *testing.T, crane string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), crane, "registry", "serve", "--address=127.0.0.1:0")
	cmd.Env = []string{"HOME=" + t.TempDir()}
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if _, port, found := strings.Cut(lines.Text(), "serving on port "); found {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return "127.0.0.1:" + port
		}
	}
	t.Fatalf("the registry did not start: %v", lines.Err())
	return ""
}
