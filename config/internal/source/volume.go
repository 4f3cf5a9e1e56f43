package source

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// volumes shows one version of each folder that the kubelet keeps, such as a mounted
// ConfigMap. Each name in it is a link to the same name in "..data", which is a link to
// the folder of one version, such as "..2026_11_28_05_49_38.1". The kubelet replaces
// "..data", then creates the links for new names and removes those for old ones, and then
// removes the folder of the old version (AtomicWriter in k8s.io/kubernetes/pkg/volume/util).
// So "..data" is resolved once, and what it led to is read.
type volumes struct {
	links LinkFS
	// versions has the folder of one version for each volume, both resolved.
	versions map[string]string
	// others are the folders that are no volumes, as they were named.
	others map[string]bool
	// gone is set when a version was replaced before all of it was read.
	gone bool
}

var (
	_ LinkFS       = (*volumes)(nil)
	_ fs.StatFS    = (*volumes)(nil)
	_ fs.ReadDirFS = (*volumes)(nil)
)

func newVolumes(links LinkFS) *volumes {
	return &volumes{links: links, versions: map[string]string{}, others: map[string]bool{}}
}

// dataLink is the name of the link to the version that is mounted.
const dataLink = "..data"

// isKubelets tells whether the kubelet keeps this name for itself. No key of a ConfigMap
// or Secret begins with two dots.
func isKubelets(name string) bool { return strings.HasPrefix(name, "..") }

// A location is where a name leads.
type location struct {
	// name is the name itself, or that of the same file or folder in version.
	name string
	// data is the name of that volume's dataLink, and version is where it led. Both are empty
	// outside of volumes.
	data, version string
}

// find gives the location of a name.
func (v *volumes) find(name string) location {
	for start := range len(name) {
		if start > 0 && name[start-1] != '/' {
			continue
		}
		first, rest, _ := strings.Cut(name[start:], "/")
		folder := "."
		if start > 0 {
			folder = strings.TrimRight(name[:start-1], "/")
		}
		if folder == "" {
			folder = "/"
		}
		switch {
		case first == "" || first == ".":
		case first == dataLink:
			if version, _, ok := v.version(folder); ok {
				return location{strings.TrimSuffix(version+"/"+rest, "/"), join(folder, dataLink), version}
			}
		case isKubelets(first):
		default:
			if version, volume, ok := v.version(folder); ok && v.belongs(folder, volume, first) {
				return location{version + "/" + name[start:], join(folder, dataLink), version}
			}
		}
	}
	return location{name: name}
}

// version gives the folder of the version of a volume, and the volume, both resolved, and
// false where the folder is no volume.
func (v *volumes) version(folder string) (version, volume string, ok bool) {
	data := join(folder, dataLink)
	if v.others[folder] {
		return "", "", false
	}
	if _, err := fs.Lstat(v.links, data); err != nil {
		v.others[folder] = true
		return "", "", false
	}
	volume, err := v.links.Resolve(folder)
	if err != nil {
		return "", "", false
	}
	if version, known := v.versions[volume]; known {
		return version, volume, true
	}
	version, err = v.links.Resolve(data)
	if errors.Is(err, fs.ErrNotExist) {
		v.gone = true
	}
	if err != nil || path.Dir(version) != volume || !isKubelets(path.Base(version)) || path.Base(version) == dataLink {
		v.others[folder] = true
		return "", "", false
	}
	v.versions[volume] = version
	return version, volume, true
}

// belongs tells whether a name in a volume is the kubelet's link to a file or folder
// of some version, or one that the kubelet has yet to create or has removed already.
func (v *volumes) belongs(folder, volume, name string) bool {
	target, err := v.links.Resolve(join(folder, name))
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	inner := path.Dir(target)
	return path.Base(target) == name && isKubelets(path.Base(inner)) && path.Dir(inner) == volume
}

// check sets gone where the version of a location was replaced.
func (v *volumes) check(p location) {
	if p.data == "" {
		return
	}
	if version, err := v.links.Resolve(p.data); err != nil || version != p.version {
		v.gone = true
	}
}

// Open opens the file of the version that is read.
func (v *volumes) Open(name string) (fs.File, error) {
	p := v.find(name)
	file, err := v.links.Open(p.name)
	if err != nil {
		v.check(p)
	}
	return file, err
}

// Stat describes the file of the version that is read.
func (v *volumes) Stat(name string) (fs.FileInfo, error) {
	p := v.find(name)
	info, err := fs.Stat(v.links, p.name)
	if err != nil {
		v.check(p)
	}
	return info, err
}

// Resolve gives the name in the version that is read.
func (v *volumes) Resolve(name string) (string, error) {
	p := v.find(name)
	resolved, err := v.links.Resolve(p.name)
	if err != nil {
		v.check(p)
	}
	return resolved, err
}

// ReadDir lists a folder: what the version that is read has, and what is beside that.
func (v *volumes) ReadDir(name string) ([]fs.DirEntry, error) {
	p := v.find(name)
	entries, err := fs.ReadDir(v.links, p.name)
	if p.data != "" {
		// Half of a version that is being removed looks like a whole one.
		v.check(p)
		return entries, err
	}
	version, volume, ok := v.version(name)
	if err != nil || !ok {
		return entries, err
	}
	inner, err := fs.ReadDir(v.links, version)
	v.check(location{data: join(name, dataLink), version: version})
	for _, entry := range entries {
		if !v.belongs(name, volume, entry.Name()) {
			inner = append(inner, entry)
		}
	}
	slices.SortFunc(inner, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return inner, err
}
