package view

import (
	"io"
	"strings"

	"github.com/kreconcile/kreconcile/internal/view/codes"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// GitLab writes a report as GitLab's code quality report: a list of problems, which
// may be empty. A fingerprint depends on no line and no folder, so that a merge
// request shows only new problems.
//
// Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
func GitLab(w io.Writer, r *Report) error {
	doc := []gitlabIssue{} // must not be nil
	for _, b := range problems(r) {
		issue := gitlabIssue{
			Description: strings.Join(b.message(), " | "), Check: b.code, Fingerprint: b.key, Severity: b.gitlabSeverity(),
		}
		issue.Location.Path = b.gitlabPath()
		issue.Location.Lines.Begin = max(b.at.Start.Line, 1)
		issue.Location.Lines.End = max(b.at.End.Line, issue.Location.Lines.Begin)
		doc = append(doc, issue)
	}
	return writeJSON(w, doc)
}

func (b problem) gitlabSeverity() string {
	switch {
	case b.code == codes.Error:
		return "blocker"
	case b.code == codes.Notice:
		return "info"
	case b.fails && !b.unknown:
		return "critical"
	case b.fails:
		return "major"
	}
	return "minor"
}

// gitlabPath always returns a path, because GitLab requires one. A name in angle
// brackets is not a file.
func (b problem) gitlabPath() string {
	switch {
	case isFile(b.file):
		return safe.Line(slashed(b.file))
	case b.file != "":
		return "<" + strings.Trim(safe.Line(b.file), "<>") + ">"
	}
	return nowhere
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
