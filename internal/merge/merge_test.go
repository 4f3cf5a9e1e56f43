package merge_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/merge"
	"github.com/kreconcile/kreconcile/internal/view/result"
)

// finding is the text of one that is satisfied.
const finding = `{"address": "api[\"v1\"]", "type": "api", "status": "satisfied", "severity": "error"}`

// driftedFinding is the text of one that drifted.
const driftedFinding = `{"address": "api[\"v1\"]", "type": "api", "status": "drifted", "severity": "error",
"differences": [{"code": "group-version-not-served", "declared": "v1"}]}`

// document is the text of a result of apply with one target.
func document(exitCode, verdict, summary, findings string) string {
	return `{"format_version": "2.3", "kreconcile_version": "v1", "command": "apply", "verdict": ` + verdict + `, "exit_code": ` + exitCode + `,
"targets": [{"type": "server", "name": "https://10.0.0.1", "connection": {"server": "https://10.0.0.1"},
  "verdict": ` + verdict + `, "summary": ` + summary + `, "findings": [` + findings + `]}], "diagnostics": []}`
}

func satisfied() string { return document("0", `"satisfied"`, `{"total": 1, "satisfied": 1}`, finding) }

// read writes files and reads them.
func read(t *testing.T, texts ...string) []merge.Result {
	t.Helper()
	t.Chdir(t.TempDir())
	var paths []string
	for i, text := range texts {
		path := string(rune('a'+i)) + ".json"
		if err := os.WriteFile(filepath.Clean(path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return merge.Read(paths, nil)
}

// TestWhatCannotBeRead tests that each such text becomes an error at its place.
func TestWhatCannotBeRead(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":             {"", "a.json:0 It is empty."},
		"blanks":              {" \n\t\n", "a.json:0 It is empty."},
		"a list":              {"[]", "a.json:1 It has something other than JSON objects; a result must not be mixed with messages."},
		"an end":              {"  \"diagnostics\": []\n}\n", "a.json:1 It has something other than JSON objects; a result must not be mixed with messages."},
		"UTF-16":              {"\xff\xfe{\x00", "a.json:0 It is UTF-16, as PowerShell's > writes it; write it with -o json=FILE, or save it as UTF-8."},
		"cut off":             {satisfied() + "\n" + satisfied()[:200], "a.json:4 It is cut off: the JSON object that begins here does not end."},
		"wrong syntax":        {"\n{\n\"command\": }", "a.json:3 Invalid character '}' looking for beginning of value."},
		"a wrong type":        {strings.Replace(satisfied(), `"exit_code": 0`, `"exit_code": "0"`, 1), "a.json:1 In exit_code: it must not be a JSON string."},
		"a snapshot":          {`{"format_version": "1.3", "endpoint": ""}`, "a.json:1 It is not a result of plan or apply."},
		"another command":     {`{"format_version": "2.3", "command": "explain", "targets": []}`, "a.json:1 It is not a result of plan or apply."},
		"a newer version":     {`{"format_version": "3.0", "command": "plan"}`, "a.json:1 Its format_version is \"3.0\", and this kreconcile reads 2.0 to 2.4 and later minor versions; use the kreconcile that wrote it."},
		"no version":          {`{"command": "plan"}`, "a.json:1 Its format_version is \"\", and this kreconcile reads 2.0 to 2.4 and later minor versions; use the kreconcile that wrote it."},
		"no minor version":    {strings.Replace(satisfied(), `"2.3"`, `"2.x"`, 1), "a.json:1 Its format_version is \"2.x\", and this kreconcile reads 2.0 to 2.4 and later minor versions; use the kreconcile that wrote it."},
		"no exit code":        {strings.Replace(satisfied(), `"exit_code": 0,`, "", 1), "a.json:1 The exit_code is missing."},
		"an exit code null":   {strings.Replace(satisfied(), `"exit_code": 0`, `"exit_code": null`, 1), "a.json:1 The exit_code is missing."},
		"another exit code":   {document("0", `"drifted"`, `{"total": 1, "drifted": 1}`, driftedFinding), "a.json:1 The exit_code does not follow from the verdict."},
		"a worse verdict":     {strings.Replace(satisfied(), `"satisfied"`, `"drifted"`, 1), "a.json:1 The verdict does not follow from the targets."},
		"no verdict of all":   {strings.Replace(satisfied(), `"verdict": "satisfied"`, `"verdict": null`, 1), "a.json:1 The verdict does not follow from the targets."},
		"a name twice":        {strings.Replace(satisfied(), `"targets"`, `"targets": [], "targets"`, 1), "a.json:1 An object has a name twice, or a text is not UTF-8."},
		"nesting":             {strings.Replace(satisfied(), `"diagnostics"`, `"x": `+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`, "diagnostics"`, 1), "a.json:1 It has more than 100 brackets inside one another."},
		"many small items":    {strings.Replace(satisfied(), `"targets": [`, `"targets": [`+strings.Repeat("0,", 50_001), 1), "a.json:1 All results together have more than 50000 targets, findings, differences and diagnostics."},
		"a better verdict":    {document("0", `"satisfied"`, `{"total": 1, "drifted": 1}`, strings.Replace(finding, "satisfied", "drifted", 1)), "a.json:1 In targets[0].findings[0]: it drifted, but has no differences."},
		"other counts":        {document("0", `"satisfied"`, `{"total": 2, "satisfied": 2}`, finding), "a.json:1 In targets[0]: the verdict does not follow from the findings."},
		"a verdict of none":   {document("0", `"skipped"`, `{"total": 1, "satisfied": 1}`, finding), "a.json:1 In targets[0]: the verdict does not follow from the findings."},
		"a status of none":    {document("0", `"satisfied"`, `{"total": 1, "satisfied": 1}`, strings.Replace(finding, `"satisfied"`, `"fine"`, 1)), "a.json:1 In targets[0].findings[0]: the status \"fine\" is not known; a newer kreconcile may know it."},
		"one address twice":   {document("0", `"satisfied"`, `{"total": 2, "satisfied": 2}`, finding+", "+finding), "a.json:1 In targets[0].findings[1]: the address is not unique."},
		"an unknown cause":    {document("2", `"drifted"`, `{"total": 1, "drifted": 1}`, strings.Replace(finding, `"status": "satisfied"`, `"status": "drifted", "cause": "x"`, 1)), "a.json:1 In targets[0].findings[0]: the cause is no finding with the same status."},
		"an unknown severity": {document("0", `"satisfied"`, `{"total": 1, "satisfied": 1}`, strings.Replace(finding, `"error"`, `"none"`, 1)), "a.json:1 In targets[0].findings[0]: the severity \"none\" is not known; a newer kreconcile may know it."},
		"a code without facet": {document("2", `"drifted"`, `{"total": 1, "drifted": 1}`,
			strings.Replace(finding, `"status": "satisfied"`, `"status": "drifted", "differences": [{"code": "scope-mismatch"}]`, 1)),
			"a.json:1 In targets[0].findings[0]: the facet of scope-mismatch is missing."},
	} {
		t.Run(name, func(t *testing.T) {
			results := read(t, tt.text)
			last := results[len(results)-1].Report
			if len(last.Diagnostics) != 1 || last.ExitCode != 1 || len(last.Targets) > 0 {
				t.Fatalf("it was read: %+v", last)
			}
			d := last.Diagnostics[0]
			if got := d.Subject.Filename + ":" + string(rune('0'+d.Subject.Start.Line)) + " " + d.Detail; got != tt.want || !last.Diagnostics.HasErrors() {
				t.Errorf("(-want +got)\n%s", cmp.Diff(tt.want, got))
			}
			if r := merge.Join(results, "v2"); !r.Diagnostics.HasErrors() {
				t.Error("the error is lost")
			} else if _, ok := r.Worst(); ok {
				t.Error("there is a verdict")
			}
		})
	}
}

// TestOlderResults tests that a result without what version 2.3 added has the same verdict.
func TestOlderResults(t *testing.T) {
	for name, text := range map[string]string{
		"satisfied":     satisfied(),
		"drifted":       document("2", `"drifted"`, `{"total": 1, "drifted": 1}`, driftedFinding),
		"warning only":  document("0", `"satisfied"`, `{"total": 1, "drifted": 1, "warnings": 1}`, driftedFinding),
		"fails anyhow":  document("2", `"drifted"`, `{"total": 1, "drifted": 1}`, strings.Replace(driftedFinding, `"error"`, `"warning"`, 1)),
		"nothing to do": document("0", `"satisfied"`, `{}`, ""),
	} {
		t.Run(name, func(t *testing.T) {
			r := merge.Join(read(t, strings.Replace(text, "2.3", "2.0", 1)), "v2")
			if r.Diagnostics.HasErrors() || r.Targets[0].Plan == nil {
				t.Errorf("%v, %+v", r.Diagnostics, r.Targets[0])
			}
		})
	}
}

// TestInterruptedRuns tests that a verdict at the end of a run that a signal ended is not taken for a pass.
func TestInterruptedRuns(t *testing.T) {
	r := merge.Join(read(t, strings.Replace(satisfied(), `"exit_code": 0`, `"exit_code": 143`, 1)), "v2")
	if r.Targets[0].Plan != nil || !r.Diagnostics.HasErrors() || r.Diagnostics[0].Summary != "Interrupted run" {
		t.Errorf("%v, %+v", r.Diagnostics, r.Targets[0])
	}
}

// TestJoiningIsAssociative tests every way to join three files, of which one has two results and one has none.
func TestJoiningIsAssociative(t *testing.T) {
	other := strings.Replace(strings.Replace(satisfied(), `"v1", "command"`, `"v0", "command"`, 1), "10.0.0.1", "10.0.0.2", 2)
	other = strings.Replace(other, `"diagnostics": []`, `"diagnostics": [{"severity": "warning", "summary": "S", "detail": "D"}, {"severity": "warning", "summary": "S", "detail": "D"}]`, 1)
	all := read(t, satisfied()+"\n"+other, `{"format_version": "2.3", "command": "plan", "exit_code": 1, "diagnostics": [{"severity": "error", "summary": "E"}]}`, other+satisfied())
	text := func(results []merge.Result) string {
		var b bytes.Buffer
		if err := result.Write(&b, merge.Join(results, "v2")); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	again := func(results []merge.Result) merge.Result {
		r, err := result.Read([]byte(text(results)))
		if err != nil {
			t.Fatal(err)
		}
		return merge.Result{Name: "joined.json", Report: r}
	}
	if len(all) != 5 {
		t.Fatalf("there are %d results", len(all))
	}
	want := text(all)
	for _, name := range []string{`"result": "a.json#1"`, `"result": "a.json#2"`, `"name": "b.json"`, `"result": "c.json#2"`} {
		if !strings.Contains(want, name) {
			t.Errorf("%s is missing in\n%s", name, want)
		}
	}
	for i := range all {
		for j := i + 2; j <= len(all); j++ {
			var parts []merge.Result
			parts = append(append(append(parts, all[:i]...), again(all[i:j])), all[j:]...)
			if diff := cmp.Diff(want, text(parts)); diff != "" {
				t.Errorf("joined from %d to %d first (-want +got)\n%s", i, j, diff)
			}
		}
	}
}
