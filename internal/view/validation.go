package view

import (
	"fmt"
	"io"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/document"
)

// ValidateText writes the result of validate for people. The diagnostics are written
// elsewhere.
func ValidateText(w io.Writer, v *report.Validation, o Options) error {
	if v.Diagnostics.HasErrors() {
		return nil
	}
	p := console.New(w, o.Color)
	verdict := "The declaration is valid"
	if hasWarnings(v.Diagnostics) {
		verdict += ", but there were warnings"
	}
	p.Line(p.Green(p.Bold("Success!")) + " " + verdict + ": " + report.Requirements(v.Requirements) + ".")
	return p.Err
}

func hasWarnings(diags hcl.Diagnostics) bool {
	for _, d := range diags {
		if d.Severity == hcl.DiagWarning {
			return true
		}
	}
	return false
}

// validateFormatVersion is the version of validate's document. Readers of Terraform's
// document refuse a major version above 1.
const validateFormatVersion = "1.3"

// versionFormatVersion is the version of version's document.
const versionFormatVersion = "1.0"

// ValidateJSON writes the result of validate as one document in the shape of
// terraform validate -json.
func ValidateJSON(w io.Writer, v *report.Validation, _ Options) error {
	doc := jsonValidation{
		FormatVersion: validateFormatVersion,
		Valid:         !v.Diagnostics.HasErrors(),
		Diagnostics:   document.Diagnostics(v.Diagnostics, v.Sources, v.Place),
	}
	for _, d := range v.Diagnostics {
		if d.Severity == hcl.DiagError {
			doc.ErrorCount++
		} else {
			doc.WarningCount++
		}
	}
	return document.Write(w, doc)
}

// VersionJSON writes the program's versions as one document.
func VersionJSON(w io.Writer, v report.Version) error {
	return document.Write(w, struct {
		FormatVersion string `json:"format_version"`
		report.Version
	}{versionFormatVersion, v})
}

type jsonValidation struct {
	FormatVersion string                `json:"format_version"`
	Valid         bool                  `json:"valid"`
	ErrorCount    int                   `json:"error_count"`
	WarningCount  int                   `json:"warning_count"`
	Diagnostics   []document.Diagnostic `json:"diagnostics"`
}

// VersionText writes the program's versions for people.
func VersionText(w io.Writer, v report.Version) error {
	_, err := fmt.Fprintf(w, "kreconcile %s (%s, %s)\n", v.Version, v.Go, v.Platform)
	return err
}
