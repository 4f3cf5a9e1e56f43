package view

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/markup"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// githubLimit is how many annotations of one kind GitHub shows for a step. It drops
// the rest silently.
//
// Source:
// https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations
const githubLimit = 10

// GitHub writes a report as GitHub's workflow commands, which annotate the lines of
// the declaration: the worst first, at most [githubLimit] errors and as many
// warnings. The last one counts the rest. What reads the same on several targets is one
// annotation. If nothing is wrong, a notice has the verdict on each target.
//
// Source:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func GitHub(w io.Writer, r *report.Report) error {
	var errors, warnings []report.Problem
	for _, b := range report.Problems(r) {
		if b.Fails {
			errors = append(errors, b)
		} else {
			warnings = append(warnings, b)
		}
	}
	p := console.New(w, false)
	for _, line := range githubFit("error", errors, r) {
		p.Line(line)
	}
	for _, line := range githubFit("warning", warnings, r) {
		p.Line(line)
	}
	if len(errors)+len(warnings) == 0 {
		var verdicts []string
		for _, t := range r.Judged() {
			verdict := report.VerdictLine(t)
			if title := r.Title(t); title != "" {
				verdict = title + ": " + verdict
			}
			verdicts = append(verdicts, verdict)
		}
		p.Line("::notice title=kreconcile::" + markup.CommandData(strings.Join(verdicts, "\n")))
	}
	return p.Err
}

// githubFit returns the commands of one kind, cut to the limit.
func githubFit(kind string, problems []report.Problem, r *report.Report) []string {
	shown := problems
	if len(problems) > githubLimit {
		shown = problems[:githubLimit-1]
	}
	var commands []string
	for _, b := range shown {
		commands = append(commands, githubCommand(kind, b, r))
	}
	if more := len(problems) - len(shown); more > 0 {
		commands = append(commands, fmt.Sprintf("::%s title=kreconcile::%d more are not annotated, because GitHub shows %d of a kind. "+
			"The outputs text and json list all.", kind, more, githubLimit))
	}
	return commands
}

func githubCommand(kind string, b report.Problem, r *report.Report) string {
	title := "Drift: "
	switch {
	case b.IsDiagnostic():
		title = ""
	case b.Unknown:
		title = "Could not be determined: "
	case b.Deprecation != nil:
		title = "Deprecated: "
	}
	var properties []string
	property := func(name, value string) { properties = append(properties, name+"="+markup.CommandProperty(value)) }
	if at := b.At; report.IsFile(b.File) {
		property("file", safe.Line(report.Slashed(b.File)))
		if at.Start.Line > 0 {
			property("line", strconv.Itoa(at.Start.Line))
			property("endLine", strconv.Itoa(max(at.End.Line, at.Start.Line)))
		}
		// GitHub uses columns only for a range within one line.
		if at.Start.Line > 0 && at.End.Line == at.Start.Line {
			start := report.Column(at.Filename, at.Start, r.Sources)
			property("col", strconv.Itoa(start))
			property("endColumn", strconv.Itoa(max(report.Column(at.Filename, at.End, r.Sources), start)))
		}
	}
	property("title", title+b.Subject)
	return "::" + kind + " " + strings.Join(properties, ",") + "::" + markup.CommandData(strings.Join(b.Message(), "\n"))
}
