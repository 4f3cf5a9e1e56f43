package view_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
)

type sarifLog struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID    string
					Short struct{ Text string } `json:"shortDescription"`
					Full  struct{ Text string } `json:"fullDescription"`
					Help  struct{ Text string }
					URI   string `json:"helpUri"`
				}
			}
		}
		Invocations []struct {
			Successful    bool `json:"executionSuccessful"`
			Notifications []struct {
				Level string
				Rule  struct{ ID string } `json:"associatedRule"`
			} `json:"toolExecutionNotifications"`
		}
		Results []struct {
			RuleID       string
			RuleIndex    int
			Kind, Level  string
			Message      struct{ Text string }
			Fingerprints map[string]string `json:"partialFingerprints"`
			Locations    []struct {
				Physical struct {
					Artifact struct{ URI, URIBaseID string } `json:"artifactLocation"`
					Region   map[string]int
				} `json:"physicalLocation"`
			}
		}
	}
}

func readSARIF(t *testing.T, r *report.Report) sarifLog {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal([]byte(written(t, "sarif", r)), &log); err != nil {
		t.Fatal(err)
	}
	return log
}

// Each code has a rule with a description, and each result points at its own rule.
func TestEveryCodeHasARule(t *testing.T) {
	plan := everything(config.SeverityError)
	run := readSARIF(t, judged(plan, apply.Policy{})).Runs[0]
	rules := run.Tool.Driver.Rules
	seen := map[string]bool{}
	for _, rule := range rules {
		if seen[rule.ID] || !strings.HasSuffix(rule.Short.Text, ".") {
			t.Errorf("rule %q is described by %q", rule.ID, rule.Short.Text)
		}
		seen[rule.ID] = true
	}
	if want := len(apply.Codes()) + len(discovery.FailureCodes()) + len([]string{"deprecated", "error", "notice"}); len(rules) != want {
		t.Errorf("there are %d rules, want %d", len(rules), want)
	}
	var got, want []string
	for _, result := range run.Results {
		if rules[result.RuleIndex].ID != result.RuleID {
			t.Errorf("%s points at the rule %s", result.RuleID, rules[result.RuleIndex].ID)
		}
		got = append(got, result.RuleID+" "+result.Kind+" "+result.Level)
	}
	for _, code := range apply.Codes() {
		want = append(want, string(code)+" fail error")
	}
	for _, code := range discovery.FailureCodes() {
		want = append(want, string(code)+" open none")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got)\n%s", diff)
	}
	if n := len(run.Invocations[0].Notifications); n != len(discovery.FailureCodes()) {
		t.Errorf("there are %d notifications", n)
	}
}

func TestSARIFMessagesAreText(t *testing.T) {
	r := drifted(1, 0)
	r.Targets[0].Plan.Findings[0].Reason = "{0} [here](https://example.com)"
	if got := readSARIF(t, r).Runs[0].Results[0].Message.Text; !strings.HasSuffix(got, "reason: {{0}} [here] (https://example.com)") {
		t.Errorf("got %q", got)
	}
}
