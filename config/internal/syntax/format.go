package syntax

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/lang"
	"github.com/kreconcile/kreconcile/config/internal/source"
	"github.com/kreconcile/kreconcile/internal/layout"
)

// maxFormatted bounds the tokens of a file to format. All exist at once, at some hundred bytes each.
const maxFormatted = 300_000

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
	out, fits := layout.Format(before, source.MaxSize)
	if !fits {
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
