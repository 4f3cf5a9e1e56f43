package support

import (
	"strings"

	"github.com/kreconcile/kreconcile/internal/ranges"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Line is a kubeVersion: spans of versions, from the oldest. It allows nothing if there is none.
type Line []Span

// Span is versions that follow one another and satisfy the declaration.
type Span struct {
	// First and Last are its first and last parts.
	First, Last Part
	// Before and After are the parts next to it. They are nil where no release was judged.
	Before, After *Part
	// end is the lowest version above the span, or nil if it has no end.
	end *kubeapi.Version
}

// From returns the lower bound, such as ">=1.31.0-0". Helm takes a vendor's version, such as 1.31.4-gke.1, for a
// pre-release, and allows it only by a bound that has a pre-release itself.
//
// Source: https://helm.sh/docs/topics/charts/#the-kubeversion-field
func (s Span) From() string { return ">=" + s.First.version().String() + "-0" }

// To returns the upper bound, such as "<1.34.0-0". It is empty if there is none.
func (s Span) To() string {
	if s.end == nil {
		return ""
	}
	return "<" + s.end.String() + "-0"
}

// String returns the constraint, such as ">=1.25.0-0 <1.29.0-0 || >=1.32.0-0".
func (l Line) String() string {
	var texts []string
	for _, s := range l {
		texts = append(texts, strings.TrimSpace(s.From()+" "+s.To()))
	}
	return strings.Join(texts, " || ")
}

// KubeVersion is String for a chart. It is empty if Helm refuses a constraint of that length, or if the line allows
// nothing.
func (l Line) KubeVersion() string {
	text := l.String()
	if _, err := ranges.Parse(text); err != nil {
		return ""
	}
	return text
}

// Line returns the kubeVersion that allows what satisfies the declaration. It has a bound where a release next to it
// breaks the declaration, and at the oldest release, because those before it were not judged.
func (s *Support) Line() Line { return lineOf(s.parts, KubeVersion{}) }

// lineOf allows the parts that satisfy the declaration and that a chart promises.
func lineOf(parts []Part, chart KubeVersion) Line {
	var line Line
	open := false // whether the last span goes on
	for i, p := range parts {
		allowed := len(p.Breaks) == 0 && chart.allows(p.version())
		switch {
		case allowed && !open:
			span := Span{First: p, Last: p}
			if i > 0 {
				span.Before = &parts[i-1]
			}
			line = append(line, span)
		case allowed:
			line[len(line)-1].Last = p
		case open:
			end := p.version()
			line[len(line)-1].After, line[len(line)-1].end = &parts[i], &end
		}
		open = allowed
	}
	next := kubeapi.Version{Major: 1, Minor: parts[len(parts)-1].version().Minor + 1}
	if open && !chart.allows(next) {
		line[len(line)-1].end = &next
	}
	return line
}
