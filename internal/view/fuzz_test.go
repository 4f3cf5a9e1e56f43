package view_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
)

// hostile is a report with the text in every place where a text from outside may be.
func hostile(text string) *report.Report {
	at := hcl.Range{Filename: text + ".hcl", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2, Byte: 1}}
	requirement := func(address string) config.Requirement {
		return config.Requirement{
			Address: address + text, Type: config.TypeAPI, Severity: config.SeverityError, Reason: text, Remedy: "a\n" + text + "\nb", Range: at,
		}
	}
	plan := &apply.Plan{Findings: []apply.Finding{
		{Requirement: requirement("a"), Status: apply.Drifted, Differences: []apply.Difference{
			{Code: apply.KubernetesMismatch, Declared: text, Found: text, Hint: text, Range: at},
		}},
		{Requirement: requirement("b"), Status: apply.Drifted, Differences: []apply.Difference{
			{Code: apply.ScopeMismatch, Facet: "scope", Declared: text, Found: text, Hint: text, Range: at},
			{Code: apply.VerbNotServed, Facet: "verbs", Declared: text, Hint: text, Range: at},
			{Code: apply.VerbNotServed, Facet: "verbs", Declared: "x", Range: hcl.Range{Filename: text}},
		}},
		{Requirement: requirement("c"), Status: apply.StatusUndetermined, Undetermined: &apply.Undetermined{Code: discovery.Stale, Message: text, Hint: text}},
		{Requirement: requirement("d"), Status: apply.StatusUndetermined, Cause: "c" + text},
		{Requirement: requirement("e"), Status: apply.Satisfied},
		{Requirement: requirement("f"), Status: apply.Skipped},
	}}
	return &report.Report{
		Command: "apply", Version: text, ExitCode: 2,
		Diagnostics: hcl.Diagnostics{
			{Severity: hcl.DiagError, Summary: text, Detail: text + "\n" + text, Subject: &at},
			{Severity: hcl.DiagWarning, Summary: text, Detail: text, Subject: &hcl.Range{Filename: text}},
		},
		Sources: config.Sources{{Name: at.Filename, Bytes: []byte(text)}},
		Targets: []*report.Target{{
			Plan: plan, Verdict: plan.Verdict(apply.Policy{}),
			Origin: &report.Origin{Endpoint: text, Snapshot: &report.SnapshotFile{Path: text}, ServerVersion: text},
		}},
	}
}

// FuzzFormats tests that no text from outside breaks a format, controls a terminal or
// becomes a command or markup.
func FuzzFormats(f *testing.F) {
	for _, seed := range []string{
		"", "plain", "\x1b[31mred\x07", "\u202eabc\u2066", "\xff\xfe\x00", "\ufffe\uffff\ufeff", "a\r\n::error::x", "::error file=a::x",
		"##vso[task.complete]", "##[error]x", "</failure>]]><script>alert(1)</script><!-- x -->", "&amp;&#10;\"'", "a | b || c", "`", "``` ` ``",
		"` `", " a ", "\\|", "@everyone #1 [x](http://evil) ![y](http://evil/z.png)", "<img src=x onerror=y>", "%0A::error::%25,:", "{0} {{ }}", "a\tb\nc",
		"/close", "$`x`$", hostileText, "\u0085\u2028\u2029", "\U000e0041", "|", "`|`", "*a* _b_ ~c~",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := hostile(text)
		for name := range formats() {
			got := written(t, name, r)
			if !utf8.ValidString(got) {
				t.Errorf("%s of %q is no UTF-8", name, text)
			}
			if i := strings.IndexFunc(got, func(r rune) bool {
				return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
			}); i >= 0 {
				t.Errorf("%s of %q holds what must not be printed: %q", name, text, got[i:])
			}
			if strings.Contains(got, "##[") || strings.Contains(got, "##vso[") {
				t.Errorf("%s of %q holds a command:\n%s", name, text, got)
			}
			ours := 0
			for line := range strings.Lines(got) {
				if strings.HasPrefix(strings.TrimSpace(line), "::") {
					ours++
				}
			}
			if want := map[bool]int{true: 6}[name == "github"]; ours != want {
				t.Errorf("%s of %q has %d commands:\n%s", name, text, ours, got)
			}
		}
		readSARIF(t, r)
		if issues := readGitLab(t, r); len(issues) != 6 {
			t.Errorf("%q gives %d issues", text, len(issues))
		}
		if got := written(t, "junit", r); strings.Count(got, "<testcase") != 8 || wellFormed(got) != nil {
			t.Errorf("JUnit of %q is (%v)\n%s", text, wellFormed(got), got)
		}
		markdownIsOurs(t, written(t, "markdown", r), 6)
		page := written(t, "html", r)
		htmlIsOurs(t, page)
		// What is wrong, and each requirement.
		if rows := strings.Count(page, "<tr id="); rows != 6 {
			t.Errorf("HTML of %q has %d findings:\n%s", text, rows, body([]byte(page)))
		}
	})
}

// wellFormed reads an XML document to its end.
func wellFormed(text string) error {
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}
