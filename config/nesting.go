package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// hcl parses and evaluates by recursion without a limit, and a goroutine that
// overflows its stack ends the process; recover does not help. So nothing reaches
// the parser before its tokens have been counted here. The lexer does not
// recurse.
const (
	// maxNesting bounds brackets, quotes and the operators between them that
	// stand inside one another. People write fewer than twenty.
	maxNesting = 500
	// maxSteps bounds the same tokens within one item of a file, nested or not.
	// It holds where maxNesting does not: after a syntax error, the parser may
	// take what follows for something nested.
	maxSteps = 10_000
	// maxLiterals bounds the pieces of text in one template, nearly all of which
	// are lines. The parser joins them in quadratic time.
	maxLiterals = 1000
	// maxDigits bounds numbers, which take memory by their exponent when they
	// become text.
	maxDigits = 1000
)

// nesting is how deep some tokens make a parser recurse.
type nesting struct {
	open []bracket
	// depth is what is open, and the operators that precede it, which make a
	// parser recurse as brackets do.
	depth int
	// steps counts all tokens that can make a parser recurse.
	steps    int
	deepest  int
	tooDeep  *hcl.Range
	mismatch *hcl.Range
	number   *hcl.Range
	text     *hcl.Range
	// items are the places where an item of the file ends and nothing is open.
	items []itemEnd
}

type bracket struct {
	closer    hclsyntax.TokenType
	at        hcl.Range
	operators int
	literals  int
	// newlines tells whether a line's end ends an expression here.
	newlines bool
}

type itemEnd struct {
	at    hcl.Pos
	steps int
}

// measure counts. It errs on the side of too deep.
func measure(tokens hclsyntax.Tokens) nesting {
	n := nesting{open: []bracket{{newlines: true}}}
	afterTerm, afterName := false, false
	for i, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace:
			n.push(t, hclsyntax.TokenCBrace, !startsFor(tokens[i+1:]))
		case hclsyntax.TokenOBrack:
			if afterTerm {
				n.operator(t)
			}
			n.push(t, hclsyntax.TokenCBrack, false)
		case hclsyntax.TokenOParen:
			n.push(t, hclsyntax.TokenCParen, false)
		case hclsyntax.TokenOQuote:
			n.push(t, hclsyntax.TokenCQuote, false)
		case hclsyntax.TokenOHeredoc:
			n.push(t, hclsyntax.TokenCHeredoc, false)
		case hclsyntax.TokenTemplateInterp:
			n.push(t, hclsyntax.TokenTemplateSeqEnd, false)
		case hclsyntax.TokenTemplateControl:
			// "%{if}" and "%{for}" nest until a directive that ends them.
			n.operator(t)
			n.push(t, hclsyntax.TokenTemplateSeqEnd, false)
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote,
			hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			n.pop(t)
		case hclsyntax.TokenNewline:
			if n.top().newlines {
				n.separate()
			}
			if len(n.open) == 1 && n.mismatch == nil {
				n.items = append(n.items, itemEnd{at: t.Range.End, steps: n.steps})
			}
		case hclsyntax.TokenComma:
			n.separate()
		case hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenPercent,
			hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
			hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq, hclsyntax.TokenAnd, hclsyntax.TokenOr,
			hclsyntax.TokenBang, hclsyntax.TokenDot, hclsyntax.TokenQuestion, hclsyntax.TokenColon,
			hclsyntax.TokenDoubleColon:
			n.operator(t)
		case hclsyntax.TokenIdent:
			// The labels of a block may be names without quotes.
			if afterName {
				n.steps++
			}
		case hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit:
			if n.top().literals++; n.top().literals > maxLiterals && n.text == nil {
				n.text = t.Range.Ptr()
			}
		case hclsyntax.TokenNumberLit:
			if n.number == nil && !sensibleNumber(t.Bytes) {
				n.number = t.Range.Ptr()
			}
		}
		if n.tooDeep != nil {
			// Nothing is parsed, and there may be a great many more.
			break
		}
		afterTerm = endsTerm(t.Type)
		if t.Type != hclsyntax.TokenComment || bytes.HasSuffix(t.Bytes, []byte("\n")) {
			afterName = t.Type == hclsyntax.TokenIdent || t.Type == hclsyntax.TokenCQuote
		}
	}
	return n
}

func (n *nesting) top() *bracket { return &n.open[len(n.open)-1] }

func (n *nesting) push(t hclsyntax.Token, closer hclsyntax.TokenType, newlines bool) {
	n.open = append(n.open, bracket{closer: closer, at: t.Range, newlines: newlines})
	n.step(t)
}

// pop ends what is open. A closer that does not match ends nothing: what the
// parser makes of it is not known.
func (n *nesting) pop(t hclsyntax.Token) {
	if len(n.open) == 1 || n.top().closer != t.Type {
		if n.mismatch == nil {
			n.mismatch = t.Range.Ptr()
		}
		return
	}
	n.depth -= 1 + n.top().operators
	n.open = n.open[:len(n.open)-1]
}

func (n *nesting) operator(t hclsyntax.Token) {
	n.top().operators++
	n.step(t)
}

// separate begins a new expression, which does not stand inside the operators
// before it.
func (n *nesting) separate() {
	n.depth -= n.top().operators
	n.top().operators = 0
}

func (n *nesting) step(t hclsyntax.Token) {
	n.depth++
	n.steps++
	n.deepest = max(n.deepest, n.depth)
	if n.depth > maxNesting && n.tooDeep == nil {
		n.tooDeep = t.Range.Ptr()
	}
}

// startsFor tells whether a brace opens a for expression, in which a line's end
// separates nothing.
func startsFor(tokens hclsyntax.Tokens) bool {
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
		case hclsyntax.TokenIdent:
			return string(t.Bytes) == "for"
		default:
			return false
		}
	}
	return false
}

// endsTerm tells whether a bracket after the token indexes what stands before it.
func endsTerm(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenIdent, hclsyntax.TokenNumberLit, hclsyntax.TokenCBrack, hclsyntax.TokenCParen,
		hclsyntax.TokenCBrace, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenStar:
		return true
	}
	return false
}

// sensibleNumber tells whether a number, written out, has at most maxDigits
// digits.
func sensibleNumber(literal []byte) bool {
	if len(literal) > maxDigits {
		return false
	}
	i := bytes.IndexAny(literal, "eE")
	if i < 0 {
		return true
	}
	exponent := 0
	for _, c := range literal[i+1:] {
		if c == '+' || c == '-' {
			continue
		}
		exponent = exponent*10 + int(c-'0')
		if exponent > maxDigits {
			return false
		}
	}
	return true
}

// fault gives what the parser must not see, or nil.
func (n *nesting) fault() *hcl.Diagnostic {
	switch {
	case n.number != nil:
		return diag.New(hcl.DiagError, *n.number, "Number out of range",
			"A number may have at most %d digits, written out without an exponent.", maxDigits)
	case n.text != nil:
		return diag.New(hcl.DiagError, *n.text, "Text too long", "One text may have at most %d lines.", maxLiterals)
	case n.tooDeep != nil && n.mismatch != nil && n.mismatch.Start.Byte < n.tooDeep.Start.Byte:
		return n.unbalanced()
	case n.tooDeep != nil:
		return diag.New(hcl.DiagError, *n.tooDeep, "Nested too deeply",
			"Brackets, quotes and operators may stand inside one another at most %d deep.", maxNesting)
	}
	return nil
}

// unbalanced says which bracket is at fault, where there is one.
func (n *nesting) unbalanced() *hcl.Diagnostic {
	if n.mismatch != nil {
		return diag.New(hcl.DiagError, *n.mismatch, "Unbalanced brackets", "This closes nothing that is open here.")
	}
	return diag.New(hcl.DiagError, n.top().at, "Unbalanced brackets", "This is not closed before the end of the file.")
}

// checkTemplate does the same for a string that hcl parses as a template when it
// is evaluated: any string of HCL JSON. The diagnostic's range is within the
// text.
func checkTemplate(text string) *hcl.Diagnostic { return checkText(text, hclsyntax.LexTemplate) }

// checkExpression does the same for a string that hcl parses as an expression.
func checkExpression(text string) *hcl.Diagnostic { return checkText(text, hclsyntax.LexExpression) }

func checkText(text string, lex func([]byte, string, hcl.Pos) (hclsyntax.Tokens, hcl.Diagnostics)) *hcl.Diagnostic {
	// What is too much is not lexed. What stands before it may tell more.
	source := []byte(text)
	count, last := countFrom(source, maxTextTokens, false)
	if count > maxTextTokens {
		source = source[:last]
	}
	tokens, _ := lex(source, "", hcl.InitialPos)
	n := measure(tokens)
	if n.tooDeep == nil && n.steps > maxSteps {
		return diag.New(hcl.DiagError, hcl.Range{}, "Expression too large",
			"One text may hold at most %d brackets and operators.", maxSteps)
	}
	if d := n.fault(); d != nil {
		return d
	}
	if count > maxTextTokens {
		return diag.New(hcl.DiagError, hcl.Range{}, "Expression too large",
			"One text may hold at most %d words, numbers and signs.", maxTextTokens)
	}
	return nil
}
