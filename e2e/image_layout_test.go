package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/opencontainers/image-spec/schema"
	oci "github.com/opencontainers/image-spec/specs-go/v1"
)

// imageLayout is an OCI image layout.
//
// Source: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
type imageLayout struct {
	dir string
	// index is the content of the layout, and digest the index's own digest.
	index  oci.Index
	digest string
	// read are the digests of the blobs that were read.
	read map[string]bool
}

func openLayout(t *testing.T, dir string) *imageLayout {
	t.Helper()
	l := &imageLayout{dir: dir, read: map[string]bool{}}
	var header oci.ImageLayout
	decodeAs(t, readFile(t, filepath.Join(dir, oci.ImageLayoutFile)), schema.ValidatorMediaTypeLayoutHeader, &header)
	var top oci.Index
	decodeAs(t, readFile(t, filepath.Join(dir, oci.ImageIndexFile)), schema.ValidatorMediaTypeImageIndex, &top)
	if header.Version != oci.ImageLayoutVersion || len(top.Manifests) != 1 || top.Manifests[0].MediaType != oci.MediaTypeImageIndex {
		t.Fatalf("version %q and %+v, want one index", header.Version, top.Manifests)
	}
	l.digest = top.Manifests[0].Digest.String()
	decodeAs(t, l.blob(t, top.Manifests[0]), schema.ValidatorMediaTypeImageIndex, &l.index)
	return l
}

// blob returns what a descriptor describes, and fails the test if the descriptor is
// wrong.
func (l *imageLayout) blob(t *testing.T, d oci.Descriptor) []byte {
	t.Helper()
	content := readFile(t, filepath.Join(l.dir, "blobs", d.Digest.Algorithm().String(), d.Digest.Encoded()))
	sum := sha256.Sum256(content)
	if got := "sha256:" + hex.EncodeToString(sum[:]); got != d.Digest.String() || int64(len(content)) != d.Size {
		t.Fatalf("%d bytes with %s, want %d with %s", len(content), got, d.Size, d.Digest)
	}
	l.read[d.Digest.Encoded()] = true
	return content
}

// ociImage is the image of one platform, and its parts.
type ociImage struct {
	descriptor oci.Descriptor
	manifest   oci.Manifest
	config     oci.Image
	// archive is the layer as an uncompressed tar archive.
	archive []byte
}

// image returns the image of one architecture.
func (l *imageLayout) image(t *testing.T, architecture string) *ociImage {
	t.Helper()
	at := slices.IndexFunc(l.index.Manifests, func(d oci.Descriptor) bool {
		return d.Platform.OS == "linux" && d.Platform.Architecture == architecture
	})
	if at < 0 {
		t.Fatalf("no image for %s in %+v", architecture, l.index.Manifests)
	}
	i := &ociImage{descriptor: l.index.Manifests[at]}
	decodeAs(t, l.blob(t, i.descriptor), schema.ValidatorMediaTypeManifest, &i.manifest)
	decodeAs(t, l.blob(t, i.manifest.Config), schema.ValidatorMediaTypeImageConfig, &i.config)
	if len(i.manifest.Layers) != 1 || i.manifest.Layers[0].MediaType != oci.MediaTypeImageLayerGzip || len(i.config.RootFS.DiffIDs) != 1 {
		t.Fatalf("layers %+v, want one that gzip packed", i.manifest.Layers)
	}
	zip, err := gzip.NewReader(bytes.NewReader(l.blob(t, i.manifest.Layers[0])))
	if err != nil {
		t.Fatal(err)
	}
	if i.archive, err = io.ReadAll(zip); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(i.archive)
	if got := "sha256:" + hex.EncodeToString(sum[:]); got != i.config.RootFS.DiffIDs[0].String() {
		t.Fatalf("the layer is %s, and the configuration says %s", got, i.config.RootFS.DiffIDs[0])
	}
	return i
}

// decodeAs reads a document that must be valid by its schema and have only fields of
// the specification.
func decodeAs(t *testing.T, content []byte, kind schema.Validator, into any) {
	t.Helper()
	if err := kind.Validate(bytes.NewReader(content)); err != nil {
		t.Fatalf("%s: %v\n%s", kind, err, content)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v\n%s", kind, err, content)
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// unpack writes the files of an image to a new folder, as a container engine does,
// and returns the folder. The test fails if a file is not as all files of the image
// must be.
func (i *ociImage) unpack(t *testing.T) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	created := *i.config.Created
	for archive := tar.NewReader(bytes.NewReader(i.archive)); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return root
		}
		if err != nil {
			t.Fatal(err)
		}
		want := int64(0o644)
		if header.Typeflag == tar.TypeDir || header.Name == "kreconcile" {
			want = 0o755
		}
		if header.Mode != want || header.Uid != 0 || header.Gid != 0 || header.Uname != "" || header.Gname != "" || !header.ModTime.Equal(created) {
			t.Errorf("%s: %+v, want mode %o, root's, of %s", header.Name, header, want, created)
		}
		if !filepath.IsLocal(header.Name) {
			t.Fatalf("%s leads out of the image", header.Name)
		}
		path := filepath.Join(root, header.Name)
		switch header.Typeflag {
		case tar.TypeDir:
			err = os.Mkdir(path, 0o755)
		case tar.TypeReg:
			var content []byte
			if content, err = io.ReadAll(archive); err == nil {
				err = os.WriteFile(path, content, fs.FileMode(header.Mode))
			}
		default:
			t.Errorf("%s is of type %q: an image of regular files holds no other", header.Name, header.Typeflag)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
