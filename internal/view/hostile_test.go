package view_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/result"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// hostileText could come from a server, a certificate or a file name. It controls a
// terminal, reorders the line, is a CI command at the start of each line and within
// it, and ends any markup around it.
const hostileText = "::error::a\x1b[31m\x1b[2K\r\a\x00\u009b31m\x9b31m\x1b]8;;http://x\x07\u202e\u2066\u2028 ##vso[x]##[y] " +
	"`|``|</failure>]]><b>@you](x)\n::error::b\n ::add-mask::c\n##[error]d"

// commands are what CI systems obey, at the start of a line or anywhere in it.
var commands = regexp.MustCompile(`(?m)^\s*::|##[A-Za-z]*\[`)

// poison puts a text into every string of a value. It skips strings of a named type,
// which are enumerations, and what the program itself sets.
func poison(v reflect.Value, text string) {
	own := []string{"Command", "Cause", "Facet", "Ended", "Filename", "Name"}
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && !slices.Contains(own, field.Name) {
				poison(v.Field(i), text)
			}
		}
	}
}

// poisoned is a report with every code, and hostile texts wherever there are texts.
func poisoned(t *testing.T, file string) *report.Report {
	t.Helper()
	facets := map[apply.Code]string{
		apply.PreferredMismatch: "preferred", apply.KindMismatch: "kind", apply.ScopeMismatch: "scope", apply.VerbNotServed: "verbs",
		apply.FieldTypeMismatch: "type", apply.FieldEnumMismatch: "enum", apply.FieldRequiredMismatch: "required",
	}
	source := hostileText + "\nx = 1\n"
	at := hcl.Range{Filename: file, Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 5, Byte: 4}}
	plan := &apply.Plan{}
	add := func(severity config.Severity, f apply.Finding) {
		f.Type, f.Severity, f.Range = config.TypeAPI, severity, at
		plan.Findings = append(plan.Findings, f)
	}
	for _, severity := range config.Severities() {
		for _, code := range apply.Codes() {
			add(severity, apply.Finding{Status: apply.Drifted, Differences: []apply.Difference{
				{Code: code, Facet: facets[code], Range: at}, {Code: code, Facet: facets[code], Range: at},
			}})
		}
		add(severity, apply.Finding{Status: apply.StatusUndetermined, Undetermined: &apply.Undetermined{Code: discovery.Forbidden, Failure: &discovery.Failure{Err: errors.New(hostileText)}}})
		add(severity, apply.Finding{Status: apply.Satisfied})
		add(severity, apply.Finding{Status: apply.Skipped})
		add(severity, apply.Finding{Status: apply.Drifted, Cause: hostileText + "#0"})
	}
	r := &report.Report{
		Command: "apply", ExitCode: 2,
		Targets: []*report.Target{{
			Plan: plan, Verdict: plan.Verdict(apply.Policy{}), Origin: &report.Origin{Requests: 1, Snapshot: &report.SnapshotFile{}},
			Wait: &report.Wait{Limit: time.Minute, Passes: 2, Consecutive: 2, Mixed: []string{"", "", "", ""}},
		}},
		Sources: config.Sources{{Name: file, Bytes: []byte(source)}},
		Diagnostics: hcl.Diagnostics{
			{Severity: hcl.DiagWarning, Subject: &at}, {Severity: hcl.DiagWarning}, {Severity: hcl.DiagWarning, Subject: &hcl.Range{Filename: hostileText}},
		},
	}
	poison(reflect.ValueOf(r), hostileText)
	for i := range plan.Findings {
		plan.Findings[i].Address += "#" + strconv.Itoa(i)
	}
	return r
}

// everyView lists all that writes, with the form of its output.
func everyView() map[string]struct {
	form  safe.Form
	write func(io.Writer, *report.Report) error
} {
	type entry = struct {
		form  safe.Form
		write func(io.Writer, *report.Report) error
	}
	mistake := func(r *report.Report) hcl.Diagnostics {
		diags := slices.Clone(r.Diagnostics)
		return append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: hostileText, Detail: hostileText, Subject: r.Diagnostics[0].Subject})
	}
	list := map[string]entry{
		"termination message": {safe.Plain, view.Termination},
		"termination message of an error": {safe.Plain, func(w io.Writer, r *report.Report) error {
			return view.Termination(w, &report.Report{Diagnostics: mistake(r)})
		}},
		"diagnostics":           {safe.Plain, func(w io.Writer, r *report.Report) error { return console.Diagnostics(w, mistake(r), r.Sources, false) }},
		"diagnostics in colour": {safe.Painted, func(w io.Writer, r *report.Report) error { return console.Diagnostics(w, mistake(r), r.Sources, true) }},
		"validate": {safe.Document, func(w io.Writer, r *report.Report) error {
			return view.ValidateJSON(w, &report.Validation{Diagnostics: mistake(r), Sources: r.Sources}, view.Options{})
		}},
		"version": {safe.Document, func(w io.Writer, _ *report.Report) error {
			return view.VersionJSON(w, report.Version{Version: hostileText, Go: hostileText, Platform: hostileText})
		}},
		"progress": {safe.Plain, func(w io.Writer, r *report.Report) error {
			_, err := io.WriteString(w, view.Progress(&apply.Series{Plan: r.Targets[0].Plan}, 1)+"\n")
			return err
		}},
		"tekton results": {safe.Plain, func(w io.Writer, r *report.Report) error {
			for _, result := range view.TektonResults(r) {
				if _, err := io.WriteString(w, result.Name+" "+result.Value+"\n"); err != nil {
					return err
				}
			}
			return nil
		}},
	}
	for _, f := range view.ReportFormats() {
		o := view.Options{Verbose: true}
		list[f.Name] = entry{f.Form(o), func(w io.Writer, r *report.Report) error { return f.Report(w, r, o) }}
		colored := view.Options{Verbose: true, Color: true}
		list[f.Name+" in colour"] = entry{f.Form(colored), func(w io.Writer, r *report.Report) error { return f.Report(w, r, colored) }}
		list[f.Name+" of several targets"] = entry{f.Form(o), func(w io.Writer, r *report.Report) error {
			several := *r
			several.Targets = append(slices.Clone(r.Targets), r.Targets...)
			return f.Report(w, &several, o)
		}}
	}
	return list
}

// TestViewsEscapeWhatIsHostile tests that no view relies on Seal: no output has the
// hostile text as it is, whichever text it replaces.
func TestViewsEscapeWhatIsHostile(t *testing.T) {
	files := map[string]string{"a file": hostileText + ".hcl", "an absolute file": "/" + hostileText + ".hcl", "no file": hostileText}
	for kind, file := range files {
		for name, v := range everyView() {
			t.Run(name+" of "+kind, func(t *testing.T) {
				got := string(render(t, func(b *bytes.Buffer) error { return v.write(b, poisoned(t, file)) }))
				if sealed := safe.Seal(got, v.form); sealed != got {
					t.Errorf("it leaves to be escaped:\n%s", firstDifference(got, sealed))
				}
				if !strings.HasPrefix(name, "github") && commands.MatchString(got) {
					t.Errorf("it has the command %q", commands.FindString(got))
				}
				if strings.HasPrefix(name, "github") && regexp.MustCompile(`(?m)^([^:]|:[^:]|::add|.*##\[)`).MatchString(got) {
					t.Errorf("it has other commands than ours:\n%s", got)
				}
			})
		}
	}
}

func firstDifference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	around := func(s string) string { return s[max(i-80, 0):min(i+40, len(s))] }
	return strings.ToValidUTF8(around(a), "?") + "\n" + around(b)
}

// TestDocumentsKeepWhatIsHostile tests that a JSON document keeps every text byte for
// byte, except bytes that JSON cannot represent.
func TestDocumentsKeepWhatIsHostile(t *testing.T) {
	var doc struct {
		Targets []struct {
			Name     string
			Findings []struct {
				Address, Reason, Remedy string
				Differences             []struct{ Declared, Found, Hint string }
				Undetermined            *struct{ Message, Hint string }
			}
			Snapshot *struct{ File string }
		}
		Diagnostics []struct{ Summary, Detail string }
	}
	got := render(t, func(b *bytes.Buffer) error { return result.Write(b, poisoned(t, "web.hcl")) })
	if err := json.Unmarshal(got, &doc); err != nil {
		t.Fatal(err)
	}
	want := strings.ToValidUTF8(hostileText, "\ufffd")
	target := doc.Targets[0]
	f, unknown := target.Findings[0], target.Findings[len(apply.Codes())]
	texts := []string{
		strings.TrimSuffix(f.Address, "#0"), f.Reason, f.Remedy, f.Differences[0].Declared, f.Differences[0].Found, f.Differences[0].Hint,
		unknown.Undetermined.Message, unknown.Undetermined.Hint, doc.Diagnostics[0].Summary, doc.Diagnostics[0].Detail, target.Snapshot.File, target.Name,
	}
	for i, text := range texts {
		if text != want {
			t.Errorf("text %d reads as %q", i, text)
		}
	}
}
