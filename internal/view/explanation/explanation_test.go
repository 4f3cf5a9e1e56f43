package explanation_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/internal/explain"
	"github.com/kreconcile/kreconcile/internal/view/explanation"
	"github.com/kreconcile/kreconcile/internal/view/safe"
	"github.com/kreconcile/kreconcile/kubeapi"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func v(minor uint64) kubeapi.Version {
	return kubeapi.Version{Major: 1, Minor: minor, PatchUnknown: true}
}

func versions(from, to uint64) []kubeapi.Version {
	var all []kubeapi.Version
	for minor := from; minor <= to; minor++ {
		all = append(all, v(minor))
	}
	return all
}

// span is that of releases from 1.30 to 1.35.
func span(from, to uint64) explain.Span {
	s := explain.Span{From: v(from), To: v(to), Since: v(from), OrEarlier: from == 30}
	if to < 35 {
		s.Until = v(to)
	}
	return s
}

// The answers are about a made-up API, so that they do not change with the releases on board.
func answers() map[string]*explain.Answer {
	group := func(version string) kubeapi.GroupVersion {
		return kubeapi.GroupVersion{Group: "shop", Version: version}
	}
	on := func(from, to uint64) explain.Period { return explain.Period{From: v(from), To: v(to), Default: true} }
	off := func(from, to uint64, gates ...string) explain.Period {
		return explain.Period{From: v(from), To: v(to), Switch: catalog.Switch{RuntimeConfig: "shop/v1", FeatureGates: gates}}
	}
	required := explain.Change{Release: v(33), Facet: "required", Before: "false", After: "true"}
	stable := explain.Kind{
		GroupVersion: group("v1"), Name: "Cart", Span: span(31, 35),
		Resource: "carts", Singular: "cart", Scope: kubeapi.ScopeNamespaced, ShortNames: []string{"ct"},
		Categories: []string{"all"}, Verbs: []string{"get", "list"},
		Serving:   []explain.Period{off(31, 31, "Shop", "Carts"), off(32, 33), on(34, 35)},
		Changes:   []explain.Change{{Release: v(32), Facet: "verbs", Before: "get", After: "get,list"}},
		Satisfied: versions(34, 35),
		Subresources: []explain.Subresource{
			{Name: "log", Kind: "Cart", Verbs: []string{"get"}, Span: span(31, 35), Serving: []explain.Period{off(31, 33), on(34, 35)}},
			{Name: "pay", Kind: "Payment", Verbs: []string{"create"}, Span: span(33, 34), Serving: []explain.Period{on(33, 34)}},
		},
	}
	root := []explain.Field{
		{Path: "metadata", Name: "metadata", Type: "ObjectMeta", Required: true, Span: span(31, 35)},
		{Path: "spec", Name: "spec", Type: "CartSpec", Required: true, Span: span(31, 35), Changes: []explain.Change{required}},
		{Path: "status", Name: "status", Type: "CartStatus", Span: span(32, 34), Changes: []explain.Change{
			{Release: v(33), Facet: "type", Before: "string", After: "CartStatus"},
			{Release: v(34), Facet: "required", Before: "true", After: "false"},
		}},
	}
	beta := explain.Kind{
		GroupVersion: group("v1beta1"), Name: "Cart", Span: span(30, 32), Resource: "carts", Scope: kubeapi.ScopeCluster,
		Serving: []explain.Period{on(30, 32)}, Satisfied: versions(30, 32),
		Life: catalog.Life{Introduced: v(20), Deprecated: v(31), Removed: v(33), Replacement: group("v1"), ReplacementKind: "Cart"},
	}
	beta.Since, beta.OrEarlier = v(20), false
	old := explain.Kind{
		GroupVersion: group("v1alpha1"), Name: "Cart", Span: explain.Span{Since: v(10), Until: v(19)},
		Life: catalog.Life{Introduced: v(10), Removed: v(20), Replacement: group("v1"), ReplacementKind: "Basket"},
	}
	leaving := explain.Kind{
		GroupVersion: group("v1"), Name: "Till", Span: span(30, 35), Resource: "tills", Scope: kubeapi.ScopeCluster,
		Verbs: []string{"get"}, Serving: []explain.Period{off(30, 35)},
		Life: catalog.Life{Deprecated: v(36), Removed: v(38), Replacement: group("v2"), ReplacementKind: "Till"},
	}
	unlisted := explain.Kind{GroupVersion: group("v1"), Name: "Receipt", Span: explain.Span{Since: v(12)}}

	rooted := stable
	rooted.Fields = root
	items := stable
	items.Field = &explain.Field{
		Path: "spec.items", Name: "items", Type: "[]Item", Span: span(32, 34), Inner: "spec.items[]", Changes: []explain.Change{required},
		Fields: []explain.Field{
			{Path: "spec.items[].name", Name: "name", Type: "string", Required: true, Span: span(32, 34)},
			{Path: "spec.items[].price", Name: "price", Type: "number", Span: span(33, 34)},
		},
	}
	items.Satisfied = nil
	betaItems, without := beta, leaving
	betaItems.Field = &explain.Field{Path: "spec.items", Name: "items", Type: "[]string", Required: true, Span: span(30, 32)}
	without.Name, without.Satisfied = "Cart", nil

	of := func(api string, kinds ...explain.Kind) *explain.Answer {
		return &explain.Answer{Oldest: v(30), Newest: v(35), API: api, Kinds: kinds}
	}
	return map[string]*explain.Answer{
		"group":        of("shop", rooted, leaving, beta, old),
		"groupversion": of("shop/v1", rooted, leaving, unlisted),
		"kind":         of("", rooted),
		"kinds":        of("", rooted, beta, old),
		"leaving":      of("", leaving),
		"old":          of("", old),
		"unlisted":     of("", unlisted),
		"field":        of("", items),
		"fields":       of("", without, betaItems, old),
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for name, a := range answers() {
		var b strings.Builder
		if err := explanation.Text(&b, a, false); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".txt", b.String())
		var painted strings.Builder
		if err := explanation.Text(&painted, a, true); err != nil {
			t.Fatal(err)
		}
		if sealed := safe.Seal(painted.String(), safe.Painted); sealed != painted.String() || !strings.Contains(sealed, "\x1b[1m") {
			t.Errorf("%s in colour: %q", name, painted.String())
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"groupversion", "field", "old"} {
		var b strings.Builder
		if err := explanation.JSON(&b, answers()[name]); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", b.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", path, diff)
	}
}

// full is a writer that takes nothing.
type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteFails(t *testing.T) {
	t.Parallel()
	a := answers()["kind"]
	if err := explanation.Text(full{}, a, false); !errors.Is(err, errFull) {
		t.Errorf("text: %v", err)
	}
	if err := explanation.JSON(full{}, a); !errors.Is(err, errFull) {
		t.Errorf("json: %v", err)
	}
}
