package manifest

import (
	"fmt"
	"slices"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Fetch answers the questions about fields of the definitions, and keeps the answers in s, which
// [CRDs.Lay] changed before. It returns the questions that are about something else.
func (c *CRDs) Fetch(s *discovery.Snapshot, queries []discovery.FieldQuery) (rest []discovery.FieldQuery) {
	if c == nil || len(c.definitions) == 0 {
		return queries
	}
	asked := map[kubeapi.GroupVersion][]discovery.FieldQuery{}
	for _, q := range queries {
		d := c.kinds[kindOf{q.GroupVersion.Group, q.Kind}]
		if d == nil || !d.serves(q.GroupVersion.Version) {
			rest = append(rest, q)
			continue
		}
		if s.Fields == nil {
			s.Fields = map[discovery.FieldQuery]discovery.Fact[discovery.Field]{}
		}
		if answer, found := c.answers[q]; found {
			s.Fields[q] = answer
			continue
		}
		asked[q.GroupVersion] = append(asked[q.GroupVersion], q)
	}
	for gv, queries := range asked {
		answers, err := discovery.ReadFields(c.document(gv, queries), gv, queries)
		for _, q := range queries {
			answer := answers[q]
			if err != nil {
				answer = discovery.Failed[discovery.Field](&discovery.Failure{
					Code: discovery.InvalidResponse, Message: fmt.Sprintf("the schemas of %s: %v", gv, err), Err: err,
				})
			}
			if c.answers == nil {
				c.answers = map[discovery.FieldQuery]discovery.Fact[discovery.Field]{}
			}
			c.answers[q], s.Fields[q] = answer, answer
		}
	}
	return rest
}

// document returns the OpenAPI document of the asked kinds, as the API server makes it of their
// definitions.
func (c *CRDs) document(gv kubeapi.GroupVersion, queries []discovery.FieldQuery) []byte {
	out := []byte(`{"openapi":"3.0.0","info":{"title":"Kubernetes CRD Swagger"},"components":{"schemas":{`)
	var done []string
	for _, q := range queries {
		if slices.Contains(done, q.Kind) {
			continue
		}
		done = append(done, q.Kind)
		d := c.kinds[kindOf{gv.Group, q.Kind}]
		i := slices.IndexFunc(d.versions, func(v version) bool { return v.name == gv.Version })
		schema := d.versions[i].schema
		// Names of groups, versions and kinds need no quoting.
		out = fmt.Appendf(out, `"%s":%s,"x-kubernetes-group-version-kind":[{"group":"%s","version":"%s","kind":"%[1]s"}]},`,
			q.Kind, schema[:len(schema)-1], gv.Group, gv.Version)
	}
	return append(append(out, objectMeta...), "}}}"...)
}
