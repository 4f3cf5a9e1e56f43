package manifest_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/manifest"
)

// shown lists the objects of a file, and its errors.
func shown(r io.Reader) []string {
	var list []string
	for o, err := range manifest.Objects("x.yaml", r) {
		if err != nil {
			list = append(list, err.Error())
			continue
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%d:%d %s %s %s %s", o.Document, o.Line, o.APIVersion, o.Kind, o.Name, o.Source)))
	}
	return list
}

func TestObjects(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		want []string
	}{
		"nothing":             {"", nil},
		"only comments":       {"# a\n---\n# b\n---\n", nil},
		"one":                 {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n", []string{"1:1 v1 Pod a"}},
		"several":             {"---\nkind: A\n---\n---\n# c\nkind: B\n--- # d\nkind: C\n...\nkind: D\n", []string{"1:2  A", "2:6  B", "3:8  C", "4:10  D"}},
		"behind the marker":   {"--- {kind: A}\n---\tkind: B\n", []string{"1:1  A", "2:2  B"}},
		"no marker":           {"kind: A\nx: |\n  ---\n   ---\n---a: b\n", []string{"1:1  A"}},
		"Windows":             {"\xef\xbb\xbfkind: A\r\n---\r\nkind: B\r\n", []string{"1:1  A", "2:3  B"}},
		"a directive":         {"%YAML 1.2\n---\nkind: A\n", []string{"1:3  A"}},
		"one JSON object":     {"{\"kind\": \"A\"}\n", []string{"1:1  A"}},
		"JSON objects":        {"{\n\"kind\": \"A\"\n}\n{\"kind\": \"B\"}{\"kind\": \"C\"}\n", []string{"1:1  A", "2:4  B", "3:4  C"}},
		"a list":              {"kind: List\napiVersion: v1\nitems:\n- kind: A\n- kind: B\n", []string{"1:4  A", "1:5  B"}},
		"a list of a kind":    {"kind: AList\nitems:\n- kind: List\n  items:\n  - kind: A\n", []string{"1:5  A"}},
		"no kinds in it":      {"kind: AList\napiVersion: x/v1\nitems:\n- metadata: {name: a}\n- kind: B\n---\nkind: List\napiVersion: v1\nitems: [{a: b}]\n", []string{"1:4 x/v1 A a", "1:5  B", "2:9"}},
		"an empty list":       {"kind: List\nitems: []\n", nil},
		"no list":             {"kind: Allowlist\nspec: {}\n", []string{"1:1  Allowlist"}},
		"no kind":             {"a: b\n", []string{"1:1"}},
		"other types":         {"kind: 1\napiVersion: [v1]\nmetadata: x\n", []string{"1:1"}},
		"anchors":             {"kind: A\nmetadata: &m {name: a}\nspec: *m\n---\nkind: B\nspec: *m\n", []string{"1:1  A a", `x.yaml:6: document 2: the anchor "m" of this alias is not defined before it`}},
		"an error in between": {"kind: A\n---\nkind: B\n  a: b\n---\nkind: C\n", []string{"1:1  A", "x.yaml:4: document 2: a key cannot be here; check the indentation, and put a value that has \": \" in quotes", "3:6  C"}},
		"no objects":          {"text\n---\n- a\n---\nkind: List\nitems: [a]\n", []string{"x.yaml:1: document 1: it is a string, and no object", "x.yaml:3: document 2: it is a list, and no object", "x.yaml:6: document 3: it is a string, and no object"}},
		"a template": {"kind: {{ .Values.kind }}\n", []string{
			"x.yaml:1: document 1: a key cannot be a map; a template of a chart has to be rendered by helm template",
		}},
		"helm template": {
			"---\n# Source: web/crds/a.yaml\nkind: A\n---\nkind: B\n---\n# Source: web/templates/c.yaml\n# Source: no\nkind: C\n",
			[]string{"1:3  A  web/crds/a.yaml", "2:5  B", "3:9  C  web/templates/c.yaml"},
		},
		"helm install --dry-run": {
			"NAME: web\nLAST DEPLOYED: Thu Nov 26 10:00:00 2026\nSTATUS: pending-install\nHOOKS:\nMANIFEST:\n---\n# Source: web/templates/a.yaml\nkind: A\n\nNOTES:\n1. Get {it}:\n  x: [\n",
			[]string{"1:1", "2:8  A  web/templates/a.yaml"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, shown(strings.NewReader(test.src))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, shown(iotest.OneByteReader(strings.NewReader(test.src)))); diff != "" {
				t.Errorf("byte for byte (-want +got):\n%s", diff)
			}
		})
	}
}

// TestObjectsOfLongLines has lines that are longer than the buffer of the reader.
func TestObjectsOfLongLines(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	src := "kind: A\nx: " + long + " --- \n--- # " + long + "\nkind: B\n"
	if diff := cmp.Diff([]string{"1:1  A", "2:4  B"}, shown(strings.NewReader(src))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestObjectsOfLargeDocuments(t *testing.T) {
	large := "kind: B\nx: " + strings.Repeat("x", manifest.MaxDocument) + "\n"
	want := []string{"1:1  A", "x.yaml:2: document 2: a document has more than 16 MiB", "3:6  C"}
	if diff := cmp.Diff(want, shown(strings.NewReader("kind: A\n---\n"+large+"---\nkind: C\n"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestObjectsOfBrokenReaders(t *testing.T) {
	broken := errors.New("broken")
	src := io.MultiReader(strings.NewReader("kind: A\n---\nkind: B\n"), iotest.ErrReader(broken))
	if diff := cmp.Diff([]string{"1:1  A", "broken"}, shown(src)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for o, err := range manifest.Objects("x.yaml", strings.NewReader("kind: A\n---\nkind: [\n---\nkind: C\n")) {
		if err != nil {
			break // it must not go on
		}
		if o.Kind != "A" {
			t.Errorf("it goes on with %v", o)
		}
	}
}
