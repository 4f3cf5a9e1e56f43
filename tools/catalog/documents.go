package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// document is the published OpenAPI document of one group version.
//
// Source: https://github.com/kubernetes/kubernetes/tree/master/api/openapi-spec
type document struct {
	gv         groupVersion
	Paths      map[string]map[string]json.RawMessage
	Components struct{ Schemas map[string]schema }
}

// groupVersion is a group, empty for the core group, and its version.
type groupVersion struct{ group, version string }

func (gv groupVersion) String() string { return strings.TrimPrefix(gv.group+"/"+gv.version, "/") }

// path returns the path of its documents.
func (gv groupVersion) path() string {
	if gv.group == "" {
		return "/api/" + gv.version
	}
	return "/apis/" + gv.group + "/" + gv.version
}

// readDocuments reads the documents of all group versions, in the order of their files.
func readDocuments(kubernetes string) ([]document, error) {
	files, err := filepath.Glob(filepath.Join(kubernetes, "api", "openapi-spec", "v3", "*.json"))
	if err != nil {
		return nil, err
	}
	var documents []document
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), "_openapi.json")
		gv, ok := groupVersionOf(name)
		if !ok {
			continue
		}
		d := document{gv: gv}
		if err := readJSON(file, &d); err != nil {
			return nil, err
		}
		documents = append(documents, d)
	}
	if len(documents) == 0 {
		return nil, fmt.Errorf("there are no OpenAPI documents in %s", kubernetes)
	}
	return addMissing(documents, filepath.Join(kubernetes, "api", "openapi-spec", "swagger.json"))
}

// swagger is the OpenAPI document of version 2, which has all group versions.
type swagger struct {
	Paths       map[string]map[string]json.RawMessage
	Definitions map[string]json.RawMessage
}

// addMissing adds the group versions that only the document of version 2 has:
// apiregistration.k8s.io/v1 before 1.27. Of their schemas, those that other documents have are
// taken from there.
func addMissing(documents []document, file string) ([]document, error) {
	var all swagger
	if err := readJSON(file, &all); err != nil {
		return nil, err
	}
	published, named := map[groupVersion]bool{}, map[string]schema{}
	for _, d := range documents {
		published[d.gv] = true
		maps.Copy(named, d.Components.Schemas)
	}
	for _, path := range sortedKeys(all.Paths) {
		parts := strings.Split(strings.Trim(path, "/"), "/")
		if parts[0] == "apis" && len(parts) > 2 {
			parts = parts[:3]
		} else if parts = parts[:min(2, len(parts))]; parts[0] != "api" {
			continue
		}
		gv, ok := groupVersionOf(strings.Join(parts, "__"))
		if !ok || published[gv] {
			continue
		}
		published[gv] = true
		d := document{gv: gv, Paths: all.Paths}
		var err error
		if d.Components.Schemas, err = all.schemas(gv, named); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, gv, err)
		}
		documents = append(documents, d)
	}
	return documents, nil
}

var definition = regexp.MustCompile(`"#/definitions/([^"]+)"`)

// schemas returns the schemas of a group version's kinds, and those that they refer to.
func (all *swagger) schemas(gv groupVersion, named map[string]schema) (map[string]schema, error) {
	schemas := map[string]schema{}
	var add func(name string) error
	add = func(name string) error {
		if _, added := schemas[name]; added {
			return nil
		}
		if s, found := named[name]; found {
			schemas[name] = s
			return nil
		}
		var s schema
		content := definition.ReplaceAll(all.Definitions[name], []byte(`"#/components/schemas/$1"`))
		if err := json.Unmarshal(content, &s); err != nil {
			return fmt.Errorf("the definition %s: %w", name, err)
		}
		schemas[name] = s
		for _, m := range definition.FindAllSubmatch(all.Definitions[name], -1) {
			if err := add(string(m[1])); err != nil {
				return err
			}
		}
		return nil
	}
	for _, name := range sortedKeys(all.Definitions) {
		var s struct {
			Kinds []struct{ Group, Version string } `json:"x-kubernetes-group-version-kind"`
		}
		if err := json.Unmarshal(all.Definitions[name], &s); err != nil {
			return nil, fmt.Errorf("the definition %s: %w", name, err)
		}
		for _, k := range s.Kinds {
			if k.Group == gv.group && k.Version == gv.version {
				if err := add(name); err != nil {
					return nil, err
				}
			}
		}
	}
	return schemas, nil
}

// groupVersionOf reads the name of a file without its ending: "api__v1" or "apis__apps__v1". Other
// files are about no group version.
func groupVersionOf(name string) (groupVersion, bool) {
	switch parts := strings.Split(name, "__"); {
	case len(parts) == 2 && parts[0] == "api":
		return groupVersion{"", parts[1]}, true
	case len(parts) == 3 && parts[0] == "apis":
		return groupVersion{parts[1], parts[2]}, true
	}
	return groupVersion{}, false
}

func readJSON(file string, into any) error {
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
