package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/compare"
	"github.com/kreconcile/kreconcile/kubeapi"
)

var apps = kubeapi.GroupVersion{Group: "apps", Version: "v1"}

// cluster returns a small snapshot, which edits change.
func cluster(edits ...func(*discovery.Snapshot)) compare.Side {
	deployments := func() discovery.Resource {
		return discovery.Resource{
			Name: "deployments", Kind: "Deployment", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get", "list"}, ShortNames: []string{"deploy"},
			Subresources: []discovery.Subresource{{Name: "scale", Kind: "Scale", Verbs: []string{"get", "update"}}},
		}
	}
	pods := discovery.Resource{Name: "pods", Kind: "Pod", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get"}}
	version := func(name string, resources ...discovery.Resource) discovery.Version {
		return discovery.Version{Name: name, Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known(resources)}
	}
	s := &discovery.Snapshot{
		Core: discovery.Known(discovery.Group{Preferred: "v1", Versions: []discovery.Version{version("v1", pods)}}),
		Named: discovery.Known([]discovery.Group{{
			Name: "apps", Preferred: "v1", Versions: []discovery.Version{version("v1", deployments()), version("v1beta1", deployments())},
		}}),
		Confirmed: discovery.Known(struct{}{}),
	}
	for _, edit := range edits {
		edit(s)
	}
	return compare.Side{Snapshot: s}
}

func group(s *discovery.Snapshot) *discovery.Group { return &s.Named.Value[0] }

func deployments(s *discovery.Snapshot) *discovery.Resource {
	return &group(s).Versions[0].Resources.Value[0]
}

// with sets fields of Deployments that were asked for by name.
func with(fields map[string]discovery.Fact[discovery.Field]) func(*discovery.Snapshot) {
	return func(s *discovery.Snapshot) {
		s.Fields = map[discovery.FieldQuery]discovery.Fact[discovery.Field]{}
		for path, fact := range fields {
			s.Fields[discovery.FieldQuery{GroupVersion: apps, Kind: "Deployment", Path: path}] = fact
		}
	}
}

func present(typeName string, edit func(*discovery.Field)) discovery.Fact[discovery.Field] {
	f := discovery.Field{Presence: discovery.FieldPresent, Type: typeName}
	if edit != nil {
		edit(&f)
	}
	return discovery.Known(f)
}

func presence(p discovery.Presence) discovery.Fact[discovery.Field] {
	return discovery.Known(discovery.Field{Presence: p})
}

// all sets every field of Deployments. Each object is written as name: field type, field type!, … and
// a last "…" means that it takes other fields, too.
func all(objects ...string) func(*discovery.Snapshot) {
	schemas := &discovery.Schemas{Kinds: map[string]string{"Deployment": ">Deployment"}, Objects: map[string]discovery.Object{}}
	for _, text := range objects {
		name, list, _ := strings.Cut(text, ": ")
		var o discovery.Object
		for field := range strings.SplitSeq(list, ", ") {
			if field == "…" {
				o.Open = true
				continue
			}
			name, t, _ := strings.Cut(field, " ")
			t, enum, isEnum := strings.Cut(t, "=")
			t, required := strings.CutSuffix(t, "!")
			f := discovery.SchemaField{Name: name, Type: t, Required: required}
			if isEnum {
				f.Enum = strings.Split(enum, "|")
			}
			o.Fields = append(o.Fields, f)
		}
		slices.SortFunc(o.Fields, func(a, b discovery.SchemaField) int { return strings.Compare(a.Name, b.Name) })
		schemas.Objects[name] = o
	}
	return func(s *discovery.Snapshot) {
		s.Schemas = map[kubeapi.GroupVersion]discovery.Fact[*discovery.Schemas]{apps: discovery.Known(schemas)}
	}
}

// lines shows a result, one line for each change and gap. A breaking change has a "!".
func lines(r *compare.Result) []string {
	list := []string{}
	for _, c := range r.Changes {
		mark := ""
		if c.Breaking {
			mark = "! "
		}
		at := []string{c.GroupVersion.String(), c.Resource, c.Subresource, c.Kind, c.Name}
		at = slices.DeleteFunc(at, func(s string) bool { return s == "" })
		list = append(list, fmt.Sprintf("%s%s %s: %s [%s -> %s]", mark, c.How, c.What, strings.Join(at, " "), c.Old, c.New))
	}
	for _, g := range r.Unknown {
		side := "new"
		if g.Old {
			side = "old"
		}
		list = append(list, fmt.Sprintf("? %s %s: %s (%s)", side, g.What, strings.Join(g.Names, ", "), g.Failure.Message))
	}
	return list
}

func TestCompare(t *testing.T) {
	failed := &discovery.Failure{Code: discovery.Forbidden, Message: "no"}
	tests := []struct {
		name     string
		old, new compare.Side
		want     []string
	}{
		{"the same", cluster(), cluster(), []string{}},
		{"a group", cluster(), cluster(func(s *discovery.Snapshot) { s.Named.Value = nil }), []string{
			"! removed group_version: apps/v1 [Deployment -> ]", "! removed group_version: apps/v1beta1 [Deployment -> ]",
		}},
		{"the core group", cluster(func(s *discovery.Snapshot) { s.Core.Value = discovery.Group{} }), cluster(), []string{
			"added group_version: v1 [ -> Pod]",
		}},
		{"a version, and the preferred one", cluster(), cluster(func(s *discovery.Snapshot) {
			group(s).Versions, group(s).Preferred = group(s).Versions[1:], "v1beta1"
		}), []string{"changed preferred_version: apps/ [v1 -> v1beta1]", "! removed group_version: apps/v1 [Deployment -> ]"}},
		{"a resource", cluster(), cluster(func(s *discovery.Snapshot) { s.Core.Value.Versions[0].Resources.Value = nil }), []string{
			"! removed resource: v1 pods [Pod -> ]",
		}},
		{"another order", cluster(), cluster(func(s *discovery.Snapshot) {
			slices.Reverse(group(s).Versions)
			slices.Reverse(group(s).Versions[1].Resources.Value[0].Verbs)
		}), []string{}},
		{"a verb, a short name, a subresource", cluster(), cluster(func(s *discovery.Snapshot) {
			d := deployments(s)
			d.Verbs, d.ShortNames, d.Subresources = []string{"get", "watch"}, nil, nil
		}), []string{
			"! removed verb: apps/v1 deployments list [list -> ]", "added verb: apps/v1 deployments watch [ -> watch]",
			"! removed short_name: apps/v1 deployments deploy [deploy -> ]", "! removed subresource: apps/v1 deployments scale [Scale -> ]",
		}},
		{"verb and kind of a subresource", cluster(), cluster(func(s *discovery.Snapshot) {
			deployments(s).Subresources[0] = discovery.Subresource{Name: "scale", Kind: "Size", Verbs: []string{"get"}}
		}), []string{
			"! changed kind: apps/v1 deployments scale [Scale -> Size]", "! removed verb: apps/v1 deployments scale update [update -> ]",
		}},
		{"scope and kind", cluster(), cluster(func(s *discovery.Snapshot) {
			deployments(s).Scope, deployments(s).Kind = kubeapi.ScopeCluster, "Rollout"
		}), []string{
			"! changed kind: apps/v1 deployments [Deployment -> Rollout]", "! changed scope: apps/v1 deployments [Namespaced -> Cluster]",
		}},

		{"unknown groups", cluster(), cluster(func(s *discovery.Snapshot) { s.Named = discovery.Failed[[]discovery.Group](failed) }), []string{
			"? new named_groups:  (no)",
		}},
		{"an unknown core group", cluster(), cluster(func(s *discovery.Snapshot) { s.Core = discovery.Failed[discovery.Group](failed) }), []string{
			"? new core_group:  (no)",
		}},
		{"a stale version", cluster(), cluster(func(s *discovery.Snapshot) {
			group(s).Versions[0].Resources = discovery.Failed[[]discovery.Resource](failed)
		}), []string{"? new resources_of_group_versions: apps/v1 (no)"}},
		{"a stale version that came", cluster(func(s *discovery.Snapshot) { group(s).Versions = group(s).Versions[1:] }), cluster(func(s *discovery.Snapshot) {
			group(s).Versions[0].Resources = discovery.Failed[[]discovery.Resource](failed)
		}), []string{"added group_version: apps/v1 [ -> ]", "? new resources_of_group_versions: apps/v1 (no)"}},
		{"an absence that is not confirmed", cluster(), cluster(func(s *discovery.Snapshot) {
			s.Confirmed = discovery.Failed[struct{}](failed)
			s.Core.Value.Versions[0].Resources.Value = nil
			group(s).Versions = group(s).Versions[:1]
			deployments(s).Verbs = append(deployments(s).Verbs, "watch")
		}), []string{
			"added verb: apps/v1 deployments watch [ -> watch]",
			"? new group_versions: apps/v1beta1 (its absence is not confirmed: no)", "? new resources: v1 pods (its absence is not confirmed: no)",
		}},
		{"a group that a release does not know", cluster(), cluster(func(s *discovery.Snapshot) {
			s.Named.Value = nil
			s.Missing = func(string) *discovery.Failure { return failed }
		}), []string{"? new groups: apps (a release does not say whether a cluster serves them)"}},
		{"an unknown scope", cluster(), cluster(func(s *discovery.Snapshot) { deployments(s).Scope = "" }), []string{
			"? new scopes_of_resources: apps/v1 deployments (the server did not publish it)",
		}},
		{"unknown short names", cluster(), compare.Side{Snapshot: cluster(func(s *discovery.Snapshot) { deployments(s).ShortNames = nil }).Snapshot, NoShortNames: failed}, []string{
			"? new short_names:  (no)",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { check(t, test.old, test.new, test.want) })
	}
}

// check compares the sides in both orders.
func check(t *testing.T, before, after compare.Side, want []string) {
	t.Helper()
	got := compare.Compare(before, after)
	if diff := cmp.Diff(want, lines(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, same := range []compare.Side{before, after} {
		for _, c := range compare.Compare(same, same).Changes {
			t.Errorf("a side differs from itself: %+v", c)
		}
	}
	if diff := cmp.Diff(lines(mirrored(got)), lines(mirrored(mirrored(compare.Compare(after, before))))); diff != "" {
		t.Errorf("the opposite order is no mirror (-want +got):\n%s", diff)
	}
}

// mirrored swaps old and new, and forgets what is breaking, which is not the same in both orders.
func mirrored(r *compare.Result) *compare.Result {
	swapped := compare.Result{Fields: r.Fields}
	for _, c := range r.Changes {
		c.Old, c.New, c.Breaking = c.New, c.Old, false
		switch c.How {
		case compare.Added:
			c.How = compare.Removed
		case compare.Removed:
			c.How = compare.Added
		case compare.Changed:
		}
		swapped.Changes = append(swapped.Changes, c)
	}
	for _, g := range r.Unknown {
		g.Old = !g.Old
		swapped.Unknown = append(swapped.Unknown, g)
	}
	slices.SortStableFunc(swapped.Unknown, func(a, b compare.Gap) int { return strings.Compare(a.What+a.Failure.Message, b.What+b.Failure.Message) })
	return &swapped
}
