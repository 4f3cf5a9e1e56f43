package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
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
	return documents, nil
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
