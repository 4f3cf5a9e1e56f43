package view

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
)

// JUnit writes a report as JUnit's XML: one test case for each requirement, and
// for each diagnostic or other problem of the run. Drift is a failure and what could not be determined an error.
// What is drift as a warning only passes, with a word in its output; what could
// not be told is skipped where that is allowed, because nothing was tested.
//
// Source: junit-4.xsd, the schema of Jenkins' xUnit plugin.
func JUnit(w io.Writer, r *Report) error {
	suites := []junitSuite{junitRequirements(r), junitRun(r)}
	var b bytes.Buffer
	all := junitSuite{name: "kreconcile"}
	for _, s := range suites {
		all.cases = append(all.cases, s.cases...)
	}
	failures, errors, _ := all.counts()
	fmt.Fprintf(&b, "%s\n<testsuites name=%q tests=\"%d\" failures=\"%d\" errors=\"%d\">\n",
		`<?xml version="1.0" encoding="UTF-8"?>`, all.name, len(all.cases), failures, errors)
	for _, s := range suites {
		// Some readers take a suite without a case for an error.
		if len(s.cases) > 0 {
			s.write(&b)
		}
	}
	b.WriteString("</testsuites>\n")
	_, err := w.Write(b.Bytes())
	return err
}

type junitSuite struct {
	name, time string
	properties [][2]string
	cases      []junitCase
}

type junitCase struct {
	class, name string
	// outcome is the element of a case that does not just pass: skipped, error,
	// failure or system-out.
	outcome      string
	typ, message string
	// lines are the element's text. Some readers show it alone.
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
	fmt.Fprintf(b, "  <testsuite name=%q tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\"%s>\n",
		s.name, len(s.cases), failures, errors, skipped, s.time)
	if len(s.properties) > 0 {
		b.WriteString("    <properties>\n")
		for _, p := range s.properties {
			fmt.Fprintf(b, "      <property name=\"%s\" value=\"%s\"/>\n", p[0], xmlText(p[1]))
		}
		b.WriteString("    </properties>\n")
	}
	for _, c := range s.cases {
		c.write(b)
	}
	b.WriteString("  </testsuite>\n")
}

func (c junitCase) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "    <testcase classname=\"%s\" name=\"%s\"", xmlText(c.class), xmlText(c.name))
	text := xmlText(strings.Join(c.lines, "\n"))
	switch c.outcome {
	case "":
		b.WriteString("/>\n")
		return
	case "failure", "error":
		fmt.Fprintf(b, ">\n      <%s type=\"%s\" message=\"%s\">%s</%[1]s>\n", c.outcome, xmlText(c.typ), xmlText(c.message), text)
	default:
		fmt.Fprintf(b, ">\n      <%s>%s</%[1]s>\n", c.outcome, text)
	}
	b.WriteString("    </testcase>\n")
}

// junitRequirements gives a case for each finding.
func junitRequirements(r *Report) junitSuite {
	s := junitSuite{name: "kreconcile.requirements"}
	plan := r.judged()
	if plan == nil {
		return s
	}
	s.properties = junitProperties(r)
	if r.Origin != nil && r.Origin.Duration > 0 {
		s.time = fmt.Sprintf(" time=\"%.3f\"", r.Origin.Duration.Seconds())
	}
	p := printer{recorded: r.recorded()}
	byAddress := map[string][]problem{}
	for _, f := range plan.Findings {
		if f.Cause == "" {
			byAddress[f.Address] = p.problems(f, r, 0)
		}
	}
	for _, f := range plan.Findings {
		s.cases = append(s.cases, junitFinding(f, r, byAddress))
	}
	return s
}

func junitFinding(f apply.Finding, r *Report, byAddress map[string][]problem) junitCase {
	c := junitCase{class: "kreconcile." + string(f.Type), name: clean(f.Address)}
	fails := r.Verdict.Fails(f)
	switch f.Status {
	case apply.Satisfied:
		return c
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
		c.lines = append(c.lines, b.text, "at "+b.where())
	}
	c.typ, c.message = list[0].code, list[0].text
	if f.Cause != "" {
		c.message = "stands under another: " + c.message
		c.lines[0] = c.message
	} else {
		c.lines = appendNotes(c.lines, list[0].notes)
	}
	if !fails {
		c.lines[0] = "warning: " + c.lines[0]
	}
	return c
}

// junitRun gives a case for each problem that is about the run.
func junitRun(r *Report) junitSuite {
	s := junitSuite{name: "kreconcile.run"}
	if r.judged() == nil {
		s.properties = junitProperties(r)
	}
	seen := map[string]int{}
	for _, b := range runProblems(r) {
		c := junitCase{class: "kreconcile." + b.code, name: b.subject, typ: b.code, message: b.text, outcome: "system-out", lines: []string{b.text}}
		if b.fails {
			c.outcome = "error"
		}
		if place := b.where(); place != "" {
			c.name += " (" + place + ")"
			c.lines = append(c.lines, "at "+place)
		}
		c.lines = appendNotes(c.lines, b.notes)
		// Of two cases with one name, some readers show the first alone.
		if seen[c.name]++; seen[c.name] > 1 {
			c.name += " #" + strconv.Itoa(seen[c.name])
		}
		s.cases = append(s.cases, c)
	}
	return s
}

func junitProperties(r *Report) [][2]string {
	list := [][2]string{{"kreconcile_version", clean(r.Version)}, {"command", clean(r.Command)}, {"exit_code", strconv.Itoa(r.ExitCode)}}
	if r.judged() != nil {
		list = append(list, [2]string{"verdict", string(r.Verdict.Status)})
	}
	if r.Wait != nil {
		list = append(list, [2]string{"waited", waitLine(r.Wait)})
	}
	if r.Origin == nil {
		return list
	}
	for _, p := range [][2]string{
		{"server", r.Origin.Endpoint}, {"server_version", r.Origin.ServerVersion},
		{"emulation_version", r.Origin.EmulationVersion}, {"snapshot", r.Origin.SnapshotFile},
	} {
		if p[1] != "" {
			list = append(list, [2]string{p[0], clean(p[1])})
		}
	}
	return list
}

// xmlText escapes clean text for an element or an attribute in double quotes.
// Beyond what clean sees to, XML knows no U+FFFE and no U+FFFF.
func xmlText(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\ufffe", `\ufffe`, "\uffff", `\uffff`).Replace(text)
}
