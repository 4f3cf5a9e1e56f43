package view

import (
	"io"

	"github.com/hashicorp/hcl/v2"
)

// ValidateText writes the outcome of validate for people. What is wrong is in the
// diagnostics, which are written elsewhere.
func ValidateText(w io.Writer, v *Validation, color bool) error {
	if v.Diagnostics.HasErrors() {
		return nil
	}
	p := printer{w: w, style: style(color)}
	verdict := "The declaration is valid"
	if hasWarnings(v.Diagnostics) {
		verdict += ", but there were warnings"
	}
	p.line(p.green(p.bold("Success!")) + " " + verdict + ": " + requirements(v.Requirements) + ".")
	return p.err
}

func hasWarnings(diags hcl.Diagnostics) bool {
	for _, d := range diags {
		if d.Severity == hcl.DiagWarning {
			return true
		}
	}
	return false
}
