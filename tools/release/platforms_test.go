package main

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestPlatforms checks the types of each program, with all that it links, for each platform
// of a release that the end-to-end tests do not build. This takes seconds, and building
// takes minutes.
func TestPlatforms(t *testing.T) {
	platforms, err := parsePlatforms(allPlatforms)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs() {
		for _, on := range platforms {
			if on == (platform{"linux", runtime.GOARCH}) || on == (platform{"windows", "amd64"}) {
				continue
			}
			t.Run(p.name+" "+on.String(), func(t *testing.T) {
				t.Parallel()
				checkTypes(t, p, on)
			})
		}
	}
}

func checkTypes(t *testing.T, p program, on platform) {
	t.Helper()
	pattern := "./cmd/" + p.name
	if p.module != "." {
		pattern = "."
	}
	loaded, err := packages.Load(&packages.Config{
		Context: t.Context(),
		Mode:    packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesSizes,
		Dir:     filepath.Join("..", "..", filepath.FromSlash(p.module)),
		Env:     slices.Concat(os.Environ(), (&release{}).goEnvironment(on.system, on.architecture)),
	}, pattern)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	packages.Visit(loaded, nil, func(pkg *packages.Package) {
		seen++
		for _, err := range pkg.Errors {
			t.Error(err)
		}
		if pkg.Types == nil || !pkg.Types.Complete() {
			t.Errorf("%s was not checked", pkg.PkgPath)
		}
	})
	if len(loaded) != 1 || loaded[0].Name != "main" || seen < 100 || !strings.HasSuffix(loaded[0].PkgPath, "/cmd/"+p.name) {
		t.Errorf("%d packages were checked for %v", seen, loaded)
	}
}
