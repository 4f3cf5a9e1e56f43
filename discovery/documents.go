package discovery

import (
	"context"
	"errors"
	"io"
	"maps"

	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/internal/parallel"
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
	var schemas map[kubeapi.GroupVersion]Fact[*Schemas]
	if len(n.Schemas) > 0 {
		tasks = append(tasks, func() { schemas = c.schemas(ctx, n.Schemas) })
	}
	var available map[kubeapi.GroupVersion]Fact[struct{}]
	if len(n.Available) > 0 {
		tasks = append(tasks, func() { available = c.available(ctx, n.Available) })
	}
	var lists map[kubeapi.GroupVersion]Fact[[]Resource]
	if len(n.Lists) > 0 {
		tasks = append(tasks, func() { lists = c.lists(ctx, n.Lists) })
	}
	parallel.Do(tasks...)
	addLists(s, lists)
	addFacts(&s.Fields, fields)
	addFacts(&s.Schemas, schemas)
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

// acceptDocuments asks for aggregated discovery, and takes the plain documents
// from a server that does not have it.
const acceptDocuments = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList," +
	acceptPlain

const acceptPlain = "application/json"

// documents asks for GET /api and GET /apis at once. Where one of them is not
// aggregated, the resources of its groups are asked for one by one.
func (c *Client) documents(ctx context.Context) (core Fact[Group], named Fact[[]Group]) {
	lists := newResourceLists(c)
	parallel.Do(
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
	groups, res := c.document(ctx, lists, corePath, wire.CheckCore, func(body io.Reader) ([]Group, error) {
		document, err := wire.DecodeAPIVersions(body)
		return []Group{document.Group}, err
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
	groups, res := c.document(ctx, lists, namedPath, wire.CheckNamed, wire.DecodeAPIGroupList)
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
	var aggregated bool
	before := c.kept.get(path)
	q := request{path: path, accept: acceptDocuments, tag: before.tag, limit: maxDocument,
		read: func(contentType string, body io.Reader) (err error) {
			if aggregated, err = wire.IsAggregated(contentType); err != nil {
				return err
			}
			if !aggregated {
				groups, err = decodePlain(body)
				return err
			}
			if groups, err = wire.DecodeAggregated(body, "GET "+path); err != nil {
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
			c.kept.put(path, tagged[[]Group]{})
		}
		return nil, res
	case res.notModified:
		return before.answer, res
	case !aggregated:
		// The tag of a plain document would not be one of the resources.
		lists.fill(ctx, groups)
	default:
		c.kept.put(path, tagged[[]Group]{entityTag(res.tag), groups})
	}
	return groups, res
}

// jsonBody reads the body of an answer that has to be JSON.
func jsonBody(read func(io.Reader) error) func(contentType string, body io.Reader) error {
	return func(contentType string, body io.Reader) error {
		if _, err := wire.JSONParameters(contentType); err != nil {
			return err
		}
		return read(body)
	}
}

func (c *Client) version(ctx context.Context) Fact[ServerVersion] {
	var version ServerVersion
	res := c.get(ctx, request{path: "/version", accept: acceptPlain, limit: maxVersion,
		read: jsonBody(func(body io.Reader) (err error) {
			version, err = wire.DecodeServerVersion(body)
			return err
		})})
	if res.failure != nil {
		return Failed[ServerVersion](res.failure)
	}
	return Known(version)
}

// serverAddresses asks for the plain document of GET /api, because the aggregated
// one does not have the addresses.
func (c *Client) serverAddresses(ctx context.Context) Fact[[]string] {
	var document wire.APIVersions
	res := c.get(ctx, request{path: corePath, accept: acceptPlain, limit: maxDocument,
		read: func(contentType string, body io.Reader) (err error) {
			aggregated, err := wire.IsAggregated(contentType)
			switch {
			case err != nil:
				return err
			case aggregated:
				return errors.New("the plain document was asked for, and the aggregated one came")
			}
			if document, err = wire.DecodeAPIVersions(body); err == nil && !document.Published {
				err = errors.New("it has no serverAddressByClientCIDRs")
			}
			return err
		}})
	if res.failure != nil {
		return Failed[[]string](res.failure)
	}
	return Known(document.Addresses)
}
