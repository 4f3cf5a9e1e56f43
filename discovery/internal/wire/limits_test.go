package wire_test

import (
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

// repeated reads a text n times, without megabytes in memory.
func repeated(text string, n int) io.Reader {
	return io.LimitReader(&cycle{strings.Repeat(text, 1+4096/len(text)), 0}, int64(n)*int64(len(text)))
}

// cycle reads a text without end.
type cycle struct {
	text string
	at   int
}

func (c *cycle) Read(p []byte) (int, error) {
	n := copy(p, c.text[c.at:])
	c.at = (c.at + n) % len(c.text)
	return n, nil
}

// TestDecodeHostile holds that what a document may hold is counted while it is
// read, and that memory stays small.
func TestDecodeHostile(t *testing.T) {
	repeat := func(head, item, tail string) io.Reader {
		n := (16<<20 - len(head) - len(tail)) / (len(item) + 1)
		return io.MultiReader(strings.NewReader(head), repeated(item+",", n-1), strings.NewReader(item+tail))
	}
	versions := listHead + `[{"metadata":{"name":"a"},"versions":[`
	resources := versions + `{"version":"v1","resources":[`
	// As an API server writes them.
	const compact = `{"resource":"r","scope":"Cluster","singularResource":"r","verbs":["get"]`
	tests := []struct {
		name string
		src  io.Reader
		err  string
	}{
		{name: "compact resources", src: repeat(resources, compact+"}", "]}]}]}"), err: "it has too many resources"},
		{name: "compact subresources", src: repeat(resources, compact+`,"subresources":[`+strings.Repeat(`{"subresource":"s","verbs":[]},`, 99)+`{"subresource":"s","verbs":[]}]}`, "]}]}]}"), err: "it has too many resources"},
		{name: "compact verbs", src: repeat(resources, compact+`,"shortNames":[`+strings.Repeat(`"",`, 9_999)+`""]}`, "]}]}]}"), err: "it has too many list items"},
		{name: "groups", src: repeat(listHead+"[", "{}", "]}"), err: "it has too many groups"},
		{name: "group versions", src: repeat(versions, `{"version":"v"}`, "]}]}"), err: "it has too many group versions"},
		{name: "resources", src: repeat(resources, `{"resource":"r"}`, "]}]}]}"), err: "it has too many resources"},
		{name: "subresources", src: repeat(resources+`{"resource":"r","subresources":[`, `{"subresource":"s"}`, "]}]}]}]}"), err: "it has too many resources"},
		{name: "verbs", src: repeat(resources+`{"resource":"r","verbs":[`, `""`, "]}]}]}]}"), err: "it has too many list items"},
		{name: "one long name", src: io.MultiReader(strings.NewReader(listHead+`[{"metadata":{"name":"`), repeated("x", 16<<20-200), strings.NewReader(`"}}]}`)), err: "at /items/0/metadata/name: it is longer than 256 bytes"},
		{name: "one long name with escapes", src: io.MultiReader(strings.NewReader(listHead+`[{"metadata":{"name":"`), repeated(`\"`, 16<<20/2-200), strings.NewReader(`"}}]}`)), err: "at /items/0/metadata/name: it is longer than 256 bytes"},
		{name: "objects in what is skipped", src: io.MultiReader(strings.NewReader(`{"x":[`), repeated("{},", 500_000), strings.NewReader(`{}],"items":[]}`))},
		{name: "names in what is skipped", src: strings.NewReader(`{"x":` + manyNames(10_000) + `,"items":[]}`), err: "at /x/n1000: an object has more than 1000 names"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := wire.DecodeAggregated(test.src, "GET /apis")
			runtime.ReadMemStats(&after)
			checkError(t, test.err, err)
			// All that was ever allocated is more than what was in use at once.
			if used := after.TotalAlloc - before.TotalAlloc; used > 96<<20 {
				t.Errorf("decoding allocated %d MiB", used>>20)
			}
		})
	}
}

// TestDecodeAtTheCaps: a document may hold exactly as many groups and group versions
// as its caps say, and not one more. A group's versions count with those of all others.
func TestDecodeAtTheCaps(t *testing.T) {
	// of gives a document of groups among which so many versions are dealt out.
	of := func(groups, versions int) string {
		var b strings.Builder
		b.WriteString(listHead + "[")
		for g := range groups {
			if g > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, `{"metadata":{"name":"g%d"},"versions":[`, g)
			for v := g; v < versions; v += groups {
				if v > g {
					b.WriteString(",")
				}
				fmt.Fprintf(&b, `{"version":"v%d"}`, v)
			}
			b.WriteString("]}")
		}
		return b.String() + "]}"
	}
	tests := []struct {
		name             string
		groups, versions int
		err              string
	}{
		{name: "as many groups as may be", groups: 5_000},
		{name: "one group more", groups: 5_001, err: "it has too many groups"},
		{name: "as many group versions as may be, in one group", groups: 1, versions: 10_000},
		{name: "one group version more, in one group", groups: 1, versions: 10_001, err: "it has too many group versions"},
		{name: "as many of both as may be", groups: 5_000, versions: 10_000},
		{name: "one group version more, in as many groups as may be", groups: 5_000, versions: 10_001, err: "it has too many group versions"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeAggregated(strings.NewReader(of(test.groups, test.versions)), "GET /apis")
			checkError(t, test.err, err)
			if test.err != "" {
				if got != nil {
					t.Errorf("there are %d groups beside the error", len(got))
				}
				return
			}
			versions := 0
			for _, g := range got {
				versions += len(g.Versions)
			}
			if len(got) != test.groups || versions != test.versions {
				t.Errorf("it has %d groups and %d versions", len(got), versions)
			}
		})
	}
}

// A name that no API server can serve is refused, together with as little as may be.
func TestDecodeLongNames(t *testing.T) {
	longest := strings.Repeat("x", 256)
	ofVersion := "GET /apis: a/v: the name " + text.Quote(longest+"x") + " is longer than 256 bytes"
	const document = listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v","resources":[{"resource":"r","singularResource":"singular","responseKind":{"kind":"R"},"verbs":["get"],"shortNames":["short"],"categories":["category"],` +
		`"subresources":[{"subresource":"s","responseKind":{"kind":"S"},"verbs":["put"]}]}]}]}]}`
	for _, test := range []struct{ name, err, failure string }{
		{name: "a", err: "at /items/0/metadata/name: it is longer than 256 bytes"},
		{name: "v", err: "at /items/0/versions/0/version: it is longer than 256 bytes"},
		{name: "r", failure: ofVersion},
		{name: "R", failure: ofVersion},
		{name: "get", failure: ofVersion},
		{name: "s", failure: ofVersion},
		{name: "S", failure: ofVersion},
		{name: "put", failure: ofVersion},
		{name: "short", failure: ofVersion},
		{name: "category", failure: ofVersion},
		{name: "singular", failure: ofVersion},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := wire.DecodeAggregated(strings.NewReader(strings.Replace(document, `"`+test.name+`"`, `"`+longest+`"`, 1)), "GET /apis"); err != nil {
				t.Errorf("as long as may be: %v", err)
			}
			groups, err := wire.DecodeAggregated(strings.NewReader(strings.Replace(document, `"`+test.name+`"`, `"`+longest+`x"`, 1)), "GET /apis")
			checkError(t, test.err, err)
			if test.failure != "" {
				checkError(t, test.failure, groups[0].Versions[0].Resources.Failure)
			}
		})
	}
}

func manyNames(n int) string {
	var b strings.Builder
	b.WriteString("{")
	for i := range n {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(`"n` + strconv.Itoa(i) + `":0`)
	}
	return b.String() + "}"
}
