package cli_test

import (
	"encoding/json"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// refuses runs kreconcile apply twice, as text and as JSON. It expects exit code 1
// and exactly this diagnostic on both streams. The arguments follow the summary and
// the detail of the diagnostic.
func refuses(ts *testscript.TestScript, _ bool, args []string) {
	summary, detail, args := args[0], args[1], append([]string{"1", "kreconcile", "apply"}, args[2:]...)
	said := func(format, wantOut, gotOut string) {
		if diff := cmp.Diff(wantOut, gotOut); diff != "" {
			ts.Fatalf("%s: standard output (-want +got):\n%s", format, diff)
		}
		if diff := cmp.Diff("Error: "+summary+"\n\n"+detail+"\n", ts.ReadFile("stderr")); diff != "" {
			ts.Fatalf("%s: standard error (-want +got):\n%s", format, diff)
		}
	}
	exits(ts, false, args)
	said("text", "", ts.ReadFile("stdout"))

	exits(ts, false, append(args, "-o", "json"))
	said("JSON", "", "")
	var got map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &got))
	delete(got, "format_version")
	delete(got, "kreconcile_version")
	want := map[string]any{
		"command": "apply", "exit_code": 1.0, "verdict": nil, "targets": []any{},
		"diagnostics": []any{map[string]any{"severity": "error", "summary": summary, "detail": detail}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		ts.Fatalf("the document (-want +got):\n%s", diff)
	}
}
