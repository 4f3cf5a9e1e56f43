package releaserange

import (
	"io"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/support"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/document"
)

// formatVersion is the version of the document.
const formatVersion = "1.0"

// JSON writes the result of range as one document, which docs/json.md describes.
func JSON(w io.Writer, r *report.Range, _ console.Options) error {
	doc := result{
		FormatVersion: formatVersion, Version: r.Version, ExitCode: r.ExitCode,
		Judged: []string{}, Satisfied: []string{}, Spans: []span{}, Nearest: []part{}, Unjudged: []unjudged{}, // must not be nil
		Diagnostics: document.Diagnostics(r.Diagnostics, r.Sources, r.Place),
	}
	if s := r.Support; s != nil {
		doc.add(s, r)
		if r.Chart != nil {
			doc.Check = newCheck(r.Chart, r)
		}
	}
	return document.Write(w, doc)
}

type result struct {
	FormatVersion string `json:"format_version"`
	Version       string `json:"kreconcile_version"`
	ExitCode      int    `json:"exit_code"`
	// KubeVersion is null if no release satisfies the declaration, or none determines any of it.
	KubeVersion *string               `json:"kube_version"`
	Judged      []string              `json:"judged"`
	Satisfied   []string              `json:"satisfied"`
	Spans       []span                `json:"spans"`
	Nearest     []part                `json:"nearest"`
	Unjudged    []unjudged            `json:"not_judged"`
	Check       *check                `json:"check"`
	Diagnostics []document.Diagnostic `json:"diagnostics"`
}

// span is releases that follow one another, and what is next to them.
type span struct {
	From   string  `json:"from"`
	To     *string `json:"to"`
	Before *part   `json:"before"`
	After  *part   `json:"after"`
}

// part is a release, or its patches from one on, and what it breaks.
type part struct {
	Release string             `json:"release"`
	Breaks  []document.Finding `json:"breaks"`
}

type unjudged struct {
	Address  string         `json:"address"`
	Type     config.Type    `json:"type"`
	Code     string         `json:"code"`
	Message  string         `json:"message"`
	Releases []string       `json:"releases"`
	Range    document.Range `json:"range"`
}

type check struct {
	File string `json:"file"`
	// Line and KubeVersion are null if the chart has no kubeVersion.
	Line        *int     `json:"line"`
	KubeVersion *string  `json:"kube_version"`
	Broken      []part   `json:"broken"`
	Suggested   *string  `json:"suggested_kube_version"`
	More        []string `json:"also_satisfied"`
	Older       bool     `json:"allows_older"`
	Vendors     bool     `json:"allows_vendor_versions"`
}

func (doc *result) add(s *support.Support, r *report.Range) {
	doc.Judged = support.Strings(s.Releases)
	for _, u := range s.Unjudged {
		doc.Unjudged = append(doc.Unjudged, unjudged{
			Address: u.Address, Type: u.Type, Code: string(u.Undetermined.Code), Message: u.Undetermined.Message,
			Releases: support.Strings(u.Releases), Range: document.NewRange(u.Range, r.Place),
		})
	}
	if !s.Determined {
		return
	}
	line := s.Line()
	doc.KubeVersion = document.OrNull(line.KubeVersion())
	doc.Satisfied = append(doc.Satisfied, support.Strings(s.Satisfied())...)
	for _, l := range line {
		doc.Spans = append(doc.Spans, span{l.From(), document.OrNull(l.To()), newPart(l.Before, r), newPart(l.After, r)})
	}
	if len(line) == 0 {
		doc.Nearest = newParts(s.Best(), r)
	}
}

func newCheck(c *report.Chart, r *report.Range) *check {
	out := &check{
		File: c.Path, KubeVersion: document.OrNull(c.KubeVersion.String()), Broken: newParts(c.Broken, r),
		More: support.Strings(c.More), Older: c.Older, Vendors: c.KubeVersion.Vendors(),
	}
	if len(c.Broken) > 0 {
		out.Suggested = document.OrNull(c.Line.KubeVersion())
	}
	if c.LineNumber > 0 {
		out.Line = &c.LineNumber
	}
	return out
}

func newParts(parts []support.Part, r *report.Range) []part {
	list := []part{}
	for i := range parts {
		list = append(list, *newPart(&parts[i], r))
	}
	return list
}

func newPart(p *support.Part, r *report.Range) *part {
	if p == nil {
		return nil
	}
	out := &part{Release: p.String(), Breaks: []document.Finding{}}
	for _, f := range p.Breaks {
		out.Breaks = append(out.Breaks, document.NewFinding(f.Finding, r.Place, report.ExcerptsOf(r.Sources)))
	}
	return out
}
