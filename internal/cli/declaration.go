package cli

import (
	"log/slog"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/manifest"
)

// declaration reads and parses the files at paths. It returns the sources even if
// there are errors, so that the diagnostics can show them.
func (a *app) declaration(paths []string, f *flags.Declaration, in config.Inputs) (*config.Declaration, config.Sources, hcl.Diagnostics) {
	list, sources, diags := a.declarations(paths, f, in, []string{in.PodNamespace})
	return list[in.PodNamespace], sources, diags
}

// declarations is like declaration, for each of several namespaces. It reads the files once.
func (a *app) declarations(
	paths []string, f *flags.Declaration, in config.Inputs, namespaces []string,
) (map[string]*config.Declaration, config.Sources, hcl.Diagnostics) {
	sources, values, diags := config.Load(files.FS{}, a.Stdin, paths, f.Files())
	assignments, more := f.Assignments(a.Environ, values)
	diags = append(diags, more...)
	if diags.HasErrors() {
		return nil, sources, diags
	}
	in.Variables = assignments
	in.AllowEmpty = f.AllowEmpty
	in.Version = release()
	list := map[string]*config.Declaration{}
	for _, namespace := range namespaces {
		if list[namespace] != nil {
			continue
		}
		in.PodNamespace = namespace
		d, more := config.Parse(sources, in)
		list[namespace] = d
		diags = appendNew(diags, more...)
		if diags.HasErrors() {
			break
		}
	}
	return list, sources, diags
}

// appendNew appends the diagnostics that are not there yet. Several targets may give the same one about
// the same line.
func appendNew(diags hcl.Diagnostics, more ...*hcl.Diagnostic) hcl.Diagnostics {
	for _, d := range more {
		same := func(other *hcl.Diagnostic) bool {
			return other.Summary == d.Summary && other.Detail == d.Detail && d.Subject != nil && other.Subject != nil && *other.Subject == *d.Subject
		}
		if !slices.ContainsFunc(diags, same) {
			diags = append(diags, d)
		}
	}
	return diags
}

// podNamespace returns the namespace that the flag names, or else the Pod's.
func (a *app) podNamespace(namespace flags.Namespace, connection *live.Connection, logger *slog.Logger) string {
	if namespace != "" {
		return string(namespace)
	}
	return a.access().Namespace(connection, logger)
}

// definitions reads the CustomResourceDefinitions at the paths of a flag, and nil if there are none.
func (a *app) definitions(flag string, paths []string) (*manifest.CRDs, hcl.Diagnostics) {
	return files.CRDs(paths, a.Stdin, "--"+flag+" ")
}
