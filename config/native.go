package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// parseNative parses native syntax, after checks that keep the parser's stack
// bounded. The body is nil where it was not parsed.
func parseNative(s Source, m *diag.List) *hclsyntax.Body {
	if body := parsePlain(s); body != nil {
		return body
	}
	// What the lexer objects to, the parser reports again.
	tokens, _ := hclsyntax.LexConfig(s.Bytes, s.Name, hcl.InitialPos)
	n := measure(tokens)
	if d := n.fault(); d != nil {
		m.Add(d)
		return nil
	}
	pieces, ok := split(s, &n, m)
	if !ok {
		return nil
	}
	whole, diags := parsePieces(s.Name, pieces)
	m.Add(diags...)
	return whole
}

// plainPiece is about how many bytes are parsed at once where there is no error.
// The parser grows one list of all tokens, which is slow for many.
const plainPiece = 4 << 10

// parsePlain parses a source that skim understands and that has no error. Else
// the body is nil, and nothing is said: what is wrong shows best where much of the
// source is parsed at once.
func parsePlain(s Source) *hclsyntax.Body {
	items, steps, ok := skim(s.Bytes)
	if !ok {
		return nil
	}
	var pieces []piece
	begin := itemEnd{at: hcl.InitialPos}
	for _, end := range append(items, itemEnd{at: s.Position(len(s.Bytes)), steps: steps}) {
		if end.at.Byte-begin.at.Byte < plainPiece && end.at.Byte < len(s.Bytes) {
			continue
		}
		if end.steps-begin.steps > maxSteps {
			return nil
		}
		pieces = append(pieces, piece{bytes: s.Bytes[begin.at.Byte:end.at.Byte], start: begin.at})
		begin = end
	}
	body, diags := parsePieces(s.Name, pieces)
	if len(diags) > 0 {
		return nil
	}
	return body
}

func parsePieces(name string, pieces []piece) (*hclsyntax.Body, hcl.Diagnostics) {
	whole := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}}
	var list hcl.Diagnostics
	for i, p := range pieces {
		file, diags := hclsyntax.ParseConfig(p.bytes, name, p.start)
		list = append(list, diags...)
		body, ok := file.Body.(*hclsyntax.Body)
		if !ok {
			panic("config: native syntax has another body than hclsyntax documents")
		}
		if len(pieces) == 1 {
			return body, list
		}
		if i == 0 {
			whole.SrcRange = body.SrcRange
		}
		whole.SrcRange, whole.EndRange = hcl.RangeBetween(whole.SrcRange, body.SrcRange), body.EndRange
		whole.Blocks = append(whole.Blocks, body.Blocks...)
		for name, attribute := range body.Attributes {
			if first := whole.Attributes[name]; first != nil {
				list = append(list, diag.New(hcl.DiagError, attribute.NameRange, "Attribute redefined",
					"The argument %q was already set at %s.", name, first.NameRange))
				continue
			}
			whole.Attributes[name] = attribute
		}
	}
	return whole, list
}

type piece struct {
	bytes []byte
	start hcl.Pos
}

// pieceSteps is how many steps a piece of several items may have. After a
// error, the parser may look through all the rest of a piece, and does so for
// each error again.
const pieceSteps = 2_000

// split divides a source between its items, so that no piece has more than
// maxSteps tokens that can make the parser recurse. Nearly every source is one
// piece.
func split(s Source, n *nesting, m *diag.List) ([]piece, bool) {
	if n.steps <= pieceSteps {
		return []piece{{bytes: s.Bytes, start: hcl.InitialPos}}, true
	}
	var pieces []piece
	begin, last := itemEnd{at: hcl.InitialPos}, itemEnd{at: hcl.InitialPos}
	cut := func(end itemEnd) {
		pieces = append(pieces, piece{bytes: s.Bytes[begin.at.Byte:end.at.Byte], start: begin.at})
		begin = end
	}
	ends := append(slices.Clip(n.items), itemEnd{at: s.Position(len(s.Bytes)), steps: n.steps})
	for _, end := range ends {
		if end.steps-begin.steps > pieceSteps && last != begin {
			cut(last)
		}
		if end.steps-begin.steps > maxSteps {
			if len(n.open) > 1 || n.mismatch != nil {
				m.Add(n.unbalanced())
				return nil, false
			}
			m.Error(hcl.Range{Filename: s.Name, Start: last.at, End: last.at}, "Block too large",
				"One block may hold at most %d brackets, quotes and operators. Divide it.", maxSteps)
			return nil, false
		}
		last = end
	}
	cut(last)
	return pieces, true
}
