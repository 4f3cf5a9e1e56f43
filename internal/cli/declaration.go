package cli

import (
	"log/slog"

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
	sources, values, diags := config.Load(files.FS{}, a.Stdin, paths, f.Files())
	assignments, more := f.Assignments(a.Environ, values)
	diags = append(diags, more...)
	if diags.HasErrors() {
		return nil, sources, diags
	}
	in.Variables = assignments
	in.AllowEmpty = f.AllowEmpty
	in.Version = release()
	declaration, more := config.Parse(sources, in)
	return declaration, sources, append(diags, more...)
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
