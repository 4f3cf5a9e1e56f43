package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// defaults say what a default kube-apiserver of a release serves of all that can be switched on.
type defaults struct {
	// on are the resources of beta versions that are on by default.
	on map[groupResource]bool
	// needs are the feature gates that a resource or subresource needs.
	needs map[groupResource][]string
	gates gates
}

// groupResource is a resource of a group version, or a subresource such as pods/resize.
type groupResource struct {
	gv   groupVersion
	name string
}

// readDefaults reads the source of a kube-apiserver.
func readDefaults(kubernetes string, g groups) (*defaults, error) {
	d := &defaults{on: map[groupResource]bool{}, needs: map[groupResource][]string{}}
	var err error
	if d.gates, err = readGates(kubernetes); err != nil {
		return nil, err
	}
	instance, err := parseFiles(kubernetes, "pkg", "controlplane", "instance.go")
	if err != nil {
		return nil, err
	}
	for _, f := range instance {
		if err := d.readLegacy(f, g); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	storages, err := parseFiles(kubernetes, "pkg", "registry", "*", "rest", "*.go")
	if err != nil {
		return nil, err
	}
	for _, f := range storages {
		r := registry{file: f, groups: g, imports: f.imports(), found: d.needs}
		ast.Walk(visitor{&r, registration{}}, f.File)
		if r.err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, r.err)
		}
	}
	if len(instance) == 0 || len(storages) == 0 {
		return nil, fmt.Errorf("%s has no kube-apiserver", kubernetes)
	}
	return d, nil
}

// readLegacy reads legacyBetaEnabledByDefaultResources. Newer releases do not have it any more.
func (d *defaults) readLegacy(f goFile, g groups) error {
	var err error
	imports := f.imports()
	ast.Inspect(f.File, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "legacyBetaEnabledByDefaultResources" || len(spec.Values) != 1 {
			return true
		}
		list, ok := spec.Values[0].(*ast.CompositeLit)
		if !ok {
			err = fmt.Errorf("legacyBetaEnabledByDefaultResources is not a list")
			return false
		}
		for _, element := range list.Elts {
			on, args, ok := called(element, "WithResource")
			gv, known := groupOf(on, g, imports)
			if !ok || !known || len(args) != 1 || text(args[0]) == "" {
				alias, _ := selected(on)
				err = fmt.Errorf("legacyBetaEnabledByDefaultResources has an entry of %q that is not understood", alias)
				return false
			}
			d.on[groupResource{gv, text(args[0])}] = true
		}
		return false
	})
	return err
}

// groupOf returns the group version of an expression alias.SchemeGroupVersion.
func groupOf(e ast.Expr, g groups, imports map[string]string) (groupVersion, bool) {
	alias, name := selected(e)
	path := imports[alias]
	if internal, ok := strings.CutPrefix(path, kubernetesModule+"/pkg/apis/"); ok {
		// It has the same SchemeGroupVersion as the published package.
		path = apiModule + "/" + internal
	}
	gv, known := g.of[path]
	return gv, known && name == "SchemeGroupVersion"
}

// registry reads a file that registers the storage of resources, and finds what depends on a
// feature gate:
//
//	if resource := "pods"; source.ResourceEnabled(corev1.SchemeGroupVersion.WithResource(resource)) {
//		if utilfeature.DefaultFeatureGate.Enabled(features.InPlacePodVerticalScaling) {
//			storage[resource+"/resize"] = podStorage.Resize
type registry struct {
	file    goFile
	groups  groups
	imports map[string]string
	found   map[groupResource][]string
	err     error
}

// registration is what the if statements around a place say.
type registration struct {
	// resource is the value of the variable resource.
	resource string
	gv       *groupVersion
	gates    []string
	// unclear is set if a feature gate is asked for in a way that is not understood.
	unclear bool
}

type visitor struct {
	*registry
	registration
}

// Visit follows if statements, and looks at what is assigned to an element of storage.
func (v visitor) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.IfStmt:
		inside := v
		if assigned, ok := n.Init.(*ast.AssignStmt); ok && len(assigned.Lhs) == 1 && len(assigned.Rhs) == 1 {
			if name, ok := assigned.Lhs[0].(*ast.Ident); ok && name.Name == "resource" {
				inside.resource = text(assigned.Rhs[0])
			}
		}
		inside = inside.under(n.Cond)
		ast.Walk(inside, n.Body)
		if n.Else != nil {
			otherwise := v
			otherwise.unclear = v.unclear || inside.unclear || len(inside.gates) > len(v.gates)
			ast.Walk(otherwise, n.Else)
		}
		return nil
	case *ast.AssignStmt:
		for _, left := range n.Lhs {
			if index, ok := left.(*ast.IndexExpr); ok {
				v.register(index)
			}
		}
	}
	return v
}

// under returns the visitor of what is under a condition.
func (v visitor) under(condition ast.Expr) visitor {
	if both, ok := condition.(*ast.BinaryExpr); ok && both.Op == token.LAND {
		return v.under(both.X).under(both.Y)
	}
	if _, args, ok := called(condition, "Enabled"); ok && len(args) == 1 {
		if pkg, gate := selected(args[0]); pkg == "features" {
			v.gates = append(slices.Clip(v.gates), gate)
			return v
		}
	}
	if _, args, ok := called(condition, "ResourceEnabled"); ok && len(args) == 1 {
		if on, _, ok := called(args[0], "WithResource"); ok {
			if gv, known := groupOf(on, v.groups, v.imports); known {
				v.gv = &gv
				return v
			}
		}
	}
	ast.Inspect(condition, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok && selector.Sel.Name == "Enabled" {
			v.unclear = true
		}
		return true
	})
	return v
}

// register keeps the gates of what is stored at an element.
func (v visitor) register(index *ast.IndexExpr) {
	if name, ok := index.X.(*ast.Ident); !ok || name.Name != "storage" || len(v.gates) == 0 && !v.unclear {
		return
	}
	name := ""
	switch key := index.Index.(type) {
	case *ast.Ident:
		if key.Name == "resource" {
			name = v.resource
		}
	case *ast.BasicLit:
		name = text(key)
	case *ast.BinaryExpr:
		if of, ok := key.X.(*ast.Ident); ok && of.Name == "resource" && key.Op == token.ADD && text(key.Y) != "" && v.resource != "" {
			name = v.resource + text(key.Y)
		}
	}
	if name == "" || v.gv == nil || v.unclear {
		v.registry.err = fmt.Errorf("the storage of %q depends on a feature gate in a way that is not understood", name)
		return
	}
	v.found[groupResource{*v.gv, name}] = v.gates
}

var stableVersion = regexp.MustCompile(`^v\d+$`)

// apply sets the state of each resource: "on", or "off" with the feature gates that are off.
func (d *defaults) apply(resources []*resource) error {
	known, published := map[groupResource]bool{}, map[groupVersion]bool{}
	for _, r := range resources {
		id := groupResource{r.gv, r.name}
		parent, _, _ := strings.Cut(r.name, "/")
		known[id], published[r.gv] = true, true
		off, err := d.gates.off(d.needs[id])
		if err != nil {
			return fmt.Errorf("%s %s: %w", r.gv, r.name, err)
		}
		r.state = "on"
		if len(off) > 0 || !stableVersion.MatchString(r.gv.version) && !d.on[groupResource{r.gv, parent}] {
			r.state = strings.Join(append([]string{"off"}, off...), ",")
		}
	}
	for id := range d.needs {
		// The code for a version may outlive the version.
		if published[id.gv] && !known[id] {
			return fmt.Errorf("%s %s depends on a feature gate and is not in the documents", id.gv, id.name)
		}
	}
	return nil
}
