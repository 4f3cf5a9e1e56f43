package view

import (
	"fmt"
	"io"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// ValidateText writes the result of validate for people. The diagnostics are written
// elsewhere.
func ValidateText(w io.Writer, v *report.Validation, o Options) error {
	if v.Diagnostics.HasErrors() {
		return nil
	}
	p := printer{w: w, Wording: report.Wording{Style: safe.Style(o.Color)}}
	verdict := "The declaration is valid"
	if hasWarnings(v.Diagnostics) {
		verdict += ", but there were warnings"
	}
	p.line(p.Green(p.Bold("Success!")) + " " + verdict + ": " + report.Requirements(v.Requirements) + ".")
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

// VersionText writes the program's versions for people.
func VersionText(w io.Writer, v report.Version) error {
	_, err := fmt.Fprintf(w, "kreconcile %s (%s, %s)\n", v.Version, v.Go, v.Platform)
	return err
}
