package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// writeArchive writes the archive that users download, and records its name and its sum.
func (r *release) writeArchive(b *built, files map[string][]byte, executable string) error {
	pack, extension := tarGz, ".tar.gz"
	if b.platform.system == "windows" {
		pack, extension = zipped, ".zip"
	}
	content, err := pack(files, executable, r.time)
	if err != nil {
		return err
	}
	b.archive, b.sum = r.label(b)+extension, sum(content)
	return os.WriteFile(filepath.Join(r.dist(), b.archive), content, 0o644)
}

// tarGz returns files as a compressed tar archive, which depends only on their names,
// their contents and the time. Their folders are not in it.
func tarGz(files map[string][]byte, executable string, modified time.Time) ([]byte, error) {
	var packed bytes.Buffer
	compressed, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	archive := tar.NewWriter(compressed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		// USTAR refuses whatever differs between machines.
		header := &tar.Header{
			Format: tar.FormatUSTAR, Typeflag: tar.TypeReg, Name: name, Mode: mode(name, executable), Size: int64(len(files[name])), ModTime: modified,
		}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := compressed.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// zipped is tarGz for a zip archive.
func zipped(files map[string][]byte, executable string, modified time.Time) ([]byte, error) {
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: modified}
		header.SetMode(os.FileMode(mode(name, executable))) //nolint:gosec // one of two numbers
		file, err := archive.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := file.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

func mode(name, executable string) int64 {
	if name == executable {
		return 0o755
	}
	return 0o644
}

// checksums writes the SHA-256 of each file that users download, as sha256sum does.
func (r *release) checksums(context.Context) error {
	entries, err := os.ReadDir(r.dist())
	if err != nil {
		return err
	}
	var list strings.Builder
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(r.dist(), entry.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&list, "%s  %s\n", sum(content), entry.Name())
	}
	if err := os.WriteFile(filepath.Join(r.dist(), "checksums.txt"), []byte(list.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.dist(), "notes.md"), []byte(r.notes), 0o644)
}

func sum(content []byte) string {
	hash := sha256.Sum256(content)
	return hex.EncodeToString(hash[:])
}
