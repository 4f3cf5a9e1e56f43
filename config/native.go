package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
)

const (
	// maxSteps and maxTokens bound an item that cannot be divided, and a text that is parsed
	// by itself. maxSteps holds where maxNesting does not: after a syntax error, the parser
	// may take what follows for something nested.
	maxSteps  = 10_000
	maxTokens = 200_000
	// pieceSteps and pieceTokens bound what is parsed at once. After an error, the parser may
	// look through all the rest of a piece, and does so for each error again.
	pieceSteps  = 2_000
	pieceTokens = 20_000
	// quickPiece is about how many bytes are parsed at once where there is no error. The
	// parser grows one list of all tokens, which is slow for many.
	quickPiece = 4 << 10
)

// nativeParser parses a source in native syntax in pieces of a bounded size.
type nativeParser struct {
	source Source
	list   *diag.List
	budget *budget.Budget
	// bytes is about how long a piece is. Where quick is set, the first error ends parsing.
	bytes int
	quick bool
	// all is for tests: every block that can be divided is.
	all bool
}

// parseNative parses native syntax. The body is nil where it was not parsed.
func parseNative(s Source, m *diag.List, b *budget.Budget) *hclsyntax.Body {
	found := scanBody(s.Bytes, position{line: 1}, quickPiece)
	if e := found.refused; e != nil {
		m.Error(s.Span(e.begin, e.end), e.summary, "%s", e.detail)
		return nil
	}
	if !found.confused {
		var errors diag.List
		p := nativeParser{source: s, list: &errors, budget: b, bytes: quickPiece, quick: true}
		if body := p.whole(found.items); len(errors.Diags) == 0 {
			return body
		}
	}
	// What is wrong shows best where much of the source is parsed at once.
	p := nativeParser{source: s, list: m, budget: b, bytes: len(s.Bytes)}
	items, rest := found.items, found.rest
	if found.confused {
		text := s.Bytes[rest.begin.at:rest.end.at]
		if rest.tokens, rest.steps = len(text), signs(text); rest.isLarge() {
			p.unbalanced(found)
			return nil
		}
		items = append(items, rest)
	}
	return p.whole(items)
}

func (i *item) isLarge() bool { return i.tokens > pieceTokens || i.steps > pieceSteps }

// whole parses all items of the source.
func (p *nativeParser) whole(items []item) *hclsyntax.Body {
	body := p.newBody(position{line: 1})
	p.items(items, body)
	return body
}

func (p *nativeParser) newBody(at position) *hclsyntax.Body {
	here := hcl.Range{Filename: p.source.Name, Start: p.pos(at), End: p.pos(at)}
	return &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: here, EndRange: here}
}

// items parses items into a body.
func (p *nativeParser) items(items []item, body *hclsyntax.Body) {
	for len(items) > 0 && (!p.quick || len(p.list.Diags) == 0) {
		first := &items[0]
		if !p.budget.Step(hcl.Range{Filename: p.source.Name, Start: p.pos(first.begin), End: p.pos(first.end)}) {
			return
		}
		n, tokens, steps := 1, first.tokens, first.steps
		switch {
		case (first.isLarge() || p.all) && p.dividable(first):
			p.block(first, body)
		case first.tokens > maxTokens || first.steps > maxSteps:
			p.list.Error(p.source.Span(first.begin.at, first.end.at), "Expression too large",
				"What is set to one attribute may have at most %d brackets, quotes and operators, and %d words, numbers and signs. Divide it.", maxSteps, maxTokens)
		default:
			for n < len(items) && items[n].end.at-first.begin.at <= p.bytes && tokens+items[n].tokens <= pieceTokens && steps+items[n].steps <= pieceSteps {
				tokens, steps, n = tokens+items[n].tokens, steps+items[n].steps, n+1
			}
			piece := p.parse(first.begin, items[n-1].end.at, "")
			// Where there is an error, the body is of no use.
			if p.list.Errors() == 0 {
				p.join(body, piece)
			}
		}
		items = items[n:]
	}
}

// parse parses a piece of the source, and something behind it.
func (p *nativeParser) parse(begin position, end int, suffix string) *hclsyntax.Body {
	text := p.source.Bytes[begin.at:end:end]
	file, diags := hclsyntax.ParseConfig(append(text, suffix...), p.source.Name, p.pos(begin))
	p.list.Add(diags...)
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		panic("config: native syntax has another body than hclsyntax documents")
	}
	return body
}

// join adds the items of a piece to a body.
func (p *nativeParser) join(whole, body *hclsyntax.Body) {
	whole.SrcRange, whole.EndRange = hcl.RangeBetween(whole.SrcRange, body.SrcRange), body.EndRange
	whole.Blocks = append(whole.Blocks, body.Blocks...)
	for name, attribute := range body.Attributes {
		if first := whole.Attributes[name]; first != nil {
			p.list.Error(attribute.NameRange, "Attribute redefined", "The argument %q was already set at %s.", name, first.NameRange)
			continue
		}
		whole.Attributes[name] = attribute
	}
}

// piece is how many bytes of small items are parsed at once.
func (p *nativeParser) piece() int { return min(p.bytes, quickPiece) }

// dividable tells whether an item is a block, and nothing else, with its braces at line's ends.
func (p *nativeParser) dividable(i *item) bool {
	if i.body[0].at == 0 || i.body[1].at == 0 {
		return false
	}
	rest := bytes.TrimLeft(p.source.Bytes[i.body[1].at+1:i.end.at], " \t\r")
	return len(rest) == 0 || rest[0] == '\n' || rest[0] == '#' || bytes.HasPrefix(rest, []byte("//"))
}

// block parses a block that is too large to be parsed at once: its header without its items,
// and then these.
func (p *nativeParser) block(i *item, body *hclsyntax.Body) {
	header := p.parse(i.begin, i.body[0].at, "}")
	if len(header.Blocks) == 1 {
		block := header.Blocks[0]
		end := p.pos(i.body[1])
		after := hcl.Pos{Line: end.Line, Column: end.Column + 1, Byte: end.Byte + 1}
		block.CloseBraceRange = hcl.Range{Filename: p.source.Name, Start: end, End: after}
		inner := p.newBody(i.body[0])
		p.items(scanBody(p.source.Bytes[:i.body[1].at], i.body[0], p.piece()).items, inner)
		inner.SrcRange = hcl.RangeBetween(block.OpenBraceRange, block.CloseBraceRange)
		inner.EndRange = hcl.Range{Filename: p.source.Name, Start: after, End: after}
		block.Body = inner
	}
	p.join(body, header)
}

// pos gives a place in the source, which mostly is the beginning of a line.
func (p *nativeParser) pos(at position) hcl.Pos {
	if at.at == 0 || p.source.Bytes[at.at-1] == '\n' {
		return hcl.Pos{Line: at.line, Column: 1, Byte: at.at}
	}
	return p.source.Position(at.at)
}

// unbalanced reports what is wrong with a source whose brackets or quotes don't match, and of
// which too much follows to be parsed. The parser says it best, if it sees enough of it.
func (p *nativeParser) unbalanced(found scan) {
	text := p.source.Bytes[found.rest.begin.at:]
	if text = firstLines(text); found.rest.begin.at+len(text) > found.stopped {
		parser := nativeParser{source: p.source, list: &diag.List{}}
		parser.parse(found.rest.begin, found.rest.begin.at+len(text), "")
		if errors := parser.list.Sorted([]string{p.source.Name}); len(errors) > 0 {
			p.list.Add(errors[0])
			return
		}
	}
	if at := found.unclosed; at >= 0 && found.stopped == len(p.source.Bytes) {
		p.list.Error(p.source.Span(at, at+1), "Unbalanced brackets", "This is not closed before the end of the file.")
		return
	}
	p.list.Error(p.source.Span(found.stopped, found.stopped+1), "Unbalanced brackets", "This matches nothing that is open here.")
}

// firstLines gives those lines of a text that may be parsed at once whatever they hold.
func firstLines(text []byte) []byte {
	text = text[:min(len(text), pieceTokens)]
	for len(text) > 0 && signs(text) > pieceSteps {
		text = text[:len(text)/2]
	}
	return text[:bytes.LastIndexByte(text, '\n')+1]
}

// signs bounds from above how many tokens can make the parser recurse, whatever it makes of
// the text.
func signs(text []byte) int {
	count := 0
	for i, c := range text {
		space := c == ' ' || c == '\t' || c == '\r' || c == '\n'
		if !isNamePart(c) && (!space || i == 0 || text[i-1] != c) {
			count++
		}
	}
	return count
}

// checkTemplate looks at a string that hcl parses as a template when it is evaluated: any
// string of HCL JSON. It gives what the parser must not see. The diagnostic has no place.
func checkTemplate(text string) *hcl.Diagnostic {
	return checkText(text, scanTemplate([]byte(text)))
}

// checkExpression does the same for a string that hcl parses as an expression.
func checkExpression(text string) *hcl.Diagnostic {
	return checkText(text, scanBody([]byte(text), position{line: 1}, quickPiece))
}

func checkText(text string, found scan) *hcl.Diagnostic {
	if e := found.refused; e != nil {
		return diag.New(hcl.DiagError, hcl.Range{}, e.summary, "%s", e.detail)
	}
	tokens, steps := 0, 0
	for _, i := range found.items {
		tokens, steps = tokens+i.tokens, steps+i.steps
	}
	if found.confused && signs([]byte(text[found.rest.begin.at:])) > pieceSteps {
		steps = maxSteps + 1
	}
	if tokens <= pieceTokens && steps <= maxSteps {
		return nil
	}
	return diag.New(hcl.DiagError, hcl.Range{}, "Expression too large",
		"One text may hold at most %d brackets and operators, and %d words, numbers and signs.", maxSteps, pieceTokens)
}
