package architecture_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outlets are the ways by which a text can leave the process, and the only files, or
// folders with a slash at the end, that may name them; none means that no file may.
// Tests, and packages for tests, may.
var outlets = []struct {
	// packagePath is empty for built-in functions.
	packagePath string
	names       []string
	files       []string
	why         string
}{
	{
		"os", []string{"Stdin", "Stdout", "Stderr", "NewFile"}, []string{"cmd/"},
		"the streams are given to cli.Run, whose guards are the last to touch what goes there",
	},
	{
		"fmt", []string{"Print", "Printf", "Println"}, nil,
		"they write past the guards, which hide the token and make visible what was not escaped",
	},
	{"", []string{"print", "println"}, nil, "they write past the guards"},
	{
		"log/slog", []string{"Default", "Debug", "Info", "Warn", "Error", "Log", "SetDefault"}, nil,
		"the default logger writes past the guards; code that logs takes a logger as a parameter",
	},
	{
		"log/slog", []string{"NewTextHandler", "NewJSONHandler"}, []string{"internal/cli/run.go"},
		"what is logged goes to the guard of standard error",
	},
	{
		"io", []string{"Writer"}, []string{"internal/view/", "internal/outlet/guard.go", "internal/cli/run.go", "discovery/save.go", "discovery/internal/jsonwalk/encoder.go", "discovery/internal/record/save.go"},
		"views and snapshots are written to pieces that a guard seals; others have nothing to write to",
	},
	{
		"os", []string{
			"WriteFile", "Create", "CreateTemp", "OpenFile", "Mkdir", "MkdirAll", "MkdirTemp", "Rename", "Remove", "RemoveAll", "Chmod",
			"Chown", "Chtimes", "Link", "Symlink", "Truncate", "CopyFS", "OpenRoot",
		}, []string{"internal/files/write.go"},
		"files are written in one place, as a whole and where they were asked for",
	},
	{"os/exec", []string{"Command", "CommandContext"}, nil, "the program runs no other"},
}

func TestNothingIsWrittenPastTheGuards(t *testing.T) {
	for _, s := range readSources(t) {
		if r, known := ruleOf(s.folder()); s.isTest() || known && r.testOnly {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, filepath.FromSlash(s.name)), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, complaint := range checkOutlets(s, file) {
			t.Error(complaint)
		}
	}
}

// checkOutlets returns a complaint for each outlet that a file names and may not.
func checkOutlets(s source, file *ast.File) []string {
	imported := map[string]string{}
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return []string{err.Error()}
		}
		local := path.Base(name)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		imported[local] = name
	}
	var complaints []string
	check := func(packagePath, name string) {
		for _, outlet := range outlets {
			if outlet.packagePath != packagePath || !slices.Contains(outlet.names, name) {
				continue
			}
			if !slices.ContainsFunc(outlet.files, func(allowed string) bool {
				return s.name == allowed || strings.HasSuffix(allowed, "/") && strings.HasPrefix(s.name, allowed)
			}) {
				complaints = append(complaints, fmt.Sprintf("%s uses %s: %s: %s", s.name, strings.TrimPrefix(packagePath+"."+name, "."), allowedTo(outlet.files), outlet.why))
			}
		}
	}
	for _, name := range []string{"os", "fmt", "io", "log/slog", "os/exec"} {
		if imported["."] == name {
			complaints = append(complaints, s.name+" imports "+name+" with a dot, which hides what it uses")
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && imported[x.Name] != "" {
				check(imported[x.Name], n.Sel.Name)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok {
				check("", f.Name)
			}
		}
		return true
	})
	return complaints
}

// TestCheckOutlets tests the check.
func TestCheckOutlets(t *testing.T) {
	tests := []struct {
		name, file, source string
		want               []string
	}{
		{"a stream in main", "cmd/kreconcile/main.go", `import "os"; var w = os.Stdout`, nil},
		{
			"a stream elsewhere", "internal/cli/fmt.go", `import "os"; var w = os.Stderr`,
			[]string{"internal/cli/fmt.go uses os.Stderr: only cmd/ may: the streams are given to cli.Run, whose guards are the last to touch what goes there"},
		},
		{
			"under another name", "apply/diff.go", `import out "fmt"; func f() { out.Println() }`,
			[]string{"apply/diff.go uses fmt.Println: no file may: they write past the guards, which hide the token and make visible what was not escaped"},
		},
		{"a dot", "apply/diff.go", `import . "fmt"`, []string{"apply/diff.go imports fmt with a dot, which hides what it uses"}},
		{"what is built in", "apply/diff.go", `func f() { println() }`, []string{"apply/diff.go uses println: no file may: they write past the guards"}},
		{"a method of that name", "apply/diff.go", `func f(p p) { p.println() }`, nil},
		{"a text in memory", "apply/diff.go", `import "fmt"; var s = fmt.Sprint()`, nil},
		{
			"a writer", "internal/cli/fmt.go", `import "io"; var w io.Writer`,
			[]string{"internal/cli/fmt.go uses io.Writer: only internal/view/, internal/outlet/guard.go, internal/cli/run.go, discovery/save.go, " +
				"discovery/internal/jsonwalk/encoder.go, discovery/internal/record/save.go may: " +
				"views and snapshots are written to pieces that a guard seals; others have nothing to write to"},
		},
		{"a writer of a view", "internal/view/text.go", `import "io"; var w io.Writer`, nil},
		{
			"a file", "internal/cli/emit.go", `import "os"; func f() { os.WriteFile() }`,
			[]string{"internal/cli/emit.go uses os.WriteFile: only internal/files/write.go may: files are written in one place, as a whole and where they were asked for"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file, err := parser.ParseFile(token.NewFileSet(), tt.file, "package p; "+tt.source, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, checkOutlets(source{name: tt.file}, file)); diff != "" {
				t.Errorf("complaints (-want +got):\n%s", diff)
			}
		})
	}
}
