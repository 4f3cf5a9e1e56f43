package view

import (
	"io"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/compare"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/document"
)

// compareFormatVersion is the version of snapshot diff's document.
const compareFormatVersion = "1.0"

// CompareJSON writes a comparison as one document, which docs/json.md describes.
func CompareJSON(w io.Writer, c *report.Comparison, _ Options) error {
	doc := jsonComparison{
		FormatVersion: compareFormatVersion, ExitCode: c.ExitCode, Breaking: c.Breaking,
		Old: document.NewOrigin(c.Old), New: document.NewOrigin(c.New), Diagnostics: document.Diagnostics(c.Diagnostics, nil, nil),
		Changes: []jsonChange{}, NotCompared: []jsonGap{}, // must not be nil
	}
	if c.Result != nil {
		doc.Fields = c.Result.Fields
		doc.Summary = &jsonChanges{len(c.Result.Changes), len(c.Result.Breaking().Changes), len(c.Result.Unknown)}
		for _, change := range c.Result.Changes {
			doc.Changes = append(doc.Changes, newJSONChange(change))
		}
		for _, gap := range c.Result.Unknown {
			doc.NotCompared = append(doc.NotCompared, newJSONGap(gap))
		}
	}
	return document.Write(w, doc)
}

type jsonComparison struct {
	FormatVersion string                `json:"format_version"`
	ExitCode      int                   `json:"exit_code"`
	Old           *document.Origin      `json:"old"`
	New           *document.Origin      `json:"new"`
	Breaking      bool                  `json:"breaking_only"`
	Fields        bool                  `json:"fields_compared"`
	Summary       *jsonChanges          `json:"summary"`
	Changes       []jsonChange          `json:"changes"`
	NotCompared   []jsonGap             `json:"not_compared"`
	Diagnostics   []document.Diagnostic `json:"diagnostics"`
}

type jsonChanges struct {
	Changes     int `json:"changes"`
	Breaking    int `json:"breaking"`
	NotCompared int `json:"not_compared"`
}

type jsonChange struct {
	Change      compare.How  `json:"change"`
	What        compare.What `json:"what"`
	Group       string       `json:"group"`
	Version     *string      `json:"version"`
	Resource    *string      `json:"resource"`
	Subresource *string      `json:"subresource"`
	Kind        *string      `json:"kind"`
	Name        *string      `json:"name"`
	Old         *string      `json:"old"`
	New         *string      `json:"new"`
	Breaking    bool         `json:"breaking"`
}

func newJSONChange(c compare.Change) jsonChange {
	return jsonChange{
		Change: c.How, What: c.What, Group: c.GroupVersion.Group, Version: document.OrNull(c.GroupVersion.Version),
		Resource: document.OrNull(c.Resource), Subresource: document.OrNull(c.Subresource), Kind: document.OrNull(c.Kind), Name: document.OrNull(c.Name),
		Old: document.OrNull(c.Old), New: document.OrNull(c.New), Breaking: c.Breaking,
	}
}

type jsonGap struct {
	Side    string                `json:"side"`
	What    string                `json:"what"`
	Names   []string              `json:"names"`
	Code    discovery.FailureCode `json:"code"`
	Message string                `json:"message"`
}

func newJSONGap(g compare.Gap) jsonGap {
	gap := jsonGap{Side: "new", What: g.What, Names: g.Names, Code: g.Failure.Code, Message: g.Failure.Message}
	if g.Old {
		gap.Side = "old"
	}
	if gap.Names == nil {
		gap.Names = []string{}
	}
	return gap
}
