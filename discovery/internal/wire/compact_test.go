package wire_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

// FuzzCompact tests that a document means the same with and without white space: most of one
// without is read by a short cut.
func FuzzCompact(f *testing.F) {
	const head = listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1","resources":[`
	const tail = `],"freshness":"Current"}]}]}`
	for _, resource := range []string{
		`{"resource":"pods","scope":"Namespaced","singularResource":"pod","verbs":["get","list"]}`,
		`{"resource":"pods","responseKind":{"group":"","version":"v1","kind":"Pod"},"scope":"Namespaced","singularResource":"pod","verbs":["get","list"],"shortNames":["po"],"categories":["all"],` +
			`"subresources":[{"subresource":"log","responseKind":{"group":"","version":"v1","kind":"Pod"},"verbs":["get"]},{"subresource":"exec","verbs":[]}]}`,
		`{"resource":"a]","scope":"Other","singularResource":"","verbs":["a]","b"]}`,
		`{"resource":"a","scope":"Cluster","singularResource":"a","verbs":["get"]},{"resource":"a","scope":"Cluster","singularResource":"a","verbs":["get"]}`,
		`{"resource":"a/b","scope":"Cluster","singularResource":"a","verbs":["get"]}`,
		// The short cut leaves these to the codec.
		`{"resource":"a","scope":"Cluster","singularResource":"a","verbs":["get"],"verbs":["list"]}`,
		`{"resource":"a","responseKind":{"group":"","version":"v1","kind":"A","kind":"B"},"scope":"Cluster","singularResource":"a","verbs":["get"]}`,
		`{"resource":"a","responseKind":null,"scope":"Cluster","singularResource":"a","verbs":["get"]}`,
		`{"resource":"a","scope":"Cluster","singularResource":"a","verbs":null}`, `{"resource":"a","scope":"Cluster","singularResource":"a","verbs":[null]}`,
		`{"resource":"\u0061","scope":"Cluster","singularResource":"é","verbs":["get"]}`, `{"resource":"a","scope":"Cluster","singularResource":"a","verbs":["get"],"more":{}}`,
		`{"resource":"a","scope":"Cluster","singularResource":"a","verbs":["get"],"subresources":[]}`, `{"scope":"Cluster","resource":"a","singularResource":"a","verbs":["get"]}`,
		`{"resource":"a","scope":"Cluster","singularResource":"a","verbs":["get"],"subresources":[{"subresource":"s","acceptedTypes":[{"group":"","version":"v1","kind":"A"}],"verbs":["get"]}]}`,
		`{"resource":"a","scope":"Cluster","singularResource":"a","verbs":["get"],"subresources":[{"subresource":"s","verbs":["get"]},{"subresource":"s","verbs":["get"]}]}`,
	} {
		f.Add([]byte(head + resource + tail))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		compact, spaced := jsontext.Value(bytes.Clone(src)), jsontext.Value(bytes.Clone(src))
		options := []jsontext.Options{jsontext.AllowDuplicateNames(true)}
		if compact.Compact(options...) != nil || spaced.Indent(options...) != nil {
			return
		}
		got, err := wire.DecodeAggregated(bytes.NewReader(compact), "GET /apis")
		want, fault := wire.DecodeAggregated(bytes.NewReader(spaced), "GET /apis")
		switch {
		case (err == nil) != (fault == nil):
			t.Errorf("%s: %v, with white space %v", src, err, fault)
		case written(t, got) != written(t, want):
			t.Errorf("%s:\n got %+v\nwant %+v", src, got, want)
		}
	})
}

// written has all that is known of groups, and why the rest is not.
func written(t *testing.T, groups []Group) string {
	text, err := json.Marshal(groups)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
