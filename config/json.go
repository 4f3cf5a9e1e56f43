package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/hcl/v2"
	hcljson "github.com/hashicorp/hcl/v2/json"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/lang"
)

// parseJSON parses HCL JSON, after checks that keep the parser's stack bounded
// and find what hcl would pass over. The body is nil where it was not parsed.
func (d *decoder) parseJSON(s Source, schema *lang.Block) hcl.Body {
	if !d.checkJSON(s, schema) {
		return nil
	}
	if !d.budget.Step(s.Start()) {
		return nil
	}
	file, diags := hcljson.Parse(s.Bytes, s.Name)
	d.Add(diags...)
	if diags.HasErrors() {
		return nil
	}
	return file.Body
}

// checkJSON walks the tokens of a source by its schema. Beside the nesting, it
// finds null, [] and {} where a block or its label is to come: hcl may take them
// for no block at all, and a requirement would be lost without a word.
func (d *decoder) checkJSON(s Source, schema *lang.Block) bool {
	w := jsonWalker{
		source: s, list: d.List, budget: d.budget, sound: true,
		decoder: jsontext.NewDecoder(bytes.NewReader(s.Bytes), jsontext.AllowDuplicateNames(true)),
	}
	err := w.value(place{body: schema}, 0)
	if err == nil && w.sound {
		if _, err = w.decoder.ReadToken(); err == nil {
			err = &jsontext.SyntacticError{ByteOffset: w.decoder.InputOffset() - 1, Err: errors.New("there is something after the end of the value")}
		} else if !isSyntactic(err) {
			err = nil
		}
	}
	if err == nil {
		return w.sound
	}
	at := int(w.decoder.InputOffset())
	if errors.Is(err, errTooMany) {
		d.Error(s.Span(at-1, at), "File too large", "A file of HCL JSON may have at most %d values and names. Divide it into several files.", maxValues)
		return false
	}
	if errors.Is(err, errTooDeep) {
		d.Error(s.Span(at-1, at), "Nested too deeply", "Objects and arrays may stand inside one another at most %d deep.", maxNesting)
		return false
	}
	at = len(s.Bytes)
	message := "it ends before the value does"
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at = int(syntactic.ByteOffset)
		if reason := syntactic.Err.Error(); !strings.Contains(reason, "unexpected EOF") {
			message = reason
		}
	}
	if !explainJSON(s, d.List) {
		d.Error(s.Span(at, min(at+1, len(s.Bytes))), "Invalid JSON", "This is not valid JSON: %s.", message)
	}
	return false
}

// maxExplained is how long a source may be that hcl says what is wrong with, in bytes.
const maxExplained = 100_000

// explainJSON lets hcl say what is wrong, which it does better, where its parser
// cannot recurse too deep, or take too much.
func explainJSON(s Source, m *diag.List) bool {
	if len(s.Bytes) > maxExplained || bytes.Count(s.Bytes, []byte("{"))+bytes.Count(s.Bytes, []byte("[")) > maxSteps {
		return false
	}
	_, diags := hcljson.Parse(s.Bytes, s.Name)
	if !diags.HasErrors() {
		return false
	}
	// What follows the first error mostly follows from it.
	m.Add(diags[0])
	return true
}

func isSyntactic(err error) bool {
	var syntactic *jsontext.SyntacticError
	return errors.As(err, &syntactic)
}

var (
	errTooDeep = errors.New("nested too deeply")
	errTooMany = errors.New("too many values")
)

type jsonWalker struct {
	source  Source
	list    *diag.List
	decoder *jsontext.Decoder
	// sound is false once an error was found that hcl must not see.
	sound  bool
	found  int
	budget *budget.Budget
	// values counts values and names.
	values int
}

// maxValues bounds the values and names of one source. hcl parses it all at once, and takes
// some hundred bytes for each.
const maxValues = 150_000

// maxJSONMistakes is how many errors of one source are reported before it is
// parsed.
const maxJSONMistakes = 20

// place is what the schema has at some point: a body, a block whose labels are
// still to come, or neither, where a value of an attribute stands.
type place struct {
	body   *lang.Block
	block  *lang.Block
	labels int
	// within is the body that the block stands in.
	within *lang.Block
}

// value walks one value. It recurses at most maxNesting deep.
func (w *jsonWalker) value(p place, depth int) error {
	if depth > maxNesting {
		return errTooDeep
	}
	if err := w.count(); err != nil {
		return err
	}
	token, err := w.decoder.ReadToken()
	if err != nil {
		return err
	}
	end := int(w.decoder.InputOffset())
	switch token.Kind() {
	case '{':
		return w.object(p, depth)
	case '[':
		return w.array(p, depth)
	case 'n':
		if p.block != nil {
			w.notABlock(p, end-len("null"), end, "null is not a block.")
		}
	case '0':
		text := token.String()
		if !sensibleNumber([]byte(text)) {
			w.mistake(max(end-len(text), 0), end, "Number out of range",
				fmt.Sprintf("A number may have at most %d digits, written out without an exponent.", maxDigits))
		}
	case '"':
		w.text(token.String(), end)
	}
	return nil
}

func (w *jsonWalker) count() error {
	if w.values++; w.values > maxValues || w.budget.Stopped() {
		return errTooMany
	}
	return nil
}

func (w *jsonWalker) object(p place, depth int) error {
	start := int(w.decoder.InputOffset()) - 1
	empty := true
	for ; w.decoder.PeekKind() != '}'; empty = false {
		if err := w.count(); err != nil {
			return err
		}
		name, err := w.decoder.ReadToken()
		if err != nil {
			return err
		}
		key := name.String()
		w.text(key, int(w.decoder.InputOffset()))
		if err := w.value(p.inside(key), depth+1); err != nil {
			return err
		}
	}
	_, err := w.decoder.ReadToken()
	if err == nil && empty && p.labels > 0 {
		w.notABlock(p, start, int(w.decoder.InputOffset()), "An empty object names no block.")
	}
	return err
}

func (w *jsonWalker) array(p place, depth int) error {
	start := int(w.decoder.InputOffset()) - 1
	empty := true
	for ; w.decoder.PeekKind() != ']'; empty = false {
		if err := w.value(p, depth+1); err != nil {
			return err
		}
	}
	_, err := w.decoder.ReadToken()
	if err == nil && empty && p.block != nil {
		w.notABlock(p, start, int(w.decoder.InputOffset()), "An empty array holds no block.")
	}
	return err
}

// inside gives the place of the value of an object's property.
func (p place) inside(key string) place {
	switch {
	case p.block != nil && p.labels > 0 && p.block.Name == lang.Dynamic:
		// The label says what is made; where that is nothing, it is reported later.
		if made := p.within.Block(key); made != nil {
			p.block = lang.DynamicBlock(made)
		}
		return place{block: p.block, body: p.block}
	case p.block != nil && p.labels > 0:
		return place{block: p.block, labels: p.labels - 1, body: p.bodyAfter(p.labels - 1)}
	case p.body != nil:
		inner := p.body.Block(key)
		if inner == nil && key == lang.Dynamic && len(p.body.Repeatable()) > 0 {
			inner = lang.DynamicBlock(&lang.Block{})
		}
		if inner == nil {
			return place{}
		}
		next := place{block: inner, within: p.body}
		if inner.Label != "" {
			next.labels = 1
		}
		next.body = next.bodyAfter(next.labels)
		return next
	}
	return place{}
}

// bodyAfter gives the body that an object is, once all labels have been read.
func (p place) bodyAfter(labels int) *lang.Block {
	if labels > 0 {
		return nil
	}
	return p.block
}

func (w *jsonWalker) notABlock(p place, start, end int, what string) {
	remedy := "write {}"
	if p.labels > 0 {
		remedy = "write an object that has the block's " + p.block.Label + " as a property"
	}
	w.mistake(start, end, "Missing block", fmt.Sprintf("A block of type %q is expected here. %s Leave it out, or %s.", p.block.Name, what, remedy))
}

// error reports what hcl must not see. Only the first ones are: to tell the
// line of a byte takes a walk through the source.
func (w *jsonWalker) mistake(start, end int, summary, detail string) {
	w.sound = false
	if w.found++; w.found <= maxJSONMistakes {
		w.list.Error(w.source.Span(start, end), summary, "%s", detail)
	}
}

// text checks a string, which hcl may parse as a template or as a type.
func (w *jsonWalker) text(text string, end int) {
	if !strings.Contains(text, "${") && !strings.Contains(text, "%{") && len(text) <= maxLiterals {
		return
	}
	if d := checkTemplate(text); d != nil {
		w.mistake(max(end-len(text)-2, 0), end, d.Summary, d.Detail)
	}
}
