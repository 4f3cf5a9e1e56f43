package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

// Format gives a source of native syntax in canonical style, which is that of
// terraform fmt: the indentation, the spaces between tokens, and the alignment of
// "=" and of comments in lines that follow one another. Nothing but the spaces
// within lines changes: the result has the same lines, with the same tokens,
// comments and line ends, so that it means the same. What is canonical already is
// given back as it is.
//
// It goes by the syntax alone, and takes declarations and variable files. A
// source that breaks the rules of its syntax, or is beyond the limits of [Parse],
// is not formatted; the diagnostics say why, and the result is nil. It is nil,
// too, for a source of HCL JSON.
func Format(s Source) ([]byte, hcl.Diagnostics) {
	b := &budget.Budget{}
	d := &decoder{Scope: eval.New(b), budget: b, sources: []Source{s}}
	var out []byte
	if exceeded := b.Run(d, budget.Default(), func() { out = d.format(s) }); exceeded != nil {
		return nil, hcl.Diagnostics{exceeded}
	}
	return out, d.Sorted(source.Names(d.sources))
}

// maxFormatted bounds the tokens of a file that is formatted. hclwrite takes all at once, and
// some hundred bytes for each.
const maxFormatted = 300_000

func (d *decoder) format(s Source) []byte {
	if !source.CheckEncoding(s, d.List) {
		return nil
	}
	if s.IsJSON() {
		d.Error(s.Start(), "Not native syntax", "This is HCL JSON. Only native syntax has a canonical style; a formatter of JSON lays out the other.")
		return nil
	}
	tokens := 0
	for _, i := range scanBody(s.Bytes, position{line: 1}, quickPiece).items {
		if tokens += i.tokens; tokens > maxFormatted {
			d.Error(s.Span(i.begin.at, i.end.at), "File too large",
				"A file that is formatted may hold at most %d words, numbers and signs. Divide it into several files.", maxFormatted)
			return nil
		}
	}
	if d.parseText(s) == nil || d.Diags.HasErrors() {
		d.conceal()
		return nil
	}
	if !d.budget.Step(s.Start()) {
		return nil
	}
	return d.canonical(s)
}

// canonical formats a source that has no error.
func (d *decoder) canonical(s Source) []byte {
	before, _ := hclsyntax.LexConfig(s.Bytes, s.Name, hcl.InitialPos)
	tooWide := widest(s.Bytes)+indentation(before) > maxWidest
	var out []byte
	if !tooWide {
		out = hclwrite.Format(s.Bytes)
	}
	if tooWide || len(out) > MaxSourceSize {
		d.Error(source.WholeFile(s.Name), "File too large",
			"In canonical style, with \"=\" and comments of lines that follow one another aligned, the file would have more than %d MiB. Separate long lines from short ones by an empty line.", MaxSourceSize>>20)
		return nil
	}
	after, _ := hclsyntax.LexConfig(out, s.Name, hcl.InitialPos)
	if i := firstChange(before, after); i >= 0 {
		d.Error(before[i].Range, "No canonical style",
			"Without the spaces that stand here, this would be read in another way. Write it differently, as with brackets around it.")
		return nil
	}
	if out == nil {
		return []byte{}
	}
	return out
}

// maxWidest bounds what is formatted at all. It is far more than the result may have.
const maxWidest = 16 * MaxSourceSize

// widest is about what a text would come to if lines that follow one another were all as long
// as the longest of them: one long line among a million short ones makes each of them as long,
// when they are aligned.
func widest(text []byte) int {
	size, lines, longest := 0, 0, 0
	for line := range bytes.Lines(text) {
		lines, longest = lines+1, max(longest, len(line))
		if len(bytes.TrimSpace(line)) == 0 {
			size += lines * longest
			lines, longest = 0, 0
		}
	}
	return size + lines*longest
}

// indentation is how many spaces the lines begin with in canonical style.
func indentation(tokens hclsyntax.Tokens) int {
	size, depth, line := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen:
			depth--
		}
		if t.Range.Start.Line > line {
			line = t.Range.Start.Line
			size += 2 * max(depth, 0)
		}
	}
	return size
}

// firstChange gives the index of the first token that is not the same in both, or
// -1. Their places do not matter.
func firstChange(before, after hclsyntax.Tokens) int {
	for i, t := range before {
		if i >= len(after) || t.Type != after[i].Type || !bytes.Equal(t.Bytes, after[i].Bytes) {
			return i
		}
	}
	return -1
}
