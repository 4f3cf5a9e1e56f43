package e2e

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

// releasePrograms are what a release has, with the package managers' manifests that install
// them.
var releasePrograms = []string{"kreconcile", "kubectl-kreconcile"}

// releasePlatforms are those of the release that the tests make: one that they can run,
// and one whose archive is a zip.
func releasePlatforms() []string { return []string{"linux_" + runtime.GOARCH, "windows_amd64"} }

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

// TestReleaseFiles tests which files a release has, and that each is in checksums.txt.
func TestReleaseFiles(t *testing.T) {
	t.Parallel()
	r := released(t)
	want := []string{"kreconcile-" + r.number + ".tgz", "kreconcile.rb", "kreconcile.yaml"}
	for _, program := range releasePrograms {
		for _, platform := range releasePlatforms() {
			want = append(want, r.archive(program, platform), program+"_"+r.version+"_"+platform+".cdx.json")
		}
	}
	sums := map[string]string{}
	for _, name := range want {
		sum := sha256.Sum256(readFile(t, filepath.Join(r.dist, name)))
		sums[name] = hex.EncodeToString(sum[:])
	}
	if diff := cmp.Diff(sums, r.published(t)); diff != "" {
		t.Errorf("checksums.txt differs (-files +checksums.txt):\n%s", diff)
	}
	want = append(want, "checksums.txt", "images", "notes.md")
	entries, err := os.ReadDir(r.dist)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the files differ (-want +got):\n%s", diff)
	}
	if notes := string(readFile(t, filepath.Join(r.dist, "notes.md"))); !strings.HasPrefix(notes, "### ") {
		t.Errorf("the notes are %q", notes)
	}
}

// TestReleaseBinaries downloads the archives and verifies them as a new user would, and
// runs the programs. kubectl finds its plugin.
func TestReleaseBinaries(t *testing.T) {
	t.Parallel()
	r := released(t)
	address, home := r.serve(t), t.TempDir()
	if err := os.Symlink(suite.programs.Kubectl, filepath.Join(home, "kubectl")); err != nil {
		t.Fatal(err)
	}
	script := "curl -fsSLO " + address + "/" + r.version + "/checksums.txt\n"
	for _, program := range releasePrograms {
		archive := r.archive(program, "linux_"+runtime.GOARCH)
		script += "curl -fsSLO " + address + "/" + r.version + "/" + archive + "\n" +
			"sha256sum --check --strict --ignore-missing checksums.txt\n" +
			"tar -xzf " + archive + "\n"
	}
	shell(t, home, script)
	for _, command := range []string{"./kreconcile version", "kubectl kreconcile version"} {
		if got := shell(t, home, command); !strings.Contains(got, "kreconcile "+r.version+" (") {
			t.Errorf("%s prints %q", command, got)
		}
	}
	for _, program := range releasePrograms {
		binary := filepath.Join(home, program)
		info, err := buildinfo.ReadFile(binary)
		if err != nil {
			t.Fatal(err)
		}
		if info.Main.Version != r.version || recorded(info, "vcs.time") != commitTime || recorded(info, "vcs.modified") != "false" {
			t.Errorf("%s is %s of %v", program, info.Main.Version, info.Settings)
		}
		expectStatic(t, binary)
		for _, licence := range []string{"LICENSE", "licenses/go/LICENSE", "licenses/github.com/hashicorp/hcl/v2/LICENSE"} {
			readFile(t, filepath.Join(home, filepath.FromSlash(licence)))
		}
		bom := readFile(t, filepath.Join(r.dist, program+"_"+r.version+"_linux_"+runtime.GOARCH+".cdx.json"))
		expectValidBOM(t, bom)
		sum := sha256.Sum256(readFile(t, binary))
		for _, part := range []string{hex.EncodeToString(sum[:]), `"version": "` + r.version + `"`, `"name": "` + program + `"`} {
			if !strings.Contains(string(bom), part) {
				t.Errorf("the SBOM of %s does not hold %s", program, part)
			}
		}
		archive, err := zip.OpenReader(filepath.Join(r.dist, r.archive(program, "windows_amd64")))
		if err != nil {
			t.Fatal(err)
		}
		defer archive.Close()
		if !slices.ContainsFunc(archive.File, func(f *zip.File) bool { return f.Name == program+".exe" && f.Mode() == 0o755 }) {
			t.Errorf("the archive for Windows has no %s.exe", program)
		}
	}
}

// TestReleaseInRegistry pushes the images and the chart to a registry on loopback, as the
// release workflow does, and takes them from there: the images by their digest, and the
// chart with both versions of Helm.
func TestReleaseInRegistry(t *testing.T) {
	t.Parallel()
	r := released(t)
	crane := filepath.Join(t.TempDir(), "crane")
	if err := programs.Go(t.Context(), filepath.Join(suite.programs.Root, "tools"), crane, "github.com/google/go-containerregistry/cmd/crane"); err != nil {
		t.Fatal(err)
	}
	registry := startRegistry(t, crane)
	exit, output := runScript(t, nil, "hack/push", r.version, registry, r.dist)
	digests := map[string]string{}
	for _, match := range regexp.MustCompile(`(?m)^([a-z-]+)=(sha256:[0-9a-f]{64})$`).FindAllStringSubmatch(output, -1) {
		digests[match[1]] = match[2]
	}
	if exit != 0 || len(digests) != 3 {
		t.Fatalf("exit %d, and the digests %v\n%s", exit, digests, output)
	}
	for _, program := range releasePrograms {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			image := registry + "/" + program + "@" + digests[program]
			shell(t, home, crane+" export --platform linux/"+runtime.GOARCH+" "+image+" - | tar -x")
			if got := shell(t, home, "./"+program+" version"); !strings.Contains(got, "kreconcile "+r.version+" (") {
				t.Errorf("the program in the image prints %q", got)
			}
			configuration := shell(t, home, crane+" config --platform linux/"+runtime.GOARCH+" "+image)
			if !strings.Contains(configuration, `"Entrypoint":["/`+program+`"]`) {
				t.Errorf("the configuration is %s", configuration)
			}
			if tagged := strings.TrimSpace(shell(t, home, crane+" digest "+registry+"/"+program+":"+r.number)); tagged != digests[program] {
				t.Errorf("the tag %s is %s, want %s", r.number, tagged, digests[program])
			}
		})
	}
	chart := "oci://" + registry + "/charts/kreconcile"
	for _, major := range []string{"3", "4"} {
		t.Run("Helm "+major, func(t *testing.T) {
			t.Parallel()
			h := newHelm(t, major, nil, "gates")
			got := h.expect(t, 0, `declaration: 'api "v1" {}'`, "template", "gate", chart, "--version", r.number, "--plain-http", "-f", "-")
			// The released image is the default.
			if want := `image: "ghcr.io/kreconcile/kreconcile:` + r.number + `"`; !strings.Contains(got.Stdout, want) {
				t.Errorf("no %s in:\n%s", want, got.Stdout)
			}
			h.expect(t, 0, "", "pull", chart, "--version", r.number, "--plain-http")
			name := "kreconcile-" + r.number + ".tgz"
			if !bytes.Equal(readFile(t, filepath.Join(h.home, name)), readFile(t, filepath.Join(r.dist, name))) {
				t.Errorf("Helm pulls another chart than dist/%s", name)
			}
			h.expect(t, 0, "", "lint", "--strict", filepath.Join(h.home, name), "--set=declaration=api \"v1\" {}")
			h.expect(t, 0, "", "package", chartDir(), "--destination", "packed")
			if diff := cmp.Diff(packedFiles(t, filepath.Join(h.home, "packed", name)), packedFiles(t, filepath.Join(h.home, name))); diff != "" {
				t.Errorf("the chart differs (-helm package +make release):\n%s", diff)
			}
			packed := h.expect(t, 0, "", "show", "chart", filepath.Join(h.home, name))
			remote := h.expect(t, 0, "", "show", "chart", chart, "--version", r.number, "--plain-http")
			if diff := cmp.Diff(packed.Stdout, remote.Stdout); diff != "" {
				t.Errorf("the charts differ (-file +registry):\n%s", diff)
			}
		})
	}
}

// packedFiles returns the files of a packed chart. Of Chart.yaml, which helm package writes
// in another style, it returns the values.
func packedFiles(t *testing.T, path string) map[string]string {
	t.Helper()
	unpacked, err := gzip.NewReader(bytes.NewReader(readFile(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(unpacked); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		if header.Name == "kreconcile/Chart.yaml" {
			var values map[string]any
			if err := yaml.UnmarshalStrict(content, &values); err != nil {
				t.Fatal(err)
			}
			content = fmt.Append(nil, values)
		}
		files[header.Name] = string(content)
	}
}

// TestReleaseForKrew installs the plugin on each platform with krew, by the manifest of
// the release, from a file server in place of GitHub.
func TestReleaseForKrew(t *testing.T) {
	t.Parallel()
	r := released(t)
	if err := buildKrew(); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	manifest := strings.ReplaceAll(string(readFile(t, filepath.Join(r.dist, "kreconcile.yaml"))), "https://github.com/kreconcile/kreconcile/releases/download", r.serve(t))
	for name, content := range map[string]string{
		"kreconcile.yaml": manifest,
		"wrong.yaml":      regexp.MustCompile(`(?m)sha256: .*$`).ReplaceAllString(manifest, `sha256: "`+strings.Repeat("0", 64)+`"`),
	} {
		if err := os.MkdirAll(filepath.Join(home, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, name, "kreconcile.yaml"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(suite.programs.Kubectl, filepath.Join(home, "kubectl")); err != nil {
		t.Fatal(err)
	}
	path := "PATH=" + home + ":" + suite.programs.Krew + ":/usr/bin:/bin"
	output := shell(t, home, "validate-krew-manifest -manifest kreconcile.yaml/kreconcile.yaml 2>&1", path)
	if want := fmt.Sprintf("all %d spec.platforms installed fine", len(releasePlatforms())); !strings.Contains(output, want) {
		t.Errorf("no %q in:\n%s", want, output)
	}
	refused := shell(t, home, "! validate-krew-manifest -manifest wrong.yaml/kreconcile.yaml 2>&1", path)
	if !strings.Contains(refused, "checksum does not match") {
		t.Errorf("a wrong checksum gives:\n%s", refused)
	}
	got := shell(t, home, "kubectl krew install --manifest kreconcile.yaml/kreconcile.yaml >&2\nkubectl kreconcile version",
		path+":"+filepath.Join(home, "krew", "bin"), "KREW_ROOT="+filepath.Join(home, "krew"))
	if !strings.Contains(got, "kreconcile "+r.version+" (") {
		t.Errorf("the plugin prints %q", got)
	}
}

// formula is what the tests know of Homebrew: it prints each download of a formula, and
// what the formula installs.
//
// Source: https://docs.brew.sh/Formula-Cookbook
const formula = `
class Formula
  class << self
    def desc(text) = puts("desc #{text}")
    def homepage(url) = puts("homepage #{url}")
    def version(text) = puts("version #{text}")
    def license(id) = puts("license #{id}")
    def on_macos = (@system = "darwin"; yield)
    def on_linux = (@system = "linux"; yield)
    def on_arm = (@arch = "arm64"; yield)
    def on_intel = (@arch = "amd64"; yield)
    def url(url) = @url = url
    def sha256(sum) = puts("#{@system}_#{@arch} #{@url} #{sum}")
    def test(&block) = puts("test")
  end
  class Folder
    def initialize(name) = @name = name
    def install(file) = puts("#{@name} #{file}")
    def /(file) = "#{@name}/#{file}"
  end
  def bin = Folder.new("bin")
  def pkgshare = Folder.new("share")
  def generate_completions_from_executable(*command) = puts(command.join(" "))
end
load ARGV[0]
Kreconcile.new.install
`

// TestReleaseForHomebrew reads the formula as Homebrew does.
func TestReleaseForHomebrew(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ruby"); err != nil {
		t.Skip("the command ruby is not installed: install the package ruby")
	}
	r := released(t)
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "formula.rb"), []byte(formula), 0o644); err != nil {
		t.Fatal(err)
	}
	got := shell(t, home, "ruby -w formula.rb "+filepath.Join(r.dist, "kreconcile.rb")+" 2>&1")
	archive := r.archive("kreconcile", "linux_"+runtime.GOARCH)
	want := "desc Check what Kubernetes clusters serve against a declaration in HCL\nhomepage https://github.com/kreconcile/kreconcile\n" +
		"version " + r.number + "\nlicense Apache-2.0\n" +
		"linux_" + runtime.GOARCH + " https://github.com/kreconcile/kreconcile/releases/download/" + r.version + "/" + archive + " " + r.published(t)[archive] + "\n" +
		"test\nbin kreconcile\nshare licenses\nbin/kreconcile completion\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the formula differs (-want +got):\n%s", diff)
	}
}

// TestReleaseIsReproducible makes the release again in another folder, with other settings
// of the user.
func TestReleaseIsReproducible(t *testing.T) {
	t.Parallel()
	first := released(t)
	second, err := makeRelease(t.Context(), filepath.Join(t.TempDir(), "another", "folder"), releasePlatforms(),
		"GOFLAGS=-buildvcs=false", "SOURCE_DATE_EPOCH=1", "TZ=Pacific/Auckland", "GOOS=darwin")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tree(t, first.dist), tree(t, second.dist)); diff != "" {
		t.Errorf("two releases differ (-first +second):\n%s", diff)
	}
}
