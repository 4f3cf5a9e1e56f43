package config_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/config"
)

func format(text string) (string, []string) {
	out, diags := config.Format(config.Source{Name: "main.hcl", Bytes: []byte(text)})
	return string(out), report(diags)
}

// What is declared does not change, whatever the spaces are.
func TestFormatKeepsTheDeclaration(t *testing.T) {
	indentation, equals := regexp.MustCompile(`(?m)^ +([^ #\n])`), regexp.MustCompile(`(?m)^(\t?[a-z_]+) += `)
	for _, folder := range []string{"../examples", "../testdata/valid"} {
		for _, s := range fixtures(t, folder) {
			if strings.HasSuffix(s.Name, ".json") || !config.IsDeclaration(s.Name) {
				continue
			}
			t.Run(s.Name, func(t *testing.T) {
				loose := s
				loose.Bytes = equals.ReplaceAll(indentation.ReplaceAll(s.Bytes, []byte("\t$1")), []byte("$1=\t\t"))
				if bytes.Equal(loose.Bytes, s.Bytes) {
					t.Fatal("nothing was changed")
				}
				out, diags := config.Format(loose)
				if diff := cmp.Diff(string(s.Bytes), string(out)); diff != "" || len(diags) > 0 {
					t.Errorf("(-file +formatted)\n%s%v", diff, diags)
				}
				inputs := config.Inputs{PodNamespace: "shop"}
				before, _ := config.Parse([]config.Source{loose}, inputs)
				after, _ := config.Parse([]config.Source{{Name: s.Name, Bytes: out}}, inputs)
				if diff := cmp.Diff(unplaced(before), unplaced(after)); diff != "" {
					t.Errorf("what is declared (-before +after)\n%s", diff)
				}
			})
		}
	}
}

// unplaced is plain without what tells a column.
func unplaced(d *config.Declaration) string {
	return regexp.MustCompile(`:\d+,\d+-(\d+,)?\d+`).ReplaceAllString(fmt.Sprint(plain(d)), "")
}

// Everything that users copy is in canonical style.
func TestCanonicalStyle(t *testing.T) {
	for _, folder := range []string{"../examples", "../testdata/valid"} {
		for _, s := range fixtures(t, folder) {
			if !strings.HasSuffix(s.Name, ".json") {
				isCanonical(t, folder+"/"+s.Name, string(s.Bytes))
			}
		}
	}
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("there are no pages: ", err)
	}
	block := regexp.MustCompile("(?s)\n```hcl\n(.*?)```\n")
	blocks := 0
	for _, page := range append(pages, "../README.md", "../charts/kreconcile/README.md") {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range block.FindAllSubmatch(content, -1) {
			blocks++
			isCanonical(t, page, string(m[1]))
		}
	}
	if blocks < 10 {
		t.Errorf("only %d blocks were found", blocks)
	}
}

func isCanonical(t *testing.T, name, text string) {
	t.Helper()
	out, diags := format(text)
	if diff := cmp.Diff(text, out); diff != "" || len(diags) > 0 {
		t.Errorf("%s is not in canonical style (-file +formatted)\n%s%v", name, diff, diags)
	}
}

// Case 36: what is formatted stays as it is when it is formatted again, and means
// the same.
func FuzzFormat(f *testing.F) {
	seed(f, "*.hcl")
	examples, err := filepath.Glob("../examples/*.hcl")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range examples {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	for _, text := range []string{
		"a = x.0 .1\n", "a=<<-B\n  ${ 1 }\n\tB\n", "a = [ # b\n1, /* c\n */ 2]\r\n", "a=(1\n-1)#\nb=1 #\n", "a=\"%{ if true }x%{ endif ~}\"\n", "a=1\n" + strings.Repeat(" ", 20), strings.Repeat(" ", 20),
		strings.Repeat("a{\n", 30) + strings.Repeat("#\n", 100) + strings.Repeat("}\n", 30),
		"aaaaaaaaaaaaaaaaaaaaaaaaa=1\nb=1#\nc=1#\nd=/**/1#\n/* eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee */ e=1\nf=\"" + strings.Repeat("x", 100) + "\"#\ng=1#\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		out, diags := config.Format(config.Source{Name: "main.hcl", Bytes: text})
		if (out == nil) != diags.HasErrors() {
			t.Fatalf("%q with %v", out, diags)
		}
		if out == nil {
			return
		}
		again, diags := config.Format(config.Source{Name: "main.hcl", Bytes: out})
		if diff := cmp.Diff(string(out), string(again)); diff != "" || diags.HasErrors() {
			t.Fatalf("formatted twice:\n%s%v", diff, diags)
		}
		if bytes.Count(out, []byte("\n")) != bytes.Count(text, []byte("\n")) {
			t.Fatal("it has other lines")
		}
		inputs := config.Inputs{AllowEmpty: true, PodNamespace: "shop"}
		before, was := config.Parse([]config.Source{{Name: "main.hcl", Bytes: text}}, inputs)
		after, is := config.Parse([]config.Source{{Name: "main.hcl", Bytes: out}}, inputs)
		if (before == nil) != (after == nil) || len(was) != len(is) {
			t.Fatalf("before, the errors are %v, and after, %v", was, is)
		}
		if before != nil && unplaced(before) != unplaced(after) {
			t.Fatalf("what is declared was %v, and is %v", plain(before), plain(after))
		}
	})
}
