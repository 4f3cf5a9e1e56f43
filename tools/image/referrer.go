package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	oci "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// The media types of an artifact without a configuration, and of the SBOM.
const (
	emptyType types.MediaType = "application/vnd.oci.empty.v1+json"
	sbomType  types.MediaType = "application/vnd.cyclonedx+json"
)

// referrer is an artifact that names the image which it describes.
//
// Source:
// https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
type referrer struct {
	manifest []byte
	content  oci.Layer
}

func newReferrer(subject oci.Image, content []byte, annotations map[string]string) (oci.Image, error) {
	r := &referrer{content: static.NewLayer(content, sbomType)}
	about, err := partial.Descriptor(subject)
	if err != nil {
		return nil, err
	}
	blob, err := partial.Descriptor(r.content)
	if err != nil {
		return nil, err
	}
	configuration, _ := r.RawConfigFile()
	digest, size, err := oci.SHA256(bytes.NewReader(configuration))
	if err != nil {
		return nil, err
	}
	r.manifest, err = json.Marshal(oci.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, ArtifactType: string(sbomType),
		Config:      oci.Descriptor{MediaType: emptyType, Digest: digest, Size: size, Data: configuration},
		Layers:      []oci.Descriptor{*blob},
		Subject:     &oci.Descriptor{MediaType: about.MediaType, Digest: about.Digest, Size: about.Size},
		Annotations: annotations,
	})
	if err != nil {
		return nil, err
	}
	return partial.CompressedToImage(r)
}

func (*referrer) RawConfigFile() ([]byte, error)      { return []byte("{}"), nil }
func (*referrer) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }
func (r *referrer) RawManifest() ([]byte, error)      { return r.manifest, nil }
func (r *referrer) LayerByDigest(digest oci.Hash) (partial.CompressedLayer, error) {
	if own, err := r.content.Digest(); err != nil || own != digest {
		return nil, fmt.Errorf("no layer %s", digest)
	}
	return r.content, nil
}
