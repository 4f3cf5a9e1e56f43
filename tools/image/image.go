package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"time"

	oci "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// platform is the image of one platform, and what belongs to it.
type platform struct {
	binary      *binary
	created     time.Time
	annotations map[string]string

	// What follows is set by build.
	image  oci.Image
	digest oci.Hash
	// size is the number of bytes that a pull transfers.
	size     int64
	sbom     []byte
	referrer oci.Image
}

// newPlatform checks that an image can have the binary.
func newPlatform(path, sourceDateEpoch string) (*platform, error) {
	b, err := readBinary(path)
	if err != nil {
		return nil, err
	}
	if err := b.alone(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	created, err := b.created(sourceDateEpoch)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &platform{binary: b, created: created, annotations: b.annotations(created)}, nil
}

// ofOneBuild fails if one index cannot have all platforms.
func ofOneBuild(platforms []*platform) error {
	first, seen := platforms[0], map[string]bool{}
	for _, p := range platforms {
		name := p.binary.platform.String()
		if seen[name] {
			return fmt.Errorf("two binaries are for %s", name)
		}
		seen[name] = true
		if !maps.Equal(p.annotations, first.annotations) {
			return fmt.Errorf("%s and %s are of two builds: %q and %q", first.binary.path, p.binary.path, first.annotations, p.annotations)
		}
	}
	return nil
}

// build makes the image and the SBOM of the binary, which was built from the module in a
// folder.
func (p *platform) build(ctx context.Context, module string) error {
	files, err := p.binary.files(ctx, module)
	if err != nil {
		return err
	}
	layer, err := archive(files, p.binary.name, p.created)
	if err != nil {
		return err
	}
	if p.image, err = newImage(p.binary, layer, p.created, p.annotations); err != nil {
		return err
	}
	if p.digest, err = p.image.Digest(); err != nil {
		return err
	}
	if p.size, err = transferred(p.image); err != nil {
		return err
	}
	if p.sbom, err = p.binary.sbom(p.created); err != nil {
		return err
	}
	p.referrer, err = newReferrer(p.image, p.sbom, p.annotations)
	return err
}

// annotations are the labels of an image, and the annotations of its manifest and of
// the index. Unknown values are omitted.
//
// Source: https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md
func (b *binary) annotations(created time.Time) map[string]string {
	const repository = "https://" + project
	description := "Checks whether a Kubernetes cluster serves what an HCL declaration requires."
	if b.name == plugin {
		description = "Checks whether the clusters of a kubeconfig serve what an HCL declaration requires."
	}
	annotations := map[string]string{
		"org.opencontainers.image.title":         b.name,
		"org.opencontainers.image.description":   description,
		"org.opencontainers.image.url":           repository,
		"org.opencontainers.image.source":        repository,
		"org.opencontainers.image.documentation": repository + "/tree/main/docs",
		"org.opencontainers.image.licenses":      "Apache-2.0",
		"org.opencontainers.image.version":       b.version(),
	}
	if revision := b.setting("vcs.revision"); revision != "" {
		annotations["org.opencontainers.image.revision"] = revision
	}
	if created.Unix() != 0 {
		annotations["org.opencontainers.image.created"] = created.Format(time.RFC3339)
	}
	return annotations
}

// newImage makes an image with one layer. It has no environment: the program needs no
// PATH, and a container engine adds its own.
func newImage(b *binary, compressed []byte, created time.Time, labels map[string]string) (oci.Image, error) {
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(compressed)), nil }
	layer, err := tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	diffID, err := layer.DiffID()
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON), layer)
	if err != nil {
		return nil, err
	}
	image, err = mutate.ConfigFile(image, &oci.ConfigFile{
		OS: b.platform.OS, Architecture: b.platform.Architecture, Created: oci.Time{Time: created},
		Config: oci.Config{
			Entrypoint: []string{"/" + b.name},
			// The user has no name, because there is no /etc/passwd. A number also
			// lets Kubernetes check runAsNonRoot.
			User: "65532:65532", WorkingDir: "/", Labels: labels,
		},
		RootFS:  oci.RootFS{Type: "layers", DiffIDs: []oci.Hash{diffID}},
		History: []oci.History{{Created: oci.Time{Time: created}, CreatedBy: "tools/image"}},
	})
	if err != nil {
		return nil, err
	}
	annotated, ok := mutate.Annotations(image, labels).(oci.Image)
	if !ok {
		panic("an image with annotations is no image")
	}
	return annotated, nil
}

// transferred returns the size of the manifest, the configuration and the layers.
func transferred(image oci.Image) (int64, error) {
	size, err := image.Size()
	if err != nil {
		return 0, err
	}
	manifest, err := image.Manifest()
	if err != nil {
		return 0, err
	}
	size += manifest.Config.Size
	for _, layer := range manifest.Layers {
		size += layer.Size
	}
	return size, nil
}
