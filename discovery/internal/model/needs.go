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
	return !n.Documents && !n.Version && !n.ServerAddresses && len(n.Fields) == 0 && len(n.Reviews) == 0 &&
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
