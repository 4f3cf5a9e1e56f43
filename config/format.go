package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/kreconcile/kreconcile/config/internal/diag"
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
	d := &decoder{evaluator: evaluator{List: &diag.List{}}, sources: []Source{s}}
	out := d.format(s)
	return out, d.Sorted(source.Names(d.sources))
}

func (d *decoder) format(s Source) []byte {
	if !source.CheckEncoding(s, d.List) {
		return nil
	}
	if s.IsJSON() {
		d.Error(s.Start(), "Not native syntax", "This is HCL JSON. Only native syntax has a canonical style; a formatter of JSON lays out the other.")
		return nil
	}
	if count, last := countTokens(s.Bytes, maxFormatted); count > maxFormatted {
		d.Error(s.Span(last, last+1), "File too large",
			"A file that is formatted may hold at most %d words, numbers and signs, although a declaration may hold %d. Divide it into several files.", maxFormatted, maxTokens)
		return nil
	}
	if d.parseText(s) == nil || d.Diags.HasErrors() {
		d.conceal()
		return nil
	}
	tokens, _ := hclsyntax.LexConfig(s.Bytes, s.Name, hcl.InitialPos)
	if paddedSize(tokens) > maxPadded {
		d.tooWide(s)
		return nil
	}
	out := hclwrite.Format(s.Bytes)
	if len(out) > source.MaxSize {
		d.tooWide(s)
		return nil
	}
	after, _ := hclsyntax.LexConfig(out, s.Name, hcl.InitialPos)
	if i := firstChange(tokens, after); i >= 0 {
		d.Error(tokens[i].Range, "No canonical style",
			"Without the spaces that stand here, this would be read in another way. Write it differently, as with brackets around it.")
		return nil
	}
	if out == nil {
		return []byte{}
	}
	return out
}

func (d *decoder) tooWide(s Source) {
	d.Error(source.WholeFile(s.Name), "File too large",
		"In canonical style, with \"=\" and comments of lines that follow one another aligned, the file would have more than %d MiB. Separate long lines from short ones by an empty line.", source.MaxSize>>20)
}

// maxFormatted bounds the tokens of a file that is formatted. Beside the parser's, there
// are those of the result, and hclwrite's of both.
const maxFormatted = 400_000

// maxPadded bounds what is formatted at all, in bytes of the result. It is far
// more than the result may have, since paddedSize errs on the side of too large.
const maxPadded = 16 * source.MaxSize

// paddedSize bounds the result of formatting from above. One long line among a
// million short ones makes each of them as long, when they are aligned.
func paddedSize(tokens hclsyntax.Tokens) int {
	size, depth := 0, 0
	var assigned, commented run
	// lead is how long the line is up to "=", which is -1 before that is found;
	// width is how long it is without a comment at its end.
	lead, width, comment := -1, 0, false
	for i, t := range tokens {
		length := len(t.Bytes) + 1
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen:
			depth--
		case hclsyntax.TokenEqual:
			if lead < 0 {
				lead = width
			}
		}
		size += length
		// The last line may have no end, and keeps the spaces behind it.
		last := t.Type == hclsyntax.TokenEOF
		if last && i > 0 {
			size += t.Range.Start.Byte - tokens[i-1].Range.End.Byte
		} else if last {
			size += t.Range.Start.Byte
		}
		ends := t.Type == hclsyntax.TokenComment && (bytes.HasSuffix(t.Bytes, []byte("\n")) || tokens[i+1].Type == hclsyntax.TokenEOF)
		if ends {
			comment = width > 0
		} else {
			width += length
		}
		if ends || last || t.Type == hclsyntax.TokenNewline {
			size += 2 * max(depth, 0)
			size += assigned.line(lead >= 0, lead) + commented.line(comment, width)
			lead, width, comment = -1, 0, false
		}
	}
	return size + assigned.line(false, 0) + commented.line(false, 0)
}

// run is a run of lines that are aligned with one another.
type run struct{ lines, longest int }

// line adds a line to the run, or ends it. It gives what the alignment of a run
// that ended takes at most.
func (r *run) line(belongs bool, length int) int {
	if belongs {
		r.lines, r.longest = r.lines+1, max(r.longest, length)
		return 0
	}
	size := r.lines * r.longest
	*r = run{}
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
