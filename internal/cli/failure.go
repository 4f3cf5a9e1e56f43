package cli

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/internal/explain"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/usage"
)

// operational makes a diagnostic for a failure that is not about a line of the
// declaration.
func operational(err error) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Operation failed", Detail: report.Sentence(err.Error())}
	if e, ok := errors.AsType[*live.ConnectError](err); ok {
		d.Summary, d.Detail = e.Explain()
	} else if _, ok := errors.AsType[*files.SnapshotError](err); ok {
		d.Summary = "Cannot read the snapshot"
	}
	return d
}

// misuse makes a diagnostic for an invalid command line.
func (a *app) misuse(root *cobra.Command, err error) *hcl.Diagnostic {
	if unknown, ok := errors.AsType[*explain.UnknownError](err); ok {
		return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: unknown.Summary, Detail: unknown.Detail}
	}
	return usage.Diagnostic(root, a.Args, err)
}

// crash makes a diagnostic for a panic.
func crash(value any) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Internal error",
		Detail: fmt.Sprintf("This is a bug in kreconcile, and says nothing about the cluster: %v. "+
			"Please report it, with what the same command prints with --debug.", value),
	}
}
