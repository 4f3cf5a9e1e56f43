package architecture_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A dependency is a package in the program's build, including the program itself.
type dependency struct {
	ImportPath string
	Imports    []string
	Module     *struct{ Path string }
}

// readDependencies returns the packages of the program's build on Linux, where it
// runs, each after those that it imports.
func readDependencies(t *testing.T) []dependency {
	t.Helper()
	trackModule(t)
	env := []string{"GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0"}
	output := runGo(t, env, "list", "-deps", "-json=ImportPath,Imports,Module", "./"+program)
	var dependencies []dependency
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var d dependency
		err := decoder.Decode(&d)
		if errors.Is(err, io.EOF) {
			return dependencies
		}
		if err != nil {
			t.Fatal(err)
		}
		dependencies = append(dependencies, d)
	}
}

// trackModule reads what the go command will read, so that changed files make a
// cached result of these tests invalid.
func trackModule(t *testing.T) {
	t.Helper()
	readSources(t)
	for _, name := range []string{"go.mod", "go.sum"} {
		if _, err := os.ReadFile(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// runGo runs the go command in the module's root and returns its standard output.
func runGo(t *testing.T, env []string, args ...string) []byte {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = root
	command.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return output
}

func TestProgramDependsOnNothingBanned(t *testing.T) {
	for _, complaint := range checkUnlinked(readDependencies(t)) {
		t.Error(complaint)
	}
}

// checkUnlinked returns a complaint for each banned dependency, with the imports that
// lead to it.
func checkUnlinked(dependencies []dependency) []string {
	var complaints []string
	for _, d := range dependencies {
		for _, ban := range unlinked {
			if isUnder(d.ImportPath, ban.path) {
				complaints = append(complaints, fmt.Sprintf("%s: %s", strings.Join(chainTo(d.ImportPath, dependencies), " -> "), ban.why))
			}
		}
	}
	return complaints
}

// chainTo returns the shortest chain of imports from the program to a package.
func chainTo(target string, dependencies []dependency) []string {
	imports := make(map[string][]string)
	for _, d := range dependencies {
		imports[d.ImportPath] = d.Imports
	}
	start := module + "/" + program
	from := map[string]string{start: ""}
	for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
		for _, imported := range imports[queue[0]] {
			if _, seen := from[imported]; !seen {
				from[imported] = queue[0]
				queue = append(queue, imported)
			}
		}
	}
	chain := []string{target}
	for p := from[target]; p != ""; p = from[p] {
		chain = append(chain, p)
	}
	slices.Reverse(chain)
	return chain
}

func TestCheckUnlinked(t *testing.T) {
	dependencies := []dependency{
		{ImportPath: "k8s.iox/fine"},
		{ImportPath: "k8s.io/client-go/rest"},
		{ImportPath: "example.com/middle", Imports: []string{"k8s.io/client-go/rest"}},
		{ImportPath: module + "/internal/cli", Imports: []string{"example.com/middle", "k8s.iox/fine"}},
		{ImportPath: module + "/" + program, Imports: []string{module + "/internal/cli"}},
	}
	want := []string{
		module + "/cmd/kreconcile -> " + module + "/internal/cli -> example.com/middle -> k8s.io/client-go/rest: " +
			"client-go and what it brings cost 16 MB and 9 ms of every start; discovery reads the few documents itself",
	}
	if diff := cmp.Diff(want, checkUnlinked(dependencies)); diff != "" {
		t.Errorf("complaints (-want +got):\n%s", diff)
	}
}

func TestProgramLinksTheseModules(t *testing.T) {
	for _, complaint := range checkLinked(readDependencies(t)) {
		t.Error(complaint)
	}
}

// checkLinked returns a complaint for each module that is linked and not listed, or
// listed and not linked.
func checkLinked(dependencies []dependency) []string {
	const table = "the table linked of internal/architecture/linked_test.go"
	var complaints, found []string
	for _, d := range dependencies {
		if d.Module == nil || d.Module.Path == module || slices.Contains(found, d.Module.Path) {
			continue
		}
		found = append(found, d.Module.Path)
		if !slices.Contains(linked, d.Module.Path) {
			complaints = append(complaints, fmt.Sprintf("%s: the module is not in %s: weigh what it costs (size, start, "+
				"whom it makes us trust), and list it there", strings.Join(chainTo(d.ImportPath, dependencies), " -> "), table))
		}
	}
	for _, path := range linked {
		if !slices.Contains(found, path) {
			complaints = append(complaints, fmt.Sprintf("%s: the module is linked no more: remove it from %s", path, table))
		}
	}
	return complaints
}

func TestCheckLinked(t *testing.T) {
	var dependencies []dependency
	add := func(importPath, modulePath string, imports ...string) {
		d := dependency{ImportPath: importPath, Imports: imports}
		if modulePath != "" {
			d.Module = &struct{ Path string }{modulePath}
		}
		dependencies = append(dependencies, d)
	}
	add("fmt", "")
	add("example.com/new/b", "example.com/new")
	add("example.com/new/a", "example.com/new", "example.com/new/b")
	for _, path := range linked[1:] {
		add(path, path)
	}
	add(module+"/"+program, module, "example.com/new/a", "fmt")
	want := []string{
		module + "/cmd/kreconcile -> example.com/new/a -> example.com/new/b: the module is not in the table linked of " +
			"internal/architecture/linked_test.go: weigh what it costs (size, start, whom it makes us trust), and list it there",
		linked[0] + ": the module is linked no more: remove it from the table linked of internal/architecture/linked_test.go",
	}
	if diff := cmp.Diff(want, checkLinked(dependencies)); diff != "" {
		t.Errorf("complaints (-want +got):\n%s", diff)
	}
}

func TestProgramCallsNothingBanned(t *testing.T) {
	trackModule(t)
	binary := filepath.Join(t.TempDir(), "kreconcile")
	runGo(t, nil, "build", "-gcflags=all=-dwarf=false", "-ldflags=-s -w", "-o", binary, "./"+program)
	content, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	// A stripped binary keeps the names of functions, for stack traces. Finding
	// main.main proves that the search works.
	if !bytes.Contains(content, []byte("main.main")) {
		t.Fatal("the binary does not hold the names of its functions")
	}
	for _, u := range uncalled {
		if bytes.Contains(content, []byte(u.function)) {
			t.Errorf("%s links %s: %s", program, u.function, u.why)
		}
	}
}
