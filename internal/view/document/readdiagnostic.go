package document

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/report"
)

// ReadDiagnostics returns the diagnostics, each with its excerpt. A severity that is not known is an error.
func ReadDiagnostics(list []Diagnostic) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, j := range list {
		d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: j.Summary, Detail: j.Detail}
		if j.Severity == "warning" {
			d.Severity = hcl.DiagWarning
		}
		if j.Range != nil {
			at := j.Range.Read()
			d.Subject = &at
			if s := j.Snippet; s != nil {
				end := min(max(s.HighlightEndOffset, 0), len(s.Code))
				d.Extra = report.Excerpt{Code: s.Code, Start: min(max(s.HighlightStartOffset, 0), end), End: end}
			}
		}
		diags = append(diags, d)
	}
	return diags
}
