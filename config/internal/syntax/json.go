package syntax

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/hcl/v2"
	hcljson "github.com/hashicorp/hcl/v2/json"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/lang"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

const (
	// maxValues bounds the values and names of a source. hcl needs some hundred bytes for each.
	maxValues = 150_000
	// maxFound is how many errors of one source are reported before it is parsed.
	maxFound = 20
)

// errRefused ends a walk. The error was reported.
var errRefused = errors.New("refused")

// parseJSON parses HCL JSON. First, it bounds the parser's stack, and finds what hcl would pass over.
func parseJSON(s source.Source, schema *lang.Block, list *diag.List, b *budget.Budget) hcl.Body {
	w := jsonWalker{
		source: s, list: list, budget: b,
		decoder: jsontext.NewDecoder(bytes.NewReader(s.Bytes), jsontext.AllowDuplicateNames(true)),
	}
	// hcl reports what is no JSON, or more than one value.
	var err error
	for err == nil {
		err = w.value(place{block: schema}, 0)
	}
	if errors.Is(err, errRefused) || !b.Step(s.Start()) {
		return nil
	}
	syntactic, _ := errors.AsType[*jsontext.SyntacticError](err)
	if syntactic == nil && list.Errors() > 0 {
		return nil
	}
	// hcl has the best messages. It gets no text that would overflow its stack or the memory.
	if syntactic == nil || len(s.Bytes) <= window {
		file, diags := hcljson.Parse(s.Bytes, s.Name)
		if diags.HasErrors() {
			// What follows the first error mostly follows from it.
			list.Add(diags[0])
			return nil
		}
		if syntactic == nil {
			return file.Body
		}
	}
	at := int(syntactic.ByteOffset)
	list.Error(s.Span(at, min(at+1, len(s.Bytes))), "Invalid JSON", "This is not valid JSON: %s.", syntactic.Err)
	return nil
}

// jsonWalker walks the tokens of a source by its schema. It checks the nesting, and finds null, [] and
// {} in place of a block or its label: hcl may take them for no block, and lose a requirement.
type jsonWalker struct {
	source  source.Source
	list    *diag.List
	decoder *jsontext.Decoder
	budget  *budget.Budget
	// values counts values and names.
	values int
}

// place is a place in the schema: a block or a file, a label, or nothing inside an attribute.
type place struct {
	block *lang.Block
	label bool
	// within is where the block is. It is nil for a file.
	within *lang.Block
}

// value walks one value. It recurses at most maxNesting deep.
func (w *jsonWalker) value(p place, depth int) error {
	token, err := w.read()
	if err != nil {
		return err
	}
	end := int(w.decoder.InputOffset())
	if depth > maxNesting {
		return w.refuse(end-1, end, "Nested too deeply", "Objects and arrays may be inside one another at most %d deep.", maxNesting)
	}
	switch kind := token.Kind(); kind {
	case '{', '[':
		empty := true
		for ; w.decoder.PeekKind() != kind+2; empty = false {
			inner := p
			if kind == '{' {
				name, err := w.read()
				if err != nil {
					return err
				}
				inner = p.inside(name.String())
			}
			if err := w.value(inner, depth+1); err != nil {
				return err
			}
		}
		_, err := w.decoder.ReadToken()
		if err == nil && empty && (p.label || kind == '[') {
			w.notABlock(p, end-1)
		}
		return err
	case 'n':
		w.notABlock(p, end-len("null"))
	case '0':
		if text := token.String(); !sensibleNumber([]byte(text)) {
			w.found(max(end-len(text), 0), end, "Number out of range", "A number may have at most %d digits, written out without an exponent.", maxDigits)
		}
	}
	return nil
}

// read reads a value or a name. It checks strings: hcl may parse one as a template or a type.
func (w *jsonWalker) read() (jsontext.Token, error) {
	token, err := w.decoder.ReadToken()
	end := int(w.decoder.InputOffset())
	if err != nil {
		return token, err
	}
	if w.values++; w.values > maxValues || w.budget.Stopped() {
		return token, w.refuse(end-1, end, "File too large", "A file of HCL JSON may have at most %d values and names. Divide it into several files.", maxValues)
	}
	if token.Kind() != '"' {
		return token, nil
	}
	if text := token.String(); strings.Contains(text, "${") || strings.Contains(text, "%{") || len(text) > maxLiterals {
		if d := CheckTemplate(text); d != nil {
			w.found(max(end-len(text)-2, 0), end, d.Summary, "%s", d.Detail)
		}
	}
	return token, nil
}

// inside gives the place of the value of an object's property.
func (p place) inside(key string) place {
	switch {
	case p.block == nil:
		return place{}
	case p.label:
		if p.block.Name == lang.Dynamic {
			// The label says what is made. What does not exist is reported later.
			if made := p.within.Block(key); made != nil {
				p.block = lang.DynamicBlock(made)
			}
		}
		return place{block: p.block, within: p.within}
	}
	inner := p.block.Block(key)
	if inner == nil && key == lang.Dynamic && len(p.block.Repeatable()) > 0 {
		inner = lang.DynamicBlock(&lang.Block{})
	}
	if inner == nil {
		return place{}
	}
	return place{block: inner, label: inner.Label != "", within: p.block}
}

func (w *jsonWalker) notABlock(p place, start int) {
	if p.block == nil || p.within == nil {
		return
	}
	remedy := "write {}"
	if p.label {
		remedy = "write an object that has the block's " + p.block.Label + " as a property"
	}
	w.found(start, int(w.decoder.InputOffset()), "Missing block", "A block of type %q is expected here. Leave this out, or %s.", p.block.Name, remedy)
}

// found reports what hcl must not see. It reports only the first ones, because it searches the source
// for the line of each.
func (w *jsonWalker) found(start, end int, summary, detail string, args ...any) {
	if len(w.list.Diags) < maxFound {
		w.list.Error(w.source.Span(start, end), summary, detail, args...)
	}
}

func (w *jsonWalker) refuse(start, end int, summary, detail string, args ...any) error {
	w.list.Error(w.source.Span(start, end), summary, detail, args...)
	return errRefused
}
