package e2e

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestCatalog compares the catalogue with the newest API server, with the previous one, and with
// every release that they can emulate.
func TestCatalog(t *testing.T) {
	t.Parallel()
	for _, older := range []bool{false, true} {
		version := newest()
		if older {
			version = previous()
		}
		own := onBoard(t, version, 0)
		t.Run(version, func(t *testing.T) {
			c := stock(t)
			if older {
				onlyNightly(t)
				c = unsettled(t, setup{previous: true})
			}
			a := catalogued(t, newAccount(t, c), own)
			a.expectResources(t)
			a.expectFields(t)
		})
		for earlier := 1; earlier <= 3; earlier++ {
			if older && earlier < 3 {
				continue // The newest one emulates it, too.
			}
			t.Run(version+" as "+minor(version, -earlier), func(t *testing.T) {
				if older {
					onlyNightly(t)
				}
				c := unsettled(t, setup{args: []string{"--emulated-version=" + minor(version, -earlier)}, previous: older})
				a := catalogued(t, newAccount(t, c), onBoard(t, version, -earlier))
				a.own = own
				a.expectResources(t)
				a.expectFields(t)
			})
		}
	}
}

// onBoard returns the release of a version, or one that is later by some minor versions.
func onBoard(t *testing.T, version string, later int) catalog.Release {
	t.Helper()
	v, err := kubeapi.ParseVersion(minor(version, later))
	if err != nil {
		t.Fatal(err)
	}
	r, found := catalog.Find(v)
	if !found {
		t.Fatalf("the catalogue does not have %s; run make catalog", v)
	}
	return r
}

// catalogueOf is a release, and the API server to compare it with.
type catalogueOf struct {
	catalog.Release
	client *discovery.Client
	// own is the release of the server itself. An API server that emulates an older one has the
	// schemas of its own release all the same, and the subresources that are new in it.
	own catalog.Release
}

func catalogued(t *testing.T, a *account, r catalog.Release) catalogueOf {
	t.Helper()
	config := a.config(t, nil)
	return catalogueOf{r, &discovery.Client{HTTP: config.Client(), Base: config.BaseURL()}, r}
}

// expectResources compares what is served, in any order of groups and resources.
func (c catalogueOf) expectResources(t *testing.T) {
	t.Helper()
	var served discovery.Snapshot
	c.client.Fetch(t.Context(), &served, discovery.Needs{Documents: true})
	s := c.Snapshot()
	if c.own != c.Release {
		c.dropNewer(t, &served.Core.Value)
		for i := range served.Named.Value {
			c.dropNewer(t, &served.Named.Value[i])
		}
	}
	sorted := cmp.Options{
		cmpopts.SortSlices(func(a, b discovery.Group) bool { return a.Name < b.Name }),
		cmpopts.SortSlices(func(a, b discovery.Resource) bool { return a.Name < b.Name }),
		cmpopts.SortSlices(func(a, b discovery.Subresource) bool { return a.Name < b.Name }),
		cmpopts.SortSlices(func(a, b string) bool { return a < b }),
		cmpopts.EquateEmpty(),
	}
	if diff := cmp.Diff(served.Core, s.Core, sorted); diff != "" {
		t.Errorf("the core group (-served +catalogue):\n%s", diff)
	}
	if diff := cmp.Diff(served.Named, s.Named, sorted); diff != "" {
		t.Errorf("the named groups (-served +catalogue):\n%s", diff)
	}
}

// dropNewer removes the subresources that the server's own release has and the emulated one has not.
func (c catalogueOf) dropNewer(t *testing.T, g *discovery.Group) {
	t.Helper()
	for _, v := range g.Versions {
		gv := kubeapi.GroupVersion{Group: g.Name, Version: v.Name}
		for i := range v.Resources.Value {
			r := &v.Resources.Value[i]
			r.Subresources = slices.DeleteFunc(r.Subresources, func(s discovery.Subresource) bool {
				newer := has(c.own, gv, r.Name, s.Name) && !has(c.Release, gv, r.Name, s.Name)
				if newer {
					t.Logf("%s has %s %s/%s, and serves it as %s too", c.own, gv, r.Name, s.Name, c.Release)
				}
				return newer
			})
		}
	}
}

// has reports whether a release serves a subresource.
func has(r catalog.Release, gv kubeapi.GroupVersion, resource, subresource string) bool {
	g, _ := r.Snapshot().Group(gv.Group)
	if g == nil {
		return false
	}
	v, _ := g.Version(gv.Version)
	return v != nil && slices.ContainsFunc(v.Resources.Value, func(served discovery.Resource) bool {
		return served.Name == resource && slices.ContainsFunc(served.Subresources, func(s discovery.Subresource) bool { return s.Name == subresource })
	})
}

// expectFields compares every field of every kind: whether it is there, its type and whether it is
// required, and at each place which fields there are. The catalogue answers by the server's own
// release.
func (c catalogueOf) expectFields(t *testing.T) {
	t.Helper()
	s := c.Snapshot()
	count := 0
	for _, group := range append([]discovery.Group{s.Core.Value}, s.Named.Value...) {
		for _, version := range group.Versions {
			var queries []discovery.FieldQuery
			for _, kind := range kindsOf(version.Resources.Value) {
				queries = append(queries, c.queries(kubeapi.GroupVersion{Group: group.Name, Version: version.Name}, kind)...)
			}
			count += len(queries)
			// An API server answers a part of the questions with one document.
			for some := range slices.Chunk(queries, 20_000) {
				c.expectAnswers(t, some)
			}
		}
	}
	if count < 10_000 {
		t.Errorf("only %d fields were compared", count)
	}
	t.Logf("%d questions about fields", count)
}

// kindsOf returns the kinds of resources, and those of their lists.
func kindsOf(resources []discovery.Resource) []string {
	var kinds []string
	for _, r := range resources {
		kinds = append(kinds, r.Kind, r.Kind+"List")
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

func (c catalogueOf) expectAnswers(t *testing.T, queries []discovery.FieldQuery) {
	t.Helper()
	var served, known discovery.Snapshot
	c.client.Fetch(t.Context(), &served, discovery.Needs{Fields: queries})
	c.own.Fetch(&known, discovery.Needs{Fields: queries})
	failures := 0
	for _, q := range queries {
		want, got := served.Fields[q], known.Fields[q]
		if got.Value.Enum == nil {
			// Which strings a field may be is not published.
			want.Value.Enum = nil
		}
		want.Value.EnumRules, got.Value.EnumRules = nil, nil
		if want.Known && got.Known && reflect.DeepEqual(want.Value, got.Value) {
			continue // faster than a diff
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(discovery.Failure{}, "Message", "Request", "Err")); diff != "" {
			if failures++; failures <= 3 {
				t.Errorf("%s %s %s (-served +catalogue):\n%s", q.GroupVersion, q.Kind, q.Path, diff)
			}
		}
	}
	if failures > 3 {
		t.Errorf("and %d more of %d", failures-3, len(queries))
	}
}

// queries asks for every field of a kind, and at each place for one that is not there.
func (c catalogueOf) queries(gv kubeapi.GroupVersion, kind string) []discovery.FieldQuery {
	var queries []discovery.FieldQuery
	ask := func(path kubeapi.FieldPath) discovery.FieldQuery {
		q := discovery.FieldQuery{GroupVersion: gv, Kind: kind, Path: path.String()}
		queries = append(queries, q)
		return q
	}
	var walk func(at kubeapi.FieldPath, outer []string)
	walk = func(at kubeapi.FieldPath, outer []string) {
		then := func(step kubeapi.FieldStep) kubeapi.FieldPath { return append(slices.Clone(at), step) }
		ask(then(kubeapi.FieldStep{Kind: kubeapi.StepField, Name: "notThere"}))
		typeOf := "object"
		if len(at) > 0 {
			var s discovery.Snapshot
			q := ask(at)
			c.Fetch(&s, discovery.Needs{Fields: []discovery.FieldQuery{q}})
			typeOf = s.Fields[q].Value.Type
		}
		names := c.FieldNames(gv, kind, at)
		fields := strings.Join(names, " ")
		switch {
		case len(names) > 0 && slices.Contains(outer, fields): // a type within itself
		case len(names) > 0:
			for _, name := range names {
				walk(then(kubeapi.FieldStep{Kind: kubeapi.StepField, Name: name}), append(slices.Clone(outer), fields))
			}
		case typeOf == "array":
			walk(then(kubeapi.FieldStep{Kind: kubeapi.StepItems}), outer)
		case typeOf == "object" && len(at) > 0:
			inner := ask(then(kubeapi.FieldStep{Kind: kubeapi.StepValues}))
			var s discovery.Snapshot
			if c.Fetch(&s, discovery.Needs{Fields: []discovery.FieldQuery{inner}}); s.Fields[inner].Value.Presence == discovery.FieldPresent {
				walk(then(kubeapi.FieldStep{Kind: kubeapi.StepValues}), outer)
			}
		}
	}
	walk(nil, nil)
	return queries
}

// TestCatalogSwitches starts an API server with all that the catalogue says of what is off by
// default, and expects that it serves it.
func TestCatalogSwitches(t *testing.T) {
	t.Parallel()
	r := onBoard(t, newest(), 0)
	all := unsettled(t, setup{args: []string{"--runtime-config=api/all=true", "--feature-gates=AllAlpha=true,AllBeta=true"}})
	everything := allServed(t, catalogued(t, newAccount(t, all), r))
	byDefault := allServed(t, catalogued(t, newAccount(t, stock(t)), r))

	var gates, versions []string
	for id := range everything {
		s, off := r.Off(id.gv, id.name)
		if off == byDefault[id] {
			t.Errorf("%s %s is off: %t, and served by default: %t", id.gv, id.name, off, byDefault[id])
		}
		gates = append(gates, s.FeatureGates...)
		if s.RuntimeConfig != "" {
			versions = append(versions, s.RuntimeConfig)
		}
	}
	slices.Sort(gates)
	slices.Sort(versions)
	whole := catalog.Switch{FeatureGates: slices.Compact(gates), RuntimeConfig: strings.Join(slices.Compact(versions), "=true,")}
	switched := allServed(t, catalogued(t, newAccount(t, unsettled(t, setup{args: strings.Fields(whole.String())})), r))
	for id := range everything {
		if !switched[id] {
			t.Errorf("%s %s is not served with %s", id.gv, id.name, whole)
		}
	}
	if len(everything) <= len(byDefault) {
		t.Errorf("%d of %d are served by default", len(byDefault), len(everything))
	}
}

// apiName names a resource, or a subresource, of a group version.
type apiName struct {
	gv   kubeapi.GroupVersion
	name string
}

// allServed returns all that an API server serves.
func allServed(t *testing.T, c catalogueOf) map[apiName]bool {
	t.Helper()
	var s discovery.Snapshot
	c.client.Fetch(t.Context(), &s, discovery.Needs{Documents: true})
	served := map[apiName]bool{}
	for _, group := range append([]discovery.Group{s.Core.Value}, s.Named.Value...) {
		for _, version := range group.Versions {
			gv := kubeapi.GroupVersion{Group: group.Name, Version: version.Name}
			for _, r := range version.Resources.Value {
				served[apiName{gv, r.Name}] = true
				for _, sub := range r.Subresources {
					served[apiName{gv, fmt.Sprintf("%s/%s", r.Name, sub.Name)}] = true
				}
			}
		}
	}
	if len(served) == 0 {
		t.Fatalf("nothing is served: %v", s.Core.Failure)
	}
	return served
}
