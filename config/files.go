package config

import (
	"io"
	"io/fs"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/source"
)

// Source is one file of a declaration, or of variable values, and the name that diagnostics
// have for it.
type Source = source.Source

// Sources are the sources of a declaration, to show lines of. Variable files do not belong
// here, because none of their lines may be shown. The nil Sources shows nothing.
type Sources = source.Sources

// LinkFS is a file system that has symbolic links.
type LinkFS = source.LinkFS

// Limits on the size of what is read, in bytes: of one source, and of all the sources of one
// declaration.
const (
	MaxSourceSize = source.MaxSize
	MaxTotalSize  = source.MaxTotal
)

// Stdin is the name of the source that is read from standard input.
const Stdin = source.Stdin

// IsDeclaration tells whether a file of this name in a folder is part of the declaration
// that the folder is.
func IsDeclaration(name string) bool { return source.IsDeclaration(name) }

// Load reads the sources that paths name. A path is a file, a folder, or "-" for stdin; no
// path at all is ".". Of a folder, its *.hcl and *.hcl.json are read, in the order of their
// names, symbolic links included. Tests (*.test.hcl), inner folders, and names that begin with
// two dots, which the kubelet keeps for itself, are passed over. A file that two paths name in
// the same way is read once. If fsys is a [LinkFS], a link out of the folder is an error, and all
// files of a mounted ConfigMap are of one version of it, even if the kubelet replaces it meanwhile.
//
// Paths go to fsys as they are given, with ".." and absolute ones too. An fsys that knows only
// what fs.ValidPath allows refuses the others itself. Only regular files are opened, and no more
// than [MaxSourceSize] of one and [MaxTotalSize] of all is read, of variable files as well. The sources are those that could
// be read. If a diagnostic is an error, they are not the whole declaration.
//
// The variable files that values name are read too, as one version with the rest. Unless a
// diagnostic is an error, there is a source for each.
func Load(fsys fs.FS, stdin io.Reader, paths, values []string) (sources, variables []Source, diags hcl.Diagnostics) {
	return source.Load(fsys, stdin, paths, values)
}

// Walk reads what [Format] is for: declarations and variable files in native syntax. It gives
// each to visit as soon as it is read, until visit returns false.
//
// Paths are as for [Load], and are read with the same care, with these differences. Of a folder,
// variable files and tests are read too, and files in JSON syntax are not. If recursive is set, so
// are the folders in it, but not those whose names begin with a dot, and not symbolic links to
// folders, which may form a cycle. There is no limit on how much is read together. A folder
// with nothing to read, and nothing in JSON syntax either, is an error.
func Walk(fsys fs.FS, stdin io.Reader, paths []string, recursive bool, visit func(Source) bool) hcl.Diagnostics {
	return source.Walk(fsys, stdin, paths, recursive, visit)
}
