package view

import (
	"io"
	"slices"

	"github.com/kreconcile/kreconcile/internal/explain"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/comparison"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/page"
	"github.com/kreconcile/kreconcile/internal/view/releaserange"
	"github.com/kreconcile/kreconcile/internal/view/result"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Format is a way to write results. A command offers every format that can write its
// kind of result.
type Format struct {
	// Name is the value of -o.
	Name string
	// For says what the format is for, in a few words.
	For string
	// Ending is the usual ending of a file of the format.
	Ending string
	// Report writes the results of plan and apply, Validation those of validate, Range
	// those of range, Explanation those of explain, Tests those of test, Version that of
	// version, Comparison those of snapshot diff and APIVersions those of api-versions. Each
	// is nil if the format has no such result.
	Report      func(io.Writer, *report.Report, Options) error
	Validation  func(io.Writer, *report.Validation, Options) error
	Range       func(io.Writer, *report.Range, Options) error
	Explanation func(io.Writer, *explain.Answer, Options) error
	Tests       func(io.Writer, *report.Tests, Options) error
	Version     func(io.Writer, report.Version) error
	Comparison  func(io.Writer, *report.Comparison, Options) error
	APIVersions func(io.Writer, *report.APIVersions) error
	// form is what a text of the format may contain. If paints is set, that includes
	// colours, if there are any.
	form   safe.Form
	paints bool
	// log is set if the format may share a log with another one: GitHub's runner
	// removes its commands from the text that people read.
	log bool
}

// Options change how a format for people looks. Other formats ignore them.
type Options = console.Options

// Formats lists every format. The first is the default.
func Formats() []Format {
	return []Format{
		{
			Name: "text", For: "people", Ending: "txt", form: safe.Plain, paints: true, log: true,
			Report: Text, Validation: ValidateText, Range: releaserange.Text, Explanation: ExplainText, Tests: TestText, Version: VersionText, Comparison: comparison.Text,
		},
		{
			Name: "json", For: "programs", Ending: "json", form: safe.Document,
			Report: plain(result.Write), Validation: ValidateJSON, Range: releaserange.JSON, Explanation: ExplainJSON, Tests: TestJSON, Version: VersionJSON, Comparison: comparison.JSON,
		},
		{Name: "junit", For: "a list of tests, as most CI systems read it", Ending: "xml", form: safe.Plain, Report: plain(JUnit), Tests: TestJUnit},
		{Name: "sarif", For: "alerts on lines of the declaration", Ending: "sarif", form: safe.Document, Report: plain(SARIF)},
		{Name: "github", For: "annotations of a step of GitHub Actions", Ending: "txt", form: safe.Commands, log: true, Report: plain(GitHub)},
		{Name: "gitlab", For: "code quality of a merge request of GitLab", Ending: "json", form: safe.Document, Report: plain(GitLab)},
		{
			Name: "markdown", For: "a job's summary, or a comment", Ending: "md", form: safe.Plain,
			Report: plain(Markdown), Comparison: comparison.Markdown,
		},
		{Name: "html", For: "a page to read, to filter and to print", Ending: "html", form: safe.Plain, Report: plain(page.Write)},
		{Name: "openmetrics", For: "Prometheus, by a file or the Pushgateway", Ending: "prom", form: safe.Plain, Report: plain(OpenMetrics)},
	}
}

// ReportFormats lists the formats of plan and apply.
func ReportFormats() []Format { return having(func(f Format) bool { return f.Report != nil }) }

// ValidationFormats lists the formats of validate.
func ValidationFormats() []Format { return having(func(f Format) bool { return f.Validation != nil }) }

// RangeFormats lists the formats of range.
func RangeFormats() []Format { return having(func(f Format) bool { return f.Range != nil }) }

// ExplanationFormats lists the formats of explain.
func ExplanationFormats() []Format {
	return having(func(f Format) bool { return f.Explanation != nil })
}

// TestFormats lists the formats of test.
func TestFormats() []Format { return having(func(f Format) bool { return f.Tests != nil }) }

// VersionFormats lists the formats of version.
func VersionFormats() []Format { return having(func(f Format) bool { return f.Version != nil }) }

// ComparisonFormats lists the formats of snapshot diff.
func ComparisonFormats() []Format { return having(func(f Format) bool { return f.Comparison != nil }) }

func having(writer func(Format) bool) []Format {
	return slices.DeleteFunc(Formats(), func(f Format) bool { return !writer(f) })
}

// Form returns what a text that the format wrote with these options may contain.
func (f Format) Form(o Options) safe.Form {
	if f.paints && o.Color {
		return safe.Painted
	}
	return f.form
}

// Shares reports whether both formats may go to the same stream.
func (f Format) Shares(other Format) bool { return f.log && other.log && f.Name != other.Name }

// plain adapts a function without options.
func plain(write func(io.Writer, *report.Report) error) func(io.Writer, *report.Report, Options) error {
	return func(w io.Writer, r *report.Report, _ Options) error { return write(w, r) }
}
