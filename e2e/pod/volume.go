package pod

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ServiceAccountDir is where a Pod finds its service account.
const ServiceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// Volume is a folder of files laid out as the kubelet lays out ConfigMaps and
// projected volumes: each name is a link into ..data, and ..data is a link to a
// folder of that generation, so that one rename changes all files at once.
type Volume struct {
	Dir        string
	generation int
}

// NewVolume makes a volume in dir, which must exist and be empty.
func NewVolume(dir string, files map[string]string) (*Volume, error) {
	v := &Volume{Dir: dir}
	// The Pod's user must be able to read the folders, which it does not own.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	if err := v.Update(files); err != nil {
		return nil, err
	}
	return v, nil
}

// Update replaces all files of the volume at once.
func (v *Volume) Update(files map[string]string) error {
	v.generation++
	name := fmt.Sprintf("..2026_01_01_00_00_00.%010d", v.generation)
	if err := os.Mkdir(filepath.Join(v.Dir, name), 0o755); err != nil {
		return err
	}
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(v.Dir, name, file), []byte(content), 0o644); err != nil {
			return err
		}
		link := filepath.Join(v.Dir, file)
		if _, err := os.Lstat(link); err == nil {
			continue
		}
		if err := os.Symlink(filepath.Join("..data", file), link); err != nil {
			return err
		}
	}
	data, next := filepath.Join(v.Dir, "..data"), filepath.Join(v.Dir, "..data_tmp")
	if err := os.Symlink(name, next); err != nil {
		return err
	}
	old, err := os.Readlink(data)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := os.Rename(next, data); err != nil {
		return err
	}
	if err := v.removeOthers(files); err != nil {
		return err
	}
	if old == "" {
		return nil
	}
	return os.RemoveAll(filepath.Join(v.Dir, old))
}

// removeOthers removes the links to files that no longer exist.
func (v *Volume) removeOthers(files map[string]string) error {
	entries, err := os.ReadDir(v.Dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		_, there := files[entry.Name()]
		if there || strings.HasPrefix(entry.Name(), "..") || entry.Type()&fs.ModeSymlink == 0 {
			continue
		}
		if err := os.Remove(filepath.Join(v.Dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}
