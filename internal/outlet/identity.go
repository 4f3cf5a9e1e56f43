package outlet

import (
	"io/fs"
	"os"
	"path/filepath"
)

// identity identifies the file at a path, whether it exists or not.
type identity struct {
	// path is absolute and has no links.
	path string
	// info is nil if the file does not exist.
	info fs.FileInfo
}

// standardOutput is the path of standard output, under any name.
const standardOutput = "/dev/stdout"

func (s Streams) identify(path string) identity {
	id := identity{path: resolved(path)}
	if id.path == standardOutput {
		id.info = s.Out
		return id
	}
	if info, err := os.Stat(id.path); err == nil {
		id.info = info
	}
	return id
}

func (i identity) same(other identity) bool {
	return i.path == other.path || i.info != nil && other.info != nil && i.info.Mode().IsRegular() && os.SameFile(i.info, other.info)
}

// isFile is false for standard output without a file, which overwrites nothing.
func (i identity) isFile() bool {
	return i.path != standardOutput || i.info != nil && i.info.Mode().IsRegular()
}

// resolved returns where a path leads. The empty path is standard output.
func resolved(path string) string {
	if path == "" {
		return standardOutput
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	for range 40 { // as many links as Linux follows
		switch absolute {
		case standardOutput, "/dev/fd/1", "/proc/self/fd/1":
			return standardOutput
		}
		if target, err := filepath.EvalSymlinks(absolute); err == nil {
			return target
		}
		// The file may not exist yet, but its folder does.
		dir, name := filepath.Split(absolute)
		if target, err := filepath.EvalSymlinks(dir); err == nil {
			absolute = filepath.Join(target, name)
		}
		link, err := os.Readlink(absolute)
		if err != nil {
			return absolute
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(absolute), link)
		}
		absolute = link
	}
	return absolute
}
