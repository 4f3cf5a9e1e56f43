package discovery

import (
	"context"
	"io"
	"slices"
	"sync/atomic"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/internal/parallel"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// listsAtOnce is how many documents of single group versions are asked for at once.
const listsAtOnce = 8

// resourceLists fetches the documents of single group versions.
type resourceLists struct {
	client *Client
	// slots bounds how many are fetched at once.
	slots chan struct{}
	// bytes, resources and texts are how much all of them hold.
	bytes, resources, texts atomic.Int64
}

func newResourceLists(c *Client) *resourceLists {
	return &resourceLists{client: c, slots: make(chan struct{}, listsAtOnce)}
}

// fill sets the resources of each version of the groups.
func (l *resourceLists) fill(ctx context.Context, groups []Group) {
	type place struct {
		gv      kubeapi.GroupVersion
		version *Version
	}
	var places []place
	for i := range groups {
		g := &groups[i]
		for j := range g.Versions {
			v := &g.Versions[j]
			places = append(places, place{kubeapi.GroupVersion{Group: g.Name, Version: v.Name}, v})
		}
	}
	parallel.Each(listsAtOnce, len(places), func(i int) {
		// The groups of /api and of /apis are filled at the same time.
		l.slots <- struct{}{}
		defer func() { <-l.slots }()
		places[i].version.Resources = l.fetch(ctx, places[i].gv)
	})
}

func (l *resourceLists) fetch(ctx context.Context, gv kubeapi.GroupVersion) Fact[[]Resource] {
	// Only a name that can be nothing else than a name becomes part of a path.
	if _, err := kubeapi.ParseGroupVersion(gv.String()); err != nil {
		return Failed[[]Resource](model.NewFailure("", InvalidResponse, err, "nothing was asked about %s: %v", text.Quote(gv.String()), err))
	}
	path := namedPath + "/" + gv.Group + "/" + gv.Version
	if gv.Group == "" {
		path = corePath + "/" + gv.Version
	}
	var resources []Resource
	res := l.client.get(ctx, request{path: path, accept: acceptPlain, limit: maxResourceList,
		// An aggregated API without its backend, which is not a passing state.
		final: 503,
		read: jsonBody(func(body io.Reader) (err error) {
			resources, err = wire.DecodeAPIResourceList(body, gv)
			return err
		})})
	if res.failure != nil {
		return Failed[[]Resource](res.failure)
	}
	entries, texts := wire.Count(resources)
	if l.bytes.Add(res.bytes) > maxResourceLists || l.resources.Add(entries) > wire.MaxResources || l.texts.Add(texts) > wire.MaxTexts {
		return Failed[[]Resource](model.NewFailure("GET "+path, InvalidResponse, nil,
			"the documents of all group versions hold more than %s, %d resources or %d verbs and other names of these",
			text.Size(maxResourceLists), wire.MaxResources, wire.MaxTexts))
	}
	return Known(resources)
}

// available asks for the own document of each group version, which the server that
// serves it answers. The discovery documents call an aggregated API current for a
// while after its server has died.
func (c *Client) available(ctx context.Context, asked []kubeapi.GroupVersion) map[kubeapi.GroupVersion]Fact[struct{}] {
	answers := make(map[kubeapi.GroupVersion]Fact[struct{}], len(asked))
	for gv, list := range c.lists(ctx, asked) {
		answers[gv] = Known(struct{}{})
		if f := list.Unknown(); f != nil {
			answers[gv] = Failed[struct{}](f)
		}
	}
	return answers
}

// lists asks for the own document of each group version.
func (c *Client) lists(ctx context.Context, asked []kubeapi.GroupVersion) map[kubeapi.GroupVersion]Fact[[]Resource] {
	lists := newResourceLists(c)
	return askEach(listsAtOnce, asked, func(gv kubeapi.GroupVersion) Fact[[]Resource] { return lists.fetch(ctx, gv) })
}

// addLists keeps the resources of group versions whose own documents were asked for.
// The groups may be shared with other snapshots, and are not changed.
func addLists(s *Snapshot, lists map[kubeapi.GroupVersion]Fact[[]Resource]) {
	if len(lists) == 0 {
		return
	}
	with := func(g Group) Group {
		g.Versions = slices.Clone(g.Versions)
		for i := range g.Versions {
			if list, asked := lists[kubeapi.GroupVersion{Group: g.Name, Version: g.Versions[i].Name}]; asked {
				g.Versions[i].Resources = list
			}
		}
		return g
	}
	s.Core.Value = with(s.Core.Value)
	s.Named.Value = slices.Clone(s.Named.Value)
	for i, g := range s.Named.Value {
		s.Named.Value[i] = with(g)
	}
}
