package cli_test

import (
	"encoding/json"
	"os"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// refusal is the JSON document of a run that refuses or determines nothing.
const refusal = "refusal.json"

// refuses runs kreconcile apply, with a JSON document in a file. It expects exit code
// 1 and exactly this diagnostic on standard error and in the document. The arguments follow the summary and
// the detail of the diagnostic.
func refuses(ts *testscript.TestScript, _ bool, args []string) {
	summary, detail, args := args[0], args[1], append([]string{"apply", "-o", "text", "-o", "json=" + refusal}, args[2:]...)
	o := runScript(ts, "", args)
	if o.Code != 1 {
		ts.Fatalf("it exits with %d, not 1", o.Code)
	}
	if diff := cmp.Diff("", o.Stdout); diff != "" {
		ts.Fatalf("standard output (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("Error: "+summary+"\n\n"+detail+"\n", o.Stderr); diff != "" {
		ts.Fatalf("standard error (-want +got):\n%s", diff)
	}
	var got map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(refusal)), &got))
	ts.Check(os.Remove(ts.MkAbs(refusal)))
	delete(got, "format_version")
	delete(got, "kreconcile_version")
	want := map[string]any{
		"command": "apply", "exit_code": 1.0, "shard": nil, "verdict": nil, "targets": []any{},
		"diagnostics": []any{map[string]any{"severity": "error", "summary": summary, "detail": detail}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		ts.Fatalf("the document (-want +got):\n%s", diff)
	}
}
