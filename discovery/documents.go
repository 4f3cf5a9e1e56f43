package discovery

import (
	"context"
	"io"
	"slices"
	"sync/atomic"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Fetch asks the server for what is needed and keeps the answers in s, or why
// there are none. All is asked at once; only a confirmation comes after the rest.
// Documents that are fetched again, reviews that are asked and not allowed, and what
// a field that is new to s lacks, are not confirmed, whatever was before. Where
// nothing is needed, s stays as it is.
func (c *Client) Fetch(ctx context.Context, s *Snapshot, n Needs) {
	if n.Empty() {
		return
	}
	s.Endpoint = c.Endpoint()
	s.Time = c.now().UTC()

	var tasks []func()
	if n.Documents {
		s.Confirmed = Fact[struct{}]{}
		tasks = append(tasks, func() { s.Core, s.Named = c.documents(ctx) })
	}
	if n.Version {
		tasks = append(tasks, func() { s.Version = c.version(ctx) })
	}
	if n.ServerAddresses {
		tasks = append(tasks, func() { s.ServerAddresses = c.serverAddresses(ctx) })
	}
	var answers map[Review]Fact[ReviewAnswer]
	if len(n.Reviews) > 0 {
		tasks = append(tasks, func() { answers = c.reviews(ctx, n.Reviews) })
	}
	var fields map[FieldQuery]Fact[Field]
	if len(n.Fields) > 0 {
		tasks = append(tasks, func() { fields = c.fields(ctx, n.Fields) })
	}
	parallel(tasks...)
	if len(fields) > 0 {
		s.addFields(fields)
	}
	if len(answers) > 0 {
		s.Reviews = withReviews(s.Reviews, answers)
		if s.Confirmed.Known && slices.ContainsFunc(n.Reviews, func(r Review) bool { return isRefusal(s.Reviews[r]) }) {
			s.Confirmed = Fact[struct{}]{}
		}
	}
	if n.Confirmation {
		c.confirm(ctx, s)
	}
}

// addFields keeps answers. What is absent in them is not confirmed by what was
// confirmed before.
func (s *Snapshot) addFields(fields map[FieldQuery]Fact[Field]) {
	if s.Fields == nil {
		s.Fields = make(map[FieldQuery]Fact[Field], len(fields))
	}
	for q, fact := range fields {
		s.Fields[q] = fact
		if fact.Known && fact.Value.Presence == FieldAbsent {
			s.Confirmed = Fact[struct{}]{}
		}
	}
}

// documents asks for GET /api and GET /apis at once. Where one of them is not
// aggregated, the resources of its groups are asked for one by one.
func (c *Client) documents(ctx context.Context) (core Fact[Group], named Fact[[]Group]) {
	lists := newResourceLists(c)
	parallel(
		func() { core, _ = c.core(ctx, lists) },
		func() { named, _ = c.named(ctx, lists) },
	)
	return core, named
}

const (
	corePath  = "/api"
	namedPath = "/apis"
)

// core asks for GET /api, and tells which connection the answer came over.
func (c *Client) core(ctx context.Context, lists *resourceLists) (_ Fact[Group], connection string) {
	groups, res := c.document(ctx, lists, corePath, checkCore, func(body io.Reader) ([]Group, error) {
		document, err := decodeAPIVersions(body)
		return []Group{document.group}, err
	})
	switch {
	case res.status == 404:
		// A server may have no core group; /apis tells whether it is one at all.
		return Known(Group{}), res.connection
	case res.failure != nil:
		return Failed[Group](res.failure), res.connection
	case len(groups) == 0:
		return Known(Group{}), res.connection
	}
	return Known(groups[0]), res.connection
}

// named asks for GET /apis, and tells which connection the answer came over.
func (c *Client) named(ctx context.Context, lists *resourceLists) (_ Fact[[]Group], connection string) {
	groups, res := c.document(ctx, lists, namedPath, checkNamed, decodeAPIGroupList)
	if res.failure != nil {
		return Failed[[]Group](res.failure), res.connection
	}
	return Known(groups), res.connection
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
	res := c.get(ctx, request{path: path, accept: acceptDocuments, tag: before.tag, limit: maxDocument,
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
		}})
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
