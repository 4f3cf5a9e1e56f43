package syntax

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/config/internal/lang"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

// Parse parses a source. It is nil after an error, which is in list. Errors in lines that must not be
// shown have no details, because the parser may quote a broken text.
func Parse(s source.Source, schema *lang.Block, list *diag.List, b *budget.Budget) hcl.Body {
	faults := &diag.List{}
	var body hcl.Body
	switch {
	case !source.CheckEncoding(s, faults):
	case s.IsJSON():
		body = parseJSON(s, schema, faults, b)
	default:
		body, faults = parseNative(s, b)
	}
	if faults.Errors() > 0 {
		body = nil
		secrets := s.Secrets()
		for _, d := range faults.Diags {
			if secrets.Have(d.Subject.Start.Line) {
				d.Detail = diag.Concealed
			}
		}
	}
	list.Add(faults.Diags...)
	list.Dropped += faults.Dropped
	return body
}

// parseNative parses native syntax. Where that fails, it names another language that was meant.
func parseNative(s source.Source, b *budget.Budget) (*hclsyntax.Body, *diag.List) {
	p := parser{source: s, list: &diag.List{}, budget: b, steps: pieceSteps, quick: true}
	body := p.parse()
	if p.list.Errors() == 0 {
		return body, p.list
	}
	// Larger pieces give better messages.
	p.list, p.quick = &diag.List{}, false
	if body = p.parse(); p.list.Errors() == 0 {
		return body, p.list
	}
	if other := hint.Foreign(s); other != nil {
		return nil, &diag.List{Diags: hcl.Diagnostics{other}}
	}
	for _, d := range p.list.Diags {
		if d.Summary == "Missing newline after argument" {
			d.Detail += " Put text in quotes."
		}
	}
	return nil, p.list
}
