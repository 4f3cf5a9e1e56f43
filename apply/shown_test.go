package apply_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

func TestLongListsAreShownInPart(t *testing.T) {
	var addresses []string
	for i := range 30 {
		addresses = append(addresses, fmt.Sprintf("10.0.0.%d:443", i+2))
	}
	s := snapshot()
	s.ServerAddresses = discovery.Known(addresses)
	got := outcomes(apply.Diff(parse(t, "cluster {\n server_address = \"10.0.0.1:443\"\n}"), s))
	want := `cluster.server_address drifted server-address-mismatch "10.0.0.1:443" -> "` + strings.Join(addresses[:20], ", ") + ` and 10 more"`
	if got[len(got)-1] != want {
		t.Errorf("got  %s\nwant %s", got[len(got)-1], want)
	}
}

// A declared value is shown in part where a rule of the schema keeps it from being judged.
func TestLongValueThatIsNotJudged(t *testing.T) {
	s := snapshot()
	s.Fields = schemaOf(map[string]discovery.Field{"a": {
		Presence: discovery.FieldPresent, Type: "string", EnumRules: []discovery.SchemaRule{{Keyword: "pattern", At: "a"}},
	}})
	declared := withFields(t, `api "apps/v1" { resource "deployments" {} }`, field("a", oneOf(strings.Repeat("é", 1_000))))
	got := outcomes(apply.Diff(declared, s))
	want := `a undetermined schema-rule: whether a may be "` + strings.Repeat("é", 126) + `…" is not known: ` +
		`the schema has "pattern" at a, which kreconcile does not evaluate`
	if got[len(got)-1] != want {
		t.Errorf("got  %s\nwant %s", got[len(got)-1], want)
	}
}

// A plan has what is shown for each requirement, so that all of it is bounded as well.
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

// So are the differences of one requirement.
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

// TestMessagesAreBounded checks that the messages of undetermined findings have a limit, too.
// One message may join several.
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
