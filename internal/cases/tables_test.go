package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCases(t *testing.T) {
	first := "| 1 | a subject | `internal/cli.TestScripts/a,b`, `apply.FuzzDiff` | a result |"
	tests := []struct {
		name, second, err string
	}{
		{"whole", "| 2 | a | `apply.TestDiff` | b |", ""},
		{"other rows", "| case | what happens | tests | what comes of it |\n| x | y |", ""},
		{"one missing", "| 3 | a | `apply.TestDiff` | b |", "row 2 of the table is case 3"},
		{"one twice", "| 1 | a | `apply.TestDiff` | b |", "row 2 of the table is case 1"},
		{"no test", "| 2 | a |  | b |", `case 2 names "", which is no test`},
		{"no name", "| 2 | a | by hand | b |", `case 2 names "by hand", which is no test`},
		{"no result", "| 2 | a | `apply.TestDiff` |  |", "case 2 has an empty column"},
		{"a column too many", "| 2 | a | `apply.TestDiff` | b | c |", "case 2 has 5 columns, want 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := parseCases("# A table\n\n" + first + "\n" + tt.second + "\n")
			if fmt.Sprint(err) != tt.err && (err != nil || tt.err != "") {
				t.Fatalf("got %v, want %s", err, tt.err)
			}
			want := row{"case 1", []testName{{"internal/cli", "TestScripts/a,b"}, {"apply", "FuzzDiff"}}}
			if err == nil && (len(rows) == 0 || !cmp.Equal(rows[0], want, cmp.AllowUnexported(row{}, testName{}))) {
				t.Errorf("got %v", rows)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	outcomes := func(outcome string, tests map[string]string) *packageResult {
		p := &packageResult{outcome: outcome, tests: map[string]*testResult{}}
		for name, outcome := range tests {
			p.tests[name] = &testResult{outcome: outcome}
		}
		return p
	}
	r := &results{packages: map[string]*packageResult{
		"apply":  outcomes("pass", map[string]string{"TestDiff": "pass", "TestSkip": "skip"}),
		"config": outcomes("fail", map[string]string{"TestLoad": "pass", "TestBroken": "fail"}),
		"e2e":    outcomes("pass", map[string]string{"TestWait": "pass", "TestSkip": "skip"}),
	}}
	tests := []struct {
		name     string
		tests    []testName
		endToEnd bool
		want     []string
	}{
		{"passed", []testName{{"apply", "TestDiff"}}, false, nil},
		{"passed and skipped", []testName{{"apply", "TestDiff"}, {"apply", "TestSkip"}}, false, nil},
		{"passed and end to end", []testName{{"apply", "TestDiff"}, {"e2e", "TestNone"}}, false, nil},
		{"skipped", []testName{{"apply", "TestSkip"}}, false, []string{"case 1: no test that ran here shows it"}},
		{"end to end alone", []testName{{"e2e", "TestWait"}}, false, []string{"case 1: no test that ran here shows it"}},
		{"unknown", []testName{{"apply", "TestDiff"}, {"apply", "TestDiff/a"}}, false, []string{"case 1: apply.TestDiff/a did not run"}},
		{"an unknown package", []testName{{"apply", "TestDiff"}, {"nowhere", "TestDiff"}}, false, []string{"case 1: nowhere.TestDiff did not run"}},
		{"failed", []testName{{"config", "TestBroken"}}, false, []string{"case 1: config.TestBroken failed"}},
		{"cut off by a failure", []testName{{"config", "TestNone"}}, false, nil},
		{"end to end: passed", []testName{{"apply", "TestNone"}, {"e2e", "TestWait"}}, true, nil},
		{"end to end: skipped", []testName{{"e2e", "TestSkip"}}, true, nil},
		{"a sub-test of one that skipped", []testName{{"apply", "TestDiff"}, {"apply", "TestSkip/a/b"}}, false, nil},
		{"end to end: unknown", []testName{{"e2e", "TestWait/a"}}, true, []string{"case 1: e2e.TestWait/a did not run"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tables{cases: []row{{"case 1", tt.tests}}}.check(r, tt.endToEnd)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	got := tables{environments: []row{{"a quota", []testName{{"e2e", "TestNone"}}}}}.check(r, true)
	if diff := cmp.Diff([]string{"a quota: e2e.TestNone did not run"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseEnvironments(t *testing.T) {
	rows := parseEnvironments(strings.Join([]string{
		"| environment | test |", "| --- | --- |", "| a quota | `yes` | `e2e.TestA`, `e2e.TestB/c d` |", "text with `e2e.TestC`",
	}, "\n"))
	want := []row{{"a quota", []testName{{"e2e", "TestA"}, {"e2e", "TestB/c d"}}}}
	if diff := cmp.Diff(want, rows, cmp.AllowUnexported(row{}, testName{})); diff != "" {
		t.Error(diff)
	}
}
