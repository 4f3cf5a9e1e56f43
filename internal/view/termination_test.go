package view_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

func TestTerminationFitsItsLimit(t *testing.T) {
	for _, n := range []int{0, 1, 30, 40, 41, 42, 43, 44, 45, 100, 5000} {
		plan := &apply.Plan{}
		for i := range n {
			plan.Findings = append(plan.Findings,
				apply.Finding{
					Requirement:  config.Requirement{Address: `api["v1"].resource["ä"]`, Severity: config.SeverityWarning},
					Status:       apply.StatusUndetermined,
					Undetermined: &apply.Undetermined{Message: strings.Repeat("ü", 1200)},
				},
				apply.Finding{
					Requirement: config.Requirement{Address: fmt.Sprintf(`api["example.com/v%d"]`, i+1), Severity: config.SeverityError}, Status: apply.Drifted,
					Differences: []apply.Difference{{Code: apply.GroupVersionNotServed, Declared: "example.com/v1"}},
				})
		}
		r := judged(plan, apply.Policy{})
		got := string(render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }))
		if len(got) > view.TerminationLimit {
			t.Errorf("%d findings give %d bytes", n, len(got))
		}
		if strings.ToValidUTF8(got, "") != got {
			t.Errorf("%d findings give invalid UTF-8", n)
		}
		lines := strings.Split(got, "\n")
		if n > 0 && (!strings.HasPrefix(lines[0], "Drift.") || !strings.HasPrefix(lines[1], `- api["example.com/v1"] is not served`)) {
			t.Errorf("%d findings begin with\n%s", n, lines[0]+"\n"+lines[1])
		}
		if n == 5000 && !strings.Contains(got, "more\n") {
			t.Errorf("what does not fit is not counted:\n%s", got)
		}
	}
}

// TestTerminationCountsWhatDoesNotFit tries lines of each length, with as many
// findings as just fit, and some less and more. So the message ends at each distance
// from its limit. The line that counts the rest must fit too, and nothing is omitted
// that would have fit.
func TestTerminationCountsWhatDoesNotFit(t *testing.T) {
	full := 0
	for length := 3; length <= 200; length += 3 {
		// Each finding has a message of its own, because findings with the same
		// reason share a line.
		message := func(i int) string { return fmt.Sprintf("%03d", i) + strings.Repeat("x", length-3) }
		line := func(i int) string { return `? api["v1"]: ` + message(i) + "\n" }
		size := len(line(0))
		fit := view.TerminationLimit / size
		for n := fit - 4; n <= fit+10; n++ {
			plan := &apply.Plan{}
			for i := range n {
				plan.Findings = append(plan.Findings, unknown(`api["v1"]`, config.SeverityError, message(i), ""))
			}
			got := terminationOf(t, plan)
			if len(got) > view.TerminationLimit {
				t.Errorf("%d findings of %d bytes give %d bytes", n, size, len(got))
			}
			if len(got) == view.TerminationLimit {
				full++
			}
			shown, rest, lines := strings.Count(got, "? "), "", ""
			for i := range shown {
				lines += line(i)
			}
			if shown < n {
				rest = fmt.Sprintf("and %d more\n", n-shown)
			}
			head, _, _ := strings.Cut(got, "\n")
			if got != head+"\n"+lines+rest {
				t.Errorf("%d findings of %d bytes give\n%s", n, size, got)
			}
			// After the last line, nothing needs to be counted.
			needed := len(got) + size
			if n-shown == 1 {
				needed -= len(rest)
			}
			if shown < n && needed <= view.TerminationLimit {
				t.Errorf("%d findings of %d bytes: %d are left out of a message of %d bytes", n, size, n-shown, len(got))
			}
		}
	}
	if full == 0 {
		t.Error("no message is as long as it may be")
	}
}

func unknown(address string, severity config.Severity, message, hint string) apply.Finding {
	return apply.Finding{
		Requirement: config.Requirement{Address: address, Severity: severity}, Status: apply.StatusUndetermined,
		Undetermined: &apply.Undetermined{Code: discovery.Unreachable, Message: message, Hint: hint},
	}
}

func terminationOf(t *testing.T, plan *apply.Plan) string {
	t.Helper()
	r := judged(plan, apply.Policy{})
	return string(render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }))
}

// TestTerminationReasons tests that findings with the same reason share a line, and
// that a hint is shown once, under the reasons that have it.
func TestTerminationReasons(t *testing.T) {
	const e, w = config.SeverityError, config.SeverityWarning
	for name, test := range map[string]struct {
		findings []apply.Finding
		want     string
	}{
		"one reason": {
			[]apply.Finding{unknown("a", e, "no answer", "allow it"), unknown("b", e, "no answer", "allow it"), unknown("c", e, "no answer", "allow it")},
			"? a and 2 more: no answer\n  hint: allow it\n",
		},
		"reasons with one hint": {
			[]apply.Finding{unknown("a", e, "no answer of a", "allow it"), unknown("b", e, "no answer of b", "allow it"), unknown("c", e, "no answer of a", "allow it")},
			"? a and 1 more: no answer of a\n  hint: allow it\n? b: no answer of b\n",
		},
		"one message with two hints": {
			[]apply.Finding{unknown("a", e, "no", "allow a"), unknown("b", e, "no", "allow b")},
			"? a: no\n  hint: allow a\n? b: no\n  hint: allow b\n",
		},
		"no hint":  {[]apply.Finding{unknown("a", e, "no answer", "")}, "? a: no answer\n"},
		"warnings": {[]apply.Finding{unknown("a", w, "no", "allow it"), unknown("b", e, "no", "allow it"), unknown("c", w, "no", "allow it")}, "? b: no\n  hint: allow it\n? a and 1 more (warning): no\n"},
		"hostile":  {[]apply.Finding{unknown("a", e, "no\n? b: \x1b[31m", "allow\n  hint: nothing")}, "? a: no\\n? b: \\x1b[31m\n  hint: allow\\n  hint: nothing\n"},
	} {
		t.Run(name, func(t *testing.T) {
			_, got, _ := strings.Cut(terminationOf(t, &apply.Plan{Findings: test.findings}), "\n")
			if got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

// TestTerminationKeepsTheHint tests that the first 1024 bytes have the verdict, the
// reason and the hint, whatever a server or a proxy says and however much is
// declared. The kubelet keeps that much for each container in a Pod with twelve.
func TestTerminationKeepsTheHint(t *testing.T) {
	const hint = "if a NetworkPolicy denies egress, allow the API server"
	for _, length := range []int{20, 700, 2 << 10} {
		for _, n := range []int{1, 7, 5000} {
			for _, reasons := range []int{1, n} {
				plan := &apply.Plan{}
				for i := range n {
					message := fmt.Sprintf("GET /apis: %04d", i%reasons) + strings.Repeat("ü", length/2)
					plan.Findings = append(plan.Findings, unknown(strings.Repeat("a", 100), config.SeverityError, message, hint))
				}
				r := judged(plan, apply.Policy{})
				r.Targets[0].Wait = &report.Wait{Limit: time.Hour, Elapsed: time.Hour, Passes: 1000000, Consecutive: 1000}
				got := string(render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }))
				if len(got) > view.TerminationLimit || !utf8.ValidString(got) {
					t.Errorf("%d findings for %d reasons of %d bytes give %d bytes", n, reasons, length, len(got))
				}
				first := got[:min(len(got), 1024)]
				for _, part := range []string{"Undetermined.", "? a", "GET /apis: 0000", "\n  hint: " + hint + "\n"} {
					if !strings.Contains(first, part) {
						t.Errorf("%d findings for %d reasons of %d bytes: there is no %q in\n%s", n, reasons, length, part, first)
					}
				}
				counted := strings.Count(got, "? a")
				for _, more := range regexp.MustCompile(`(?m) and (\d+) more: |^and (\d+) more$`).FindAllStringSubmatch(got, -1) {
					number, err := strconv.Atoi(more[1] + more[2])
					if err != nil {
						t.Fatal(err)
					}
					counted += number
				}
				if counted != n {
					t.Errorf("%d findings for %d reasons of %d bytes: %d are counted in\n%s", n, reasons, length, counted, got)
				}
			}
		}
	}
}

func TestTerminationShowsErrors(t *testing.T) {
	r := &report.Report{Diagnostics: hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Unsupported argument", Detail: "An argument named \"x\"\nis not expected.",
		Subject: &hcl.Range{Filename: "a.hcl", Start: hcl.Pos{Line: 3}},
	}}}
	want := "Error: a.hcl line 3: Unsupported argument: An argument named \"x\"\\nis not expected.\n"
	if got := string(render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) })); got != want {
		t.Errorf("got %q", got)
	}
}
