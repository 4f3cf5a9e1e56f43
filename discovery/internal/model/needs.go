package model

import (
	"slices"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Needs says what of a snapshot is to be asked for.
type Needs struct {
	// Documents are the discovery documents of /api and /apis.
	Documents bool
	// Version is GET /version.
	Version bool
	// ServerAddresses is the plain document of GET /api.
	ServerAddresses bool
	// Fields are questions to the OpenAPI documents, each once.
	Fields []FieldQuery
	// Schemas are kinds of which every field is asked for, by group version.
	Schemas map[kubeapi.GroupVersion][]string
	// Reviews are access reviews. One that is named twice is asked once.
	Reviews []Review
	// Available are group versions whose own documents are asked for, each once.
	Available []kubeapi.GroupVersion
	// Lists are group versions whose resources are asked for in their own documents,
	// each once.
	Lists []kubeapi.GroupVersion
}

// Empty tells whether nothing is to be asked for.
func (n Needs) Empty() bool {
	return !n.Documents && !n.Version && !n.ServerAddresses && len(n.Fields)+len(n.Schemas) == 0 && len(n.Reviews) == 0 &&
		len(n.Available) == 0 && len(n.Lists) == 0
}

// Unlisted gives the group versions whose resources nobody has asked for.
func (s *Snapshot) Unlisted() []kubeapi.GroupVersion {
	var unlisted []kubeapi.GroupVersion
	for _, g := range append([]Group{s.Core.Value}, s.Named.Value...) {
		for _, v := range g.Versions {
			if gv := (kubeapi.GroupVersion{Group: g.Name, Version: v.Name}); !v.Resources.Asked() && !slices.Contains(unlisted, gv) {
				unlisted = append(unlisted, gv)
			}
		}
	}
	return unlisted
}

// WithoutSchemas gives the kinds of resources of whose group versions no schemas were asked for.
func (s *Snapshot) WithoutSchemas() map[kubeapi.GroupVersion][]string {
	kinds := map[kubeapi.GroupVersion][]string{}
	for _, g := range append([]Group{s.Core.Value}, s.Named.Value...) {
		for _, v := range g.Versions {
			gv := kubeapi.GroupVersion{Group: g.Name, Version: v.Name}
			if s.Schemas[gv].Asked() {
				continue
			}
			seen := map[string]bool{"": true}
			for _, r := range v.Resources.Value {
				if !seen[r.Kind] {
					seen[r.Kind] = true
					kinds[gv] = append(kinds[gv], r.Kind)
				}
			}
		}
	}
	return kinds
}
