package compare

import (
	"maps"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Side is one of the two that are compared.
type Side struct {
	Snapshot *discovery.Snapshot
	// NoShortNames says why the short names of the snapshot's resources are not known. It is nil
	// if they are.
	NoShortNames *discovery.Failure
}

// Result is how the new side differs from the old one.
type Result struct {
	// Changes are sorted by group version, and then by what they are about.
	Changes []Change
	// Unknown is what was not compared, because one side does not know it.
	Unknown []Gap
	// Fields is set if at least one side knows fields of kinds. Otherwise fields are no part of
	// the comparison.
	Fields bool
}

// Change is one difference.
type Change struct {
	How          How
	What         What
	GroupVersion kubeapi.GroupVersion
	// Resource, Subresource and Kind are where the change is. Resource is the plural. Each is
	// empty if the change is about something larger. A change of a field has a Kind, and no
	// Resource.
	Resource, Subresource, Kind string
	// Name is the verb, the short name or the path of the field, and empty for everything else.
	Name string
	// Old and New are what the sides have. Old is empty if the thing came, and New if it went.
	Old, New string
	// Breaking is set if a client that works with the old side may not work with the new one.
	Breaking bool
	// Of is the name of the schema that a field is part of, and its place in it. Several kinds may
	// have the same schema, such as that of a container. It is empty if it is not known.
	Of string
}

// How is how something changed.
type How string

// The values of How.
const (
	Added   How = "added"
	Removed How = "removed"
	Changed How = "changed"
)

// What is what changed. The values are part of the JSON output.
type What string

// The values of What.
const (
	GroupVersion     What = "group_version"
	PreferredVersion What = "preferred_version"
	Resource         What = "resource"
	Scope            What = "scope"
	Kind             What = "kind"
	Verb             What = "verb"
	ShortName        What = "short_name"
	Subresource      What = "subresource"
	Field            What = "field"
	FieldType        What = "field_type"
	FieldRequired    What = "field_required"
	FieldEnum        What = "field_enum"
)

// Whats lists every value of What.
func Whats() []What {
	return []What{
		GroupVersion, PreferredVersion, Resource, Scope, Kind, Verb, ShortName, Subresource, Field, FieldType, FieldRequired, FieldEnum,
	}
}

// Gap is what was not compared, for one reason.
type Gap struct {
	// What says what the names are, in the plural, such as "groups" and "fields_of_kinds". It is
	// part of the JSON output.
	What string
	// Names are sorted. There are none if What says it all, as "short_names" does.
	Names []string
	// Old is set if the old side does not know it. Otherwise the new one does not.
	Old bool
	// Failure says why not.
	Failure *discovery.Failure
}

// Breaking returns the result without the changes that break no client.
func (r *Result) Breaking() *Result {
	breaking := *r
	breaking.Changes = slices.DeleteFunc(slices.Clone(r.Changes), func(c Change) bool { return !c.Breaking })
	return &breaking
}

// Compare compares two sides. The result of the opposite order is the same with old and new
// swapped; only what breaks a client differs.
func Compare(before, after Side) *Result {
	c := &comparison{old: newSide(before), new: newSide(after), gaps: map[string]*Gap{}}
	c.groups()
	c.result.Fields = c.old.fields || c.new.fields
	// What is sorted is text: another generic sort would add more code to the program.
	for _, key := range slices.Sorted(maps.Keys(c.gaps)) {
		g := c.gaps[key]
		slices.Sort(g.Names)
		g.Names = slices.Compact(g.Names)
		c.result.Unknown = append(c.result.Unknown, *g)
	}
	return &c.result
}

// comparison is a comparison under way.
type comparison struct {
	old, new *side
	result   Result
	// gaps are by the text that they are sorted by: what, the side and the reason.
	gaps map[string]*Gap
	// walk is that of the schemas that were compared last.
	walk *schemasWalk
}

// side is a Side, and what is looked up in it.
type side struct {
	Side
	groups map[string]*discovery.Group
	// queries are those that the snapshot has answers to, by kind.
	queries map[kindName][]discovery.FieldQuery
	// fields is set if the snapshot knows a field of any kind.
	fields bool
}

type kindName struct {
	gv   kubeapi.GroupVersion
	kind string
}

func newSide(s Side) *side {
	found := &side{Side: s, groups: map[string]*discovery.Group{}, queries: map[kindName][]discovery.FieldQuery{}}
	if core := &s.Snapshot.Core.Value; len(core.Versions) > 0 {
		found.groups[""] = core
	}
	for i := range s.Snapshot.Named.Value {
		g := &s.Snapshot.Named.Value[i]
		found.groups[g.Name] = g
	}
	for q := range s.Snapshot.Fields {
		name := kindName{q.GroupVersion, q.Kind}
		found.queries[name] = append(found.queries[name], q)
	}
	found.fields = len(s.Snapshot.Fields)+len(s.Snapshot.Schemas) > 0
	return found
}

func (c *comparison) add(change Change) { c.result.Changes = append(c.result.Changes, change) }

// gap keeps that a side does not know something. Names may be empty.
func (c *comparison) gap(of *side, f *discovery.Failure, what string, names ...string) {
	side := "2"
	if of == c.old {
		side = "1"
	}
	key := strings.Join([]string{what, side, f.Message, string(f.Code)}, "\x00")
	if c.gaps[key] == nil {
		c.gaps[key] = &Gap{What: what, Old: of == c.old, Failure: f}
	}
	c.gaps[key].Names = append(c.gaps[key].Names, names...)
}

// absent adds what only one of the sides has, unless the other one's absence is not certain.
// Change has what is there in Old and in New; the absent one is emptied.
func (c *comparison) absent(from *side, change Change, plural, name string) {
	if f := from.Snapshot.Confirmed.Unknown(); f != nil {
		c.gap(from, f.Within("its absence is not confirmed"), plural, name)
		return
	}
	if from == c.new {
		change.How, change.New, change.Breaking = Removed, "", true
	} else {
		change.How, change.Old = Added, ""
	}
	c.add(change)
}

// union returns the names of both lists, sorted.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
