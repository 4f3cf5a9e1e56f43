package syntax

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// hcl parses and evaluates by recursion without a limit. A goroutine that overflows its stack ends the
// process, and recover does not help. So the tokens are checked first.
const (
	// maxNesting bounds how deep brackets, quotes and operators nest. People write fewer than twenty.
	maxNesting = 500
	// maxLiterals bounds the pieces of a string, mostly its lines: joining them takes quadratic time.
	maxLiterals = 1000
	// maxSteps bounds the tokens of one item that can make the parser recurse. After an error,
	// it may take what follows for something nested.
	maxSteps = 10_000
	// maxTokens bounds what the lexer makes at once, which takes about 100 bytes for each.
	maxTokens = 200_000
)

// maxDigits bounds numbers, which take memory by their exponent when they become text.
const maxDigits = 1000

// reason says why a scan stopped.
type reason int

const (
	none      reason = iota // it did not stop
	cut                     // at the end of the text, perhaps within an item
	large                   // in a block that is too large to be parsed at once
	closed                  // at the brace that closes the body
	unmatched               // at a bracket that matches nothing
	refused                 // at what the parser must not see
)

// scanner finds the items of a body in its tokens: attributes and blocks, each with the end of its
// line. It errs on the side of too deep.
type scanner struct {
	// most bounds the steps of a block that is not divided. inner means that a brace may close the body.
	most  int
	inner bool
	// found is called for each item. A line of nothing but a comment is none.
	found func(begin, end hcl.Pos)

	// begin is where the item under way begins, and tokens and steps are what it has so far.
	begin         hcl.Pos
	tokens, steps int
	// brace is behind the first brace of a block that can be divided there.
	brace hcl.Pos
	// assigned is set behind the "=" of an attribute, or where a block is closed already.
	assigned bool
	open     []opened
	depth    int
	stop     hcl.Range
	refusal  *hcl.Diagnostic
}

// opened is something open. by is the type of the token that closes it, and 0 for the body itself.
type opened struct {
	by                  hclsyntax.TokenType
	operators, literals int
	// newlines is set if the end of a line ends an expression here.
	newlines bool
}

func newScanner(at hcl.Pos, depth, most int, found func(begin, end hcl.Pos)) *scanner {
	return &scanner{most: most, inner: depth > 0, depth: depth, begin: at, open: []opened{{newlines: true}}, found: found}
}

// scan scans tokens up to the end of the text, or to where the parser must not go on.
func (s *scanner) scan(tokens hclsyntax.Tokens) reason {
	var previous hclsyntax.Token
	for _, t := range tokens {
		s.stop = t.Range
		if t.Type == hclsyntax.TokenEOF {
			break
		}
		s.tokens++
		if why := s.token(t, previous); why != none {
			return why
		}
		if s.steps > maxSteps || s.tokens > maxTokens {
			s.tooLarge(hcl.Range{Filename: t.Range.Filename, Start: s.begin, End: t.Range.End})
		}
		if s.depth > maxNesting {
			s.refuse(t.Range, "Nested too deeply", "Brackets, quotes and operators may be inside one another at most %d deep.", maxNesting)
		}
		if s.refusal != nil {
			return refused
		}
		if s.brace.Byte > 0 && (s.steps > s.most || s.tokens > pieceTokens) {
			return large
		}
		previous = t
	}
	return cut
}

func (s *scanner) refuse(at hcl.Range, summary, detail string, args ...any) {
	if s.refusal == nil {
		s.refusal = diag.New(hcl.DiagError, at, summary, detail, args...)
	}
}

func (s *scanner) tooLarge(at hcl.Range) {
	s.refuse(at, "Expression too large",
		"One expression or text may have at most %d brackets, quotes and operators, and %d words, numbers and signs. Divide it.", maxSteps, maxTokens)
}

// token takes one token. It is none unless the scan stops.
func (s *scanner) token(t, previous hclsyntax.Token) reason {
	top := &s.open[len(s.open)-1]
	switch t.Type {
	case hclsyntax.TokenComment, hclsyntax.TokenNewline:
		if bytes.HasSuffix(t.Bytes, []byte("\n")) {
			s.newline(t.Range.End, previous)
		}
	case hclsyntax.TokenComma:
		s.separate()
	case hclsyntax.TokenEqual:
		s.assigned = s.assigned || len(s.open) == 1
	case hclsyntax.TokenNumberLit:
		if !sensibleNumber(t.Bytes) {
			s.refuse(t.Range, "Number out of range", "A number may have at most %d digits, written out without an exponent.", maxDigits)
		}
	case hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit:
		if top.literals++; top.literals > maxLiterals {
			s.refuse(t.Range, "Text too long", "One text may have at most %d lines.", maxLiterals)
		}
	case hclsyntax.TokenOBrace:
		s.push(hclsyntax.TokenCBrace, true)
	case hclsyntax.TokenOBrack:
		if isTerm(previous.Type) {
			s.operator()
		}
		s.push(hclsyntax.TokenCBrack, false)
	case hclsyntax.TokenOParen:
		s.push(hclsyntax.TokenCParen, false)
	case hclsyntax.TokenOQuote:
		s.push(hclsyntax.TokenCQuote, false)
	case hclsyntax.TokenOHeredoc:
		s.push(hclsyntax.TokenCHeredoc, false)
	case hclsyntax.TokenTemplateInterp:
		s.push(hclsyntax.TokenTemplateSeqEnd, false)
	case hclsyntax.TokenTemplateControl:
		// "%{if}" and "%{for}" nest until a directive that ends them.
		s.operator()
		s.push(hclsyntax.TokenTemplateSeqEnd, false)
	case hclsyntax.TokenCBrace, hclsyntax.TokenCParen, hclsyntax.TokenCBrack, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
		return s.pop(t.Type)
	case hclsyntax.TokenIdent:
		if isTerm(previous.Type) {
			// The labels of a block may be names without quotes.
			s.steps++
		}
		if string(t.Bytes) == "for" {
			// In a for expression, the end of a line separates nothing.
			top.newlines = len(s.open) == 1
		}
	case hclsyntax.TokenStar:
		if previous.Type == hclsyntax.TokenSlash && previous.Range.End == t.Range.Start {
			// The end of a comment may be behind the end of the text.
			return cut
		}
		s.operator()
	default:
		s.operator()
	}
	return none
}

func (s *scanner) push(by hclsyntax.TokenType, newlines bool) {
	s.open = append(s.open, opened{by: by, newlines: newlines})
	s.depth++
	s.steps++
}

// pop closes what is open. The parser has better messages for a bracket that does not match.
func (s *scanner) pop(by hclsyntax.TokenType) reason {
	last := s.open[len(s.open)-1]
	switch {
	case len(s.open) == 1 && s.inner && by == hclsyntax.TokenCBrace:
		return closed
	case last.by != by:
		return unmatched
	}
	s.depth -= 1 + last.operators
	s.open = s.open[:len(s.open)-1]
	s.assigned = s.assigned || len(s.open) == 1 && by == hclsyntax.TokenCBrace
	return none
}

func (s *scanner) operator() {
	s.open[len(s.open)-1].operators++
	s.depth++
	s.steps++
}

// separate begins a new expression, which is not inside the operators before it.
func (s *scanner) separate() {
	top := &s.open[len(s.open)-1]
	s.depth -= top.operators
	top.operators = 0
}

func (s *scanner) newline(end hcl.Pos, previous hclsyntax.Token) {
	if s.open[len(s.open)-1].newlines {
		s.separate()
	}
	switch {
	case len(s.open) == 2 && previous.Type == hclsyntax.TokenOBrace && !s.assigned:
		s.brace = previous.Range.End
	case len(s.open) == 1 && s.found != nil:
		if s.tokens > 1 {
			s.found(s.begin, end)
		}
		s.begin, s.tokens, s.steps, s.brace, s.assigned = end, 0, 0, hcl.Pos{}, false
	}
}

// isTerm tells whether a bracket may index what a token ends.
func isTerm(t hclsyntax.TokenType) bool {
	return slices.Contains([]hclsyntax.TokenType{hclsyntax.TokenIdent, hclsyntax.TokenNumberLit, hclsyntax.TokenCBrace, hclsyntax.TokenCBrack,
		hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenStar}, t)
}

// sensibleNumber tells whether a number, written out, has at most maxDigits digits.
func sensibleNumber(literal []byte) bool {
	i := bytes.IndexAny(literal, "eE")
	if i < 0 || len(literal) > maxDigits {
		return len(literal) <= maxDigits
	}
	exponent, err := strconv.Atoi(string(literal[i+1:]))
	return err == nil && max(exponent, -exponent) <= maxDigits
}

// within gives the start of a text that has at most so many tokens. It ends with a line if it can.
func within(text []byte, most int) []byte {
	count, line, named := 0, 0, false
	for i, c := range text {
		name := isNamePart(c)
		if !name && c != ' ' || name && !named {
			count++
		}
		if named = name; count > most {
			return text[:cmp.Or(line, i)]
		}
		if c == '\n' {
			line = i + 1
		}
	}
	return text
}

// isNamePart errs on the side of a name: what is not ASCII may be a letter.
func isNamePart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c >= 0x80
}

// CheckTemplate checks a string that hcl parses as a template when it evaluates it: any string of HCL
// JSON. It gives what the parser must not see, without a place.
func CheckTemplate(text string) *hcl.Diagnostic { return checkText(text, hclsyntax.LexTemplate) }

// CheckExpression does the same for a string that hcl parses as an expression.
func CheckExpression(text string) *hcl.Diagnostic { return checkText(text, hclsyntax.LexExpression) }

func checkText(text string, lex func([]byte, string, hcl.Pos) (hclsyntax.Tokens, hcl.Diagnostics)) *hcl.Diagnostic {
	var known []byte
	var s *scanner
	var why reason
	// Most texts that are refused are refused for their beginning.
	for _, known = range [][]byte{[]byte(text)[:min(len(text), window)], within([]byte(text), maxTokens)} {
		tokens, _ := lex(known, "", hcl.InitialPos)
		s = newScanner(hcl.InitialPos, 0, maxSteps, nil)
		if why = s.scan(tokens); why == refused || len(known) == len(text) {
			break
		}
	}
	if rest := []byte(text)[min(s.stop.Start.Byte, len(known)):]; why != refused && (len(known) < len(text) || len(within(rest, maxSteps)) < len(rest)) {
		s.tooLarge(hcl.Range{})
	}
	if s.refusal != nil {
		s.refusal.Subject = &hcl.Range{}
	}
	return s.refusal
}
