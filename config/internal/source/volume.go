package source

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// mounts knows the folders that the kubelet keeps, such as a mounted ConfigMap. Each name in
// one is a link to the same name in "..data", which is a link to the folder of one version, such as
// "..2026_11_28_05_49_38.1". The kubelet replaces "..data", then creates the links for new names and
// removes those for old ones, and then removes the folder of the old version (AtomicWriter in
// k8s.io/kubernetes/pkg/volume/util). No version has the name of another. So files are read through
// "..data", and all are of one version if it leads to the same folder before and after.
type mounts struct {
	links LinkFS
	// versions has what each "..data" led to first. It is empty for one that the kubelet
	// does not keep.
	versions map[string]string
	// gone is set if a version was removed while it was looked for.
	gone bool
}

// dataLink is the name of the link to the version that is mounted.
const dataLink = "..data"

// isKubelets tells whether the kubelet keeps this name for itself. No key of a ConfigMap
// or Secret begins with two dots.
func isKubelets(name string) bool { return strings.HasPrefix(name, "..") }

// data gives the "..data" of a folder that the kubelet keeps. It is empty for another one.
func (m *mounts) data(folder string) string {
	data := join(folder, dataLink)
	version, known := m.versions[data]
	if !known {
		version = m.version(folder, data)
		m.versions[data] = version
	}
	if version == "" {
		return ""
	}
	return data
}

func (m *mounts) version(folder, data string) string {
	if _, err := fs.Lstat(m.links, data); err != nil {
		return ""
	}
	root, rootErr := m.links.Resolve(folder)
	version, err := m.links.Resolve(data)
	m.gone = m.gone || errors.Is(err, fs.ErrNotExist)
	base := path.Base(version)
	if rootErr != nil || err != nil || path.Dir(version) != root || !isKubelets(base) || base == dataLink {
		return ""
	}
	return version
}

// replaced tells whether a version that was read is no longer the mounted one.
func (m *mounts) replaced() bool {
	for data, version := range m.versions {
		if version == "" {
			continue
		}
		if now, err := m.links.Resolve(data); err != nil || now != version {
			return true
		}
	}
	return m.gone
}

// isOwn tells whether a name in a mounted folder is not one of the kubelet's links.
func (m *mounts) isOwn(folder, name string) bool {
	file := join(folder, name)
	if _, err := fs.Lstat(m.links, file); err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	target, err := fs.ReadLink(m.links, file)
	return err != nil || target != dataLink+"/"+name
}

// through gives the name under which a file or folder is read: one that leads through
// "..data" if it is of a mounted volume. The kubelet's own link to it may not be there yet.
func (m *mounts) through(name string) string {
	if m == nil {
		return name
	}
	for start := range len(name) {
		if start > 0 && name[start-1] != '/' {
			continue
		}
		first, _, _ := strings.Cut(name[start:], "/")
		folder := "."
		if start > 0 {
			folder = name[:max(len(strings.TrimRight(name[:start], "/")), 1)]
		}
		if first == "" || first == "." {
			continue
		}
		if data := m.data(folder); data != "" && !isKubelets(first) && !m.isOwn(folder, first) {
			return data + "/" + name[start:]
		}
	}
	return name
}

// entries lists a folder. A mounted one has what the version has, and what is beside it.
func (m *mounts) entries(fsys fs.FS, name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(fsys, m.through(name))
	if m == nil || err != nil {
		return entries, err
	}
	data := m.data(name)
	if data == "" {
		return entries, nil
	}
	own := slices.DeleteFunc(entries, func(entry fs.DirEntry) bool { return !m.isOwn(name, entry.Name()) })
	entries, err = fs.ReadDir(fsys, data)
	for _, entry := range own {
		same := func(other fs.DirEntry) bool { return other.Name() == entry.Name() }
		entries = append(slices.DeleteFunc(entries, same), entry)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}
