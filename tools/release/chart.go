package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	oci "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"go.yaml.in/yaml/v3"
)

// The media types of a chart in a registry.
//
// Source: https://helm.sh/docs/topics/registries/
const (
	chartConfigType types.MediaType = "application/vnd.cncf.helm.config.v1+json"
	chartLayerType  types.MediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
)

// chart packs the chart as helm package does, and writes it as a file and as an OCI image
// layout.
func (r *release) chart(context.Context) error {
	files, err := chartFiles(os.DirFS(filepath.Join(r.clone(), "charts")))
	if err != nil {
		return err
	}
	packed, err := tarGz(files, "", r.time)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.dist(), "kreconcile-"+r.number()+".tgz"), packed, 0o644); err != nil {
		return err
	}
	artifact, err := newChart(files["kreconcile/Chart.yaml"], packed, r.time)
	if err != nil {
		return err
	}
	_, err = layout.Write(filepath.Join(r.dist(), "images", "charts", "kreconcile"), mutate.AppendManifests(empty.Index, mutate.IndexAddendum{
		Add: artifact, Descriptor: oci.Descriptor{Annotations: map[string]string{"org.opencontainers.image.ref.name": r.number()}},
	}))
	return err
}

// chartFiles returns the files of the chart kreconcile in a folder of charts, without those that its
// .helmignore names.
func chartFiles(charts fs.FS) (map[string][]byte, error) {
	ignored, err := fs.ReadFile(charts, "kreconcile/.helmignore")
	if err != nil {
		return nil, err
	}
	var patterns []string
	for line := range strings.Lines(string(ignored)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		// Helm knows more forms, which the chart does not need.
		if strings.ContainsAny(strings.TrimSuffix(line, "/"), "!/\\") {
			return nil, fmt.Errorf(".helmignore has the pattern %s, and may only have names", line)
		}
		patterns = append(patterns, line)
	}
	files := map[string][]byte{}
	err = fs.WalkDir(charts, "kreconcile", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		for _, pattern := range patterns {
			of, folders := strings.CutSuffix(pattern, "/")
			matches, err := path.Match(of, entry.Name())
			switch {
			case err != nil:
				return fmt.Errorf(".helmignore: %s: %w", pattern, err)
			case !matches, folders && !entry.IsDir():
			case entry.IsDir():
				return fs.SkipDir
			default:
				return nil
			}
		}
		if !entry.IsDir() {
			files[name], err = fs.ReadFile(charts, name)
		}
		return err
	})
	return files, err
}

// chartArtifact is a chart as helm push stores it: its Chart.yaml as the configuration,
// and its package as the only layer.
type chartArtifact struct {
	manifest, configuration []byte
	content                 oci.Layer
}

func newChart(description, packed []byte, modified time.Time) (oci.Image, error) {
	var metadata map[string]any
	if err := yaml.Unmarshal(description, &metadata); err != nil {
		return nil, err
	}
	configuration, err := json.Marshal(metadata)
	if err != nil {
		return nil, err
	}
	digest, size, err := oci.SHA256(bytes.NewReader(configuration))
	if err != nil {
		return nil, err
	}
	c := &chartArtifact{configuration: configuration, content: static.NewLayer(packed, chartLayerType)}
	layer, err := partial.Descriptor(c.content)
	if err != nil {
		return nil, err
	}
	c.manifest, err = json.Marshal(oci.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1,
		Config: oci.Descriptor{MediaType: chartConfigType, Digest: digest, Size: size},
		Layers: []oci.Descriptor{*layer},
		Annotations: map[string]string{
			"org.opencontainers.image.title":       fmt.Sprint(metadata["name"]),
			"org.opencontainers.image.version":     fmt.Sprint(metadata["version"]),
			"org.opencontainers.image.description": fmt.Sprint(metadata["description"]),
			"org.opencontainers.image.url":         "https://" + project,
			"org.opencontainers.image.source":      "https://" + project,
			"org.opencontainers.image.licenses":    "Apache-2.0",
			"org.opencontainers.image.created":     modified.Format(time.RFC3339),
		},
	})
	if err != nil {
		return nil, err
	}
	return partial.CompressedToImage(c)
}

func (c *chartArtifact) RawConfigFile() ([]byte, error)    { return c.configuration, nil }
func (*chartArtifact) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }
func (c *chartArtifact) RawManifest() ([]byte, error)      { return c.manifest, nil }
func (c *chartArtifact) LayerByDigest(digest oci.Hash) (partial.CompressedLayer, error) {
	if own, err := c.content.Digest(); err != nil || own != digest {
		return nil, fmt.Errorf("no layer %s", digest)
	}
	return c.content, nil
}
