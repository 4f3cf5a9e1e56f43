package comparison

import (
	"io"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/compare"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/document"
)

// formatVersion is the version of the document.
const formatVersion = "1.0"

// JSON writes a comparison as one document, which docs/json.md describes.
func JSON(w io.Writer, c *report.Comparison, _ console.Options) error {
	doc := result{
		FormatVersion: formatVersion, ExitCode: c.ExitCode, Breaking: c.Breaking,
		Old: document.NewOrigin(c.Old), New: document.NewOrigin(c.New), Diagnostics: document.Diagnostics(c.Diagnostics, nil, nil),
		Changes: []change{}, NotCompared: []gap{}, // must not be nil
	}
	if c.Result != nil {
		doc.Fields = c.Result.Fields
		doc.Summary = &summary{len(c.Result.Changes), len(c.Result.Breaking().Changes), len(c.Result.Unknown)}
		for _, change := range c.Result.Changes {
			doc.Changes = append(doc.Changes, newChange(change))
		}
		for _, gap := range c.Result.Unknown {
			doc.NotCompared = append(doc.NotCompared, newGap(gap))
		}
	}
	return document.Write(w, doc)
}

type result struct {
	FormatVersion string                `json:"format_version"`
	ExitCode      int                   `json:"exit_code"`
	Old           *document.Origin      `json:"old"`
	New           *document.Origin      `json:"new"`
	Breaking      bool                  `json:"breaking_only"`
	Fields        bool                  `json:"fields_compared"`
	Summary       *summary              `json:"summary"`
	Changes       []change              `json:"changes"`
	NotCompared   []gap                 `json:"not_compared"`
	Diagnostics   []document.Diagnostic `json:"diagnostics"`
}

type summary struct {
	Changes     int `json:"changes"`
	Breaking    int `json:"breaking"`
	NotCompared int `json:"not_compared"`
}

type change struct {
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

func newChange(c compare.Change) change {
	return change{
		Change: c.How, What: c.What, Group: c.GroupVersion.Group, Version: document.OrNull(c.GroupVersion.Version),
		Resource: document.OrNull(c.Resource), Subresource: document.OrNull(c.Subresource), Kind: document.OrNull(c.Kind), Name: document.OrNull(c.Name),
		Old: document.OrNull(c.Old), New: document.OrNull(c.New), Breaking: c.Breaking,
	}
}

type gap struct {
	Side    string                `json:"side"`
	What    string                `json:"what"`
	Names   []string              `json:"names"`
	Code    discovery.FailureCode `json:"code"`
	Message string                `json:"message"`
}

func newGap(g compare.Gap) gap {
	out := gap{Side: "new", What: g.What, Names: g.Names, Code: g.Failure.Code, Message: g.Failure.Message}
	if g.Old {
		out.Side = "old"
	}
	if out.Names == nil {
		out.Names = []string{}
	}
	return out
}
