package manifest

import (
	"fmt"
	"maps"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// LaySchemas adds every field of the definitions to s, which [CRDs.Lay] changed before.
func (c *CRDs) LaySchemas(s *discovery.Snapshot) {
	if c == nil {
		return
	}
	kinds := map[kubeapi.GroupVersion][]string{}
	for _, d := range c.definitions {
		for _, v := range d.versions {
			gv := kubeapi.GroupVersion{Group: d.group, Version: v.name}
			kinds[gv] = append(kinds[gv], d.resource.Kind)
		}
	}
	if s.Schemas == nil {
		s.Schemas = map[kubeapi.GroupVersion]discovery.Fact[*discovery.Schemas]{}
	}
	for gv, of := range kinds {
		var queries []discovery.FieldQuery
		for _, kind := range of {
			queries = append(queries, discovery.FieldQuery{GroupVersion: gv, Kind: kind})
		}
		found, err := discovery.ReadSchemas(c.document(gv, queries), gv, of)
		if err != nil {
			s.Schemas[gv] = discovery.Failed[*discovery.Schemas](&discovery.Failure{
				Code: discovery.InvalidResponse, Message: fmt.Sprintf("the schemas of %s: %v", gv, err), Err: err,
			})
			continue
		}
		if before := s.Schemas[gv]; before.Known {
			found = joined(before.Value, found)
		}
		s.Schemas[gv] = discovery.Known(found)
	}
}

// joined has the kinds of both, and of a kind in both the later one. An object that is part of a
// kind has a name that begins with it. Others, such as ObjectMeta, are those of the cluster.
func joined(before, after *discovery.Schemas) *discovery.Schemas {
	all := &discovery.Schemas{Kinds: maps.Clone(before.Kinds), Objects: maps.Clone(before.Objects)}
	maps.Copy(all.Kinds, after.Kinds)
	for name, o := range after.Objects {
		kind, _, _ := strings.Cut(name, ".")
		if _, own := after.Kinds[kind]; own || all.Objects[name].Fields == nil {
			all.Objects[name] = o
		}
	}
	return all
}
