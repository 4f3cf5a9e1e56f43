package view

import (
	"io"
	"strings"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/codes"
	"github.com/kreconcile/kreconcile/internal/view/document"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// GitLab writes a report as GitLab's code quality report: a list of problems, which
// may be empty. A fingerprint depends on no line and no folder, so that a merge
// request shows only new problems.
//
// Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
func GitLab(w io.Writer, r *report.Report) error {
	doc := []gitlabIssue{} // must not be nil
	for _, b := range report.Problems(r) {
		issue := gitlabIssue{
			Description: strings.Join(b.Message(), " | "), Check: b.Code, Fingerprint: b.Key, Severity: gitlabSeverity(b),
		}
		issue.Location.Path = gitlabPath(b)
		issue.Location.Lines.Begin = max(b.At.Start.Line, 1)
		issue.Location.Lines.End = max(b.At.End.Line, issue.Location.Lines.Begin)
		doc = append(doc, issue)
	}
	return document.Write(w, doc)
}

func gitlabSeverity(b report.Problem) string {
	switch {
	case b.Code == codes.Error:
		return "blocker"
	case b.Code == codes.Notice:
		return "info"
	case b.Fails && !b.Unknown:
		return "critical"
	case b.Fails:
		return "major"
	}
	return "minor"
}

// gitlabPath always returns a path, because GitLab requires one. A name in angle
// brackets is not a file.
func gitlabPath(b report.Problem) string {
	switch {
	case report.IsFile(b.File):
		return safe.Line(report.Slashed(b.File))
	case b.File != "":
		return "<" + strings.Trim(safe.Line(b.File), "<>") + ">"
	}
	return report.Nowhere
}

type gitlabIssue struct {
	Description string `json:"description"`
	Check       string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
			End   int `json:"end"`
		} `json:"lines"`
	} `json:"location"`
}
