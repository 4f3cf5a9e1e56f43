package source_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/config/internal/source"
)

func TestWalk(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	fsys := fstest.MapFS{
		"b.hcl": file("b"), "a.hclvars": file("a"), "j.hcl.json": file("{}"), ".prod.hcl": file("p"), "..kubelet.hcl": file(""), "b.test.hcl": file("t"), "notes.txt": file(""),
		"inner/c.hcl": file("c"), "inner/deep.hcl/d.hcl": file("d"), ".git/x.hcl": file(""),
		"json/j.hclvars.json": file("{}"), "empty/x.txt": file(""),
	}
	tests := []struct {
		name      string
		paths     []string
		recursive bool
		want      []string
		diags     []string
	}{
		{"the current folder", nil, false, []string{".prod.hcl", "a.hclvars", "b.hcl", "b.test.hcl"}, nil},
		{"recursive", []string{"."}, true, []string{".prod.hcl", "a.hclvars", "b.hcl", "b.test.hcl", "inner/c.hcl", "inner/deep.hcl/d.hcl"}, nil},
		{"each file once", []string{"b.hcl", ".", "./b.hcl", "inner", "inner"}, false, []string{"b.hcl", ".prod.hcl", "a.hclvars", "b.test.hcl", "inner/c.hcl"},
			[]string{"./b.hcl:0,0-0: error: File not found: There is no file or folder of this name."}},
		{"JSON alone is something", []string{"json"}, true, []string{}, nil},
		{"standard input", []string{"-"}, false, []string{"<stdin>"}, nil},
		{"a folder of nothing", []string{"empty"}, false, []string{}, []string{
			"empty:0,0-0: error: No declaration found: The folder has no file to read. The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test. Inner folders are read by fmt --recursive only."}},
		{"neither in those within it", []string{"empty"}, true, []string{}, []string{
			"empty:0,0-0: error: No declaration found: The folder has no file to read. The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test. Inner folders are read by fmt --recursive only."}},
		{"another ending, and the next one", []string{"notes.txt", "gone.hcl", "b.hcl"}, false, []string{"b.hcl"}, []string{
			"notes.txt:0,0-0: error: Not a declaration: The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test.",
			"gone.hcl:0,0-0: error: File not found: There is no file or folder of this name."}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := []string{}
			diags := source.Walk(fsys, strings.NewReader("x"), test.paths, test.recursive, func(s source.Source) bool {
				got = append(got, s.Name)
				return true
			})
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("files (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.diags, report(diags)); diff != "" {
				t.Errorf("diagnostics (-want +got)\n%s", diff)
			}
		})
	}
	visits := 0
	diags := source.Walk(fsys, nil, nil, true, func(source.Source) bool { visits++; return false })
	if visits != 1 || len(diags) > 0 {
		t.Errorf("it went on for %d visits: %v", visits, diags)
	}
}
