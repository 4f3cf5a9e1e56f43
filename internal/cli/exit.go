package cli

import (
	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
)

// The exit codes are part of the interface; docs/exit-codes.md documents them.
const (
	exitOK           = 0
	exitError        = 1
	exitDrift        = 2
	exitUndetermined = 3
	// exitUnformatted is the code of fmt --check, as in Terraform.
	exitUnformatted = 3
	// exitSignal is added to the number of the signal that ended a run, as in shells:
	// 130 for SIGINT, 143 for SIGTERM.
	exitSignal = 128
)

// exitCodeOf returns the worst code of all targets. A target without a plan is an error.
func exitCodeOf(targets []*report.Target, gate bool) int {
	worst := exitOK
	for _, t := range targets {
		code := exitError
		if t.Plan != nil {
			code = exitCode(t.Verdict, gate)
		}
		worst = worse(worst, code)
	}
	return worst
}

// exitCode is the only place where a verdict becomes a code. Only a gate fails on
// drift. An undetermined verdict is never a success, not even beside drift that is
// allowed to pass.
func exitCode(v apply.Verdict, gate bool) int {
	switch v.Status {
	case apply.Satisfied:
		return exitOK
	case apply.Drifted:
		switch {
		case gate:
			return exitDrift
		case v.Undetermined:
			return exitUndetermined
		}
		return exitOK
	case apply.StatusUndetermined:
		return exitUndetermined
	case apply.Skipped:
	}
	panic("cli: a verdict is never " + string(v.Status))
}

// rangeExitCode is 2 where a release breaks the declaration that must not, and 3 where nothing is
// determined.
func rangeExitCode(r *report.Range) int {
	switch {
	case !r.Support.Determined, r.Chart != nil && !r.Chart.Judged:
		return exitUndetermined
	case r.Chart == nil && len(r.Support.Line()) == 0, r.Chart != nil && len(r.Chart.Broken) > 0:
		return exitDrift
	}
	return exitOK
}
