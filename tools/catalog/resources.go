package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// resource is a resource, or a subresource such as pods/log, of one group version.
type resource struct {
	gv         groupVersion
	name       string
	kind       string
	namespaced bool
	verbs      []string
	// singular, shortNames and categories are not in OpenAPI documents.
	singular               string
	shortNames, categories []string
	// state says whether it is on by default. defaults.apply sets it.
	state string
}

// fact returns the line of the catalogue about the resource.
func (r *resource) fact() string {
	scope := "Cluster"
	if r.namespaced {
		scope = "Namespaced"
	}
	list := func(items []string) string { return strings.Join(items, ",") }
	return line("resource", r.gv.String(), r.name, r.kind, scope, list(r.verbs), r.singular, list(r.shortNames), list(r.categories), r.state)
}

// readResources reads the discovery documents, which releases publish since 1.28. An older release
// has its resources in the paths of the OpenAPI documents. These have the same names, kinds, scopes
// and verbs: it is an error if a release that has both disagrees with itself.
//
// Source: https://github.com/kubernetes/kubernetes/tree/master/api/discovery
func readResources(kubernetes string, documents []document) ([]*resource, error) {
	var all []*resource
	for _, d := range documents {
		byPath, err := resourcesByPath(d)
		if err != nil {
			return nil, fmt.Errorf("the OpenAPI document of %s: %w", d.gv, err)
		}
		file := strings.ReplaceAll(strings.TrimPrefix(d.gv.path(), "/"), "/", "__") + ".json"
		listed, err := resourcesByDiscovery(filepath.Join(kubernetes, "api", "discovery", file), d.gv)
		switch {
		case errors.Is(err, os.ErrNotExist):
			listed = byPath
		case err != nil:
			return nil, err
		default:
			if err := agree(listed, byPath); err != nil {
				return nil, fmt.Errorf("the documents of %s: %w", d.gv, err)
			}
		}
		all = append(all, listed...)
	}
	return all, everyGroupVersion(kubernetes, documents)
}

// everyGroupVersion returns an error if a discovery document has no OpenAPI document.
func everyGroupVersion(kubernetes string, documents []document) error {
	files, err := filepath.Glob(filepath.Join(kubernetes, "api", "discovery", "*.json"))
	for _, file := range files {
		gv, ok := groupVersionOf(strings.TrimSuffix(filepath.Base(file), ".json"))
		if ok && !slices.ContainsFunc(documents, func(d document) bool { return d.gv == gv }) {
			return fmt.Errorf("%s has a discovery document and no OpenAPI document", gv)
		}
	}
	return err
}

// resourcesByDiscovery reads an APIResourceList.
func resourcesByDiscovery(file string, gv groupVersion) ([]*resource, error) {
	var list struct {
		GroupVersion string
		Resources    []struct {
			Name, SingularName, Kind      string
			Namespaced                    bool
			Verbs, ShortNames, Categories []string
		}
	}
	if err := readJSON(file, &list); err != nil {
		return nil, err
	}
	if list.GroupVersion != gv.String() {
		return nil, fmt.Errorf("%s is about %q", file, list.GroupVersion)
	}
	var resources []*resource
	for _, r := range list.Resources {
		resources = append(resources, &resource{
			gv: gv, name: r.Name, kind: r.Kind, namespaced: r.Namespaced, verbs: r.Verbs,
			singular: r.SingularName, shortNames: r.ShortNames, categories: r.Categories,
		})
	}
	return resources, nil
}

// agree returns an error if two lists of one group version differ in what both know.
func agree(listed, byPath []*resource) error {
	words := func(r *resource) string {
		return fmt.Sprint(r.name, " ", r.kind, " ", r.namespaced, " ", strings.Join(r.verbs, ","))
	}
	var a, b []string
	for _, r := range listed {
		a = append(a, words(r))
	}
	for _, r := range byPath {
		b = append(b, words(r))
	}
	slices.Sort(a)
	slices.Sort(b)
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return fmt.Errorf("discovery and OpenAPI differ: %q and %q", a[min(i, len(a)):min(i+1, len(a))], b[min(i, len(b)):min(i+1, len(b))])
		}
	}
	return nil
}

// operation is one method of one path of an OpenAPI document.
type operation struct {
	Action string `json:"x-kubernetes-action"`
	Kind   struct {
		Kind string
	} `json:"x-kubernetes-group-version-kind"`
}

// resourcesByPath derives the resources of a group version from the paths of its OpenAPI document.
func resourcesByPath(d document) ([]*resource, error) {
	found := map[string]*resource{}
	for _, path := range sortedKeys(d.Paths) {
		rest, ok := strings.CutPrefix(path, d.gv.path()+"/")
		if !ok || rest == "" {
			continue
		}
		name, namespaced := resourceOf(rest)
		for _, method := range sortedKeys(d.Paths[path]) {
			if method == "parameters" {
				continue
			}
			var o operation
			if err := json.Unmarshal(d.Paths[path][method], &o); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			r := found[name]
			if r == nil {
				r = &resource{gv: d.gv, name: name, kind: o.Kind.Kind}
				found[name] = r
			}
			if r.kind != o.Kind.Kind {
				return nil, fmt.Errorf("%s %s: the kind is %s, and was %s", method, path, o.Kind.Kind, r.kind)
			}
			r.namespaced = r.namespaced || namespaced
			verb, err := verbOf(o.Action, method)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			if verb != "" && !slices.Contains(r.verbs, verb) {
				r.verbs = append(r.verbs, verb)
			}
		}
	}
	var resources []*resource
	for _, name := range sortedKeys(found) {
		slices.Sort(found[name].verbs)
		resources = append(resources, found[name])
	}
	return resources, nil
}

// resourceOf returns the name of the resource that a path under a group version is about, and
// whether the path names a namespace: "namespaces/{namespace}/pods/{name}/log" is pods/log.
func resourceOf(path string) (name string, namespaced bool) {
	path = strings.TrimPrefix(path, "watch/")
	if rest, ok := strings.CutPrefix(path, "namespaces/{namespace}/"); ok {
		path, namespaced = rest, true
	}
	var names []string
	for part := range strings.SplitSeq(path, "/") {
		if !strings.HasPrefix(part, "{") {
			names = append(names, part)
		}
	}
	return strings.Join(names, "/"), namespaced
}

// verbOf returns the verb of an operation. It is empty for HEAD and OPTIONS, which have none.
func verbOf(action, method string) (string, error) {
	switch action {
	case "get", "list", "patch", "delete", "deletecollection", "watch":
		return action, nil
	case "watchlist":
		return "watch", nil
	case "post":
		return "create", nil
	case "put":
		return "update", nil
	case "connect":
		switch method {
		case "head", "options":
			return "", nil
		case "get", "patch", "delete":
			return method, nil
		case "post":
			return "create", nil
		case "put":
			return "update", nil
		}
	}
	return "", fmt.Errorf("the action %q is new", action)
}
