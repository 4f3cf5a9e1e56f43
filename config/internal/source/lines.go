package source

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/lang"
)

// Sources are the sources of a declaration, to show lines of. Variable files do
// not belong here: none of their lines may be shown. The nil Sources shows
// nothing.
type Sources []Source

// Line gives the line that a range begins on, without its end, so that a
// diagnostic can show it. It is false if there is no such line, and if it must not be
// shown: a line of a variable file, or of the block of a sensitive variable. It does not
// matter for that whether a file can be parsed.
func (s Sources) Line(rng hcl.Range) (line string, ok bool) {
	number := rng.Start.Line
	i := slices.IndexFunc(s, func(source Source) bool { return source.Name == rng.Filename })
	if i < 0 || number < 1 {
		return "", false
	}
	hidden := s[i].hidden
	if hidden == nil {
		hidden = s[i].Hidden
	}
	if list := hidden(); number > len(list) || list[number-1] {
		return "", false
	}
	rest := s[i].Bytes
	for range number - 1 {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	text, _, _ := bytes.Cut(rest, []byte("\n"))
	return strings.TrimSuffix(string(text), "\r"), true
}

// Hidden says for each line, from the first one, whether it must not be shown, as
// [Sources.Line] does. What follows the last line end counts as a line.
func (s Source) Hidden() []bool {
	secrets := Secrets{{0, len(s.Bytes) + 1}}
	if !IsValues(s.Name) {
		secrets = s.Secrets()
	}
	var list []bool
	start := 0
	for line := range bytes.SplitSeq(s.Bytes, []byte("\n")) {
		end := start + len(line)
		for len(secrets) > 0 && secrets[0].end <= start {
			secrets = secrets[1:]
		}
		list = append(list, len(secrets) > 0 && secrets[0].start <= end)
		start = end + 1
	}
	return list
}

// region is a run of bytes, from start to before end.
type region struct{ start, end int }

// Secrets are places in a source, in their order.
type Secrets []region

// Have tells whether a byte is in one of them.
func (s Secrets) Have(offset int) bool {
	return slices.ContainsFunc(s, func(r region) bool { return r.start <= offset && offset < r.end })
}

// Secrets finds what must not be shown. It errs on the side of hiding: a block
// counts as sensitive unless it says otherwise in so many words.
func (s Source) Secrets() Secrets {
	switch {
	case s.IsJSON():
		return s.jsonSecrets()
	case bytes.Contains(s.Bytes, []byte("sensitive")):
		return s.nativeSecrets()
	}
	return nil
}

// nativeSecrets goes by tokens, not by the parsed file: a file that cannot be
// parsed has errors to show too. The block of a variable runs from its type to
// the line on which another block begins.
func (s Source) nativeSecrets() Secrets {
	tokens, _ := hclsyntax.LexConfig(s.Bytes, s.Name, hcl.InitialPos)
	var regions Secrets
	start, secret := -1, false
	finish := func(end int) {
		if start >= 0 && secret {
			regions = append(regions, region{start, end})
		}
		start, secret = -1, false
	}
	lineStart, root := true, lang.File()
	for i, t := range tokens {
		if t.Type == hclsyntax.TokenIdent {
			switch name := string(t.Bytes); {
			case lineStart && opensBlock(tokens[i:]) && (root.Block(name) != nil || name == lang.Dynamic):
				finish(t.Range.Start.Byte)
				if name == "variable" {
					start = t.Range.Start.Byte
				}
			case name == "sensitive" && !saysFalse(tokens[i+1:]):
				secret = true
			}
		}
		lineStart = t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment && bytes.HasSuffix(t.Bytes, []byte("\n"))
	}
	finish(len(s.Bytes) + 1)
	return regions
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

// jsonSecrets hides all from the first variable on, as names may be in any order. A name may be
// written with escapes of its letters.
func (s Source) jsonSecrets() Secrets {
	escaped := bytes.Contains(s.Bytes, []byte(`\u006`)) || bytes.Contains(s.Bytes, []byte(`\u007`))
	if !escaped && !bytes.Contains(s.Bytes, []byte("sensitive")) {
		return nil
	}
	start := bytes.Index(s.Bytes, []byte(`"variable"`))
	if start < 0 || escaped {
		start = 0
	}
	return Secrets{{start, len(s.Bytes) + 1}}
}
