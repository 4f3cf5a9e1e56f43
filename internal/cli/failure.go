package cli

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/report"
)

// operational makes a diagnostic for a failure that is not about a line of the
// declaration.
func operational(err error) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Operation failed", Detail: report.Sentence(err.Error())}
	if e, ok := errors.AsType[*live.ConnectError](err); ok {
		d.Summary, d.Detail = e.Explain()
	} else if is[*files.SnapshotError](err) {
		d.Summary = "Cannot read the snapshot"
	}
	return d
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// crash makes a diagnostic for a panic.
func crash(value any) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Internal error",
		Detail: fmt.Sprintf("This is a bug in kreconcile, and says nothing about the cluster: %v. "+
			"Please report it, with what the same command prints with --debug.", value),
	}
}
