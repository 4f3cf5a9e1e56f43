package config

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/nearest"
)

// maxMistakes is how many diagnostics are kept. A person reads far fewer, and a
// hostile file of some megabytes could cause millions.
const maxMistakes = 1000

// errors collects diagnostics.
type mistakes struct {
	list    hcl.Diagnostics
	dropped int
	// seen are the diagnostics of the list: a dynamic block may cause one many
	// times.
	seen map[seenMistake]bool
}

type seenMistake struct {
	at              hcl.Range
	summary, detail string
}

// add keeps diagnostics, each once, without the expression and the values that hcl adds to
// some: no view may ever come to print those.
func (m *mistakes) add(diags ...*hcl.Diagnostic) {
	for _, d := range diags {
		d.Expression, d.EvalContext, d.Extra = nil, nil, nil
		key := seenMistake{summary: d.Summary, detail: d.Detail}
		if d.Subject != nil {
			key.at = *d.Subject
		}
		if m.seen[key] {
			continue
		}
		if m.seen == nil {
			m.seen = map[seenMistake]bool{}
		}
		if len(m.list) < maxMistakes {
			m.seen[key] = true
		}
		if len(m.list) < maxMistakes {
			m.list = append(m.list, d)
		} else if d.Severity == hcl.DiagError {
			m.dropped++
		}
	}
}

func (m *mistakes) error(at hcl.Range, summary, detail string, args ...any) {
	m.add(diagnostic(hcl.DiagError, at, summary, detail, args...))
}

func (m *mistakes) warn(at hcl.Range, summary, detail string, args ...any) {
	m.add(diagnostic(hcl.DiagWarning, at, summary, detail, args...))
}

func diagnostic(severity hcl.DiagnosticSeverity, at hcl.Range, summary, detail string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: severity, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &at}
}

// sorted gives the diagnostics in the order of the sources, and from the top of
// each: hcl walks maps, so that its own order differs from run to run. What
// belongs to no source, such as an error on the command line, comes last.
func (m *mistakes) sorted(sources []Source) hcl.Diagnostics {
	place := make(map[string]int, len(sources))
	for i, s := range sources {
		place[s.Name] = i - len(sources)
	}
	start := func(d *hcl.Diagnostic) hcl.Range {
		if d.Subject == nil {
			return hcl.Range{}
		}
		return *d.Subject
	}
	slices.SortStableFunc(m.list, func(a, b *hcl.Diagnostic) int {
		x, y := start(a), start(b)
		return cmp.Or(
			cmp.Compare(place[x.Filename], place[y.Filename]),
			cmp.Compare(x.Start.Byte, y.Start.Byte),
			cmp.Compare(a.Summary, b.Summary),
			cmp.Compare(a.Detail, b.Detail),
		)
	})
	if m.dropped > 0 {
		last := m.list[len(m.list)-1]
		return append(m.list, diagnostic(hcl.DiagError, start(last), "Too many errors",
			"There are %d more errors, which are not shown. Fix the first ones, and run again.", m.dropped))
	}
	return m.list
}

// maxSuggestLength and maxSuggestNames bound the search for the name that was
// meant: its cost grows with the product of the lengths, for each error.
const (
	maxSuggestLength = 64
	maxSuggestNames  = 500
)

// didYouMean gives " Did you mean "x"?", or "" where nothing known is near.
func didYouMean(given string, known []string) string {
	if name := suggestion(given, known); name != "" {
		return fmt.Sprintf(" Did you mean %q?", name)
	}
	return ""
}

func suggestion(given string, known []string) string {
	if len(given) > maxSuggestLength {
		return ""
	}
	known = known[:min(len(known), maxSuggestNames)]
	known = slices.DeleteFunc(slices.Clone(known), func(name string) bool { return len(name) > maxSuggestLength })
	return nearest.Name(given, known)
}
