package source

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/lang"
)

// Sources are the sources of a declaration, to show lines of. Those of a variable file are never
// shown. The nil Sources shows nothing.
type Sources []Source

// Line gives the line that a range begins on, without its end. It is false if there is none, or if it
// must not be shown: lines of variable files and of sensitive variables, even in a file with errors.
func (s Sources) Line(rng hcl.Range) (line string, ok bool) {
	number := rng.Start.Line
	i := slices.IndexFunc(s, func(source Source) bool { return source.Name == rng.Filename })
	if i < 0 || number < 1 || s[i].Hidden().Have(number) {
		return "", false
	}
	starts := s[i].starts
	if starts == nil {
		starts = s[i].lineStarts
	}
	text, _, _ := bytes.Cut(s[i].Bytes[starts()[number-1]:], []byte("\n"))
	return strings.TrimSuffix(string(text), "\r"), true
}

// lineStarts gives where each line begins. The numbers are small, as a source may have millions.
func (s Source) lineStarts() []int32 {
	starts := make([]int32, 1, 1+bytes.Count(s.Bytes, []byte("\n")))
	for i, b := range s.Bytes {
		if b == '\n' {
			starts = append(starts, int32(i+1))
		}
	}
	return starts
}

// Lines says for each line, from the first, whether it is meant. What follows the last newline is one.
type Lines []bool

// Have tells whether the line of a number is meant, or comes after the last one.
func (l Lines) Have(number int) bool { return number > len(l) || number > 0 && l[number-1] }

func (l Lines) add(first, last int) {
	for i := first - 1; i < last; i++ {
		l[i] = true
	}
}

// Hidden gives the lines that must not be shown, as [Sources.Line] does.
func (s Source) Hidden() Lines {
	if s.hidden != nil {
		return s.hidden()
	}
	lines := s.Secrets()
	if IsValues(s.Name) {
		lines.add(1, len(lines))
	}
	return lines
}

// Secrets gives the lines of sensitive variables. It errs on the side of hiding: a block is sensitive
// unless it plainly says otherwise. In JSON, a name may have escaped letters.
func (s Source) Secrets() Lines {
	lines := make(Lines, 1+bytes.Count(s.Bytes, []byte("\n")))
	escaped := bytes.Contains(s.Bytes, []byte(`\u006`)) || bytes.Contains(s.Bytes, []byte(`\u007`))
	switch {
	case !escaped && !bytes.Contains(s.Bytes, []byte("sensitive")):
	case s.IsJSON():
		// Names may be in any order.
		before, _, found := bytes.Cut(s.Bytes, []byte(`"variable"`))
		if escaped || !found {
			before = nil
		}
		lines.add(1+bytes.Count(before, []byte("\n")), len(lines))
	default:
		s.nativeSecrets(lines)
	}
	return lines
}

// nativeSecrets goes by tokens, as a file that cannot be parsed has errors to show too. The block
// of a variable runs from its type to the line on which another block begins.
func (s Source) nativeSecrets(lines Lines) {
	tokens, _ := hclsyntax.LexConfig(s.Bytes, s.Name, hcl.InitialPos)
	// first is the line that a variable begins on, or 0 outside of one.
	first, secret, lineStart, root := 0, false, true, lang.File()
	for i, t := range tokens {
		if t.Type == hclsyntax.TokenIdent {
			switch name := string(t.Bytes); {
			case lineStart && opensBlock(tokens[i:]) && (root.Block(name) != nil || name == lang.Dynamic):
				if secret {
					lines.add(first, t.Range.Start.Line-1)
				}
				first, secret = 0, false
				if name == "variable" {
					first = t.Range.Start.Line
				}
			case first > 0 && name == "sensitive" && !saysFalse(tokens[i+1:]):
				secret = true
			}
		} else if first > 0 && bytes.Contains(t.Bytes, []byte("sensitive")) {
			secret = true // After a quote that is not closed, all is a string.
		}
		lineStart = t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment && (lineStart || bytes.HasSuffix(t.Bytes, []byte("\n")))
	}
	if secret {
		lines.add(first, len(lines))
	}
}

// opensBlock tells whether tokens begin a block of the outermost level.
func opensBlock(tokens hclsyntax.Tokens) bool {
	return len(tokens) > 1 && (tokens[0].Range.Start.Column == 1 || string(tokens[0].Bytes) == "variable") &&
		slices.Contains([]hclsyntax.TokenType{hclsyntax.TokenOBrace, hclsyntax.TokenOQuote, hclsyntax.TokenIdent}, tokens[1].Type)
}

// saysFalse tells whether an attribute is plainly set to false.
func saysFalse(tokens hclsyntax.Tokens) bool {
	return len(tokens) > 2 && tokens[0].Type == hclsyntax.TokenEqual && string(tokens[1].Bytes) == "false" &&
		slices.Contains([]hclsyntax.TokenType{hclsyntax.TokenNewline, hclsyntax.TokenCBrace, hclsyntax.TokenComment}, tokens[2].Type)
}
