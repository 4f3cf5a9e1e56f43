package page

import (
	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/codes"
)

// What a row or a cell says. Each is a class, too.
const (
	failed       = "Error"
	drifted      = "Drift"
	undetermined = "Undetermined"
	deprecated   = "Deprecated"
	notice       = "Warning"
	satisfied    = "Satisfied"
	skipped      = "Skipped"
)

func stateOf(b *report.Problem) string {
	switch {
	case b.Code == codes.Error:
		return failed
	case b.Code == codes.Notice:
		return notice
	case b.Unknown:
		return undetermined
	case b.Deprecation != nil:
		return deprecated
	}
	return drifted
}

func stateOfFinding(f *apply.Finding) string {
	switch f.Status {
	case apply.Satisfied:
		if f.Deprecation != nil {
			return deprecated
		}
		return satisfied
	case apply.Drifted:
		return drifted
	case apply.StatusUndetermined:
		return undetermined
	case apply.Skipped:
		return skipped
	}
	panic("page: unknown status " + string(f.Status))
}
