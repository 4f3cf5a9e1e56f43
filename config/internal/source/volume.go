package source

import (
	"io/fs"
	"path"
	"sort"
	"strings"
)

// The kubelet mounts a volume, such as a ConfigMap, as a folder in which each name is a link to the
// same name in "..data", a link to the folder of one version, whose name no other has. To replace the
// version, it replaces "..data", then corrects the links, and then removes the old folder (AtomicWriter
// in k8s.io/kubernetes/pkg/volume/util). So what was read is of one version if each name leads to the
// same file before and after. As the links may be late, a folder is listed in "..data".

const dataLink = "..data"

// isKubelets tells whether the kubelet keeps this name for itself: no key begins with two dots.
func isKubelets(name string) bool { return strings.HasPrefix(name, "..") }

// resolve gives what a name leads to, and notes that for replaced. It is empty for one that
// leads nowhere, and if the file system has no links.
func (l *loader) resolve(name string) string {
	if _, known := l.led[name]; !known {
		l.led[name] = l.leadsTo(name)
	}
	return l.led[name]
}

func (l *loader) leadsTo(name string) string {
	if links, ok := l.fsys.(LinkFS); ok {
		if file, err := links.Resolve(name); err == nil {
			return file
		}
	}
	return ""
}

// replaced gives a name that leads to something else than before it was read, or is empty.
func (l *loader) replaced() string {
	for name, first := range l.led {
		if l.leadsTo(name) != first {
			return name
		}
	}
	return ""
}

type entry struct {
	fs.DirEntry
	at string // the path to read it at
}

// list lists a folder by names. A mounted one has what its version has, and what is beside that,
// but for the kubelet's links, which may be late.
func (l *loader) list(folder string) ([]entry, error) {
	places, data := []string{folder}, join(folder, dataLink)
	version := l.resolve(data)
	mounted := version != "" && isKubelets(path.Base(version)) && path.Dir(version) == l.resolve(folder)
	if mounted {
		places = append(places, data)
	}
	var list []entry
	known := map[string]bool{}
	for _, place := range places {
		entries, err := fs.ReadDir(l.fsys, place)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			name, at := e.Name(), join(place, e.Name())
			kubelets := isKubelets(name)
			if links, ok := l.fsys.(LinkFS); ok && mounted && place == folder {
				to, err := links.ReadLink(at)
				kubelets = kubelets || err == nil && to == dataLink+"/"+name
			}
			if !known[name] && !kubelets {
				known[name] = true
				list = append(list, entry{e, at})
			}
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Name() < list[j].Name() })
	return list, nil
}
