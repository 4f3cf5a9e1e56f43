package view

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/markup"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// JUnit writes a report as JUnit's XML: a suite for each target with one test case
// for each requirement, and a suite for diagnostics and other problems of the run.
// Drift is a failure, and an undetermined requirement is an error. Drift that is only
// a warning passes, with a note in its output, as does what holds by a deprecated API. If undetermined requirements are
// allowed, they are skipped, because nothing was tested.
//
// Source: junit-4.xsd, the schema of Jenkins' xUnit plugin.
func JUnit(w io.Writer, r *report.Report) error {
	var suites []junitSuite
	for _, t := range r.Judged() {
		suites = append(suites, junitRequirements(t, r))
	}
	return writeJUnit(w, append(suites, junitRun(r)))
}

func writeJUnit(w io.Writer, suites []junitSuite) error {
	tests, failures, errors := 0, 0, 0
	for _, s := range suites {
		f, e, _ := s.counts()
		tests, failures, errors = tests+len(s.cases), failures+f, errors+e
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n<testsuites name=\"kreconcile\" tests=\"%d\" failures=\"%d\" errors=\"%d\">\n",
		`<?xml version="1.0" encoding="UTF-8"?>`, tests, failures, errors)
	for _, s := range suites {
		// Some readers treat a suite without a case as an error.
		if len(s.cases) > 0 {
			s.write(&b)
		}
		if _, err := b.WriteTo(w); err != nil {
			return err
		}
	}
	b.WriteString("</testsuites>\n")
	_, err := b.WriteTo(w)
	return err
}

type junitSuite struct {
	name, time string
	properties [][2]string
	cases      []junitCase
}

type junitCase struct {
	class, name string
	// outcome is the element of a case that does not simply pass: skipped, error,
	// failure or system-out.
	outcome      string
	typ, message string
	// lines are the element's text. Some readers show only this.
	lines []string
}

func (s junitSuite) counts() (failures, errors, skipped int) {
	for _, c := range s.cases {
		switch c.outcome {
		case "failure":
			failures++
		case "error":
			errors++
		case "skipped":
			skipped++
		}
	}
	return failures, errors, skipped
}

func (s junitSuite) write(b *bytes.Buffer) {
	failures, errors, skipped := s.counts()
	fmt.Fprintf(b, "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\"%s>\n",
		markup.XML(s.name), len(s.cases), failures, errors, skipped, s.time)
	if len(s.properties) > 0 {
		b.WriteString("    <properties>\n")
		for _, p := range s.properties {
			fmt.Fprintf(b, "      <property name=\"%s\" value=\"%s\"/>\n", p[0], markup.XML(p[1]))
		}
		b.WriteString("    </properties>\n")
	}
	for _, c := range s.cases {
		c.write(b)
	}
	b.WriteString("  </testsuite>\n")
}

func (c junitCase) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "    <testcase classname=\"%s\" name=\"%s\"", markup.XML(c.class), markup.XML(c.name))
	text := markup.XML(strings.Join(c.lines, "\n"))
	switch c.outcome {
	case "":
		b.WriteString("/>\n")
		return
	case "failure", "error":
		fmt.Fprintf(b, ">\n      <%s type=\"%s\" message=\"%s\">%s</%[1]s>\n", c.outcome, markup.XML(c.typ), markup.XML(c.message), text)
	default:
		fmt.Fprintf(b, ">\n      <%s>%s</%[1]s>\n", c.outcome, text)
	}
	b.WriteString("    </testcase>\n")
}

// junitRequirements returns the suite of a target, with a case for each finding.
func junitRequirements(t *report.Target, r *report.Report) junitSuite {
	s := junitSuite{name: "kreconcile.requirements", properties: append(junitProperties(r), junitTarget(t)...)}
	title := r.Title(t)
	if title != "" {
		s.name += ": " + title
		title = " (" + title + ")"
	}
	if t.Origin != nil && t.Origin.Duration > 0 {
		s.time = fmt.Sprintf(" time=\"%.3f\"", t.Origin.Duration.Seconds())
	}
	byAddress := map[string][]report.Problem{}
	for _, f := range t.Plan.Findings {
		if f.Cause == "" {
			byAddress[f.Address] = report.FindingProblems(f, t, r, 0)
		}
	}
	for _, f := range t.Plan.Findings {
		c := junitFinding(f, t.Verdict.Fails(f), byAddress)
		// If two cases have one name, some readers show only the first, even if they
		// are in different suites.
		c.name += title
		s.cases = append(s.cases, c)
	}
	return s
}

func junitFinding(f apply.Finding, fails bool, byAddress map[string][]report.Problem) junitCase {
	c := junitCase{class: "kreconcile." + string(f.Type), name: safe.Line(f.Address)}
	switch f.Status {
	case apply.Satisfied:
		if f.Deprecation == nil {
			return c
		}
		c.outcome = "system-out"
		if fails {
			c.outcome = "failure"
		}
	case apply.Skipped:
		c.outcome, c.lines = "skipped", []string{"switched off"}
		return c
	case apply.Drifted:
		c.outcome = "system-out"
		if fails {
			c.outcome = "failure"
		}
	case apply.StatusUndetermined:
		c.outcome = "skipped"
		if fails {
			c.outcome = "error"
		}
	default:
		panic("view: unknown status " + string(f.Status))
	}
	list := byAddress[cmp.Or(f.Cause, f.Address)]
	for _, b := range list {
		c.lines = append(c.lines, b.Text, "at "+b.Where())
	}
	c.typ, c.message = list[0].Code, list[0].Text
	if f.Cause != "" {
		c.message = "because of another requirement: " + c.message
		c.lines[0] = c.message
	} else {
		c.lines = report.AppendNotes(c.lines, list[0].Notes)
	}
	if !fails {
		c.lines[0] = "warning: " + c.lines[0]
	}
	return c
}

// junitRun returns a case for each problem of the run.
func junitRun(r *report.Report) junitSuite {
	s := junitSuite{name: "kreconcile.run"}
	if len(r.Judged()) == 0 {
		s.properties = junitProperties(r)
		for _, t := range r.Targets {
			s.properties = append(s.properties, junitTarget(t)...)
		}
	}
	seen := map[string]int{}
	for _, b := range report.RunProblems(r) {
		c := junitCase{class: "kreconcile." + b.Code, name: b.Subject, typ: b.Code, message: b.Text, outcome: "system-out", lines: []string{b.Text}}
		if b.Fails {
			c.outcome = "error"
		}
		if place := b.Where(); place != "" {
			c.name += " (" + place + ")"
			c.lines = append(c.lines, "at "+place)
		}
		c.lines = report.AppendNotes(c.lines, b.Notes)
		// If two cases have one name, some readers show only the first.
		if seen[c.name]++; seen[c.name] > 1 {
			c.name += " #" + strconv.Itoa(seen[c.name])
		}
		s.cases = append(s.cases, c)
	}
	return s
}

func junitProperties(r *report.Report) [][2]string {
	return [][2]string{{"kreconcile_version", safe.Line(r.Version)}, {"command", safe.Line(r.Command)}, {"exit_code", strconv.Itoa(r.ExitCode)}}
}

// junitTarget returns the properties of a target.
func junitTarget(t *report.Target) [][2]string {
	var list [][2]string
	if t.Plan != nil {
		list = append(list, [2]string{"verdict", string(t.Verdict.Status)})
	}
	if t.Wait != nil {
		list = append(list, [2]string{"waited", report.WaitLine(t.Wait)})
	}
	if t.Origin == nil {
		return list
	}
	file, release := "", ""
	if t.Origin.Recorded() {
		file = t.Origin.Snapshot.Path
	}
	if t.Origin.Released() {
		release = t.Origin.Release.Version
	}
	for _, p := range [][2]string{
		{"server", t.Origin.Endpoint}, {"server_version", t.Origin.ServerVersion},
		{"emulation_version", t.Origin.EmulationVersion}, {"snapshot", file}, {"release", release}, {"crds", t.Origin.Applied()},
	} {
		if p[1] != "" {
			list = append(list, [2]string{p[0], safe.Line(p[1])})
		}
	}
	return list
}
