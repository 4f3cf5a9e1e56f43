package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// writeSBOM writes the SBOM beside the binary, and returns its path.
func (b *binary) writeSBOM(sbom []byte) (path string, err error) {
	path = b.path + ".cdx.json"
	return filepath.Clean(path), os.WriteFile(path, sbom, 0o644)
}

// sbom returns the binary's software bill of materials as CycloneDX 1.6: the linked
// modules and the standard library. It depends only on the binary and the time.
func (b *binary) sbom(created time.Time) ([]byte, error) {
	sum := sha256.Sum256(b.content)
	purl := packageURL(b.info.Main.Path, b.tagged())
	if folder, inner := strings.CutPrefix(b.info.Path, b.info.Main.Path+"/"); inner {
		purl += "#" + folder
	}
	main := cyclonedx.Component{
		BOMRef: purl,
		Type:   cyclonedx.ComponentTypeApplication,
		Name:   b.name, Version: b.version(),
		PackageURL: purl,
		Licenses:   licensed("Apache-2.0"),
		Hashes:     &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}},
	}
	properties := []cyclonedx.Property{{Name: "go:version", Value: b.info.GoVersion}}
	for _, s := range b.info.Settings {
		properties = append(properties, cyclonedx.Property{Name: "go:build:" + s.Key, Value: s.Value})
	}
	main.Properties = &properties

	components := []cyclonedx.Component{b.standardLibrary()}
	for _, m := range b.modules() {
		component := cyclonedx.Component{
			BOMRef: packageURL(m.Path, m.Version), Type: cyclonedx.ComponentTypeLibrary,
			Name: m.Path, Version: m.Version, PackageURL: packageURL(m.Path, m.Version),
		}
		if m.Sum != "" {
			// It is a hash over the hashes of the module's files, not of any single
			// file. A module of this project has none.
			component.Properties = &[]cyclonedx.Property{{Name: "go:sum", Value: m.Sum}}
		}
		components = append(components, component)
	}
	var linked []string
	for _, c := range components {
		linked = append(linked, c.BOMRef)
	}

	bom := cyclonedx.NewBOM()
	bom.SerialNumber = serialNumber(sum)
	bom.Metadata = &cyclonedx.Metadata{
		Component: &main,
		Tools: &cyclonedx.ToolsChoice{Components: &[]cyclonedx.Component{
			{Type: cyclonedx.ComponentTypeApplication, Name: "tools/image", PackageURL: packageURL(project+"/tools", "") + "#image"},
		}},
	}
	if created.Unix() != 0 {
		bom.Metadata.Timestamp = created.Format(time.RFC3339)
	}
	bom.Components = &components
	// The build info lists what is linked, but not which module requires it.
	bom.Dependencies = &[]cyclonedx.Dependency{{Ref: main.BOMRef, Dependencies: &linked}}

	var document bytes.Buffer
	encoder := cyclonedx.NewBOMEncoder(&document, cyclonedx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	err := encoder.EncodeVersion(bom, cyclonedx.SpecVersion1_6)
	return document.Bytes(), err
}

// standardLibrary is Go's standard library, under its name in vulnerability
// databases.
func (b *binary) standardLibrary() cyclonedx.Component {
	version := strings.TrimPrefix(b.info.GoVersion, "go")
	return cyclonedx.Component{
		BOMRef: packageURL("stdlib", version), Type: cyclonedx.ComponentTypeLibrary,
		Name: "stdlib", Version: version, PackageURL: packageURL("stdlib", version), Licenses: licensed("BSD-3-Clause"),
	}
}

func licensed(id string) *cyclonedx.Licenses {
	return &cyclonedx.Licenses{{License: &cyclonedx.License{ID: id}}}
}

// packageURL returns the package URL of a Go module, in lower case as the
// specification requires, with or without a version.
//
// Source: https://github.com/package-url/purl-spec
func packageURL(path, version string) string {
	purl := "pkg:golang/" + strings.ToLower(path)
	if version != "" {
		purl += "@" + url.QueryEscape(version)
	}
	return purl
}

// serialNumber is the binary's hash as a UUID of version 8, which allows any content.
// A random one would make each build different.
//
// Source: https://www.rfc-editor.org/rfc/rfc9562#section-5.8
func serialNumber(sum [sha256.Size]byte) string {
	id := sum[:16]
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
