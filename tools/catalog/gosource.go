package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// goFile is a parsed Go file without comments.
type goFile struct {
	*ast.File
	name string
}

// parseFiles parses the Go files that a pattern matches, without tests.
func parseFiles(pattern ...string) ([]goFile, error) {
	names, err := filepath.Glob(filepath.Join(pattern...))
	if err != nil {
		return nil, err
	}
	var files []goFile
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, goFile{file, name})
	}
	return files, nil
}

// imports returns the path of each import, by its name in the file.
func (f goFile) imports() map[string]string {
	imports := map[string]string{}
	for _, spec := range f.Imports {
		path := text(spec.Path)
		name := path[strings.LastIndexByte(path, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = path
	}
	return imports
}

// text returns a string literal's value, and nothing for another expression.
func text(e ast.Expr) string {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(literal.Value)
	if err != nil {
		return ""
	}
	return s
}

// selected returns x and y of an expression x.y, and nothing for another expression.
func selected(e ast.Expr) (x, y string) {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	of, ok := selector.X.(*ast.Ident)
	if !ok {
		return "", ""
	}
	return of.Name, selector.Sel.Name
}

// called returns the arguments of a call of a method or function of that name.
func called(e ast.Expr, name string) (on ast.Expr, args []ast.Expr, ok bool) {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return nil, nil, false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != name {
		return nil, nil, false
	}
	return selector.X, call.Args, true
}

// groups are the packages of the types of kinds.
type groups struct {
	// of has the group version of each package, by its import path.
	of map[string]groupVersion
	// folders are those of the packages, by import path.
	folders map[string]string
}

// readGroups finds the packages with the types of kinds, each with a constant GroupName.
func readGroups(modules map[string]string) (groups, error) {
	g := groups{map[string]groupVersion{}, map[string]string{}}
	for _, m := range typeModules() {
		var registers []string
		for _, pattern := range []string{"*/v*/register.go", "pkg/apis/*/v*/register.go"} {
			found, err := filepath.Glob(filepath.Join(modules[m], pattern))
			if err != nil {
				return groups{}, err
			}
			registers = append(registers, found...)
		}
		if len(registers) == 0 {
			return groups{}, fmt.Errorf("%s has no types of kinds", m)
		}
		for _, register := range registers {
			folder := filepath.Dir(register)
			relative, err := filepath.Rel(modules[m], folder)
			if err != nil {
				return groups{}, err
			}
			gv, err := registered(register)
			if err != nil {
				return groups{}, err
			}
			path := m + "/" + filepath.ToSlash(relative)
			g.of[path], g.folders[path] = gv, folder
		}
	}
	return g, nil
}

// registered reads the group version in a register.go.
func registered(register string) (groupVersion, error) {
	files, err := parseFiles(register)
	if err != nil {
		return groupVersion{}, err
	}
	gv := groupVersion{version: filepath.Base(filepath.Dir(register))}
	found := false
	for _, f := range files {
		ast.Inspect(f.File, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && spec.Names[0].Name == "GroupName" && len(spec.Values) == 1 {
				gv.group, found = text(spec.Values[0]), true
			}
			return true
		})
	}
	if !found {
		return groupVersion{}, fmt.Errorf("%s has no constant GroupName", register)
	}
	return gv, nil
}

// readLives reads the methods that say since when a kind exists, since when it is deprecated, when
// it is removed and what replaces it.
//
// Source: https://github.com/kubernetes/code-generator/tree/master/cmd/prerelease-lifecycle-gen
func readLives(lives map[string]life, g groups) error {
	for _, path := range sortedKeys(g.folders) {
		files, err := parseFiles(g.folders[path], "*.go")
		if err != nil {
			return err
		}
		kinds := map[string]*life{}
		for _, f := range files {
			for _, declaration := range f.Decls {
				method, ok := declaration.(*ast.FuncDecl)
				if !ok || method.Recv == nil || !strings.HasPrefix(method.Name.Name, "APILifecycle") {
					continue
				}
				if err := readLife(kinds, method); err != nil {
					return fmt.Errorf("%s: %s: %w", f.name, method.Name.Name, err)
				}
			}
		}
		for _, kind := range sortedKeys(kinds) {
			lives[line(g.of[path].String(), kind)] = *kinds[kind]
		}
	}
	return nil
}

func readLife(kinds map[string]*life, method *ast.FuncDecl) error {
	star, ok := method.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return fmt.Errorf("the receiver is not a pointer")
	}
	kind, ok := star.X.(*ast.Ident)
	if !ok || len(method.Body.List) != 1 {
		return fmt.Errorf("it does not only return a value")
	}
	result, ok := method.Body.List[0].(*ast.ReturnStmt)
	if !ok {
		return fmt.Errorf("it does not only return a value")
	}
	l := kinds[kind.Name]
	if l == nil {
		l = &life{}
		kinds[kind.Name] = l
	}
	var err error
	switch method.Name.Name {
	case "APILifecycleIntroduced":
		l.introduced, err = returnedRelease(result)
	case "APILifecycleDeprecated":
		l.deprecated, err = returnedRelease(result)
	case "APILifecycleRemoved":
		l.removed, err = returnedRelease(result)
	case "APILifecycleReplacement":
		l.replacement, l.replacementKind, err = returnedKind(result)
	default:
		err = fmt.Errorf("the method is new")
	}
	return err
}

func returnedRelease(result *ast.ReturnStmt) (string, error) {
	var numbers []string
	for _, value := range result.Results {
		if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.INT {
			numbers = append(numbers, literal.Value)
		}
	}
	if len(numbers) != 2 || len(result.Results) != 2 {
		return "", fmt.Errorf("it does not return two numbers")
	}
	return strings.Join(numbers, "."), nil
}

func returnedKind(result *ast.ReturnStmt) (gv, kind string, err error) {
	if len(result.Results) == 1 {
		if literal, ok := result.Results[0].(*ast.CompositeLit); ok {
			values := map[string]string{}
			for name, value := range members(literal) {
				values[name] = text(value)
			}
			if values["Version"] != "" && values["Kind"] != "" && len(values) == 3 {
				return groupVersion{values["Group"], values["Version"]}.String(), values["Kind"], nil
			}
		}
	}
	return "", "", fmt.Errorf("it does not return a group, a version and a kind")
}

// members returns the values of a composite literal, by their names.
func members(literal *ast.CompositeLit) map[string]ast.Expr {
	values := map[string]ast.Expr{}
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch key := pair.Key.(type) {
		case *ast.Ident:
			values[key.Name] = pair.Value
		case *ast.SelectorExpr:
			values[key.Sel.Name] = pair.Value
		}
	}
	return values
}
