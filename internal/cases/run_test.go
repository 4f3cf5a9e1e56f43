package cases_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// An outcome of a test is pass, skip or fail, with what it printed.
type outcome struct{ action, output string }

// run runs tests of one package, and gives the outcome of each and of those below.
func run(t *testing.T, folder string, names []testName) map[string]outcome {
	t.Helper()
	all := map[string]outcome{}
	for _, pattern := range patterns(names) {
		command := exec.CommandContext(t.Context(), "go", "test", "-json", "-timeout=15m", "-run="+pattern, "./"+folder)
		command.Dir = root
		var stderr bytes.Buffer
		command.Stderr = &stderr
		stdout, failure := command.Output()
		if _, exited := errors.AsType[*exec.ExitError](failure); failure != nil && !exited {
			t.Fatal(failure)
		}
		outcomes, err := parseEvents(bytes.NewReader(stdout))
		if err != nil {
			t.Fatalf("%s: %v\n%s%s", command, err, stdout, stderr.Bytes())
		}
		failed := false
		for _, o := range outcomes {
			failed = failed || o.action == "fail"
		}
		// It may have failed beside its tests, as for a goroutine that is left behind.
		if len(outcomes) == 0 || failure != nil && !failed {
			t.Errorf("%s: %v:\n%s%s", command, failure, stdout, stderr.Bytes())
		}
		// Where a run has been cut off by the other pattern, the whole one counts.
		for name, o := range outcomes {
			if all[name].action == "" || o.action == "fail" {
				all[name] = o
			}
		}
	}
	return all
}

// patterns gives what go test is to run: the tests that are named themselves, with all
// below; and of those of which sub-tests are named, no more than these.
func patterns(names []testName) []string {
	var whole, tops, belows []string
	for _, n := range names {
		if n.below() == "" {
			whole = append(whole, regexp.QuoteMeta(n.top()))
		}
	}
	for _, n := range names {
		if n.below() != "" && !slices.Contains(whole, regexp.QuoteMeta(n.top())) {
			tops, belows = append(tops, regexp.QuoteMeta(n.top())), append(belows, regexp.QuoteMeta(n.below()))
		}
	}
	var all []string
	if len(whole) > 0 {
		all = append(all, "^("+anyOf(whole)+")$")
	}
	if len(tops) > 0 {
		all = append(all, "^("+anyOf(tops)+")$/^("+anyOf(belows)+")$")
	}
	return all
}

func anyOf(names []string) string {
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "|")
}

// parseEvents reads what go test -json prints.
func parseEvents(from io.Reader) (map[string]outcome, error) {
	outcomes := map[string]outcome{}
	for decoder := json.NewDecoder(from); ; {
		var event struct{ Action, Test, Output string }
		err := decoder.Decode(&event)
		if errors.Is(err, io.EOF) {
			return outcomes, nil
		}
		if err != nil {
			return nil, err
		}
		if event.Test == "" {
			continue
		}
		o := outcomes[event.Test]
		switch event.Action {
		case "output":
			o.output += event.Output
		case "pass", "skip", "fail":
			o.action = event.Action
		}
		outcomes[event.Test] = o
	}
}
