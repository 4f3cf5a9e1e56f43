package discovery

import (
	"context"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// resourceLists fetches the documents of single group versions.
type resourceLists struct {
	client *Client
	// slots bounds how many are fetched at once.
	slots chan struct{}
	// bytes, resources and texts are how much all of them hold.
	bytes, resources, texts atomic.Int64
}

func newResourceLists(c *Client) *resourceLists {
	return &resourceLists{client: c, slots: make(chan struct{}, 8)}
}

// fill sets the resources of each version of the groups.
func (l *resourceLists) fill(ctx context.Context, groups []Group) {
	var next atomic.Int64
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
	workers := make([]func(), min(cap(l.slots), len(places)))
	for i := range workers {
		workers[i] = func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(places) {
					return
				}
				l.slots <- struct{}{}
				places[n].version.Resources = l.fetch(ctx, places[n].gv)
				<-l.slots
			}
		}
	}
	parallel(workers...)
}

func (l *resourceLists) fetch(ctx context.Context, gv kubeapi.GroupVersion) Fact[[]Resource] {
	// Only a name that can be nothing else than a name becomes part of a path.
	if _, err := kubeapi.ParseGroupVersion(gv.String()); err != nil {
		return Failed[[]Resource](failure("", InvalidResponse, err, "nothing was asked about %s: %v", quote(gv.String()), err))
	}
	path := namedPath + "/" + gv.Group + "/" + gv.Version
	if gv.Group == "" {
		path = corePath + "/" + gv.Version
	}
	var resources []Resource
	res := l.client.get(ctx, request{path: path, accept: acceptPlain, limit: maxResourceList,
		// An aggregated API without its backend, which is not a passing state.
		final: 503,
		read: func(contentType string, body io.Reader) (err error) {
			if _, err = jsonParameters(contentType); err != nil {
				return err
			}
			resources, err = decodeAPIResourceList(body, gv)
			return err
		}})
	if res.failure != nil {
		return Failed[[]Resource](res.failure)
	}
	entries, texts := count(resources)
	if l.bytes.Add(res.bytes) > maxResourceLists || l.resources.Add(entries) > maxResources || l.texts.Add(texts) > maxTexts {
		return Failed[[]Resource](failure("GET "+path, InvalidResponse, nil,
			"the documents of all group versions hold more than %s, %d resources or %d verbs and other names of these",
			size(maxResourceLists), maxResources, maxTexts))
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
	const atOnce = 8
	lists := newResourceLists(c)
	answers := make(map[kubeapi.GroupVersion]Fact[[]Resource], len(asked))
	var mu sync.Mutex
	parallelEach(atOnce, len(asked), func(i int) {
		answer := lists.fetch(ctx, asked[i])
		mu.Lock()
		defer mu.Unlock()
		answers[asked[i]] = answer
	})
	return answers
}

// addLists keeps the resources of group versions whose own documents were asked for.
// The groups may be shared with other snapshots, and are not changed.
func (s *Snapshot) addLists(lists map[kubeapi.GroupVersion]Fact[[]Resource]) {
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

// Unlisted gives the group versions whose resources nobody has asked for.
func (s *Snapshot) Unlisted() []kubeapi.GroupVersion {
	var unlisted []kubeapi.GroupVersion
	for _, g := range append([]Group{s.Core.Value}, s.Named.Value...) {
		for _, v := range g.Versions {
			if gv := (kubeapi.GroupVersion{Group: g.Name, Version: v.Name}); !v.Resources.Asked() && !slices.Contains(unlisted, gv) {
				unlisted = append(unlisted, gv)
			}
		}
	}
	return unlisted
}

// count gives how many resources and subresources there are, and how many verbs, short
// names and categories they have.
func count(resources []Resource) (entries, texts int64) {
	for _, r := range resources {
		entries += 1 + int64(len(r.Subresources))
		texts += int64(len(r.Verbs) + len(r.ShortNames) + len(r.Categories))
		for _, s := range r.Subresources {
			texts += int64(len(s.Verbs))
		}
	}
	return entries, texts
}
