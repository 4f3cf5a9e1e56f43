package manifest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

// newest is the snapshot of the newest release.
func newest() *discovery.Snapshot {
	all := catalog.Releases()
	return all[len(all)-1].Snapshot()
}

func TestLayOverRelease(t *testing.T) {
	s := newest()
	before := len(s.Named.Value)
	read(t, gadgets).Lay(s)
	g, failure := s.Group("example.com")
	if failure != nil || len(s.Named.Value) != before+1 {
		t.Fatalf("%v, %d groups and before %d", failure, len(s.Named.Value), before)
	}
	verbs := []string{"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"}
	resource := discovery.Resource{
		Name: "gadgets", Singular: "gizmo", Kind: "Gadget", Scope: kubeapi.ScopeNamespaced, Verbs: verbs,
		ShortNames: []string{"gd", "gds"}, Categories: []string{"all"},
	}
	old := resource
	resource.Subresources = []discovery.Subresource{
		{Name: "status", Kind: "Gadget", Verbs: []string{"get", "patch", "update"}},
		{Name: "scale", Kind: "Scale", Verbs: []string{"get", "patch", "update"}},
	}
	want := &discovery.Group{Name: "example.com", Preferred: "v1", Versions: []discovery.Version{
		{Name: "v1", Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known([]discovery.Resource{resource})},
		{Name: "v1beta1", Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known([]discovery.Resource{old})},
	}}
	if diff := cmp.Diff(want, g); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for group, known := range map[string]bool{"example.com": true, "other.example.com": false, "apps": true} {
		if failure := s.Missing(group); (failure == nil) != known {
			t.Errorf("%s: %v", group, failure)
		}
	}
	if !s.Available[kubeapi.GroupVersion{Group: "example.com", Version: "v1"}].Known {
		t.Error("it is not known to be available")
	}
}

// resources shows what a group has: "v1: as bs; v2: as".
func resources(s *discovery.Snapshot, group string) string {
	g, _ := s.Group(group)
	if g == nil {
		return "nothing"
	}
	text := g.Preferred + " of"
	for _, v := range g.Versions {
		text += " " + v.Name + ":"
		if !v.Resources.Known {
			text += "?"
		}
		for _, r := range v.Resources.Value {
			text += r.Name + ","
		}
	}
	return text
}

// TestLayOverSnapshot lays definitions over clusters that have resources of the group.
func TestLayOverSnapshot(t *testing.T) {
	known := func(names ...string) discovery.Fact[[]discovery.Resource] {
		var list []discovery.Resource
		for _, name := range names {
			list = append(list, discovery.Resource{Name: name})
		}
		return discovery.Known(list)
	}
	group := func(preferred string, versions ...discovery.Version) []discovery.Group {
		return []discovery.Group{{Name: "example.com", Preferred: preferred, Versions: versions}}
	}
	unknown := discovery.Failed[[]discovery.Resource](&discovery.Failure{Code: discovery.Stale})
	for name, test := range map[string]struct {
		before []discovery.Group
		crds   string
		want   string
	}{
		"no group":              {nil, simple("bs", "example.com", "v1"), "v1 of v1:bs,"},
		"another resource":      {group("v1", discovery.Version{Name: "v1", Resources: known("as", "cs")}), simple("bs", "example.com", "v1"), "v1 of v1:as,cs,bs,"},
		"the same resource":     {group("v1", discovery.Version{Name: "v1", Resources: known("bs")}), simple("bs", "example.com", "v1"), "v1 of v1:bs,"},
		"a newer version":       {group("v1", discovery.Version{Name: "v1", Resources: known("bs")}), simple("bs", "example.com", "v1", "v2"), "v2 of v2:bs, v1:bs,"},
		"a version less":        {group("v1", discovery.Version{Name: "v1", Resources: known("bs")}, discovery.Version{Name: "v1beta1", Resources: known("bs")}), simple("bs", "example.com", "v1", "!v1beta1"), "v1 of v1:bs,"},
		"a version of others":   {group("v1", discovery.Version{Name: "v1", Resources: known("bs")}, discovery.Version{Name: "v1beta1", Resources: known("as", "bs")}), simple("bs", "example.com", "v1"), "v1 of v1:bs, v1beta1:as,"},
		"no version":            {group("v1", discovery.Version{Name: "v1", Resources: known("bs")}), simple("bs", "example.com", "!v1"), "nothing"},
		"an empty version":      {group("v1", discovery.Version{Name: "v1", Resources: known()}), simple("bs", "example.com", "v2"), "v2 of v2:bs, v1:"},
		"an unknown version":    {group("v1", discovery.Version{Name: "v1", Resources: unknown}), simple("bs", "example.com", "v1"), "v1 of v1:?"},
		"another preferred one": {group("v1beta1", discovery.Version{Name: "v1", Resources: known("as")}, discovery.Version{Name: "v1beta1", Resources: known("as")}), simple("bs", "example.com", "v1"), "v1beta1 of v1:as,bs, v1beta1:as,"},
		"applied twice":         {nil, simple("bs", "example.com", "v1") + simple("bs", "example.com", "v2"), "v2 of v2:bs,"},
		"several":               {nil, simple("cs", "example.com", "v1") + simple("as", "example.com", "v1", "v1alpha1"), "v1 of v1:as,cs, v1alpha1:as,"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &discovery.Snapshot{Named: discovery.Known(test.before)}
			read(t, test.crds).Lay(s)
			if got := resources(s, "example.com"); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if failure := s.Missing; failure != nil {
				t.Error("a cluster lacks what it does not serve")
			}
		})
	}
	nothing := &discovery.Snapshot{}
	read(t, gadgets).Lay(nothing)
	if nothing.Named.Known {
		t.Error("unknown groups are known")
	}
	var none *manifest.CRDs
	none.Lay(nothing)
	if rest := none.Fetch(nothing, make([]discovery.FieldQuery, 2)); len(rest) != 2 {
		t.Errorf("no definitions answer %d questions", 2-len(rest))
	}
}
