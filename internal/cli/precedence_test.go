package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestExitCodeOfEveryFormat tests that an error comes before drift, and drift before
// undetermined. The code is the same for each format, alone, with others, and in a
// file; formats that contain the code contain this one.
func TestExitCodeOfEveryFormat(t *testing.T) {
	dir := t.TempDir()
	var saved bytes.Buffer
	if err := discovery.Save(&saved, apitest.Stock()); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "cluster.json"), saved.String())
	const (
		holds   = "api \"v1\" {}\n"
		drifts  = "api \"example.com/v1\" { served = true }\n"
		unknown = "permission \"p\" {\n  verbs = [\"create\"]\n  resources = [\"pods\"]\n  namespace = \"default\"\n}\n"
		invalid = "api \"v1\" {\n  servd = true\n}\n"
	)
	tests := []struct {
		name   string
		source string
		flags  []string
		code   int
		// plan is the code of plan, which does not fail on drift.
		plan int
	}{
		{"all holds", holds, nil, 0, 0},
		{"drift", holds + drifts, nil, 2, 0},
		{"drift that plan is to exit with", holds + drifts, []string{"--detailed-exitcode"}, 2, 2},
		{"undetermined", holds + unknown, nil, 3, 3},
		{"drift, and undetermined", drifts + unknown, nil, 2, 3},
		{"drift, and undetermined, in another order", unknown + drifts, nil, 2, 3},
		{"an error", invalid, nil, 1, 1},
		{"an error, drift, and undetermined", unknown + drifts + invalid, nil, 1, 1},
		{"an error in the command line, drift, and undetermined", unknown + drifts, []string{"--bogus"}, 1, 1},
		{"drift, undetermined, and what cannot be written", unknown + drifts, []string{"--termination-log", "nowhere/t"}, 1, 1},
		{"what cannot be written, and all holds", holds, []string{"--termination-log", "nowhere/t"}, 1, 1},
		{"no cluster at all", holds, []string{"--snapshot", "nowhere.json"}, 1, 1},
		{"undetermined, which is let pass", holds + unknown, []string{"--allow-undetermined"}, 0, 0},
		{"drift, and undetermined, which is let pass", drifts + unknown, []string{"--allow-undetermined"}, 2, 0},
		{"drift, which only warns", drifts + unknown, []string{"--warn-only"}, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run := func(command string, want int, outputs ...string) string {
				args := []string{command, "--snapshot", filepath.Join(dir, "cluster.json"), "-"}
				for _, output := range outputs {
					args = append(args, "-o", output)
				}
				a, err := runInWorker(job{Args: append(args, tt.flags...), Dir: dir, Stdin: tt.source})
				if err != nil {
					t.Fatal(err)
				}
				if a.Code != want {
					t.Errorf("%s with %v exits with %d, and not %d:\n%s%s", command, outputs, a.Code, want, a.Stdout, a.Stderr)
				}
				if (want == 1) != (a.Stderr != "") && !strings.Contains(a.Stderr, "Warning: ") {
					t.Errorf("%s with %v exits with %d and says %q", command, outputs, want, a.Stderr)
				}
				return a.Stdout
			}
			var files []string
			for command, want := range map[string]int{"plan": tt.plan, "apply": tt.code} {
				if command == "apply" && len(tt.flags) > 0 && tt.flags[0] == "--detailed-exitcode" {
					continue // it always does
				}
				for _, format := range reports {
					stdout := run(command, want, format)
					checkCode(t, format, stdout, want)
					files = append(files, format+"="+command+"."+format)
				}
				run(command, want, "text", "github")
				run(command, want, files[len(files)-len(reports):]...)
			}
		})
	}
}

// checkCode checks the code in a report, if the format contains it.
func checkCode(t *testing.T, format, report string, want int) {
	t.Helper()
	var got any
	switch format {
	case "json":
		got = document(t, []byte(report)).ExitCode
	case "sarif":
		var log struct {
			Runs []struct {
				Invocations []struct {
					ExitCode int `json:"exitCode"`
				} `json:"invocations"`
			} `json:"runs"`
		}
		if err := json.Unmarshal([]byte(report), &log); err != nil {
			t.Fatalf("%v:\n%s", err, report)
		}
		got = log.Runs[0].Invocations[0].ExitCode
	case "junit":
		property := fmt.Sprintf(`name="exit_code" value="%d"`, want)
		if !strings.Contains(report, property) {
			t.Errorf("junit lacks %s:\n%s", property, report)
		}
		return
	default:
		return
	}
	if got != want {
		t.Errorf("%s has %v, and not %d", format, got, want)
	}
}
