package config

import (
	"io"
	"io/fs"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/source"
	"github.com/kreconcile/kreconcile/config/internal/syntax"
)

// Source is one file of a declaration, or of variable values, as diagnostics name it.
type Source = source.Source

// Sources are the sources of a declaration, to show lines of. Variable files do not belong
// here, because none of their lines may be shown. The nil Sources shows nothing.
type Sources = source.Sources

// LinkFS is a file system that has symbolic links.
type LinkFS = source.LinkFS

// MaxSourceSize is the limit on the size of one source, in bytes.
const MaxSourceSize = source.MaxSize

// Stdin is the name of the source that is read from standard input.
const Stdin = source.Stdin

// IsDeclaration tells whether a file of this name is part of the declaration that its folder is.
func IsDeclaration(name string) bool { return source.IsDeclaration(name) }

// Load reads the sources that paths name, and the variable files that values name, as one version.
// A path is a file, a folder, or "-" for stdin; no path at all is ".". Of a folder, its *.hcl and
// *.hcl.json are read, in the order of their names, symbolic links included. Tests (*.test.hcl),
// inner folders, and names that begin with two dots, which the kubelet keeps for itself, are passed
// over. A file that two paths name in the same way is read once. If fsys is a [LinkFS], a link out
// of the folder is an error, and all files of a mounted ConfigMap are of one version of it, even if
// the kubelet replaces it meanwhile.
//
// Paths go to fsys as they are given, with ".." and absolute ones too. Only regular files are
// opened, and no more than [MaxSourceSize] of one, and 16 MiB of all, is read. Unless a diagnostic
// is an error, the sources are the whole declaration, and there is a source for each variable file.
func Load(fsys fs.FS, stdin io.Reader, paths, values []string) (sources, variables []Source, diags hcl.Diagnostics) {
	return source.Load(fsys, stdin, paths, values)
}

// Walk gives visit each declaration, test and variable file in native syntax as soon as it is read,
// until visit returns false. Paths are as for [Load]. With recursive, inner folders are read too, but
// no links to them, which may form a cycle, and none whose name begins with a dot. There is no limit
// on how much is read together. A folder with nothing to read, in JSON neither, is an error.
func Walk(fsys fs.FS, stdin io.Reader, paths []string, recursive bool, visit func(Source) bool) hcl.Diagnostics {
	return source.Walk(fsys, stdin, paths, recursive, visit)
}

// Format gives a declaration or variable file in native syntax the canonical style, which is that
// of terraform fmt. Nothing but the spaces within lines changes. What is canonical already is given
// back as it is. A source that breaks the rules of its syntax, or is beyond the limits of [Parse],
// is not formatted: the diagnostics say why, and the result is nil, as for a source of HCL JSON.
func Format(s Source) ([]byte, hcl.Diagnostics) { return syntax.Format(s) }
