package files

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Manifests calls read with the manifests at a path: a file; those in a folder that end in .yaml,
// .yml or .json, in the order of their names and without those in folders in it; or standard input
// for "-". A link in a folder that leads out of it is an error. An error of a file in a folder has
// its name; any other is without the name.
func Manifests(name string, stdin io.Reader, read func(name string, r io.Reader) error) error {
	if name == "-" {
		return read("<stdin>", stdin)
	}
	info, err := os.Stat(name)
	if err != nil {
		return withoutPath(err)
	}
	if !info.IsDir() {
		return readManifest(name, read)
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return withoutPath(err)
	}
	folder, err := FS{}.Resolve(name)
	if err != nil {
		return withoutPath(err)
	}
	for _, entry := range entries {
		ending := path.Ext(entry.Name())
		if entry.IsDir() || ending != ".yaml" && ending != ".yml" && ending != ".json" {
			continue
		}
		inner := filepath.Join(name, entry.Name())
		target, err := FS{}.Resolve(inner)
		if err == nil && !strings.HasPrefix(target, strings.TrimSuffix(folder, "/")+"/") {
			err = errors.New("it is a link out of the folder")
		}
		if err == nil {
			err = readManifest(inner, read)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", inner, withoutPath(err))
		}
	}
	return nil
}

func readManifest(name string, read func(name string, r io.Reader) error) error {
	file, err := openRegular(name)
	if err != nil {
		return withoutPath(err)
	}
	defer func() { _ = file.Close() }()
	return read(filepath.ToSlash(name), file)
}
