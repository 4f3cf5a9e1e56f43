package discovery

import (
	"context"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Fetch asks the server for what is needed and keeps the answers in s, or why
// there are none. All is asked at once. Where nothing is needed, s stays as it is.
// What s lacks after it is not confirmed to be absent, see [Client.LookAgain].
func (c *Client) Fetch(ctx context.Context, s *Snapshot, n Needs) {
	if n.Empty() {
		return
	}
	s.Endpoint = c.Endpoint()
	s.Time = c.now().UTC()

	var tasks []func()
	if n.Documents {
		tasks = append(tasks, func() { s.Core, s.Named = c.documents(ctx) })
	}
	if n.Version {
		tasks = append(tasks, func() { s.Version = c.version(ctx) })
	}
	if n.ServerAddresses {
		tasks = append(tasks, func() { s.ServerAddresses = c.serverAddresses(ctx) })
	}
	var reviews map[Review]Fact[ReviewAnswer]
	if len(n.Reviews) > 0 {
		tasks = append(tasks, func() { reviews = c.reviews(ctx, n.Reviews) })
	}
	var fields map[FieldQuery]Fact[Field]
	if len(n.Fields) > 0 {
		tasks = append(tasks, func() { fields = c.fields(ctx, n.Fields) })
	}
	var available map[kubeapi.GroupVersion]Fact[struct{}]
	if len(n.Available) > 0 {
		tasks = append(tasks, func() { available = c.available(ctx, n.Available) })
	}
	var lists map[kubeapi.GroupVersion]Fact[[]Resource]
	if len(n.Lists) > 0 {
		tasks = append(tasks, func() { lists = c.lists(ctx, n.Lists) })
	}
	parallel(tasks...)
	s.addLists(lists)
	addFacts(&s.Fields, fields)
	addFacts(&s.Reviews, reviews)
	addFacts(&s.Available, available)
}

// addFacts keeps answers beside those that came before.
func addFacts[K comparable, T any](facts *map[K]Fact[T], answers map[K]Fact[T]) {
	if *facts == nil && len(answers) > 0 {
		*facts = make(map[K]Fact[T], len(answers))
	}
	maps.Copy(*facts, answers)
}

// documents asks for GET /api and GET /apis at once. Where one of them is not
// aggregated, the resources of its groups are asked for one by one.
func (c *Client) documents(ctx context.Context) (core Fact[Group], named Fact[[]Group]) {
	lists := newResourceLists(c)
	parallel(
		func() { core = c.core(ctx, lists) },
		func() { named = c.named(ctx, lists) },
	)
	return core, named
}

const (
	corePath  = "/api"
	namedPath = "/apis"
)

// core asks for GET /api.
func (c *Client) core(ctx context.Context, lists *resourceLists) Fact[Group] {
	groups, res := c.document(ctx, lists, corePath, checkCore, func(body io.Reader) ([]Group, error) {
		document, err := decodeAPIVersions(body)
		return []Group{document.group}, err
	})
	switch {
	case res.status == 404 && !res.foreign:
		// A server may have no core group; /apis shows whether it is one at all.
		return Known(Group{})
	case res.failure != nil:
		return Failed[Group](res.failure)
	case len(groups) == 0:
		return Known(Group{})
	}
	return Known(groups[0])
}

// named asks for GET /apis.
func (c *Client) named(ctx context.Context, lists *resourceLists) Fact[[]Group] {
	groups, res := c.document(ctx, lists, namedPath, checkNamed, decodeAPIGroupList)
	if res.failure != nil {
		return Failed[[]Group](res.failure)
	}
	return Known(groups)
}

// document asks for one of the two documents. An aggregated one that came before
// with an entity tag need not come again.
func (c *Client) document(
	ctx context.Context, lists *resourceLists, path string,
	check func([]Group) error, decodePlain func(io.Reader) ([]Group, error),
) ([]Group, result) {
	var groups []Group
	var is form
	before := c.kept.get(path)
	q := request{path: path, accept: acceptDocuments, tag: before.tag, limit: maxDocument,
		read: func(contentType string, body io.Reader) (err error) {
			if is, err = documentForm(contentType); err != nil {
				return err
			}
			if is == plain {
				groups, err = decodePlain(body)
				return err
			}
			if groups, err = decodeAggregated(body, "GET "+path); err != nil {
				return err
			}
			return check(groups)
		}}
	res := c.get(ctx, q)
	if res.status == 406 {
		// Something between here and the server does not know aggregated discovery.
		q.accept, q.tag = acceptPlain, ""
		res = c.get(ctx, q)
	}
	switch {
	case res.failure != nil:
		if res.status == 304 {
			// The tag and the document do not belong together any more.
			c.kept.put(path, keptDocument{})
		}
		return nil, res
	case res.notModified:
		return before.groups, res
	case is == plain:
		// The tag of a plain document would not be one of the resources.
		lists.fill(ctx, groups)
	default:
		c.kept.put(path, keptDocument{tag: entityTag(res.tag), groups: groups})
	}
	return groups, res
}

// checkCore refuses a document of /api that is about another group than the one
// without a name.
func checkCore(groups []Group) error {
	for _, g := range groups {
		if g.Name != "" {
			return &brokenError{what: "it is about the group " + quote(g.Name) + ", and not about the one without a name"}
		}
	}
	return nil
}

// checkNamed refuses a document of /apis that has a group without a name.
func checkNamed(groups []Group) error {
	for _, g := range groups {
		if g.Name == "" {
			return &brokenError{what: "a group has no name"}
		}
	}
	return nil
}

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
		return Failed[[]Resource](failure(InvalidResponse, err, "nothing was asked about %s: %v", quote(gv.String()), err))
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
		return Failed[[]Resource](failure(InvalidResponse, nil,
			"GET %s: the documents of all group versions hold more than %s, %d resources or %d verbs and other names of these",
			path, size(maxResourceLists), maxResources, maxTexts))
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

func (c *Client) version(ctx context.Context) Fact[ServerVersion] {
	var version ServerVersion
	res := c.get(ctx, request{path: "/version", accept: acceptPlain, limit: maxVersion,
		read: func(contentType string, body io.Reader) (err error) {
			if _, err = jsonParameters(contentType); err != nil {
				return err
			}
			version, err = decodeServerVersion(body)
			return err
		}})
	if res.failure != nil {
		return Failed[ServerVersion](res.failure)
	}
	return Known(version)
}

// serverAddresses asks for the plain document of GET /api, because the aggregated
// one does not have the addresses.
func (c *Client) serverAddresses(ctx context.Context) Fact[[]string] {
	var document apiVersions
	res := c.get(ctx, request{path: corePath, accept: acceptPlain, limit: maxDocument,
		read: func(contentType string, body io.Reader) (err error) {
			is, err := documentForm(contentType)
			switch {
			case err != nil:
				return err
			case is != plain:
				return &brokenError{what: "the plain document was asked for, and the aggregated one came"}
			}
			if document, err = decodeAPIVersions(body); err == nil && !document.published {
				err = &brokenError{what: "it has no serverAddressByClientCIDRs"}
			}
			return err
		}})
	if res.failure != nil {
		return Failed[[]string](res.failure)
	}
	return Known(document.addresses)
}
