package e2e

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	oci "github.com/opencontainers/image-spec/specs-go/v1"
)

// imageLimit is the number of bytes that a pull for one platform may transfer.
const imageLimit = 5_000_000

// imageArchitectures are the architectures of the image.
var imageArchitectures = []string{"amd64", "arm64"}

// makeImage builds the image into a new folder.
func makeImage(dist string) error {
	cmd := exec.CommandContext(suite.interrupted, "make", "image", "dist="+dist)
	cmd.Dir = suite.programs.Root
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make image: %w\n%s", err, output)
	}
	return nil
}

// dist returns the folder that make image wrote, once for all tests.
func dist(t *testing.T) string {
	t.Helper()
	dir, err := makeImageOnce()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var makeImageOnce = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(suite.dir, "dist")
	return dir, makeImage(dir)
})

// recorded returns a build setting of a binary.
func recorded(info *debug.BuildInfo, key string) string {
	at := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == key })
	if at < 0 {
		return ""
	}
	return info.Settings[at].Value
}

// TestImage tests that the layout is valid, and what its images contain.
func TestImage(t *testing.T) {
	t.Parallel()
	folder := dist(t)
	l := openLayout(t, filepath.Join(folder, "image"))
	for _, architecture := range imageArchitectures {
		i := l.image(t, architecture)
		root := i.unpack(t)
		info, err := buildinfo.ReadFile(filepath.Join(root, "kreconcile"))
		if err != nil {
			t.Fatal(err)
		}
		machine := expectStatic(t, filepath.Join(root, "kreconcile"))
		if want := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[architecture]; machine != want {
			t.Errorf("the program for %s is for %s", architecture, machine)
		}

		labels := wantLabels(info)
		created := time.Unix(0, 0).UTC()
		if label, known := labels[oci.AnnotationCreated]; known {
			if created, err = time.Parse(time.RFC3339, label); err != nil {
				t.Fatal(err)
			}
		}
		config := oci.ImageConfig{Entrypoint: []string{"/kreconcile"}, User: "65532:65532", WorkingDir: "/", Labels: labels}
		if diff := cmp.Diff(config, i.config.Config); diff != "" {
			t.Errorf("%s: the configuration differs (-want +got):\n%s", architecture, diff)
		}
		if i.config.OS != "linux" || i.config.Architecture != architecture || !i.config.Created.Equal(created) {
			t.Errorf("%s: an image for %+v of %s, want linux/%s of %s", architecture, i.config.Platform, i.config.Created, architecture, created)
		}
		for what, annotations := range map[string]map[string]string{"manifest": i.manifest.Annotations, "index": l.index.Annotations} {
			if diff := cmp.Diff(labels, annotations); diff != "" {
				t.Errorf("%s: the annotations of the %s differ (-want +got):\n%s", architecture, what, diff)
			}
		}
		if i.descriptor.ArtifactType != "" {
			t.Errorf("%s: the image is listed as an artifact of type %s", architecture, i.descriptor.ArtifactType)
		}
		size := i.descriptor.Size + i.manifest.Config.Size + i.manifest.Layers[0].Size
		t.Logf("linux/%s: %d bytes compressed, at most %d are allowed", architecture, size, imageLimit)
		if size > imageLimit {
			t.Errorf("%s: the image has %d bytes, at most %d are allowed", architecture, size, imageLimit)
		}
		// A copy of the program must carry the licences of the linked modules.
		licences := []string{"", "go"}
		for _, m := range info.Deps {
			licences = append(licences, m.Path)
		}
		for _, module := range licences {
			if found, err := filepath.Glob(filepath.Join(root, "licenses", module, "LICENSE*")); err != nil || len(found) != 1 {
				t.Errorf("%s: the licences of %q are %v", architecture, module, found)
			}
		}
		expectSBOM(t, l, i, filepath.Join(folder, "kreconcile_linux_"+architecture), info)
	}

	if want := 2 * len(imageArchitectures); len(l.index.Manifests) != want {
		t.Errorf("the index has %d entries, want %d: %+v", len(l.index.Manifests), want, l.index.Manifests)
	}
	blobs, err := os.ReadDir(filepath.Join(l.dir, "blobs", "sha256"))
	if err != nil {
		t.Fatal(err)
	}
	for _, blob := range blobs {
		if !l.read[blob.Name()] {
			t.Errorf("nothing refers to the blob %s", blob.Name())
		}
	}
}

// expectStatic fails the test if a program needs another file.
func expectStatic(t *testing.T, path string) elf.Machine {
	t.Helper()
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP {
			t.Errorf("%s needs a dynamic linker", path)
		}
	}
	return file.Machine
}

// wantLabels are the labels of an image of a binary.
func wantLabels(info *debug.BuildInfo) map[string]string {
	labels := map[string]string{
		oci.AnnotationTitle:         "kreconcile",
		oci.AnnotationDescription:   "Checks whether a Kubernetes cluster serves what an HCL declaration requires.",
		oci.AnnotationURL:           "https://github.com/kreconcile/kreconcile",
		oci.AnnotationSource:        "https://github.com/kreconcile/kreconcile",
		oci.AnnotationDocumentation: "https://github.com/kreconcile/kreconcile/tree/main/docs",
		oci.AnnotationLicenses:      "Apache-2.0",
		oci.AnnotationVersion:       info.Main.Version,
	}
	if info.Main.Version == "(devel)" {
		labels[oci.AnnotationVersion] = "dev"
	}
	if revision := recorded(info, "vcs.revision"); revision != "" {
		labels[oci.AnnotationRevision] = revision
		labels[oci.AnnotationCreated] = recorded(info, "vcs.time")
	}
	if seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		labels[oci.AnnotationCreated] = time.Unix(seconds, 0).UTC().Format(time.RFC3339)
	}
	return labels
}

// tree returns the mode and the hash of each file in a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[name] = info.Mode().String()
		if !entry.IsDir() {
			sum := sha256.Sum256(readFile(t, path))
			files[name] += " " + hex.EncodeToString(sum[:])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestImageRefuses tests that no image is made from a binary that would not run or
// fit, and that an earlier layout stays.
func TestImageRefuses(t *testing.T) {
	t.Parallel()
	folder := dist(t)
	before := tree(t, folder)
	amd64 := filepath.Join(folder, "kreconcile_linux_amd64")
	layout := filepath.Join(folder, "image")
	otherSystem := filepath.Join(t.TempDir(), "kreconcile_plan9_amd64")
	content := bytes.ReplaceAll(readFile(t, amd64), []byte("GOOS=linux"), []byte("GOOS=plan9"))
	if err := os.WriteFile(otherSystem, content, 0o755); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	unlicensed := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := os.WriteFile(filepath.Join(unlicensed, name), readFile(t, filepath.Join(suite.programs.Root, name)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		epoch string
		args  []string
		want  string
	}{
		"no binary":           {args: []string{"-o", layout}, want: "no binary is given"},
		"another program":     {args: []string{"-o", layout, filepath.Join(suite.programs.Root, "bin", "image")}, want: "not github.com/kreconcile/kreconcile/cmd/kreconcile"},
		"another system":      {args: []string{"-o", layout, otherSystem}, want: "is for plan9/amd64"},
		"no program":          {args: []string{"-o", layout, text}, want: "unrecognized file format"},
		"one platform twice":  {args: []string{"-o", layout, amd64, amd64}, want: "two binaries are for linux/amd64"},
		"a folder of another": {args: []string{"-o", folder, amd64}, want: "is there, and is no image layout"},
		"no time":             {epoch: "yesterday", args: []string{"-o", layout, amd64}, want: "SOURCE_DATE_EPOCH"},
		"no licence":          {args: []string{"-o", layout, "-module=" + unlicensed, amd64}, want: "holds no licence to pass on"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), filepath.Join(suite.programs.Root, "bin", "image"), test.args...)
			cmd.Dir, cmd.Env = suite.programs.Root, append(os.Environ(), "SOURCE_DATE_EPOCH="+test.epoch)
			output, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(output), test.want) {
				t.Errorf("%v, want a failure with %q\n%s", err, test.want, output)
			}
		})
	}
	if diff := cmp.Diff(before, tree(t, folder)); diff != "" {
		t.Errorf("what was there differs (-before +after):\n%s", diff)
	}
}
