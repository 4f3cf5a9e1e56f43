package e2e

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/image-spec/schema"
	oci "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kreconcile/kreconcile/e2e/published"
)

// sbom has what the tests read of a CycloneDX document.
type sbom struct {
	SpecVersion  string `json:"specVersion"`
	SerialNumber string `json:"serialNumber"`
	Metadata     struct {
		Timestamp string    `json:"timestamp"`
		Component component `json:"component"`
	} `json:"metadata"`
	Components   []component `json:"components"`
	Dependencies []struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn"`
	} `json:"dependencies"`
}

type component struct {
	Ref        string `json:"bom-ref"`
	Name       string `json:"name"`
	Version    string `json:"version"`
	PackageURL string `json:"purl"`
	Hashes     []struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	} `json:"hashes"`
	Properties []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"properties"`
}

// expectSBOM checks that the index has an artifact that refers to the image, that the
// artifact is the SBOM beside the layout, and that the SBOM is right.
func expectSBOM(t *testing.T, l *imageLayout, i *ociImage, binary string, info *debug.BuildInfo) {
	t.Helper()
	const mediaType = "application/vnd.cyclonedx+json"
	var content []byte
	for _, d := range l.index.Manifests {
		if d.ArtifactType != mediaType {
			continue
		}
		var m oci.Manifest
		decodeAs(t, l.blob(t, d), schema.ValidatorMediaTypeManifest, &m)
		if d.Platform.OS != "unknown" || m.ArtifactType != mediaType || m.Config.MediaType != oci.MediaTypeEmptyJSON || m.Subject == nil || len(m.Layers) != 1 {
			t.Fatalf("artifact %+v %+v", d, m)
		}
		l.blob(t, m.Config)
		layer := l.blob(t, m.Layers[0])
		if m.Subject.Digest == i.descriptor.Digest {
			content = layer
		}
	}
	if !bytes.Equal(content, readFile(t, binary+".cdx.json")) {
		t.Errorf("%s: the SBOM of the index and that beside the layout differ:\n%s", binary, content)
	}
	expectBOM(t, content, binary, info)
}

// TestSBOM tests that the program alone has an SBOM too, on any platform.
func TestSBOM(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		t.Run(platform, func(t *testing.T) {
			dir := t.TempDir()
			binary := filepath.Join(dir, "kreconcile")
			system, architecture, _ := strings.Cut(platform, "/")
			cmd := exec.CommandContext(t.Context(), "make", "sbom", "binary="+binary, "imager="+filepath.Join(dir, "image"))
			cmd.Dir = suite.programs.Root
			cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+architecture)
			if output, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("make sbom: %v\n%s", err, output)
			}
			info, err := buildinfo.ReadFile(binary)
			if err != nil {
				t.Fatal(err)
			}
			expectBOM(t, readFile(t, binary+".cdx.json"), binary, info)
		})
	}
}

// expectBOM checks that an SBOM is valid, and lists what go version -m lists for a
// binary.
func expectBOM(t *testing.T, content []byte, binary string, info *debug.BuildInfo) {
	t.Helper()
	expectValidBOM(t, content)

	var got sbom
	if err := json.Unmarshal(content, &got); err != nil {
		t.Fatal(err)
	}
	// The output for scripts. Its columns are kind, path, version and sum.
	listing, err := exec.CommandContext(t.Context(), "go", "version", "-m", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"stdlib " + strings.TrimPrefix(info.GoVersion, "go") + " pkg:golang/stdlib@" + strings.TrimPrefix(info.GoVersion, "go")}
	for line := range strings.Lines(string(listing)) {
		if fields := strings.Fields(line); len(fields) == 4 && fields[0] == "dep" {
			want = append(want, fmt.Sprintf("%s %s pkg:golang/%s@%s [{go:sum %s}]", fields[1], fields[2],
				strings.ToLower(fields[1]), strings.ReplaceAll(fields[2], "+", "%2B"), fields[3]))
		}
	}
	if len(want) < 10 {
		t.Fatalf("go version -m lists only:\n%s", listing)
	}
	var listed, refs []string
	for _, c := range got.Components {
		line := fmt.Sprintf("%s %s %s", c.Name, c.Version, c.PackageURL)
		if len(c.Properties) > 0 {
			line += fmt.Sprint(" ", c.Properties)
		}
		if len(c.Hashes) > 0 {
			t.Errorf("%s has a hash %v of no file", c.Name, c.Hashes)
		}
		listed, refs = append(listed, line), append(refs, c.Ref)
	}
	if diff := cmp.Diff(want, listed); diff != "" {
		t.Errorf("%s: the modules differ (-go version +SBOM):\n%s", binary, diff)
	}
	main := got.Metadata.Component
	if len(got.Dependencies) != 1 || got.Dependencies[0].Ref != main.Ref || !slices.Equal(got.Dependencies[0].DependsOn, refs) {
		t.Errorf("%s: dependencies %+v, want %s on %v", binary, got.Dependencies, main.Ref, refs)
	}
	sum := sha256.Sum256(readFile(t, binary))
	if hash := hex.EncodeToString(sum[:]); len(main.Hashes) != 1 || main.Hashes[0].Algorithm != "SHA-256" || main.Hashes[0].Content != hash {
		t.Errorf("%s: hashes %v, want %s", binary, main.Hashes, hash)
	}
	labels := wantLabels(info)
	if main.Version != labels[oci.AnnotationVersion] || got.Metadata.Timestamp != labels[oci.AnnotationCreated] || got.SpecVersion != "1.6" {
		t.Errorf("%s: version %s of %q in CycloneDX %s, want %v", binary, main.Version, got.Metadata.Timestamp, got.SpecVersion, labels)
	}
}

// expectValidBOM fails the test if a document is not valid by the schema of CycloneDX
// 1.6.
func expectValidBOM(t *testing.T, content []byte) {
	t.Helper()
	path, err := published.CycloneDX().Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	// Each schema has this address in itself.
	const address = "http://cyclonedx.org/schema/"
	for id, file := range map[string]string{
		"bom-1.6.schema.json": "bom-1.6.schema.json", "spdx.schema.json": "spdx.schema.json", "jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(readFile(t, filepath.Join(filepath.Dir(path), file))))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(address+id, document); err != nil {
			t.Fatal(err)
		}
	}
	compiled, err := compiler.Compile(address + "bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(document); err != nil {
		t.Errorf("the SBOM is not valid: %v\n%s", err, content)
	}
}
