package main

import (
	"fmt"
	"go/ast"
	"slices"
)

// gates are the feature gates of a kube-apiserver.
type gates struct {
	// on says of each gate whether it is on by default.
	on map[string]bool
	// needs are the gates that a gate depends on.
	needs map[string][]string
}

// readGates reads the tables of feature gates. A gate has one specification, or a list of them in
// the order of releases. The last one of a list holds.
func readGates(kubernetes string) (gates, error) {
	g := gates{map[string]bool{}, map[string][]string{}}
	files, err := parseFiles(kubernetes, "pkg", "features", "*.go")
	if err != nil {
		return gates{}, err
	}
	for _, f := range files {
		ast.Inspect(f.File, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if _, isMap := literal.Type.(*ast.MapType); !isMap {
				return true
			}
			for gate, value := range members(literal) {
				if on, ok := gateDefault(value); ok {
					g.on[gate] = on
				} else if list, ok := value.(*ast.CompositeLit); ok {
					g.needs[gate] = append(g.needs[gate], names(list)...)
				}
			}
			return true
		})
	}
	if len(g.on) == 0 {
		return gates{}, fmt.Errorf("%s has no feature gates", kubernetes)
	}
	return g, nil
}

// names returns the identifiers, and the names of x.Name, in a list.
func names(list *ast.CompositeLit) []string {
	var names []string
	for _, element := range list.Elts {
		switch e := element.(type) {
		case *ast.Ident:
			names = append(names, e.Name)
		case *ast.SelectorExpr:
			names = append(names, e.Sel.Name)
		}
	}
	return names
}

// off returns which of the gates, and of those that they depend on, are off by default.
func (g gates) off(wanted []string) ([]string, error) {
	var off []string
	seen := map[string]bool{}
	for wanted = slices.Clone(wanted); len(wanted) > 0; wanted = wanted[1:] {
		gate := wanted[0]
		if seen[gate] {
			continue
		}
		seen[gate] = true
		on, known := g.on[gate]
		if !known {
			return nil, fmt.Errorf("the feature gate %s is not known", gate)
		}
		if !on {
			off = append(off, gate)
			wanted = append(wanted, g.needs[gate]...)
		}
	}
	return off, nil
}

func gateDefault(value ast.Expr) (on, ok bool) {
	literal, ok := value.(*ast.CompositeLit)
	if !ok || len(literal.Elts) == 0 {
		return false, false
	}
	if last, nested := literal.Elts[len(literal.Elts)-1].(*ast.CompositeLit); nested {
		literal = last
	}
	specification := members(literal)
	if specification["PreRelease"] == nil {
		return false, false
	}
	name, isName := specification["Default"].(*ast.Ident)
	return isName && name.Name == "true", true
}
