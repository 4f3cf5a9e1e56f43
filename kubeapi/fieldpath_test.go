package kubeapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestParseFieldPath(t *testing.T) {
	field := func(name string) kubeapi.FieldStep { return kubeapi.FieldStep{Kind: kubeapi.StepField, Name: name} }
	items, values := kubeapi.FieldStep{Kind: kubeapi.StepItems}, kubeapi.FieldStep{Kind: kubeapi.StepValues}
	for text, want := range map[string]kubeapi.FieldPath{
		"metadata":                      {field("metadata")},
		"metadata.labels":               {field("metadata"), field("labels")},
		"spec.rules[].timeouts.request": {field("spec"), field("rules"), items, field("timeouts"), field("request")},
		"spec.limits.*":                 {field("spec"), field("limits"), values},
		"spec.limits.*.min":             {field("spec"), field("limits"), values, field("min")},
		"spec.matrix[][].*[]":           {field("spec"), field("matrix"), items, items, values, items},
		"spec.$ref":                     {field("spec"), field("$ref")},
		"spec.x-kubernetes_2":           {field("spec"), field("x-kubernetes_2")},
		`spec.ref["a.b"]`:               {field("spec"), field("ref"), field("a.b")},
		`spec.ref["a.b"][].c.*["[]"]`:   {field("spec"), field("ref"), field("a.b"), items, field("c"), values, field("[]")},
		`["a b"]["*"].c`:                {field("a b"), field("*"), field("c")},
		`a["\"\\\n]é"]`:                 {field("a"), field("\"\\\n]é")},
	} {
		got, err := kubeapi.ParseFieldPath(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		if got.String() != text {
			t.Errorf("%q is printed as %q", text, got)
		}
	}
}

func TestParseFieldPathRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":        "it is empty",
		"a..b":    "a name is missing",
		".a":      "a name is missing",
		"a.":      "a name is missing",
		"[]":      "a name is missing",
		"a.[]":    "a name is missing",
		"*":       "it begins with the name of a field",
		"a[0]":    "brackets are empty",
		"a[]b":    "brackets are empty",
		"a[":      "brackets are empty",
		"a b":     `"a b" is not the name of a field`,
		"a/b":     `"a/b" is not the name of a field`,
		`a.["b"]`: "a name is missing",
		`a[""]`:   "a name is missing between",
		`a["b"`:   "brackets are empty",
		`a["b]`:   "brackets are empty",
		`a['b']`:  "brackets are empty",
		"a[`b`]":  "brackets are empty",
		`a["b"]c`: "brackets are empty",
		`a["b"].`: "a name is missing",
		`a"b"`:    `"a\"b\"" is not the name of a field`,
		"*[]":     "it begins with the name of a field",
		`a["` + strings.Repeat("\u00ad", 400) + `"]`: "it has more than 1000 bytes",
		"a.é":                             `"é" is not the name of a field`,
		strings.Repeat("a", 1001):         "it has more than 1000 bytes",
		"a" + strings.Repeat(".b", 64):    "it has more than 64 steps",
		"a" + strings.Repeat("[]", 64):    "it has more than 64 steps",
		"a" + strings.Repeat("[]", 63):    "",
		strings.Repeat("a.", 63) + "last": "",
	} {
		_, err := kubeapi.ParseFieldPath(text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", text, err)
		case want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)):
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func FuzzParseFieldPath(f *testing.F) {
	for _, seed := range []string{"metadata.labels", "spec.rules[].timeouts.request", "a[][].*.b", "a..b", "*", "a[0]", `a["b.c"]`, `["x"].y`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path, err := kubeapi.ParseFieldPath(text)
		if err != nil {
			return
		}
		again, err := kubeapi.ParseFieldPath(path.String())
		if err != nil || !slices.Equal(path, again) {
			t.Errorf("%q is printed as %q, which is read as %q, %v", text, path, again, err)
		}
		if path.String() != text && !strings.Contains(text, `["`) {
			t.Errorf("%q is printed as %q", text, path)
		}
	})
}

func TestParseFieldPathUnquotes(t *testing.T) {
	path, err := kubeapi.ParseFieldPath(`spec["template"]["a\u002eb"]`)
	if err != nil || path.String() != `spec.template["a.b"]` {
		t.Errorf("%s, %v", path, err)
	}
}

// TestFieldNames tries each byte as the name of a field without quotes.
func TestFieldNames(t *testing.T) {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$"
	for c := range 256 {
		name := string([]byte{byte(c)})
		path, err := kubeapi.ParseFieldPath(name)
		if want := strings.Contains(allowed, name); (err == nil) != want || want && path.String() != name {
			t.Errorf("%q: %v, %v", name, path, err)
		}
	}
}
