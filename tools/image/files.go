package main

import (
	"archive/tar"
	"bytes"
	"context"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/kreconcile/kreconcile/tools/deflate"
	"github.com/kreconcile/kreconcile/tools/notices"
)

// files are all files of the image, by name without a leading slash: the program, its
// licence, and the licences of the linked modules, which a binary must carry.
func (b *binary) files(ctx context.Context, module string) (map[string][]byte, error) {
	files, err := notices.Files(ctx, b.info, module)
	if err != nil {
		return nil, err
	}
	files[b.name] = b.content
	return files, nil
}

// archive returns the files as a compressed tar archive, which depends only on their
// names, their contents and the time. All files belong to root, and all may run the
// program.
func archive(files map[string][]byte, program string, modified time.Time) ([]byte, error) {
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	for _, name := range withFolders(files) {
		content, isFile := files[name]
		// USTAR refuses whatever differs between machines.
		header := &tar.Header{Format: tar.FormatUSTAR, Name: name, ModTime: modified, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}
		switch {
		case !isFile:
			header.Typeflag, header.Mode = tar.TypeDir, 0o755
		case name == program:
			header.Mode = 0o755
		}
		if err := writer.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := writer.Write(content); err != nil {
			return nil, err
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return deflate.Gzip(archive.Bytes()), nil
}

// withFolders returns the names of the files and, with a slash at the end, of their
// folders, each folder before its contents.
func withFolders(files map[string][]byte) []string {
	names := map[string]bool{}
	for name := range files {
		names[name] = true
		for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
			names[folder+"/"] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
