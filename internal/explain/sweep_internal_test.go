package explain

import (
	"slices"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestSweep compares, for every kind and every field of every type, the span with what the releases
// answer as snapshots. A type that several fields of a
// kind have is walked once.
func TestSweep(t *testing.T) {
	t.Parallel()
	b := open()
	kinds, fields := 0, 0
	for _, k := range b.kinds {
		answer := b.kind(k)
		has := func(path string) func(catalog.Release) bool {
			return func(r catalog.Release) bool {
				q := discovery.FieldQuery{GroupVersion: k.GroupVersion, Kind: k.Name, Path: path}
				var s discovery.Snapshot
				r.Fetch(&s, discovery.Needs{Fields: []discovery.FieldQuery{q}})
				return s.Fields[q].Value.Presence == discovery.FieldPresent && s.Fields[q].Known
			}
		}
		kinds++
		if life, _ := catalog.LifeOf(k.GroupVersion, k.Name); answer.From.Major != 0 && life.Introduced.Major != 0 && answer.Since != life.Introduced {
			t.Errorf("%s %s is there since %s, but was introduced in %s", k.GroupVersion, k.Name, answer.Since, life.Introduced)
		}
		b.check(t, k, "", answer.Span, func(r catalog.Release) bool { return len(r.FieldNames(k.GroupVersion, k.Name, nil)) > 0 })

		walked := map[string]bool{}
		var walk func(listed []Field)
		walk = func(listed []Field) {
			for _, f := range listed {
				fields++
				b.check(t, k, f.Path, f.Span, has(f.Path))
				if walked[f.Type] {
					continue
				}
				walked[f.Type] = true
				// It is asked for as kubectl writes it.
				path, err := kubeapi.ParseFieldPath(strings.ReplaceAll(f.Path, "[]", ""))
				if err != nil {
					t.Fatalf("%s: %v", f.Path, err)
				}
				far, whole := b.resolve(k, path)
				asked := b.field(k, far.path)
				if !whole || asked.Path != f.Path || asked.Span != f.Span || asked.Type != f.Type || asked.Required != f.Required {
					t.Errorf("%s %s %s: it is listed as %v, and by itself it is %v", k.GroupVersion, k.Name, f.Path, f, asked)
				}
				walk(asked.Fields)
			}
		}
		// The items of a list are a kind by themselves.
		if !strings.HasSuffix(k.Name, "List") {
			walk(b.fields(k, nil))
		}
	}
	if kinds < 400 || fields < 10_000 {
		t.Errorf("there are %d kinds and %d fields", kinds, fields)
	}
}

// check compares a span with the releases that have something: all from the first to the last one.
func (b *board) check(t *testing.T, k catalog.Kind, path string, got Span, has func(catalog.Release) bool) {
	t.Helper()
	var with []kubeapi.Version
	for _, r := range b.releases {
		if has(r) {
			with = append(with, r.Version())
		}
	}
	what := k.GroupVersion.String() + " " + k.Name + " " + path
	if len(with) == 0 {
		if got.From.Major != 0 {
			t.Errorf("%s: %v, and no release has it", what, got)
		}
		return
	}
	last := with[len(with)-1]
	ended := last != b.newest()
	if got.From != with[0] || got.To != last || (got.Until.Major != 0) != ended || ended && got.Until != last {
		t.Errorf("%s: %v, want %s to %s", what, got, with[0], last)
	}
	if with[0] != b.oldest() && (got.Since != with[0] || got.OrEarlier) {
		t.Errorf("%s: since %s, or earlier %t, want %s", what, got.Since, got.OrEarlier, with[0])
	}
	// Two kinds that every group version has, storage.k8s.io/v1beta1 among them, which was gone for a
	// while.
	if common := []string{"DeleteOptions", "WatchEvent"}; last.Minor-with[0].Minor != uint64(len(with)-1) && !slices.Contains(common, k.Name) {
		t.Errorf("%s: it was gone for a while: %v", what, with)
	}
}

// TestNames tests that a name means one thing: one kind, and no group.
func TestNames(t *testing.T) {
	t.Parallel()
	b := open()
	means := map[string]string{}
	see := func(name, kind string) {
		name = strings.ToLower(name)
		if other, seen := means[name]; name != "" && seen && other != kind {
			t.Errorf("%q is a name of %s and of %s", name, other, kind)
		}
		means[name] = kind
		if name != "" && catalog.Serves(name) {
			t.Errorf("%q is a name of %s and a group", name, kind)
		}
	}
	for _, k := range b.kinds {
		see(k.Name, k.Name)
		// A group after the name of a kind could be one of its fields.
		for _, f := range b.fields(k, nil) {
			if catalog.Serves(f.Name) {
				t.Errorf("%s of %s %s is the name of a group", f.Name, k.GroupVersion, k.Name)
			}
		}
	}
	for i := range b.releases {
		for k, row := range b.resources[i] {
			for _, name := range append(row.ShortNames, row.Name, row.Singular) {
				see(name, k.Name)
			}
		}
	}
	if len(means) < 200 {
		t.Errorf("there are %d names", len(means))
	}
}

// TestChanges tests what no release on board has changed yet.
func TestChanges(t *testing.T) {
	t.Parallel()
	b := open()
	rows := make([]*catalog.Resource, len(b.releases))
	for i := range rows {
		rows[i] = &catalog.Resource{Default: true}
		rows[i].Verbs, rows[i].Scope = []string{"get", "list"}, kubeapi.ScopeCluster
		if i > 2 {
			rows[i].Verbs = []string{"get"}
		}
	}
	rows[1] = nil
	rows[0].Scope = kubeapi.ScopeNamespaced // It was gone in between.
	got := b.resourceChanges(rows)
	want := []Change{{Release: b.releases[3].Version(), Facet: "verbs", Before: "get,list", After: "get"}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if periods := b.serving(rows); len(periods) != 2 || periods[0].To != b.oldest() || periods[1].From != b.releases[2].Version() {
		t.Errorf("with a gap: %v", periods)
	}
}
