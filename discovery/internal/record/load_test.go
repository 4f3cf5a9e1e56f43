package record_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/record"
)

func TestLoadErrors(t *testing.T) {
	edit := func(old, changed string) string {
		if !strings.Contains(smallJSON, old) {
			panic("nothing to edit: " + old)
		}
		return strings.Replace(smallJSON, old, changed, 1)
	}
	const head = `{"format_version":"1.2","endpoint":"","time":"2026-01-31T11:00:00Z"`
	fields := func(list string) string { return head + `,"fields":[` + list + `]}` }
	const savedField = `{"group_version":"v1","kind":"Pod","path":"spec","field":{"value":{"presence":"open","at":"","siblings":[],"type":"","required":false}}}`
	long := strings.Repeat("x", 257)
	tests := []struct{ name, src, err string }{
		{"empty file", "", "it is empty"},
		{"not JSON", "hello", "it is not a snapshot: it is not JSON: invalid character 'h' at start of value after 0 bytes"},
		{"HCL", "api \"v1\" {}\n", "it is not a snapshot: it is not JSON: invalid character 'a' at start of value after 0 bytes"},
		{"list", "[]", "it is not a snapshot: a list stands where an object is expected"},
		{"empty object", "{}", "it is not a snapshot of kreconcile: it has no format_version"},
		{"Kubernetes object", `{"apiVersion":"v1","kind":"Pod","metadata":{}}`, `it is not a snapshot of kreconcile, but an object of Kubernetes, of kind "Pod"`},
		{"cut off", smallJSON[:len(smallJSON)/2], "at /core/value/versions/0/resources/value/0/subresources/0: it ends in the middle, after 739 bytes"},
		{"cut off before its last brace", strings.TrimSuffix(smallJSON, "}\n"), "it ends in the middle, after 1476 bytes"},
		{"two snapshots", smallJSON + smallJSON, "it is not a snapshot: something follows the end of the document"},
		{"newer format", edit(`"1.2"`, `"1.4"`), `its format_version "1.4" was made by a newer kreconcile; this one reads "1.3"`},
		{"much newer format", edit(`"1.2"`, `"10.0"`), `its format_version "10.0" was made by a newer kreconcile; this one reads "1.3"`},
		{"older format", edit(`"1.2"`, `"0.9"`), `its format_version is "0.9"; this kreconcile reads "1.3"`},
		{"odd format", edit(`"1.2"`, `"one"`), `its format_version is "one"; this kreconcile reads "1.3"`},
		{"empty format", edit(`"1.2"`, `""`), `it is not a snapshot: at /format_version: it is empty`},
		{"format is a number", edit(`"1.2"`, `1.1`), `it is not a snapshot: at /format_version: a number stands where a string is expected`},
		{"no endpoint", `{"format_version":"1.2","time":"2026-01-31T11:00:00Z"}`, "it has no endpoint"},
		{"no endpoint and no time", `{"format_version":"1.2"}`, "it has no endpoint, time"},
		{"time of another form", edit("2026-01-31T11:00:00.005Z", "yesterday"), `at /time: "yesterday" is not a time such as 2026-01-31T12:00:00Z`},
		{"unknown member", edit(`"preferred": "v1"`, `"favourite": "v1"`), "at /core/value/favourite: this member is not part of the format"},
		{"unknown fact", head + `,"facts":{}}`, "at /facts: this member is not part of the format"},
		{"duplicate member", edit(`"kind": "Pod"`, `"kind": "Pod", "kind": "Pod"`), `it is not a snapshot: at /core/value/versions/0/resources/value/0: the name "kind" is there twice`},
		{"missing member", edit(`"kind": "Pod",`, ``), "at /core/value/versions/0/resources/value/0: it has no kind"},
		{"null member", edit(`"kind": "Pod"`, `"kind": null`), "at /core/value/versions/0/resources/value/0/kind: null stands where a value is expected"},
		{"fields in a format without them", strings.Replace(head, "1.2", "1.0", 1) + `,"fields":[]}`, "at /fields: this member is not part of the format"},
		{"rules in a format without them", strings.Replace(fields(`{"group_version":"v1","kind":"Pod","path":"spec","field":{"value":{"enum_rules":[]}}}`), "1.2", "1.1", 1), "at /fields/0/field/value/enum_rules: this member is not part of the format"},
		{"rule without a place", fields(`{"group_version":"v1","kind":"Pod","path":"spec","field":{"value":{"enum_rules":[{"keyword":"pattern"}]}}}`), "at /fields/0/field/value/enum_rules/0: it has no at"},
		{"field without an answer", fields(`{"group_version":"v1","kind":"Pod","path":"spec","field":{}}`), "at /fields/0/field: it has to have either a value or a failure"},
		{"field that nobody asked for", fields(`{"group_version":"v1","kind":"Pod","path":"spec"}`), "at /fields/0: it has no field"},
		{"field of no group version", fields(`{"group_version":"a/b/c","kind":"Pod","path":"spec"}`), "at /fields/0/group_version: it has more than one slash"},
		{"field of no kind", fields(`{"group_version":"v1","kind":""}`), "at /fields/0/kind: it is empty"},
		{"field of no path", fields(`{"group_version":"v1","kind":"Pod","path":"spec..x"}`), "at /fields/0/path: a name is missing beside a dot or before []"},
		{"field of unknown presence", fields(`{"field":{"value":{"presence":"there"}}}`), `at /fields/0/field/value/presence: "there" is not a presence`},
		{"field twice", fields(savedField + "," + savedField), `at /fields/1: it is there twice`},
		{"null fact", head + `,"core":null}`, "at /core: null stands where a value is expected"},
		{"fact without value and failure", head + `,"core":{}}`, "at /core: it has to have either a value or a failure"},
		{"fact with both", head + `,"confirmed":{"value":true,"failure":{"code":"stale","message":"m"}}}`, "at /confirmed: it has to have either a value or a failure"},
		{"confirmed is false", head + `,"confirmed":{"value":false}}`, "at /confirmed/value: the value is something else than true"},
		{"unknown scope", edit(`"scope": "Namespaced"`, `"scope": "namespaced"`), `at /core/value/versions/0/resources/value/0/scope: "namespaced" is not a scope`},
		{"unknown code", edit(`"code": "stale"`, `"code": "fine"`), `at /groups/value/0/versions/0/resources/failure/code: "fine" is not a code of a failure`},
		{"failure without a message", edit(`"message": "it is stale"`, `"message": ""`), "at /groups/value/0/versions/0/resources/failure: the message is empty"},
		{"stale with resources", edit(`"freshness": "Current"`, `"freshness": "Stale"`), `at /core/value/versions/0: the resources cannot be known where the freshness is "Stale"`},
		{"core group with a name", edit(`"name": ""`, `"name": "apps"`), `at /core/value: the core group has the name "apps"`},
		{"group without a name", edit(`"name": "metrics.k8s.io"`, `"name": ""`), "at /groups/value: a group has no name"},
		{"long name of a group", head + `,"groups":{"value":[{"name":"` + long + `","preferred":"","versions":[]}]}}`, "at /groups/value/0/name: it is longer than 256 bytes"},
		{"long name of the preferred version", head + `,"groups":{"value":[{"name":"a","preferred":"` + long + `","versions":[]}]}}`, "at /groups/value/0/preferred: it is longer than 256 bytes"},
		{"long short name", edit(`"short_names": [`, `"short_names": ["`+long+`",`), `at /core/value/versions/0/resources/value: the name "` + long[:253] + `…" is longer than 256 bytes`},
		{"long address", head + `,"server_addresses":{"value":["` + long + `"]}}`, "at /server_addresses/value/0: it is longer than 256 bytes"},
		{"long sibling", fields(`{"group_version":"v1","kind":"Pod","path":"a","field":{"value":{"presence":"absent","at":"","siblings":["` + long + `"]}}}`), "at /fields/0/field/value/siblings/0: it is longer than 256 bytes"},
		{"long value of an enum", fields(`{"group_version":"v1","kind":"Pod","path":"a","field":{"value":{"enum":["` + long + `"]}}}`), "at /fields/0/field/value/enum/0: it is longer than 256 bytes"},
		{"long verb", edit(`"verbs": [`, `"verbs": ["`+long+`",`), `at /core/value/versions/0/resources/value: the name "` + long[:253] + `…" is longer than 256 bytes`},
		{"long version", head + `,"version":{"value":{"git_version":"` + long + `"}}}`, "at /version/value/git_version: it is longer than 256 bytes"},
		{"emulated release in a format without it", strings.Replace(head, "1.2", "1.1", 1) + `,"version":{"value":{"git_version":"v1.36.3","major":"","minor":"","emulation_minor":"33","platform":""}}}`, "at /version/value/emulation_minor: this member is not part of the format"},
		{"long emulated release", head + `,"version":{"value":{"git_version":"v1.36.3","major":"","minor":"","emulation_minor":"` + long + `","platform":""}}}`, "at /version/value/emulation_minor: it is longer than 256 bytes"},
		{"group twice", head + `,"groups":{"value":[{"name":"a","preferred":"","versions":[]},{"name":"a","preferred":"","versions":[]}]}}`, `at /groups/value: the group "a" is listed twice`},
		{"version twice", head + `,"core":{"value":{"name":"","preferred":"","versions":[{"name":"v1","freshness":""},{"name":"v1","freshness":""}]}}}`, `at /core/value: the group "" lists its version "v1" twice`},
		{"subresource twice", edit(`"subresources": [`, `"subresources": [{"name": "log", "kind": "", "verbs": []},`), `at /core/value/versions/0/resources/value: the subresource "pods/log" is listed twice`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := record.Load(strings.NewReader(test.src))
			if err == nil || err.Error() != test.err {
				t.Errorf("error:\n got %v\nwant %s", err, test.err)
			}
			if s != nil {
				t.Error("a snapshot beside an error")
			}
		})
	}
}

// padded is a text with endless white space behind it.
type padded string

func (t padded) ReadAt(p []byte, at int64) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	if at < int64(len(t)) {
		copy(p, t[at:])
	}
	return len(p), nil
}

func TestLoadCap(t *testing.T) {
	if _, err := record.Load(io.NewSectionReader(padded(smallJSON), 0, 64<<20)); err != nil {
		t.Errorf("exactly the cap: %v", err)
	}
	_, err := record.Load(io.MultiReader(io.NewSectionReader(padded(smallJSON), 0, 64<<20+1)))
	if err == nil || err.Error() != "it is larger than 64 MiB" {
		t.Errorf("more than the cap: %v", err)
	}
}

// A value that is larger than any document it may come from is not read to its end,
// and white space is not kept.
func TestLoadLargeValues(t *testing.T) {
	const head = `before{"format_version":"1.2","time":"2026-01-31T11:00:00Z","endpoint":`
	long := strings.Repeat("x", 16<<20)
	tests := []struct {
		name, src, want string
		ways            int
	}{
		{"as large as may be", head + `"` + long[2:] + `"}`, "at /endpoint: it is longer than 1024 bytes", 1},
		{"one byte more", head + `"` + long + `"}`, "a value of it is larger than 16 MiB", 1},
		{"with quotes that are escaped", head + `"` + strings.Repeat(`\"`, 9<<20) + `"}`, "a value of it is larger than 16 MiB", 1},
		{"a number", head + strings.Repeat("1", 17<<20) + "}", "a value of it is larger than 16 MiB", 1},
		{"space", "before\n" + strings.Repeat(" ", 17<<20) + head[len("before"):] + strings.Repeat("\t", 1<<20) + `""` + strings.Repeat("\r\n", 1<<20) + "}", "", 2},
		{"space between numbers", head + "1" + strings.Repeat(" ", 1<<20) + "2}", "it is not a snapshot: it is not JSON: invalid character '2' after object value (expecting ',' or '}') after 65602 bytes", 1},
	}
	for _, test := range tests {
		for _, seeks := range []bool{true, false}[:test.ways] {
			t.Run(fmt.Sprintf("%s, seeks: %t", test.name, seeks), func(t *testing.T) {
				r := io.Reader(strings.NewReader(test.src))
				if _, err := io.CopyN(io.Discard, r, 6); err != nil {
					t.Fatal(err)
				}
				if !seeks {
					r = io.MultiReader(r)
				}
				_, err := record.Load(r)
				got := ""
				if err != nil {
					got = err.Error()
				}
				if got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		}
	}
}

// What a server says of a failure, or of a review, was cut when it was recorded.
func TestLoadCutsMessages(t *testing.T) {
	long := strings.Repeat("x", 3_000)
	s, err := record.Load(strings.NewReader(`{"format_version":"1.2","endpoint":"","time":"2026-01-31T11:00:00Z",` +
		`"confirmed":{"failure":{"code":"stale","message":"` + long + `"}},"reviews":[{"verb":"get","group":"","resource":"","subresource":"","namespace":"",` +
		`"name":"","path":"/p","answer":{"value":{"allowed":false,"denied":false,"reason":"` + long + `","evaluation_error":"` + long + `"}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	answer := s.Review(model.Review{Verb: "get", Path: "/p"}).Value
	for _, got := range []string{s.Confirmed.Failure.Message, answer.Reason, answer.EvaluationError} {
		if got != long[:2045]+"…" {
			t.Errorf("got %d bytes", len(got))
		}
	}
}

// TestLoadRecorded holds that the snapshots of real servers in testdata are what
// would be saved today.
func TestLoadRecorded(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/snapshots/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d snapshots, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			recorded, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := record.Load(bytes.NewReader(recorded))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(recorded), save(t, s)); diff != "" {
				t.Errorf("(-recorded +saved again):\n%s", diff)
			}
		})
	}
}
