package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

// TestReleaseInRegistry pushes the images and the chart to a registry on loopback, as the
// release workflow does, and takes them from there: the images by their digest, and the
// chart with both versions of Helm.
func TestReleaseInRegistry(t *testing.T) {
	t.Parallel()
	r := released(t)
	crane := filepath.Join(t.TempDir(), "crane")
	if err := programs.Go(t.Context(), filepath.Join(suite.programs.Root, "tools"), crane, "github.com/google/go-containerregistry/cmd/crane", programs.NoDWARF); err != nil {
		t.Fatal(err)
	}
	registry := startRegistry(t, crane)
	exit, output := runScript(t, []string{toolFlags()}, "hack/push", r.version, registry, r.dist)
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
