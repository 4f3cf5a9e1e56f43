package yaml_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	theirs "go.yaml.in/yaml/v2"

	"github.com/kreconcile/kreconcile/manifest/internal/yaml"
)

// TestMain fails if a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parse returns the documents of a text, and the error.
func parse(src string) (roots []yaml.Node, err error) {
	for root, err := range yaml.Documents(src, 1) {
		if err != nil {
			return roots, err
		}
		roots = append(roots, root)
	}
	return roots, nil
}

// value is a node as the package that kubectl uses gives it.
func value(n yaml.Node) any {
	switch n.Kind {
	case yaml.Null:
		return nil
	case yaml.Bool:
		return n.Text == "true"
	case yaml.Number:
		f, err := strconv.ParseFloat(n.Text, 64)
		if err != nil {
			panic(err)
		}
		return f
	case yaml.String:
		return n.Text
	case yaml.List:
		list := []any{}
		for _, m := range n.Members {
			list = append(list, value(m.Value))
		}
		return list
	case yaml.Map:
		object := map[string]any{}
		for _, m := range n.Members {
			object[m.Key] = value(m.Value)
		}
		return object
	}
	panic(n.Kind)
}

// known is a value of the package that kubectl uses, as JSON has it. It is false if JSON has none.
func known(v any) (any, bool) {
	switch v := v.(type) {
	case nil, bool, string:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	case float64:
		return v, !math.IsInf(v, 0) && !math.IsNaN(v)
	case []any:
		list := []any{}
		for _, item := range v {
			item, ok := known(item)
			if !ok {
				return nil, false
			}
			list = append(list, item)
		}
		return list, true
	case map[string]any:
		return v, true // from JSON
	case map[any]any:
		object := map[string]any{}
		for key, item := range v {
			if f, isFloat := key.(float64); isFloat {
				key = strconv.FormatFloat(f, 'g', -1, 64)
			}
			item, ok := known(item)
			if _, isText := key.(string); !ok || !isText && key == nil {
				return nil, false
			}
			name := fmt.Sprint(key)
			if _, twice := object[name]; twice {
				return nil, false
			}
			object[name] = item
		}
		return object, true
	}
	return nil, false
}

// agree compares what is read with the package that kubectl uses.
func agree(t *testing.T, src string) error {
	t.Helper()
	roots, err := parse(src)
	if err != nil || len(roots) > 1 {
		return err
	}
	root := roots[0]
	var v any
	unmarshal := theirs.UnmarshalStrict
	if strings.Contains(src, "<<") {
		unmarshal = theirs.Unmarshal // it takes a key beside a merge for one that occurs twice
	}
	theirErr := unmarshal([]byte(src), &v)
	if theirErr != nil && strings.HasPrefix(src, "{") {
		theirErr = json.Unmarshal([]byte(src), &v) // as kubectl does first
	}
	want, ok := known(v)
	if theirErr != nil || !ok {
		t.Errorf("%q is accepted, and kubectl says %v", src, theirErr)
		return nil
	}
	if diff := cmp.Diff(want, value(root)); diff != "" {
		t.Errorf("%q (-kubectl +here):\n%s", src, diff)
	}
	return nil
}

// documents are accepted, and mean what they mean to kubectl.
var documents = []string{
	strings.Repeat("é", 1024) + ": b\n", "a: {" + strings.Repeat("é", 1024) + ": b}\n", "? " + strings.Repeat("k", 1025) + "\n: b\n", `{"` + strings.Repeat("k", 1025) + `": "b"}`,
	"? a\n: b\n? c\n:\n  d: e\nf: g\n", "a:\n  ? \"b\"\n  : - c\n    - d\n  ? e\n  : f: g\n    h: i\n",
	"", "\n", "# comment", "a: b", "a: b\n", "a:\n  b: c\n  d: e\nf: g\n", "a:\n- b\n- c\nd: e\n", "a:\n  - b\n  - c\n",
	"- a\n- b: c\n  d: e\n- - f\n  - g\n-\n  h: i\n- \n- j", "- - - a\n    - b\n  - c\n- d\n",
	"a:   b   # comment\nc: d#e\n", "a:\n# x\n  # y\n  b: c\n    # z\n", "a: b\n  c\n\n  d\n\n\n  e\nf: g\n", "a:\n  b\n  c\nd: e",
	"a b c: d e f\n", "a:b:c: d:e\n", "- a:b\n- http://x/y?z#f\n- -1\n- -a\n- ?b\n- :c\n", "'a b': c\n\"d\\te\": f\n",
	"a: 'b ''c'' d'\n", "a: 'b\n  c\n\n  d'\n", "a: \"b\n  c\n\n  d \\\n  e\\n  \\\n\n  f\"\n", `a: "\x41\u00e9\U0001F600\"\\\a\b\e\f\n\r\t\v\0\N\_\L\P\ "`,
	"a: \"x \\\n   \\ y\"", "a: \"\"\nb: ''\n", "a: ' b '\nc: \"  d  \"\n",
	"a: |\n  b\n   c\n\n  d\ne: f\n", "a: |-\n  b\n\nc: d", "a: |+\n  b\n\nc: d\n", "a: >\n  b\n  c\n\n  d\n   e\n  f\n\n\n  g\n", "a: >-\n  b\n  c", "a: >+\n  b\n\n\n",
	"a: |2\n    b\n   c\n", "a: |1-\n  b", "a: |-1\n  b", "- |\n a\n- >\n b\n", "a: |\nb: c", "a: |\n\n\n  b\n", "|\n a\n", "--- |\n a"[4:], "a: | # comment\n  # b\n  c\n", "a:\n- |\n  b\n", "a: |\n  b\n # comment\nc: d\n",
	"a: >\n  b\n\n   c\n\n  d\n", "a: >\n   b\n\n  \n   c\n", "a: |\n  b\n  \n    \n", "a: |\n  b  \n",
	"[]", "{}", "[a, b]", "[a, [b, {c: d}], {e: f, g: [h]}]", "{a: b, c, d: }", "{a: b, 'c':d, \"e\":f}", `{"a":1,"b":[true,false,null],"c":{"d":"e"}}`, `{"a":"\/","b":"\ud83d\ude00"}`,
	"{\n\t\"a\": \"b\",\n\t\"c\": [\n\t\t1\n\t]\n}\n", "a: [b,\n  c,\n]\nd: {e: f,\n g: h}\n", "a: [b # c\n , d]", "[a b\n c, d]", "{a: b\n c}", "a: {}\nb: []\n", "[a,]", "{a: b,}",
	"a: &x b\nc: *x\n", "a: &x\n  b: c\nd: *x\n", "a: &x [b, c]\nd: [*x, *x]\n", "&x a: b\nc: *x\n", "- &x a\n- *x\n", "a: &x\nb: *x", "&x\na: b\n", "&x {a: b}", "- &x a: b\n  c: *x\n", "a: &x\n  - b\nc: *x\n",
	"a: &x {b: c, d: e}\nf:\n  <<: *x\n  d: g\n", "a: &x {b: c}\nd: &y {b: e, f: g}\nh:\n  <<: [*x, *y]\n", "a: &x {b: c}\nd: {<<: *x, e: f}\n", "\"<<\": a\n", "a: {'<<': b}",
	"a: !!str 1\nb: !!int \"2\"\nc: ! d\ne: !!map {f: g}\nh: !!seq [i]\nj: !!bool \"true\"\nk: !!float 1.5\n", "!!map\na: b\n", "!!str a: b", "a: !!str\nb: c", "a: !!null ''\n",
	"- yes\n- no\n- on\n- off\n- y\n- n\n- Yes\n- NO\n- True\n- FALSE\n- yEs\n", "yes: no\noff: on\n1: 2\n1.5: 3\n", "- ~\n- null\n- Null\n- NULL\n- nULL\n-\n",
	"- 0\n- 1\n- -1\n- +1\n- 010\n- 0x1F\n- 0o17\n- 0b11\n- 0b+11\n- 0b-11\n- -0b11\n- 0b2\n- 1_000\n- 1.5\n- .5\n- 5.\n- 1e3\n- 1E-3\n- -.5\n- 1e400\n- 0x\n- 1a\n- 1.2.3\n- 12e03\n- 08\n- 18446744073709551615\n- 18446744073709551616\n- 9223372036854775807\n- -0\n- 0.0\n- _1\n- 1:30\n- 2001-01-01\n- 2001-01-01T00:00:00Z\n- +\n- -a\n- .\n- ..\n",
	"a: b\r\nc:\r\n  - d\r\n  - |\r\n    e\r\n    f\r\n", "a: 'b\r\n  c'\r\n", "a: \"b\r\n\r\n  c\"\r\n", "a:\tb\n", "a: b\t\n", "a: b \t # c\n",
	"a: é\nü: 日本語\n😀: 😀\n", "'a'   : b\n", "a   : b\n", "a: - b\n"[:3], "a: 'b' # c\n", "a: \"b\"# c\n"[:6],
	"metadata:\n  annotations:\n    x: |-\n      {\"a\": \"b\"}\n    y: \"{\\\"c\\\": 1}\"\n", "a: b: c"[:4], "a: {b: [c, {d: e}]}\n", "- {a: b}\n- [c]\n", "? a"[:0],
	"a: ,b\n"[:3], "a: b,c\n", "a: b]c\n", "a: b}\n", "a: x [b]\n", "a: -\n"[:3], "{a: 1, ? }"[:5] + "}", "a:\n  b:\n  - c\n  -\n    d: e\n    f:\n    - g\n  h: i\n",
	"a: |\n\n  b\n", "a: |2\n\n    b\n", "a: >\n\n  b\n", "a:\n   b: c\n   d:\n   - e\n   -   f: g\n       h: i\n", "a: \"\\\n  b\"", "a: 'b\n  # c'\n", "a: b\n  # c\n",
	"a: \"b\\tc\"\n", "a: '\\n'\n", "- a\n# b\n- c\n", "a: !!binary aGVsbG8=\n"[:2],
}

func TestDocumentsMeanWhatTheyMeanToKubectl(t *testing.T) {
	for _, src := range documents {
		if err := agree(t, src); err != nil {
			t.Errorf("%q: %v", src, err)
		}
	}
}

// TestRefused has documents that are no YAML, or more YAML than there is in manifests.
func TestRefused(t *testing.T) {
	for src, want := range map[string]string{
		"a: b: c":                           "line 1: a key cannot be here; check the indentation, and put a value that has \": \" in quotes",
		"a: b\n c: d\n":                     "line 2: a key cannot be here; check the indentation, and put a value that has \": \" in quotes",
		"a: - b\n":                          "line 1: a list cannot begin here; begin it on a line of its own",
		"a:\n  b: c\n d: e\n":               "line 3: \"d: e\" is indented more than what is above it",
		"a:\n  - b\n - c\n":                 "line 3: \"- c\" is indented more than what is above it",
		"- a\nb: c\n":                       "line 2: there is no place for \"b: c\" here",
		"a: b\nc\n":                         "line 2: \"c\" is no key; write key: value",
		"a: 'b' c\n":                        "line 1: there is no place for \"c\" here",
		"a: 'b\n":                           "line 1: the quote ' is not closed",
		"a: \"b\n":                          "line 1: the quote \" is not closed",
		"a: [b, c\nd: e":                    "line 2: \": e\" has no place here; a comma or ']' is missing before it",
		"a: [b c: d]":                       "line 1: \": d]\" has no place here; a comma or ']' is missing before it",
		"a: {b: c":                          "line 1: a map is not closed: '}' is missing",
		"a: {b c}}":                         "line 1: there is no place for \"}\" here",
		"a: [b,, c]":                        "line 1: a value is missing before \", c]\"",
		"{a\n: b}":                          "line 2: a key and its colon must be on one line",
		"[a: b]":                            "line 1: \": b]\" has no place here; a comma or ']' is missing before it",
		"a:\n\tb: c\n":                      "line 2: a tab cannot indent a line; use spaces",
		"a: |\n\tb\n":                       "line 2: a tab cannot indent a line; use spaces",
		"a: |x\n  b\n":                      "line 1: \"x\" has no place after |; put a value that begins with | in quotes",
		"a: | b\n":                          "line 1: \"b\" has no place after |; put a value that begins with | in quotes",
		"a: @b\n":                           "line 1: a value cannot begin with \"@b\"; put it in quotes",
		"a: %b\n":                           "line 1: a value cannot begin with \"%b\"; put it in quotes",
		"%TAG ! x\n":                        "line 1: a value cannot begin with \"%TAG ! x\"; put it in quotes",
		"a: `b`\n":                          "line 1: a value cannot begin with \"`b`\"; put it in quotes",
		"a: {{ .Values.b }}\n":              "line 1: a key cannot be a map",
		"{{- if .Values.b }}\na: b\n":       "line 1: a value cannot begin with \"- if .Values.b }}\"; put it in quotes",
		"a: *b\n":                           "line 1: the anchor \"b\" of this alias is not defined before it",
		"a: *\n":                            "line 1: an alias has no name; put a value that begins with * in quotes",
		"a: *.2\n":                          "line 1: \".2\" has no place after *; put a value that begins with * in quotes",
		"a: >=1.25 <1.30\n":                 "line 1: \"=1.25 <1.30\" has no place after >; put a value that begins with > in quotes",
		"a: >= 1.25\n":                      "line 1: \"= 1.25\" has no place after >; put a value that begins with > in quotes",
		"a: != 1.25\n":                      "line 1: \"= 1.25\" has no place after !; put a value that begins with ! in quotes",
		"a: &b [*b]\n":                      "line 1: the value with the anchor \"b\" has an alias of itself",
		"a: &b &c d\n":                      "line 1: a value has a second anchor: &c",
		"a: &b\nc: &\n":                     "line 2: an anchor has no name",
		"a: & b\n":                          "line 1: an anchor has no name",
		"a: &b c\nd: &e *b\n":               "line 2: an alias has no anchor or tag of its own",
		"a: !b c\n":                         "line 1: this is a string and has the tag !b",
		"a: !!binary aGVsbG8=\n":            "line 1: this is a string and has the tag !!binary",
		"a: !!int b\n":                      "line 1: this is a string and has the tag !!int",
		"a: !<x> b\n":                       "line 1: \"<x> b\" has no place after !; put a value that begins with ! in quotes",
		"? [a]\n: b\n":                      "line 1: a key cannot be a list",
		"? a\nb: c\n":                       "line 1: the key that begins with ? has no value; write : and the value in the next line",
		"[a]: b\n":                          "line 1: a key cannot be here; check the indentation, and put a value that has \": \" in quotes",
		"{[a]: b}":                          "line 1: a key cannot be a list",
		"~: b\n":                            "line 1: a key is missing, or it is null",
		strings.Repeat("k", 1025) + ": b\n": "line 1: a key has more than 1024 characters; write ? before it, and the colon in the next line",
		"a: {" + strings.Repeat("k", 1025) + ": b}\n": "line 1: a key has more than 1024 characters; write ? before it, and the colon in the next line",
		"a: &x {b: &x c}\n":                           "line 1: the anchor &x is that of a value around it; use another name",
		"a: &x b\nc: &x [*x]\n":                       "line 2: the value with the anchor \"x\" has an alias of itself",
		"?\n  a\n: b\n":                               "line 1: a key is missing; write it in the line of the ?",
		"a: b\na: c\n":                                "line 2: the key \"a\" occurs twice in a map",
		"a:\n  b: c\n  'b': d\n":                      "line 3: the key \"b\" occurs twice in a map",
		"{a: b, \"a\": c}":                            "line 1: the key \"a\" occurs twice in a map",
		"yes: a\ntrue: b\n":                           "line 2: the key \"true\" occurs twice in a map",
		"a: &x {b: c}\nd:\n  b: e\n  <<: *x\n":        `line 3: the key "b" is before <<, which has it too; put << first`,
		"a: &x {b: c}\nd: {<<: *x, <<: *x}\n":         "line 2: the key << occurs twice in a map",
		"a: &a " + strings.Repeat("x", 1<<20) + "\nb: [" + strings.Repeat("*a, ", 40) + "]\n": "line 2: aliases make the document larger than 32 MiB",
		"a: .inf\n":                  "line 1: .inf is no number in JSON; put it in quotes",
		"a:\n  <<: b\n":              "line 2: << needs a map or a list of maps, and this is a string",
		"a: \"\\q\"":                 "line 1: \"\\\\q\" escapes nothing",
		"a: \"\\x+0\"":               "line 1: \"\\\\x+0\\\"\" escapes no character",
		"a: \"\\u12\"":               "line 1: \"\\\\u12\\\"\" escapes no character",
		"a: \"\\ud800\"":             "line 1: there is no such character as is escaped",
		"a: \"\\ud83d\\ude00\"":      "line 1: there is no such character as is escaped",
		"{\"a\":\"\\ud83d\\u0041\"}": "line 1: there is no such character as is escaped",
		`{"\ud83d\ude00"}`:           "line 1: there is no such character as is escaped",
		"a: \"\\/\"":                 "line 1: \"\\\\/\" escapes nothing",
		"a: \x01\n":                  "line 1: the character U+0001 is not allowed here; escape it in double quotes",
		"a: \xff\n":                  "line 1: it is not UTF-8",
		"\n\na: \u2028\n":            "line 3: the character U+2028 is not allowed here; escape it in double quotes",
		"a\rb":                       "line 1: the character U+000D is not allowed here; escape it in double quotes",
		"{} x":                       "line 1: there is no place for \"x\" here",
		"{} []\n]":                   "line 2: there is no place for \"]\" here",
		strings.Repeat("[", 501):     "line 1: it is nested deeper than 500 levels",
		strings.Repeat("- ", 501):    "line 1: it is nested deeper than 500 levels",
		"a: &a [" + strings.Repeat("b,", 1000) + "]\nc: &c [" + strings.Repeat("*a,", 400) + "]\nd: [*c, *c]": "line 2: the document has more than 300000 values",
		"[" + strings.Repeat("a,", 300_000) + "]":                                                             "line 1: the document has more than 300000 values",
	} {
		_, err := parse(src)
		if err == nil || err.Error() != want {
			t.Errorf("%.60q: %v", src, err)
		}
	}
}

// FuzzDocuments compares everything that is accepted with the package that kubectl uses.
func FuzzDocuments(f *testing.F) {
	for _, src := range documents {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if strings.Contains(src, "---") || strings.Contains(src, "...") || strings.ContainsAny(src, "%\t") {
			t.Skip("markers are taken out before, and tabs are allowed between words")
		}
		_ = agree(t, src)
	})
}
