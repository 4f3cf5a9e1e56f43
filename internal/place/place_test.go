package place_test

import (
	"path/filepath"
	"testing"

	"github.com/kreconcile/kreconcile/internal/place"
)

func TestPrefixes(t *testing.T) {
	const here = "/work/services/web"
	tests := []struct {
		name     string
		prefixes []string
		file     string
		want     string
	}{
		{"none", nil, "a.hcl", "a.hcl"},
		{"the current folder", []string{"services/web"}, "a.hcl", "services/web/a.hcl"},
		{"with a slash at its end, as git writes it", []string{"services/web/"}, "./a.hcl", "services/web/a.hcl"},
		{"the root of the repository", []string{""}, "./deploy/../a.hcl", "a.hcl"},
		{"the root, as a point", []string{"."}, "a.hcl", "a.hcl"},
		{"a folder below it", []string{"services/web"}, "req/a.hcl", "services/web/req/a.hcl"},
		{"a folder beside it", []string{"services/web"}, "../lib/a.hcl", "services/lib/a.hcl"},
		{"a folder out of the repository", []string{"web"}, "../../a.hcl", "../../a.hcl"},
		{"an absolute path below it", []string{"services/web"}, here + "/req/a.hcl", "services/web/req/a.hcl"},
		{"an absolute path beside it", []string{"services/web"}, "/work/services/lib/a.hcl", "/work/services/lib/a.hcl"},
		{"a folder whose name begins like it", []string{here + "=x"}, here + "2/a.hcl", here + "2/a.hcl"},
		{"a folder whose name begins with two points", []string{"x"}, "..data/a.hcl", "x/..data/a.hcl"},
		{"a mounted folder", []string{"/etc/kreconcile=deploy/requirements"}, "/etc/kreconcile/a.hcl", "deploy/requirements/a.hcl"},
		{"a mounted folder at the root", []string{"/etc/kreconcile/="}, "/etc/kreconcile/b/a.hcl", "b/a.hcl"},
		{"a mounted folder, by a relative path", []string{"/work/etc=deploy"}, "../../etc/a.hcl", "deploy/a.hcl"},
		{"a relative folder, by an absolute path", []string{"../../etc=deploy"}, "/work/etc/a.hcl", "deploy/a.hcl"},
		{"another folder than the mounted one", []string{"/etc/kreconcile=deploy"}, "/etc/a.hcl", "/etc/a.hcl"},
		{"a relative path beside a mounted folder", []string{"/etc/kreconcile=deploy"}, "a.hcl", "a.hcl"},
		{"two folders", []string{"/etc/a=a", "/etc/b=b"}, "/etc/b/a.hcl", "b/a.hcl"},
		{"the nearest of two", []string{"/etc/a/b=near", "/etc/a=far"}, "/etc/a/b/a.hcl", "near/a.hcl"},
		{"the nearest of two, in another order", []string{"/etc/a=far", "/etc/a/b=near"}, "/etc/a/b/a.hcl", "near/a.hcl"},
		{"a folder before what is beside the current one", []string{"../lib=lib", "services/web"}, "../lib/a.hcl", "lib/a.hcl"},
		{"one that is given twice: the last", []string{"a", "b"}, "a.hcl", "b/a.hcl"},
		{"an equals sign in the path", []string{".=a=b"}, "a.hcl", "a=b/a.hcl"},
		{"the file itself", []string{"a.hcl=b"}, "a.hcl", "a.hcl"},
		{"standard input", []string{"-=deploy/a.hcl", "services/web"}, "<stdin>", "deploy/a.hcl"},
		{"standard input, which is in no folder", []string{"services/web"}, "<stdin>", "<stdin>"},
		{"a file beside standard input", []string{"-=deploy/a.hcl"}, "b.hcl", "b.hcl"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var f place.Prefixes
			for _, p := range tt.prefixes {
				if err := f.Add(p); err != nil {
					t.Fatal(err)
				}
			}
			got := tt.file
			if placed := f.From(filepath.FromSlash(here)); placed != nil {
				got = placed(filepath.FromSlash(tt.file))
			}
			if filepath.ToSlash(got) != tt.want {
				t.Errorf("%s is %s, want %s", tt.file, got, tt.want)
			}
		})
	}
}

func TestPrefixesRefused(t *testing.T) {
	for text, want := range map[string]string{
		`deploy\web`:         `write / between the folders of "deploy\\web"`,
		`/etc/k=deploy\web`:  `write / between the folders of "deploy\\web"`,
		`C:\work`:            `write / between the folders of "C:\\work"`,
		"C:/work":            `"C:/work" is absolute; write the path within the repository`,
		"/work":              `"/work" is absolute; write the path within the repository`,
		"/etc/k=/work":       `"/work" is absolute; write the path within the repository`,
		"..":                 `".." leads out of the repository`,
		"a/../../b":          `"../b" leads out of the repository`,
		"=deploy":            "a folder is missing before =; write .=PATH for the current one",
		"-=deploy":           "for standard input, write the path of a file, such as -=requirements/main.hcl",
		"-=":                 "for standard input, write the path of a file, such as -=requirements/main.hcl",
		"deploy/main.hcl":    `"deploy/main.hcl" is a file; write its folder`,
		"a.hcl=b/a.hcl.json": `"b/a.hcl.json" is a file; write its folder`,
	} {
		if err := new(place.Prefixes).Add(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
