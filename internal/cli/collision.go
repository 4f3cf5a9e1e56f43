package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/internal/argv"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/view"
)

func (f *outputFlags) destinations() []outlet.Destination {
	var list []outlet.Destination
	for _, o := range f.wanted() {
		list = append(list, outlet.Destination{Flag: "-o " + o.format.Name, Path: o.path})
	}
	return list
}

func (f *planFlags) destinations() []outlet.Destination {
	list := f.outputFlags.destinations()
	if f.terminationLog != "" {
		list = append(list, outlet.Destination{Flag: "--" + terminationFlag, Path: f.terminationLog})
	}
	return append(list, tektonDestinations(f.tektonResults)...)
}

func tektonDestinations(dir string) []outlet.Destination {
	var list []outlet.Destination
	if dir != "" {
		for _, name := range view.TektonResultNames() {
			list = append(list, outlet.Destination{Flag: "--" + tektonFlag, Path: filepath.Join(dir, name)})
		}
	}
	return list
}

func (f *declarationFlags) origins(paths []string) []outlet.Origin {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var list []outlet.Origin
	for _, path := range paths {
		list = append(list, outlet.Origin{Name: "the declaration", Path: path})
	}
	for _, v := range f.variables {
		if v.file {
			list = append(list, outlet.Origin{Name: "the variable file", Path: v.text})
		}
	}
	return list
}

func (f *planFlags) origins(paths []string) []outlet.Origin {
	list := slices.Concat(f.declarationFlags.origins(paths), f.connectionFlags.origins(), f.crdFlags.origins())
	for _, path := range f.snapshots {
		list = append(list, outlet.Origin{Name: "the snapshot", Path: path})
	}
	return list
}

// collision finds a result that would overwrite an input or another result, under any
// name.
func (a *app) collision(written []outlet.Destination, read []outlet.Origin) error {
	streams := outlet.Streams{Out: a.stdout.Info()}
	if in, ok := a.Stdin.(files.Reader); ok {
		streams.In = in.Info()
	}
	return streams.Collision(written, read)
}

// unwritable returns the paths that an error of the command line must not be written
// to: they may be an input, or two results. The arguments may not be valid, so each
// of them counts as the path of an input.
func (a *app) unwritable() map[string]bool {
	var written []outlet.Destination
	add := func(d outlet.Destination) {
		if !slices.Contains(written, d) {
			written = append(written, d)
		}
	}
	for _, text := range argv.Values(a.Args, outputFlag, "o") {
		if format, path, toFile := strings.Cut(text, "="); toFile {
			add(outlet.Destination{Flag: "-o " + format, Path: path})
		}
	}
	for _, path := range argv.Values(a.Args, terminationFlag, "") {
		add(outlet.Destination{Flag: "--" + terminationFlag, Path: path})
	}
	for _, dir := range argv.Values(a.Args, tektonFlag, "") {
		for _, d := range tektonDestinations(dir) {
			add(d)
		}
	}
	read := (&connectionFlags{}).origins()
	for _, path := range append(argv.Rest(a.Args, "o", outputFlag, terminationFlag, tektonFlag), ".") {
		read = append(read, outlet.Origin{Name: "", Path: path})
		for _, name := range []string{"token", "ca.crt", "namespace", "Chart.yaml"} {
			read = append(read, outlet.Origin{Name: "", Path: filepath.Join(path, name)})
		}
	}
	paths := map[string]bool{}
	for i, w := range written {
		if w.Path == "" {
			continue
		}
		if a.collision([]outlet.Destination{w}, read) != nil {
			paths[w.Path] = true
		}
		for _, other := range written[:i] {
			if other.Path != "" && a.collision([]outlet.Destination{other, w}, nil) != nil {
				paths[w.Path], paths[other.Path] = true, true
			}
		}
	}
	return paths
}
