package outlet

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/kreconcile/kreconcile/config"
)

// Destination is where a result goes: a file, or standard output if Path is empty.
type Destination struct {
	// Flag is the flag that messages name.
	Flag, Path string
}

// Origin is an input: a file, a declaration's folder, or "-" for standard input.
type Origin struct {
	// Name is what messages call it.
	Name, Path string
}

// Streams describe the files behind standard input and output. Each is nil if there
// is none.
type Streams struct{ In, Out fs.FileInfo }

// Collision finds a result that would overwrite an input or another result, under any
// name.
func (s Streams) Collision(written []Destination, read []Origin) error {
	var files []identity
	for i, w := range written {
		files = append(files, s.identify(w.Path))
		for j, other := range written[:i] {
			// The flag itself checks which formats share standard output.
			if (w.Path != "" || other.Path != "") && files[i].same(files[j]) {
				return fmt.Errorf("%s would overwrite what %s writes: %s is the file of both", w.Flag, other.Flag, quoted(w.Path))
			}
		}
	}
	if !slices.ContainsFunc(files, identity.isFile) {
		return nil
	}
	for _, r := range read {
		for i, w := range written {
			if err := s.overwrites(w, files[i], r); err != nil {
				return err
			}
		}
	}
	return nil
}

// overwrites reports whether a result would replace an input.
func (s Streams) overwrites(w Destination, file identity, r Origin) error {
	if r.Path == "-" {
		if file.same(identity{"/dev/stdin", s.In}) {
			return fmt.Errorf("%s would overwrite %s: %s is what standard input comes from", w.Flag, r.Name, quoted(w.Path))
		}
		return nil
	}
	from := s.identify(r.Path)
	if file.same(from) {
		return overwriting(w, r.Name, r.Path)
	}
	if from.info == nil || !from.info.IsDir() {
		return nil
	}
	// A folder that cannot be listed cannot be read either, which the run will
	// report.
	entries, _ := os.ReadDir(r.Path)
	for _, entry := range entries {
		inner := filepath.Join(r.Path, entry.Name())
		if config.IsDeclaration(entry.Name()) && file.same(s.identify(inner)) {
			return overwriting(w, r.Name, inner)
		}
	}
	if filepath.Dir(file.path) == from.path && config.IsDeclaration(filepath.Base(file.path)) {
		return fmt.Errorf("%s would add %q to %s: all files of such names are read from the folder %q", w.Flag, w.Path, r.Name, r.Path)
	}
	return nil
}

func overwriting(w Destination, name, path string) error {
	if w.Path == path {
		return fmt.Errorf("%s would overwrite %s %q", w.Flag, name, path)
	}
	return fmt.Errorf("%s would overwrite %s: %s is the same file as %q", w.Flag, name, quoted(w.Path), path)
}

// quoted returns the path of a result for a message.
func quoted(path string) string {
	if path == "" {
		return "standard output"
	}
	return strconv.Quote(path)
}
