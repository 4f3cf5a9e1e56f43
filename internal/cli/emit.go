package cli

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// reportFlags are the flags of commands that write reports.
type reportFlags struct {
	flags.Output
	flags.Prefix
	detailed                      bool
	terminationLog, tektonResults string
	loud                          flags.Loudness
}

// bind adds the flags. One of them exits 2 on drift.
func (f *reportFlags) bind(set *pflag.FlagSet, detailed bool, usage string) {
	f.Output.Bind(set, view.ReportFormats())
	f.Prefix.Bind(set)
	set.BoolVar(&f.detailed, "detailed-exitcode", detailed, usage)
	set.StringVar(&f.terminationLog, flags.TerminationFlag, "", "write the verdict to this `file` too, in at most 4096 bytes")
	set.StringVar(&f.tektonResults, flags.TektonFlag, "", "write the verdict and the counts, a file each, to this `folder` too")
}

var errStandardError = errors.New("standard error could not be written to")

// emitResult writes diagnostics, and a result in each format that is wanted. It returns the exit
// code, which is that of an error if something could not be written.
func (a *app) emitResult(f *flags.Output, diags hcl.Diagnostics, sources config.Sources, code int, result resultOf) int {
	a.reported = true
	a.printDiagnostics(diags, sources, a.paints(f.Color, a.stderr))
	for _, o := range f.Wanted() {
		if err := a.writeResult(o, f, result); err != nil {
			a.printDiagnostics(hcl.Diagnostics{operational(fmt.Errorf("the result could not be written: %w", err))}, nil, false)
			code = exitError
		}
	}
	return code
}

// emit writes the report to every destination, and returns the exit code. A failed
// write is an error, whatever the verdict is. After a failure, everything is written
// again, so that each report has the exit code of the process.
func (a *app) emit(f *reportFlags, r *report.Report) int {
	a.reported = true
	a.printDiagnostics(r.Diagnostics, r.Sources, a.paints(f.Color, a.stderr))
	if a.stderr.Failed() {
		// The report must have what nobody could see, such as a warning.
		a.fault(r, []error{errStandardError})
	}
	if failed := a.writeFiles(f, r); len(failed) > 0 {
		a.fault(r, failed)
		// Failures were already reported.
		_ = a.writeFiles(f, r)
	}
	if failed := a.writeOutputs(f, r, ""); len(failed) > 0 {
		a.fault(r, failed)
		_ = a.writeFiles(f, r)
	}
	return r.ExitCode
}

// fault adds the failed writes to the report, as errors.
func (a *app) fault(r *report.Report, failed []error) {
	var diags hcl.Diagnostics
	for _, err := range failed {
		diags = append(diags, operational(err))
	}
	a.printDiagnostics(diags, nil, false)
	r.Diagnostics = append(r.Diagnostics, diags...)
	r.ExitCode = exitError
}

// writeFiles writes the report to every file. The file with only the verdict comes
// last.
func (a *app) writeFiles(f *reportFlags, r *report.Report) []error {
	var failed []error
	for _, o := range f.Results {
		if o.Path != "" {
			failed = append(failed, a.writeOutputs(f, r, o.Path)...)
		}
	}
	if f.terminationLog != "" {
		if err := a.writeTermination(f.terminationLog, r); err != nil {
			failed = append(failed, fmt.Errorf("the termination message could not be written: %w", err))
		}
	}
	if f.tektonResults != "" {
		if err := a.writeTektonResults(f.tektonResults, r); err != nil {
			failed = append(failed, fmt.Errorf("the results could not be written: %w", err))
		}
	}
	return failed
}

// writeOutputs writes the report in each format that goes to path; "" is standard
// output.
func (a *app) writeOutputs(f *reportFlags, r *report.Report, path string) []error {
	var failed []error
	for _, o := range f.Wanted() {
		if o.Path != path {
			continue
		}
		if err := a.writeReport(o, &f.Output, r); err != nil {
			failed = append(failed, fmt.Errorf("the result could not be written: %w", err))
		}
	}
	return failed
}

func (a *app) writeTermination(path string, r *report.Report) error {
	var b bytes.Buffer
	if err := view.Termination(&b, r); err != nil {
		return err
	}
	return files.Overwrite(path, a.stdout.Seal(b.String(), safe.Plain))
}

// writeTektonResults writes each result to a file of that name in an existing folder.
// The verdict comes last, so that its file implies the others.
func (a *app) writeTektonResults(dir string, r *report.Report) error {
	results := view.TektonResults(r)
	slices.Reverse(results)
	for _, result := range results {
		if err := files.Replace(filepath.Join(dir, result.Name), result.Value); err != nil {
			return err
		}
	}
	return nil
}
