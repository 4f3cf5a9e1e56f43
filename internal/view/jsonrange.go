package view

import (
	"io"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/support"
	"github.com/kreconcile/kreconcile/internal/view/document"
)

// rangeFormatVersion is the version of range's document.
const rangeFormatVersion = "1.0"

// RangeJSON writes the result of range as one document, which docs/json.md describes.
func RangeJSON(w io.Writer, r *report.Range, _ Options) error {
	doc := jsonRangeResult{
		FormatVersion: rangeFormatVersion, Version: r.Version, ExitCode: r.ExitCode,
		Judged: []string{}, Satisfied: []string{}, Spans: []jsonSpan{}, Nearest: []jsonPart{}, Unjudged: []jsonUnjudged{}, // must not be nil
		Diagnostics: document.Diagnostics(r.Diagnostics, r.Sources, r.Place),
	}
	if s := r.Support; s != nil {
		doc.add(s, r.Place)
		if r.Chart != nil {
			doc.Check = newJSONCheck(r.Chart, r.Place)
		}
	}
	return document.Write(w, doc)
}

type jsonRangeResult struct {
	FormatVersion string `json:"format_version"`
	Version       string `json:"kreconcile_version"`
	ExitCode      int    `json:"exit_code"`
	// KubeVersion is null if no release satisfies the declaration, or none determines any of it.
	KubeVersion *string               `json:"kube_version"`
	Judged      []string              `json:"judged"`
	Satisfied   []string              `json:"satisfied"`
	Spans       []jsonSpan            `json:"spans"`
	Nearest     []jsonPart            `json:"nearest"`
	Unjudged    []jsonUnjudged        `json:"not_judged"`
	Check       *jsonCheck            `json:"check"`
	Diagnostics []document.Diagnostic `json:"diagnostics"`
}

// jsonSpan is releases that follow one another, and what is next to them.
type jsonSpan struct {
	From   string    `json:"from"`
	To     *string   `json:"to"`
	Before *jsonPart `json:"before"`
	After  *jsonPart `json:"after"`
}

// jsonPart is a release, or its patches from one on, and what it breaks.
type jsonPart struct {
	Release string             `json:"release"`
	Breaks  []document.Finding `json:"breaks"`
}

type jsonUnjudged struct {
	Address  string         `json:"address"`
	Type     config.Type    `json:"type"`
	Code     string         `json:"code"`
	Message  string         `json:"message"`
	Releases []string       `json:"releases"`
	Range    document.Range `json:"range"`
}

type jsonCheck struct {
	File string `json:"file"`
	// Line and KubeVersion are null if the chart has no kubeVersion.
	Line        *int       `json:"line"`
	KubeVersion *string    `json:"kube_version"`
	Broken      []jsonPart `json:"broken"`
	Suggested   *string    `json:"suggested_kube_version"`
	More        []string   `json:"also_satisfied"`
	Older       bool       `json:"allows_older"`
	Vendors     bool       `json:"allows_vendor_versions"`
}

func (doc *jsonRangeResult) add(s *support.Support, place report.Place) {
	doc.Judged = support.Strings(s.Releases)
	for _, u := range s.Unjudged {
		doc.Unjudged = append(doc.Unjudged, jsonUnjudged{
			Address: u.Address, Type: u.Type, Code: string(u.Undetermined.Code), Message: u.Undetermined.Message,
			Releases: support.Strings(u.Releases), Range: document.NewRange(u.Range, place),
		})
	}
	if !s.Determined {
		return
	}
	line := s.Line()
	doc.KubeVersion = document.OrNull(line.String())
	doc.Satisfied = append(doc.Satisfied, support.Strings(s.Satisfied())...)
	for _, span := range line {
		doc.Spans = append(doc.Spans, jsonSpan{span.From(), document.OrNull(span.To()), newJSONPart(span.Before, place), newJSONPart(span.After, place)})
	}
	if len(line) == 0 {
		doc.Nearest = newJSONParts(s.Best(), place)
	}
}

func newJSONCheck(c *report.Chart, place report.Place) *jsonCheck {
	check := &jsonCheck{
		File: c.Path, KubeVersion: document.OrNull(c.KubeVersion.String()), Broken: newJSONParts(c.Broken, place),
		More: support.Strings(c.More), Older: c.Older, Vendors: c.KubeVersion.Vendors(),
	}
	if len(c.Broken) > 0 {
		check.Suggested = document.OrNull(c.Line.String())
	}
	if c.LineNumber > 0 {
		check.Line = &c.LineNumber
	}
	return check
}

func newJSONParts(parts []support.Part, place report.Place) []jsonPart {
	list := []jsonPart{}
	for i := range parts {
		list = append(list, *newJSONPart(&parts[i], place))
	}
	return list
}

func newJSONPart(p *support.Part, place report.Place) *jsonPart {
	if p == nil {
		return nil
	}
	part := &jsonPart{Release: p.String(), Breaks: []document.Finding{}}
	for _, f := range p.Breaks {
		part.Breaks = append(part.Breaks, document.NewFinding(f.Finding, place))
	}
	return part
}
