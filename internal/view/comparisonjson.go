package view

import (
	"io"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/compare"
	"github.com/kreconcile/kreconcile/internal/report"
)

// compareFormatVersion is the version of snapshot diff's document.
const compareFormatVersion = "1.0"

// CompareJSON writes a comparison as one document, which docs/json.md describes.
func CompareJSON(w io.Writer, c *report.Comparison, _ Options) error {
	doc := jsonComparison{
		FormatVersion: compareFormatVersion, ExitCode: c.ExitCode, Breaking: c.Breaking,
		Old: newJSONSide(c.Old), New: newJSONSide(c.New), Diagnostics: jsonDiagnostics(c.Diagnostics, nil, nil),
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
	return writeJSON(w, doc)
}

type jsonComparison struct {
	FormatVersion string           `json:"format_version"`
	ExitCode      int              `json:"exit_code"`
	Old           *jsonSide        `json:"old"`
	New           *jsonSide        `json:"new"`
	Breaking      bool             `json:"breaking_only"`
	Fields        bool             `json:"fields_compared"`
	Summary       *jsonChanges     `json:"summary"`
	Changes       []jsonChange     `json:"changes"`
	NotCompared   []jsonGap        `json:"not_compared"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
}

// jsonSide is a snapshot, a release or a live server.
type jsonSide struct {
	Type     string        `json:"type"`
	Name     string        `json:"name"`
	Snapshot *jsonSnapshot `json:"snapshot"`
	Release  *jsonRelease  `json:"release"`
}

func newJSONSide(o *report.Origin) *jsonSide {
	if o == nil {
		return nil
	}
	side := &jsonSide{Type: o.Kind(), Name: o.Name()}
	switch {
	case o.Released():
		side.Release = &jsonRelease{o.Release.Version, o.Release.Source}
	case o.Recorded():
		side.Snapshot = newJSONSnapshot(o)
	}
	return side
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
		Change: c.How, What: c.What, Group: c.GroupVersion.Group, Version: orNull(c.GroupVersion.Version),
		Resource: orNull(c.Resource), Subresource: orNull(c.Subresource), Kind: orNull(c.Kind), Name: orNull(c.Name),
		Old: orNull(c.Old), New: orNull(c.New), Breaking: c.Breaking,
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
