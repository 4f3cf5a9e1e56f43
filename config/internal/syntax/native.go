package syntax

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

const (
	// pieceSteps and pieceTokens bound what is parsed at once, if it can be divided. After each error,
	// the parser may look through all the rest of a piece.
	pieceSteps  = 2_000
	pieceTokens = 20_000
	// window is how many bytes are lexed at once, unless an item that cannot be divided is longer.
	window = 16 << 10
)

// parser parses a source in native syntax in pieces of a bounded size.
type parser struct {
	source source.Source
	list   *diag.List
	budget *budget.Budget
	// quick finds items by their layout if that is simple. It stops at an error: the layout may mislead.
	quick bool
	// steps is pieceSteps, except in tests.
	steps int
}

func (p *parser) parse() *hclsyntax.Body {
	body := p.newBody(hcl.InitialPos)
	p.items(body, hcl.InitialPos, 0)
	return body
}

func (p *parser) newBody(at hcl.Pos) *hclsyntax.Body {
	here := p.span(at, at)
	return &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: here, EndRange: here}
}

func (p *parser) span(begin, end hcl.Pos) hcl.Range {
	return hcl.Range{Filename: p.source.Name, Start: begin, End: end}
}

// items parses items into a body up to the end of the source, or to the brace that closes the body,
// and gives the place of that brace.
func (p *parser) items(body *hclsyntax.Body, at hcl.Pos, depth int) (end hcl.Pos, isClosed bool) {
	text := p.source.Bytes
	for at.Byte < len(text) && (!p.quick || p.list.Errors() == 0) && p.budget.Step(p.span(at, at)) {
		if p.quick {
			if n := simple(text[at.Byte:]); n > 0 {
				p.piece(body, at, at.Byte+n)
				at = hcl.Pos{Line: at.Line + bytes.Count(text[at.Byte:at.Byte+n], []byte("\n")), Column: 1, Byte: at.Byte + n}
				continue
			}
		}
		if at, isClosed = p.lexed(body, at, depth); isClosed {
			return at, true
		}
	}
	return at, false
}

// lexed parses items that hcl's lexer finds. There is at least one, or the body ends.
func (p *parser) lexed(body *hclsyntax.Body, at hcl.Pos, depth int) (hcl.Pos, bool) {
	text := p.source.Bytes[at.Byte:]
	known, most := text[:min(len(text), window)], false
	for {
		tokens, _ := hclsyntax.LexConfig(known, p.source.Name, at)
		s := newScanner(at, depth, p.steps, func(begin, end hcl.Pos) {
			if (!p.quick || p.list.Errors() == 0) && p.budget.Step(p.span(begin, end)) {
				p.piece(body, begin, end.Byte)
			}
		})
		why := s.scan(tokens)
		more := len(known) < len(text)
		if why == cut && s.brace.Byte > 0 && more {
			why = large
		}
		switch {
		case why == refused:
			p.list.Add(s.refusal)
		case why == closed:
			if s.tokens > 1 {
				p.piece(body, s.begin, s.stop.Start.Byte)
				p.list.Error(s.stop, "Missing newline after argument", "An argument definition must end with a newline.")
			}
			return s.stop.Start, true
		case why == large:
			return p.block(body, s.begin, s.brace, depth), false
		case why == unmatched:
			p.unmatched(body, s.begin, s.stop)
		case !more:
			p.piece(body, s.begin, len(p.source.Bytes))
		case s.begin.Byte > at.Byte:
			return s.begin, false
		case !most:
			known, most = within(text, maxTokens), true
			continue
		default:
			s.tooLarge(p.span(at, at))
			p.list.Add(s.refusal)
		}
		return p.source.Position(len(p.source.Bytes)), false
	}
}

// piece parses a piece of the source, and adds its items to a body.
func (p *parser) piece(whole *hclsyntax.Body, begin hcl.Pos, end int) {
	p.join(whole, p.text(begin, end, ""))
}

// text parses a piece of the source, and something behind it.
func (p *parser) text(begin hcl.Pos, end int, suffix string) *hclsyntax.Body {
	file, diags := hclsyntax.ParseConfig(append(p.source.Bytes[begin.Byte:end:end], suffix...), p.source.Name, begin)
	p.list.Add(diags...)
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		panic("config: native syntax has another body than hclsyntax documents")
	}
	return body
}

func (p *parser) join(whole, body *hclsyntax.Body) {
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

// block parses a block that is too large to be parsed at once: its header first, then its items.
func (p *parser) block(body *hclsyntax.Body, begin, brace hcl.Pos, depth int) hcl.Pos {
	header := p.text(begin, brace.Byte, "}")
	inner := p.newBody(brace)
	end, isClosed := p.items(inner, brace, depth+1)
	after := end
	if isClosed {
		after.Column++
		after.Byte++
	}
	if len(header.Blocks) == 1 {
		block := header.Blocks[0]
		block.CloseBraceRange = p.span(end, after)
		inner.SrcRange, inner.EndRange = hcl.RangeBetween(block.OpenBraceRange, block.CloseBraceRange), p.span(after, after)
		block.Body = inner
		switch {
		case p.list.Errors() > 0:
		case !isClosed:
			p.list.Error(block.OpenBraceRange, "Unclosed configuration block", "There is no closing brace for this block before the end of the file.")
		case !endsLine(p.source.Bytes[after.Byte:]):
			p.list.Error(block.CloseBraceRange, "Missing newline after block definition", "A block definition must end with a newline.")
		}
	}
	p.join(body, header)
	return after
}

// endsLine tells whether nothing but comments is before the end of a line.
func endsLine(text []byte) bool {
	for {
		text = bytes.TrimLeft(text, " \t\r")
		if !bytes.HasPrefix(text, []byte("/*")) {
			return len(text) == 0 || text[0] == '\n' || text[0] == '#' || bytes.HasPrefix(text, []byte("//"))
		}
		_, text, _ = bytes.Cut(text, []byte("*/"))
	}
}

// unmatched reports a bracket that matches nothing, if possible with the message of the parser.
func (p *parser) unmatched(body *hclsyntax.Body, begin hcl.Pos, at hcl.Range) {
	errors := p.list.Errors()
	line, _, _ := bytes.Cut(p.source.Bytes[at.End.Byte:], []byte("\n"))
	p.piece(body, begin, at.End.Byte+len(line))
	if p.list.Errors() == errors {
		p.list.Error(at, "Invalid expression", "This matches no opening bracket.")
	}
}
