package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/syntax"
)

// Format gives a source of native syntax in canonical style, which is that of terraform fmt: the
// indentation, the spaces between tokens, and the alignment of "=" and of comments in lines that
// follow one another. Nothing but the spaces within lines changes: the result has the same lines,
// with the same tokens, comments and line ends, so that it means the same. What is canonical
// already is given back as it is.
//
// It goes by the syntax alone, and takes declarations and variable files. A source that breaks
// the rules of its syntax, or is beyond the limits of [Parse], is not formatted; the diagnostics
// say why, and the result is nil. It is nil, too, for a source of HCL JSON.
func Format(s Source) ([]byte, hcl.Diagnostics) { return syntax.Format(s) }
