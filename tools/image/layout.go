package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	oci "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// newIndex makes the index of all images. The SBOMs are entries of it, so that they
// are copied with it even to a registry that does not support referrers.
func newIndex(platforms []*platform) oci.ImageIndex {
	var images, referrers []mutate.IndexAddendum
	for _, p := range platforms {
		images = append(images, mutate.IndexAddendum{Add: entry{p.image}, Descriptor: oci.Descriptor{Platform: &p.binary.platform}})
		// No machine runs an entry of an unknown platform.
		referrers = append(referrers, mutate.IndexAddendum{Add: p.referrer, Descriptor: oci.Descriptor{
			ArtifactType: string(sbomType), Platform: &oci.Platform{OS: "unknown", Architecture: "unknown"},
		}})
	}
	index := mutate.AppendManifests(empty.Index, append(images, referrers...)...)
	annotated, ok := mutate.Annotations(index, platforms[0].annotations).(oci.ImageIndex)
	if !ok {
		panic("an index with annotations is no index")
	}
	return annotated
}

// entry is an image whose entry in an index names no artifact type, which is only for
// artifacts that are no images.
type entry struct{ oci.Image }

// ArtifactType replaces the type that the library would read from the image's
// configuration.
func (entry) ArtifactType() (string, error) { return "", nil }

// replaceable fails if something else than a layout is at the path.
func replaceable(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(path, "oci-layout")); err != nil {
		return fmt.Errorf("%s is there, and is no image layout: %w", path, err)
	}
	return nil
}

// writeLayout writes an OCI image layout with an index under a name, in place of what is at
// the path.
func writeLayout(path string, index oci.ImageIndex, name string) error {
	next := filepath.Clean(path) + ".new"
	if err := os.RemoveAll(next); err != nil {
		return err
	}
	_, err := layout.Write(next, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{
		Add: index, Descriptor: oci.Descriptor{Annotations: map[string]string{"org.opencontainers.image.ref.name": name}},
	}))
	if err != nil {
		return err
	}
	if err := readable(next); err != nil {
		return err
	}
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// readable gives each file the same mode, so that others can read it.
func readable(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return root.Chmod(name, 0o644)
	})
	return errors.Join(err, root.Close())
}
