package apply_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// A server may choose long names. They are judged whole and shown cut.
func TestLongTextsAreShownCut(t *testing.T) {
	long := strings.Repeat("é", 1_000) // of two bytes each, so that a cut may fall into one
	cut := strings.Repeat("é", 126) + "…"
	var addresses, listed []string
	for i := range 30 {
		addresses = append(addresses, fmt.Sprintf("%d%s", i, long))
		if i < 20 {
			listed = append(listed, fmt.Sprint(i, strings.Repeat("é", (256-len("…")-len(fmt.Sprint(i)))/2), "…"))
		}
	}
	const deployments = `api "apps/v1" { resource "deployments" {} }`
	absent := func(path string, f discovery.Field) *discovery.Snapshot {
		f.Presence = discovery.FieldAbsent
		s := snapshot()
		s.Fields = schemaOf(map[string]discovery.Field{path: f})
		return s
	}
	typed := snapshot()
	typed.Fields = schemaOf(map[string]discovery.Field{"a": {Presence: discovery.FieldPresent, Type: long}})
	enum := snapshot()
	enum.Fields = schemaOf(map[string]discovery.Field{"a": {Presence: discovery.FieldPresent, Type: "string", Enum: []string{long + "1", long + "2"}}})
	open := snapshot()
	open.Fields = schemaOf(map[string]discovery.Field{"a": {Presence: discovery.FieldOpen, At: long}})
	named := snapshot()
	named.Named.Value[0].Versions = []discovery.Version{{Name: long + "1"}, {Name: long + "2"}}
	one := snapshot()
	one.Named.Value[0].Versions = []discovery.Version{{Name: long}}
	version := snapshot()
	version.Version.Value.GitVersion = "v1.30.0-" + strings.Repeat("x", 1_000)
	unreadable := snapshot()
	unreadable.Version.Value = discovery.ServerVersion{GitVersion: long, Major: long, Minor: long}
	published := snapshot()
	published.ServerAddresses = discovery.Known(addresses)

	tests := []struct {
		name        string
		declaration *config.Declaration
		snapshot    *discovery.Snapshot
		want        string // the last outcome
	}{
		{"versions", parse(t, `api "apps/v1" {}`), named, `api["apps/v1"] drifted group-version-not-served "apps/v1" -> "" (` + cut + " and " + cut + " are served)"},
		{"one version", parse(t, `api "apps/v1" {}`), one, `api["apps/v1"] drifted group-version-not-served "apps/v1" -> "" (` + cut + " is served)"},
		{
			"siblings", withFields(t, deployments, field("a")), absent("a", discovery.Field{At: "", Type: "object", Siblings: []string{long + "1", long + "2"}}),
			`a drifted field-not-served "a" -> "" (there is ` + cut + " and " + cut + ")",
		},
		{"a type", withFields(t, deployments, field("a.b")), absent("a.b", discovery.Field{At: "a", Type: long}), `a.b drifted field-not-served "a.b" -> "a" (a is of type ` + cut + ")"},
		{"another type", withFields(t, deployments, field("a", ofType("string"))), typed, `a drifted field-type-mismatch type "string" -> "` + cut + `"`},
		{"an enum", withFields(t, deployments, field("a", oneOf("x"))), enum, `a drifted field-enum-mismatch enum "x" -> "" (it may be "` + cut + `" or "` + cut + `")`},
		{"an enum that has it", withFields(t, deployments, field("a", oneOf(long+"2"))), enum, `a satisfied`},
		{
			"an open schema", withFields(t, deployments, field("a")), open,
			`a undetermined open-schema: the schema of Deployment` + " takes anything at " + cut + ", so it does not say whether it has a",
		},
		{
			"a server's version", parse(t, "cluster {\n kubernetes = \">= 1.31\"\n}"), version,
			`cluster.kubernetes drifted kubernetes-version-mismatch ">= 1.31" -> "v1.30.0-` + strings.Repeat("x", 256-len("v1.30.0-…")) + `…"`,
		},
		{
			"one that cannot be read", parse(t, "cluster {\n kubernetes = \">= 1.31\"\n}"), unreadable,
			fmt.Sprintf("cluster.kubernetes undetermined invalid-response: GET /version: no version can be read from gitVersion %q, major %q, minor %q", cut, cut, cut),
		},
		{
			"addresses", parse(t, "cluster {\n server_address = \"10.0.0.1:443\"\n}"), published,
			`cluster.server_address drifted server-address-mismatch "10.0.0.1:443" -> "` + strings.Join(listed, ", ") + ` and 10 more"`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := outcomes(apply.Diff(test.declaration, test.snapshot))
			if diff := cmp.Diff(test.want, got[len(got)-1]); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A plan repeats a text for each requirement, so the total is limited too.
func TestPlansAreBounded(t *testing.T) {
	var declared strings.Builder
	s := snapshot()
	s.Named.Value[0].Versions = nil
	for i := range 10 {
		s.Named.Value[0].Versions = append(s.Named.Value[0].Versions, discovery.Version{Name: fmt.Sprint(i, strings.Repeat("é", 120))})
	}
	const findings = 2_000
	for i := range findings {
		fmt.Fprintf(&declared, "api \"apps/v%d\" {}\n", i)
	}
	size := 0
	for i, f := range apply.Diff(parse(t, declared.String()), s).Findings {
		hint := f.Differences[0].Hint
		size += len(hint)
		switch {
		case !utf8.ValidString(hint):
			t.Fatalf("hint %d is cut within a character", i)
		case i < 400 && !strings.HasSuffix(hint, " are served"), i >= 500 && (len(hint) > 120 || !strings.HasSuffix(hint, "é…")):
			t.Fatalf("hint %d is %q", i, hint)
		}
	}
	if size > 1<<20+findings*120 {
		t.Errorf("all hints have %d bytes", size)
	}
}

// The differences of one requirement are limited too.
func TestDifferencesAreBounded(t *testing.T) {
	long := strings.Repeat("x", 256)
	var values, allowed []string
	for i := range 2_000 {
		values = append(values, fmt.Sprint("e", i))
	}
	for i := range 10 {
		allowed = append(allowed, fmt.Sprint(i, long))
	}
	s := snapshot()
	s.Fields = schemaOf(map[string]discovery.Field{"a": {Presence: discovery.FieldPresent, Type: "string", Enum: allowed}})
	findings := apply.Diff(withFields(t, `api "apps/v1" { resource "deployments" {} }`, field("a", oneOf(values...))), s).Findings
	size := 0
	for _, d := range findings[len(findings)-1].Differences {
		size += len(d.Hint)
	}
	if size < 1<<19 || size > 1<<20+len(values)*120 {
		t.Errorf("all hints have %d bytes", size)
	}
}

// TestMessagesAreBounded tests that the messages of undetermined findings are limited
// too. One message may join several.
func TestMessagesAreBounded(t *testing.T) {
	var declared strings.Builder
	s := snapshot()
	s.Reviews = map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{}
	const findings = 2_000
	for i := range findings {
		fmt.Fprintf(&declared, "permission \"p%d\" {\n verbs = [\"get\"]\n non_resource_urls = [\"/p%[1]d\"]\n}\n", i)
		s.Reviews[discovery.Review{Verb: "get", Path: fmt.Sprintf("/p%d", i)}] = discovery.Known(discovery.ReviewAnswer{
			Reason: strings.Repeat("é", 1_000), EvaluationError: fmt.Sprint(i, strings.Repeat("é", 1_000)),
		})
	}
	size := 0
	for i, f := range apply.Diff(parse(t, declared.String()), s).Findings {
		message := f.Undetermined.Message
		size += len(message)
		if !strings.HasPrefix(message, fmt.Sprintf("the server could not decide: %dé", i)) || !utf8.ValidString(message) {
			t.Fatalf("message %d is %q", i, message)
		}
	}
	if size > 1<<20+findings*120 {
		t.Errorf("all messages have %d bytes", size)
	}
}
