package syntax

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/lang"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

const (
	// maxFormatted bounds the tokens of a file that is formatted. All are taken at once, and
	// some hundred bytes for each.
	maxFormatted = 300_000
	// maxWidest bounds what is formatted at all. It is far more than the result may have.
	maxWidest = 16 * source.MaxSize
)

// Format is config.Format.
func Format(s source.Source) ([]byte, hcl.Diagnostics) {
	b, list := &budget.Budget{}, &diag.List{}
	var out []byte
	if exceeded := b.Run(b, func() { out = format(s, list, b) }); exceeded != nil {
		return nil, hcl.Diagnostics{exceeded}
	}
	return out, list.Sorted([]string{s.Name})
}

func format(s source.Source, list *diag.List, b *budget.Budget) []byte {
	switch {
	case s.IsJSON():
		list.Error(s.Start(), "Not native syntax", "This is HCL JSON. Only native syntax has a canonical style; a formatter of JSON lays out the other.")
		return nil
	case Parse(s, lang.File(), list, b) == nil || !b.Step(s.Start()):
		return nil
	case len(within(s.Bytes, maxFormatted)) < len(s.Bytes):
		list.Error(source.WholeFile(s.Name), "File too large",
			"A file that is formatted may hold at most %d words, numbers and signs. Divide it into several files.", maxFormatted)
		return nil
	}
	before, _ := hclsyntax.LexConfig(s.Bytes, s.Name, hcl.InitialPos)
	// An empty result is not nil, which means an error.
	out := []byte{}
	tooWide := widest(s.Bytes)+indentation(before) > maxWidest
	if !tooWide {
		out = append(out, layout(before)...)
	}
	if tooWide || len(out) > source.MaxSize {
		list.Error(source.WholeFile(s.Name), "File too large",
			"In canonical style, with \"=\" and comments of lines that follow one another aligned, the file would have more than %d MiB. Separate long lines from short ones by an empty line.", source.MaxSize>>20)
		return nil
	}
	after, _ := hclsyntax.LexConfig(out, s.Name, hcl.InitialPos)
	for i, t := range before {
		if i >= len(after) || t.Type != after[i].Type || !bytes.Equal(t.Bytes, after[i].Bytes) {
			list.Error(t.Range, "No canonical style",
				"Without the spaces that are here, this would be read in another way. Write it differently, as with brackets around it.")
			return nil
		}
	}
	return out
}

// widest is about how long a text would be if lines that follow one another were all as long
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
