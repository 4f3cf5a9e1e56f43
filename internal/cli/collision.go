package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/internal/argv"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/view"
)

// written are the results of a command that writes reports.
func (f *reportFlags) written() []outlet.Destination {
	list := f.Output.Destinations()
	if f.terminationLog != "" {
		list = append(list, outlet.Destination{Flag: "--" + flags.TerminationFlag, Path: f.terminationLog})
	}
	return append(list, tektonDestinations(f.tektonResults)...)
}

func tektonDestinations(dir string) []outlet.Destination {
	var list []outlet.Destination
	if dir != "" {
		for _, name := range view.TektonResultNames() {
			list = append(list, outlet.Destination{Flag: "--" + flags.TektonFlag, Path: filepath.Join(dir, name)})
		}
	}
	return list
}

// inputs are the files that plan and apply read.
func (a *app) inputs(f *planFlags, paths []string) []outlet.Origin {
	return slices.Concat(f.Declaration.Origins(paths), a.connectionOrigins(&f.Connection), f.crds.Origins(), flags.Origins("the snapshot", f.snapshots))
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
	for _, text := range argv.Values(a.Args, flags.OutputFlag, "o") {
		if format, path, toFile := strings.Cut(text, "="); toFile {
			add(outlet.Destination{Flag: "-o " + format, Path: path})
		}
	}
	for _, path := range argv.Values(a.Args, flags.TerminationFlag, "") {
		add(outlet.Destination{Flag: "--" + flags.TerminationFlag, Path: path})
	}
	for _, dir := range argv.Values(a.Args, flags.TektonFlag, "") {
		for _, d := range tektonDestinations(dir) {
			add(d)
		}
	}
	read := a.connectionOrigins(&live.Connection{})
	for _, path := range append(argv.Rest(a.Args, "o", flags.OutputFlag, flags.TerminationFlag, flags.TektonFlag), ".") {
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
