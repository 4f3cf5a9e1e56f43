package wire

import (
	"slices"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/kubeapi"
)

var groups = table[*Group]{
	{names: names{plain: "name", saved: "name"}, Value: jsonwalk.Text(func(g *Group) *string { return &g.Name }, 0)},
	{names: names{aggregated: "metadata"}, Value: textOf("name", func(g *Group) *string { return &g.Name })},
	{names: names{saved: "preferred"}, Value: jsonwalk.Text(func(g *Group) *string { return &g.Preferred }, 0)},
	{names: names{plain: "preferredVersion"}, Value: textOf("version", func(g *Group) *string { return &g.Preferred })},
	{names: names{aggregated: "versions"}, Value: versionsOf(named(versions.in(aggregated)))},
	{names: names{plain: "versions"}, Value: versionsOf(named(versions.in(plain)))},
	{names: names{saved: "versions"}, Value: versionsOf(versions.in(saved).Strict(checkSavedVersion))},
}

func versionsOf(version jsonwalk.Value[*Version]) jsonwalk.Value[*Group] {
	return jsonwalk.List(func(g *Group) *[]Version { return &g.Versions }, countVersion, version)
}

// named is the value of a version that has a name.
func named(version jsonwalk.Object[*Version]) jsonwalk.Value[*Version] {
	return jsonwalk.Value[*Version]{Read: func(w *jsonwalk.Walker, v *Version) {
		version.Read(w, v)
		if v.Name == "" {
			w.Failf("a version has no name")
		}
	}}
}

var versions = table[*Version]{
	{names: names{aggregated: "version", plain: "version"}, Value: jsonwalk.Text(func(v *Version) *string { return &v.Name }, 0)},
	{names: names{saved: "name"}, Value: jsonwalk.Required(func(v *Version) *string { return &v.Name })},
	{names: names{aggregated: "freshness", saved: "freshness"}, Value: jsonwalk.Text(func(v *Version) *kubeapi.Freshness { return &v.Freshness }, 0)},
	{names: names{aggregated: "resources"}, Value: jsonwalk.List(
		func(v *Version) *[]Resource { return &v.Resources.Value }, countResource, jsonwalk.Value[*Resource]{Read: aggregatedResource.Read},
	)},
	savedOnly(Fact("resources", func(v *Version) (*[]Resource, *bool, **model.Failure) { return v.Resources.Parts() }, checked(jsonwalk.List(
		func(r *[]Resource) *[]Resource { return r }, countResource, resources.in(saved).Strict(nil),
	), checkResources))),
}

// checkSavedVersion refuses resources that cannot be known.
func checkSavedVersion(w *jsonwalk.Walker, v *Version) {
	if current := v.Freshness == kubeapi.FreshnessCurrent || v.Freshness == ""; !current && v.Resources.Known {
		w.Failf("the resources cannot be known where the freshness is %s", text.Quote(string(v.Freshness)))
	}
}

var (
	aggregatedResource = resources.in(aggregated)
	plainResource      = resources.in(plain)
)

var resources = table[*Resource]{
	{names: names{"resource", "name", "name"}, Value: jsonwalk.Text(func(r *Resource) *string { return &r.Name }, 0)},
	{names: names{"singularResource", "singularName", "singular"}, Value: jsonwalk.Text(func(r *Resource) *string { return &r.Singular }, 0)},
	{names: names{plain: "kind", saved: "kind"}, Value: jsonwalk.Text(func(r *Resource) *string { return &r.Kind }, 0)},
	// It is null or empty for a resource that only has subresources.
	{names: names{aggregated: "responseKind"}, Value: textOf("kind", func(r *Resource) *string { return &r.Kind })},
	{names: names{aggregated: "scope", saved: "scope"}, Value: scope},
	{names: names{plain: "namespaced"}, Value: namespaced},
	{names: names{"verbs", "verbs", "verbs"}, Value: jsonwalk.Texts(func(r *Resource) *[]string { return &r.Verbs })},
	{names: names{"shortNames", "shortNames", "short_names"}, Value: jsonwalk.Texts(func(r *Resource) *[]string { return &r.ShortNames })},
	{names: names{"categories", "categories", "categories"}, Value: jsonwalk.Texts(func(r *Resource) *[]string { return &r.Categories })},
	{names: names{aggregated: "subresources"}, Value: subresourcesOf(jsonwalk.Value[*Subresource]{Read: subresources.in(aggregated).Read})},
	{names: names{saved: "subresources"}, Value: subresourcesOf(subresources.in(saved).Strict(nil))},
}

// scope is one that Kubernetes has. Another one says nothing, and is not saved.
var scope = jsonwalk.Value[*Resource]{
	Read: func(w *jsonwalk.Walker, r *Resource) {
		is := kubeapi.Scope(w.Text())
		switch {
		case is == "" || slices.Contains(kubeapi.Scopes(), is):
			r.Scope = is
		case w.Strict:
			w.Failf("%s is not a scope", text.Quote(string(is)))
		}
	},
	Write: func(e *jsonwalk.Encoder, r *Resource) { e.Text(string(r.Scope)) },
}

var namespaced = jsonwalk.Value[*Resource]{Read: func(w *jsonwalk.Walker, r *Resource) {
	if is := w.Bool(); is != nil {
		r.Scope = kubeapi.ScopeCluster
		if *is {
			r.Scope = kubeapi.ScopeNamespaced
		}
	}
}}

func subresourcesOf(subresource jsonwalk.Value[*Subresource]) jsonwalk.Value[*Resource] {
	return jsonwalk.List(func(r *Resource) *[]Subresource { return &r.Subresources }, countResource, subresource)
}

var subresources = table[*Subresource]{
	{names: names{aggregated: "subresource", saved: "name"}, Value: jsonwalk.Text(func(s *Subresource) *string { return &s.Name }, 0)},
	{names: names{saved: "kind"}, Value: jsonwalk.Text(func(s *Subresource) *string { return &s.Kind }, 0)},
	{names: names{aggregated: "responseKind"}, Value: textOf("kind", func(s *Subresource) *string { return &s.Kind })},
	{names: names{aggregated: "verbs", saved: "verbs"}, Value: jsonwalk.Texts(func(s *Subresource) *[]string { return &s.Verbs })},
}

// textOf is a text in an object of its own, of which nothing else is read.
func textOf[P any](member string, at func(P) *string) jsonwalk.Value[P] {
	return jsonwalk.Value[P]{Read: func(w *jsonwalk.Walker, t P) { *at(t) = w.TextOf(member) }}
}
