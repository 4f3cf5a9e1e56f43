package source

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The kubelet mounts a volume, such as a ConfigMap, as a folder in which each name is a link to the
// same name in "..data", which is a link to the folder of one version, such as
// "..2026_11_28_05_49_38.1". To replace the version, it replaces "..data", then corrects the links, and
// then removes the old folder (AtomicWriter in k8s.io/kubernetes/pkg/volume/util). No version has the name
// of another. So all that was read is of one version if each name leads to the same file before and
// after. As the links may be late, a folder is listed in "..data".

// dataLink is the name of the link to the version that is mounted.
const dataLink = "..data"

// isKubelets tells whether the kubelet keeps this name for itself. No key of a ConfigMap
// or Secret begins with two dots.
func isKubelets(name string) bool { return strings.HasPrefix(name, "..") }

// resolve gives what a name leads to, and notes that for replaced. It is empty for one that
// leads nowhere, and if the file system has no links.
func (l *loader) resolve(name string) string {
	if first, known := l.led[name]; known {
		return first
	}
	l.led[name] = l.leadsTo(name)
	return l.led[name]
}

func (l *loader) leadsTo(name string) string {
	links, ok := l.fsys.(LinkFS)
	if !ok {
		return ""
	}
	file, err := links.Resolve(name)
	if err != nil {
		return ""
	}
	return file
}

// replaced gives a name that leads to something else than before it was read.
func (l *loader) replaced() (name string, replaced bool) {
	for name, first := range l.led {
		if l.leadsTo(name) != first {
			return name, true
		}
	}
	return "", false
}

// entry is a file or folder in a folder, and the path to read it at.
type entry struct {
	fs.DirEntry
	at string
}

// list lists a folder. A mounted one has what its version has, and what is beside that.
func (l *loader) list(folder string) ([]entry, error) {
	var list []entry
	add := func(from string, keep func(name string) bool) error {
		entries, err := fs.ReadDir(l.fsys, from)
		for _, e := range entries {
			if keep(e.Name()) {
				list = append(list, entry{e, join(from, e.Name())})
			}
		}
		return err
	}
	data := join(folder, dataLink)
	version := l.resolve(data)
	mounted := version != "" && isKubelets(path.Base(version)) && path.Dir(version) == l.resolve(folder)
	err := add(folder, func(name string) bool {
		target, err := "", error(nil)
		if mounted {
			target, err = fs.ReadLink(l.fsys, join(folder, name))
		}
		return err != nil || target != dataLink+"/"+name
	})
	if err != nil || !mounted {
		return list, err
	}
	err = add(data, func(name string) bool {
		return !slices.ContainsFunc(list, func(e entry) bool { return e.Name() == name })
	})
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, err
}
