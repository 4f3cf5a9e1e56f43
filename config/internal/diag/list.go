package diag

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// Concealed is the detail of an error whose own detail could quote a secret.
const Concealed = "What is wrong exactly is not shown, because it could show a sensitive value."

// List collects diagnostics. Its zero value is empty.
type List struct {
	// Diags are those that are kept, each once.
	Diags hcl.Diagnostics
	// Dropped counts errors beyond those that are kept.
	Dropped int
	// seen has the places and texts of Diags. A dynamic block may cause the same one many times.
	seen map[string]bool
}

// Add keeps diagnostics, each once and with a Subject. It removes the expression and the values
// that hcl adds to some, so that no view can print them.
func (l *List) Add(diags ...*hcl.Diagnostic) {
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	for _, d := range diags {
		d.Expression, d.EvalContext, d.Extra = nil, nil, nil
		if d.Subject == nil {
			d.Subject = &hcl.Range{}
		}
		text := d.Error()
		switch {
		case l.seen[text]:
		case len(l.Diags) < 1000: // A large file could cause millions.
			l.seen[text] = true
			l.Diags = append(l.Diags, d)
		case d.Severity == hcl.DiagError:
			l.Dropped++
		}
	}
}

// Error adds an error.
func (l *List) Error(at hcl.Range, summary, detail string, args ...any) {
	l.Add(New(hcl.DiagError, at, summary, detail, args...))
}

// Warn adds a warning.
func (l *List) Warn(at hcl.Range, summary, detail string, args ...any) {
	l.Add(New(hcl.DiagWarning, at, summary, detail, args...))
}

// New makes a diagnostic. Detail is a format for args.
func New(severity hcl.DiagnosticSeverity, at hcl.Range, summary, detail string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: severity, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &at}
}

// Errors counts the errors.
func (l *List) Errors() int { return l.Dropped + len(l.Diags.Errs()) }

// Sorted gives the diagnostics in the order of the files, and from the top of each, as hcl walks
// maps. What is in no file, such as an error on the command line, comes last.
func (l *List) Sorted(files []string) hcl.Diagnostics {
	place := make(map[string]int, len(files))
	for i, name := range files {
		place[name] = i - len(files)
	}
	slices.SortStableFunc(l.Diags, func(a, b *hcl.Diagnostic) int {
		x, y := a.Subject, b.Subject
		return cmp.Or(
			cmp.Compare(place[x.Filename], place[y.Filename]),
			cmp.Compare(x.Start.Byte, y.Start.Byte),
			cmp.Compare(a.Summary, b.Summary),
			cmp.Compare(a.Detail, b.Detail),
		)
	})
	if l.Dropped > 0 {
		last := l.Diags[len(l.Diags)-1]
		return append(l.Diags, New(hcl.DiagError, *last.Subject, "Too many errors",
			"There are %d more errors, which are not shown. Fix the first ones, and run again.", l.Dropped))
	}
	return l.Diags
}
