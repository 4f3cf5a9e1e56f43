package layout

import (
	"bufio"
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Format returns a text with the spaces of the canonical style. It is false if the result would have
// more than most bytes: one long line among a million short ones makes each of them as long, when
// they are aligned. The text must be valid. The result is never nil if it fits.
func Format(tokens hclsyntax.Tokens, most int) (text []byte, fits bool) {
	l := &sheet{tokens: tokens, spaces: make([]int, len(tokens))}
	l.divide()
	l.indent()
	for _, line := range l.lines {
		l.space(line.begin, line.assign)
		l.space(line.assign, line.comment)
	}
	l.align(func(n line) (at, end int) { return n.assign, n.comment })
	l.align(func(n line) (at, end int) { return n.comment, n.end })
	size := 0
	for i, t := range tokens {
		if size += l.spaces[i] + len(t.Bytes); size > most {
			return nil, false
		}
	}
	text = make([]byte, 0, size)
	for i, t := range tokens {
		text = append(text, bytes.Repeat([]byte{' '}, l.spaces[i])...)
		text = append(text, t.Bytes...)
	}
	return text, true
}

// sheet is a text that gets its spaces.
type sheet struct {
	tokens hclsyntax.Tokens
	// spaces is how many there are before each token.
	spaces []int
	lines  []line
}

// line is a line of tokens in up to three cells, by the indices where they begin. A heredoc or
// a comment inside a line may have line ends of its own.
type line struct {
	begin int
	// assign begins with "=", unless what follows goes on in the next line.
	assign int
	// comment is the comment at the end.
	comment int
	end     int
}

// divide finds the lines and their cells.
func (l *sheet) divide() {
	begin := 0
	for i, t := range l.tokens {
		switch {
		case t.Type == hclsyntax.TokenEOF:
			// Spaces behind the last line stay.
			if l.add(begin, i); i > 0 {
				l.spaces[i] = t.Range.Start.Byte - l.tokens[i-1].Range.End.Byte
			} else {
				l.spaces[i] = t.Range.Start.Byte
			}
		case t.Type == hclsyntax.TokenNewline, t.Type == hclsyntax.TokenComment && bytes.HasSuffix(t.Bytes, []byte("\n")):
			l.add(begin, i+1)
			begin = i + 1
		}
	}
}

func (l *sheet) add(begin, end int) {
	if begin == end {
		return
	}
	n := line{begin, end, end, end}
	if last := end - 1; last > begin && l.tokens[last].Type == hclsyntax.TokenComment {
		n.assign, n.comment = last, last
	}
	for i := begin + 1; i < n.comment; i++ {
		if l.tokens[i].Type == hclsyntax.TokenEqual {
			if brackets(l.tokens[i:n.comment]) == 0 {
				n.assign = i
			}
			break
		}
	}
	l.lines = append(l.lines, n)
}

// brackets returns how many more brackets open than close.
func brackets(tokens hclsyntax.Tokens) int {
	open := 0
	for _, t := range tokens {
		open += bracket(t)
	}
	return open
}

// bracket is 1 for an opening bracket, -1 for a closing one, and 0 for other tokens.
func bracket(t hclsyntax.Token) int {
	switch t.Type {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return 1
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
		return -1
	}
	return 0
}

// indent sets the spaces at the start of each line. All brackets that one line opens make one
// level, which ends with the line that closes the last of them.
func (l *sheet) indent() {
	var levels []int // how many brackets are open in each
	for _, n := range l.lines {
		if l.tokens[n.begin].Type == hclsyntax.TokenNewline {
			continue
		}
		start := l.tokens[n.begin:n.assign]
		if i := slices.IndexFunc(start, func(t hclsyntax.Token) bool { return t.Type == hclsyntax.TokenOHeredoc }); i >= 0 {
			start = start[:i]
		}
		change := brackets(start) + brackets(l.tokens[n.assign:n.comment])
		for change < 0 && len(levels) > 0 {
			last := &levels[len(levels)-1]
			closed := min(-change, *last)
			*last -= closed
			if change += closed; *last == 0 {
				levels = levels[:len(levels)-1]
			}
		}
		l.spaces[n.begin] = 2 * len(levels)
		if change > 0 {
			levels = append(levels, change)
		}
	}
}

// space sets the spaces between the tokens of one cell.
func (l *sheet) space(begin, end int) {
	before := hclsyntax.Token{Type: hclsyntax.TokenNil}
	for i := begin; i < end-1; i++ {
		if isSpaced(before, l.tokens[i], l.tokens[i+1]) {
			l.spaces[i+1] = 1
		}
		before = l.tokens[i]
	}
}

// isSpaced reports whether there is a space between two tokens.
func isSpaced(before, left, right hclsyntax.Token) bool {
	switch {
	case right.Type == hclsyntax.TokenNewline,
		left.Type == hclsyntax.TokenIdent && right.Type == hclsyntax.TokenOParen,
		left.Type == hclsyntax.TokenIdent && right.Type == hclsyntax.TokenDoubleColon,
		left.Type == hclsyntax.TokenDoubleColon && right.Type == hclsyntax.TokenIdent,
		left.Type == hclsyntax.TokenDot, right.Type == hclsyntax.TokenDot,
		right.Type == hclsyntax.TokenComma, right.Type == hclsyntax.TokenEllipsis:
		return false
	case left.Type == hclsyntax.TokenComma:
		return true
	case isTemplate(left, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc), isTemplate(right, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc):
		return false
	case left.Type == hclsyntax.TokenIdent && string(left.Bytes) == "in" && before.Type == hclsyntax.TokenIdent:
		return true // [for x in [1]: x]
	case right.Type == hclsyntax.TokenOBrack && (left.Type == hclsyntax.TokenIdent || left.Type == hclsyntax.TokenNumberLit || bracket(left) < 0):
		return false
	case left.Type == hclsyntax.TokenBang:
		return false
	case left.Type == hclsyntax.TokenMinus:
		return !slices.Contains(signed, before.Type)
	case left.Type == hclsyntax.TokenOBrace, right.Type == hclsyntax.TokenCBrace:
		return left.Type != hclsyntax.TokenOBrace || right.Type != hclsyntax.TokenCBrace
	case right.Type == hclsyntax.TokenOBrace && (left.Type == hclsyntax.TokenTemplateInterp || left.Type == hclsyntax.TokenTemplateControl),
		left.Type == hclsyntax.TokenCBrace && right.Type == hclsyntax.TokenTemplateSeqEnd:
		return true
	case left.Type == hclsyntax.TokenTemplateSeqEnd:
		return right.Type != hclsyntax.TokenTemplateInterp && right.Type != hclsyntax.TokenTemplateControl && bracket(right) >= 0
	}
	return bracket(left) <= 0 && bracket(right) >= 0
}

// isTemplate reports whether a token is text of a template, or one of its ends.
func isTemplate(t hclsyntax.Token, ends ...hclsyntax.TokenType) bool {
	return t.Type == hclsyntax.TokenQuotedLit || t.Type == hclsyntax.TokenStringLit || slices.Contains(ends, t.Type)
}

// signed are the tokens behind which "-" is a sign.
var signed = []hclsyntax.TokenType{ //nolint:gochecknoglobals // a table
	hclsyntax.TokenNil, hclsyntax.TokenOParen, hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenEqual, hclsyntax.TokenColon,
	hclsyntax.TokenComma, hclsyntax.TokenQuestion, hclsyntax.TokenPlus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent,
	hclsyntax.TokenMinus, hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq,
	hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenBang,
}

// align puts a cell of lines that follow one another at the same column.
func (l *sheet) align(cell func(line) (at, end int)) {
	has := func(n line) bool { at, end := cell(n); return at < end }
	for rest := l.lines; len(rest) > 0; {
		together := rest
		if i := slices.IndexFunc(rest, func(n line) bool { return !has(n) }); i >= 0 {
			together, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		widths, widest := make([]int, len(together)), 0
		for i, n := range together {
			at, _ := cell(n)
			widths[i] = l.width(n.begin, at)
			widest = max(widest, widths[i])
		}
		for i, n := range together {
			at, _ := cell(n)
			l.spaces[at] = widest - widths[i] + 1
		}
	}
}

// width returns how many columns tokens take.
func (l *sheet) width(begin, end int) int {
	width := 0
	for i, t := range l.tokens[begin:end] {
		width += l.spaces[begin+i] + columns(t)
	}
	return width
}

// columns counts the characters of a token, with its line ends.
func columns(t hclsyntax.Token) int {
	if t.Range.Start.Line == t.Range.End.Line {
		return t.Range.End.Column - t.Range.Start.Column
	}
	width := bytes.Count(t.Bytes, []byte("\n"))
	lines := hcl.NewRangeScanner(t.Bytes, "", bufio.ScanLines)
	for lines.Scan() {
		width += lines.Range().End.Column - lines.Range().Start.Column
	}
	return width
}
