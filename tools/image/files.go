package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/tools/deflate"
)

// files are all files of the image, by name without a leading slash: the program, its
// licence, and the licences of the linked modules, which a binary must carry.
func (b *binary) files(ctx context.Context, module string) (map[string][]byte, error) {
	files := map[string][]byte{"kreconcile": b.content}
	folders, err := b.licenceFolders(ctx, module)
	if err != nil {
		return nil, err
	}
	for target, folder := range folders {
		if err := addLicences(files, target, folder); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// licenceFolders maps the folders in the image to those on this machine that hold the
// licences.
func (b *binary) licenceFolders(ctx context.Context, module string) (map[string]string, error) {
	root, err := goOutput(ctx, module, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	folders := map[string]string{"licenses": module, "licenses/go": strings.TrimSpace(string(root))}
	versions := map[string]string{}
	for _, m := range b.info.Deps {
		versions[m.Path] = m.Version
	}
	output, err := goOutput(ctx, module, slices.Concat([]string{"list", "-m", "-json"}, slices.Sorted(maps.Keys(versions)))...)
	if err != nil {
		return nil, err
	}
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var m struct{ Path, Version, Dir string }
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			return folders, nil
		}
		if err != nil {
			return nil, err
		}
		if m.Version != versions[m.Path] {
			return nil, fmt.Errorf("the binary links %s %s, and %s requires %s: build it anew",
				m.Path, versions[m.Path], filepath.Join(module, "go.mod"), m.Version)
		}
		if m.Dir == "" {
			return nil, fmt.Errorf("%s %s is not in the module cache; go mod download brings it there", m.Path, m.Version)
		}
		folders["licenses/"+m.Path] = m.Dir
	}
}

func goOutput(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the arguments are paths of modules that the go command linked
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return output, nil
}

// addLicences adds a folder's licences. A folder without one is an error.
func addLicences(files map[string][]byte, target, folder string) error {
	name := regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	found := false
	for _, entry := range entries {
		if !name.MatchString(entry.Name()) || !entry.Type().IsRegular() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return err
		}
		files[path.Join(target, entry.Name())] = content
		found = true
	}
	if !found {
		return fmt.Errorf("%s holds no licence to pass on", folder)
	}
	return nil
}

// archive returns the files as a compressed tar archive, which depends only on their
// names, their contents and the time. All files belong to root.
func archive(files map[string][]byte, modified time.Time) ([]byte, error) {
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	for _, name := range withFolders(files) {
		content, isFile := files[name]
		// USTAR refuses whatever differs between machines.
		header := &tar.Header{Format: tar.FormatUSTAR, Name: name, ModTime: modified, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}
		switch {
		case !isFile:
			header.Typeflag, header.Mode = tar.TypeDir, 0o755
		case name == "kreconcile":
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
