package cli

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

var errStandardError = errors.New("standard error could not be written to")

// emit writes the report everywhere, and gives the exit code: what could not be
// written is an error, whatever the verdict is. Where something could not, all is
// written once more, so that whatever was written has the code that the process ends with.
func (a *app) emit(f *planFlags, report *view.Report) int {
	a.reported = true
	a.printDiagnostics(report.Diagnostics, report.Sources, a.paints(f.color, a.stderr))
	if a.stderr.Failed() {
		// What nobody saw, such as a warning, must be in the report.
		a.fault(report, []error{errStandardError})
	}
	if failed := a.writeFiles(f, report); len(failed) > 0 {
		a.fault(report, failed)
		// Those that failed were reported.
		_ = a.writeFiles(f, report)
	}
	if failed := a.writeOutputs(f, report, ""); len(failed) > 0 {
		a.fault(report, failed)
		_ = a.writeFiles(f, report)
	}
	return report.ExitCode
}

// fault makes errors of the report, of what could not be written.
func (a *app) fault(report *view.Report, failed []error) {
	var diags hcl.Diagnostics
	for _, err := range failed {
		diags = append(diags, operational(err))
	}
	a.printDiagnostics(diags, nil, false)
	report.Diagnostics = append(report.Diagnostics, diags...)
	report.ExitCode = exitError
}

// writeFiles writes the report to every file, that of the verdict alone last.
func (a *app) writeFiles(f *planFlags, report *view.Report) []error {
	var failed []error
	for _, o := range f.outputs {
		if o.path != "" {
			failed = append(failed, a.writeOutputs(f, report, o.path)...)
		}
	}
	if f.terminationLog != "" {
		if err := a.writeTermination(f.terminationLog, report); err != nil {
			failed = append(failed, fmt.Errorf("the termination message could not be written: %w", err))
		}
	}
	if f.tektonResults != "" {
		if err := a.writeTektonResults(f.tektonResults, report); err != nil {
			failed = append(failed, fmt.Errorf("the results could not be written: %w", err))
		}
	}
	return failed
}

// writeOutputs writes the report in each format that goes to a path, the empty one
// being standard output.
func (a *app) writeOutputs(f *planFlags, report *view.Report, path string) []error {
	var failed []error
	for _, o := range f.wanted() {
		if o.path != path {
			continue
		}
		if err := a.write(o, f.color, f.loud.verbose, report); err != nil {
			failed = append(failed, fmt.Errorf("the result could not be written: %w", err))
		}
	}
	return failed
}

func (a *app) writeTermination(path string, report *view.Report) error {
	var b bytes.Buffer
	if err := view.Termination(&b, report); err != nil {
		return err
	}
	return files.Overwrite(path, a.stdout.Seal(b.String(), safe.Plain))
}

// writeTektonResults writes each result to a file of its name in a folder, which
// must be there. The verdict comes last: it is there where all others are.
func (a *app) writeTektonResults(dir string, report *view.Report) error {
	results := view.TektonResults(report)
	slices.Reverse(results)
	for _, result := range results {
		if err := files.Replace(filepath.Join(dir, result.Name), result.Value); err != nil {
			return err
		}
	}
	return nil
}
