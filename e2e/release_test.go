package e2e

import (
	"archive/zip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
		if !nightly() {
			continue // There is no release for Windows.
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
