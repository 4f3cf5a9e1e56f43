package discovery

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"mime"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/openapi"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/internal/parallel"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// schemaIndexPath is that of the index of OpenAPI documents, below which they are.
//
// Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
const schemaIndexPath = "/openapi/v3"

// fieldsOf are the questions about one group version, which one document answers: queries, or
// every field of kinds.
type fieldsOf struct {
	gv      kubeapi.GroupVersion
	queries []FieldQuery
	kinds   []string
	// schemas is where the answer about kinds goes, and left how many fields all such answers may
	// still have.
	schemas *Fact[*Schemas]
	left    *atomic.Int64
}

func byGroupVersion(queries []FieldQuery) []fieldsOf {
	var list []fieldsOf
	for _, q := range queries {
		i := slices.IndexFunc(list, func(f fieldsOf) bool { return f.gv == q.GroupVersion })
		if i < 0 {
			i = len(list)
			list = append(list, fieldsOf{gv: q.GroupVersion})
		}
		list[i].queries = append(list[i].queries, q)
	}
	return list
}

func (f fieldsOf) failed(why *Failure) schemaAnswers {
	if f.schemas != nil {
		*f.schemas = Failed[*Schemas](why)
	}
	answers := make(schemaAnswers, len(f.queries))
	for _, q := range f.queries {
		answers[q] = Failed[Field](why)
	}
	return answers
}

// key is how the index calls the document, and name is its path without a hash.
// Both are empty where the group version has a name that cannot be part of a path.
func (f fieldsOf) key() string {
	if _, err := kubeapi.ParseGroupVersion(f.gv.String()); err != nil {
		return ""
	}
	if f.gv.Group == "" {
		return "api/" + f.gv.Version
	}
	return "apis/" + f.gv.Group + "/" + f.gv.Version
}

func (f fieldsOf) path() string { return schemaIndexPath + "/" + f.key() }

// fields answers the queries by the OpenAPI documents of their group versions,
// each of which is asked for once, by the URL that the index has for it.
//
// The index of an API server lags behind by a second, since the part of it that
// joins all group versions looks at the others at intervals. So the URL of a group
// version may be missing, or have a hash that is no longer the document's, which
// the server answers by a redirect; the path without a hash leads to the document
// of now in both cases.
func (c *Client) fields(ctx context.Context, queries []FieldQuery) schemaAnswers {
	return c.schemaDocuments(ctx, byGroupVersion(queries))
}

// schemas reads every field of the kinds, like [Client.fields].
func (c *Client) schemas(ctx context.Context, kinds map[kubeapi.GroupVersion][]string) map[kubeapi.GroupVersion]Fact[*Schemas] {
	var left atomic.Int64
	left.Store(maxFields)
	var asked []fieldsOf
	for gv, of := range kinds {
		asked = append(asked, fieldsOf{gv: gv, kinds: of, schemas: new(Fact[*Schemas]), left: &left})
	}
	c.schemaDocuments(ctx, asked)
	answers := make(map[kubeapi.GroupVersion]Fact[*Schemas], len(asked))
	for _, f := range asked {
		answers[f.gv] = *f.schemas
	}
	return answers
}

func (c *Client) schemaDocuments(ctx context.Context, asked []fieldsOf) schemaAnswers {
	answers := schemaAnswers{}
	index, why := c.schemaIndex(ctx, asked)
	if why != nil {
		for _, f := range asked {
			maps.Copy(answers, f.failed(why))
		}
		return answers
	}
	const atOnce = 4
	got := make([]schemaAnswers, len(asked))
	parallel.Each(atOnce, len(asked), func(i int) { got[i] = c.fieldsByIndex(ctx, asked[i], index) })
	for _, some := range got {
		maps.Copy(answers, some)
	}
	return answers
}

// schemaIndex asks which document has which URL.
func (c *Client) schemaIndex(ctx context.Context, asked []fieldsOf) (map[string]string, *Failure) {
	wanted := map[string]bool{}
	for _, f := range asked {
		wanted[f.key()] = true
	}
	var index map[string]string
	res := c.get(ctx, request{path: schemaIndexPath, accept: acceptPlain, limit: maxSchemaIndex,
		read: func(contentType string, body io.Reader) (err error) {
			// A kube-apiserver leaves it to a guess what this document is, and that is
			// plain text.
			if mediaType, _, _ := mime.ParseMediaType(contentType); mediaType != "text/plain" {
				if _, err = wire.JSONParameters(contentType); err != nil {
					return err
				}
			}
			index, err = openapi.DecodeIndex(body, wanted)
			return err
		}})
	return index, res.failure
}

// schemaURL takes a URL of the index apart. One that leads anywhere else than
// below the index is an error: the token goes with the request.
func schemaURL(relative string) (path, query string, err error) {
	const longest = 2048
	refused := func() (string, string, error) {
		return "", "", errors.New("the URL " + text.Quote(relative) + " is not one below " + schemaIndexPath)
	}
	if len(relative) > longest || strings.ContainsFunc(relative, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' || r == '#' }) {
		return refused()
	}
	u, err := url.Parse(relative)
	if err != nil || u.Scheme != "" || u.Opaque != "" || u.User != nil || u.Host != "" || !isBelowIndex(u) {
		return refused()
	}
	return u.Path, u.RawQuery, nil
}

func isBelowIndex(u *url.URL) bool {
	return strings.HasPrefix(u.Path, schemaIndexPath+"/") && u.EscapedPath() == u.Path && path.Clean(u.Path) == u.Path
}

// fieldsByIndex asks for one document.
func (c *Client) fieldsByIndex(ctx context.Context, f fieldsOf, index map[string]string) schemaAnswers {
	if f.key() == "" {
		return f.failed(model.NewFailure("", InvalidResponse, nil, "nothing was asked about %s, which is no group version", text.Quote(f.gv.String())))
	}
	relative, listed := index[f.key()]
	if !listed {
		return c.fieldsByPath(ctx, f)
	}
	path, query, err := schemaURL(strings.TrimPrefix(relative, strings.TrimSuffix(c.Base.Path, "/")))
	if err != nil {
		return f.failed(model.NewFailure("GET "+schemaIndexPath, InvalidResponse, err, "%s", c.redact(err.Error())))
	}
	answers, res := c.schemaDocument(ctx, f, path, query)
	if res.failure != nil && (res.failure.Code == Redirected || res.status == 404) {
		return c.fieldsByPath(ctx, f)
	}
	return answers
}

// fieldsByPath asks for one document by its path without a hash.
func (c *Client) fieldsByPath(ctx context.Context, f fieldsOf) schemaAnswers {
	answers, res := c.schemaDocument(ctx, f, f.path(), "")
	if res.status == 404 {
		missing := *res.failure
		missing.Code, missing.Err = NoSchema, res.failure
		return f.failed(&missing)
	}
	return answers
}

var errNoDocument = errors.New("the answer is empty")

// schemaDocument asks for one document and reads the fields in it. Where it is the
// one that answered the same queries before, it need not come again.
func (c *Client) schemaDocument(ctx context.Context, f fieldsOf, path, query string) (schemaAnswers, result) {
	var answers schemaAnswers
	before := c.keptAnswers(f)
	res := c.get(ctx, request{path: path, query: query, accept: acceptPlain, tag: before.tag, limit: maxSchemas,
		read: func(contentType string, body io.Reader) (err error) {
			if contentType == "" {
				// So a server answers that has just forgotten the group version.
				if n, _ := io.ReadFull(body, make([]byte, 1)); n == 0 {
					return errNoDocument
				}
			}
			if _, err = wire.JSONParameters(contentType); err != nil {
				return err
			}
			src, release, err := c.readSchemas(body)
			defer release()
			if err != nil {
				return err
			}
			answers, err = f.read(src, path)
			return err
		}})
	switch {
	case res.failure != nil && errors.Is(res.failure, errNoDocument):
		return f.failed(model.NewFailure("GET "+path, NoSchema, errNoDocument, "%v", errNoDocument)), res
	case res.failure != nil:
		return f.failed(res.failure), res
	case res.notModified:
		return before.answer, res
	}
	if f.schemas != nil {
		return nil, res
	}
	for q, answer := range answers {
		if answer.Failure != nil {
			answer.Failure.Message = c.redact(answer.Failure.Message)
			answers[q] = answer
		}
	}
	c.keptFields.put(f.gv, tagged[schemaAnswers]{entityTag(res.tag), answers})
	return answers, res
}

// read answers the questions by their document.
func (f fieldsOf) read(src []byte, path string) (schemaAnswers, error) {
	if f.schemas == nil {
		return openapi.ReadFields(src, f.gv, f.queries, "GET "+path)
	}
	found, err := openapi.ReadSchemas(src, f.gv, f.kinds, int(f.left.Load()))
	if err != nil {
		return nil, err
	}
	for _, o := range found.Objects {
		// Several documents are read at once.
		if f.left.Add(-int64(len(o.Fields))) < 0 {
			return nil, openapi.ErrManyFields
		}
	}
	*f.schemas = Known(found)
	return schemaAnswers{}, nil
}

// largeSchemas has the memory for one large document, which one after the other
// uses.
type largeSchemas struct {
	mu     sync.Mutex
	memory []byte
}

// readSchemas reads a document to its end. It is not to be used any more once it
// is released.
func (c *Client) readSchemas(body io.Reader) (src []byte, release func(), err error) {
	release = func() {}
	src = make([]byte, 0, 512<<10)
	for {
		if len(src) == cap(src) {
			room := 2 * cap(src)
			if cap(src) == smallSchemas {
				c.large.mu.Lock()
				release = c.large.mu.Unlock
			}
			if cap(src) >= smallSchemas {
				if room >= maxSchemas {
					// All that a document may have, and room to find its end.
					room = maxSchemas + bytes.MinRead
				}
				if room > cap(c.large.memory) {
					c.large.memory = make([]byte, 0, room)
				}
				src = append(c.large.memory[:0], src...)
			} else {
				src = append(make([]byte, 0, room), src...)
			}
		}
		n, err := body.Read(src[len(src):cap(src)])
		src = src[:len(src)+n]
		switch {
		case err == io.EOF:
			return src, release, nil
		case err != nil:
			return nil, release, err
		}
	}
}

// ReadFields answers queries by an OpenAPI document that no server sent. All of them are about its
// group version. It is an error if the document cannot be read.
func ReadFields(document []byte, gv kubeapi.GroupVersion, queries []FieldQuery) (map[FieldQuery]Fact[Field], error) {
	return openapi.ReadFields(document, gv, queries, "")
}

// ReadSchemas reads every field of kinds from an OpenAPI document that no server sent. It leaves out
// kinds of which there is no schema. It is an error if the document cannot be read.
func ReadSchemas(document []byte, gv kubeapi.GroupVersion, kinds []string) (*Schemas, error) {
	return openapi.ReadSchemas(document, gv, kinds, maxFields)
}

type schemaAnswers = map[FieldQuery]Fact[Field]

// keptAnswers gives the answers to the queries, and nothing where one of them was not kept.
func (c *Client) keptAnswers(f fieldsOf) tagged[schemaAnswers] {
	if f.schemas != nil {
		return tagged[schemaAnswers]{}
	}
	before := c.keptFields.get(f.gv)
	answers := make(schemaAnswers, len(f.queries))
	for _, q := range f.queries {
		answer, found := before.answer[q]
		if !found {
			return tagged[schemaAnswers]{}
		}
		answers[q] = answer
	}
	return tagged[schemaAnswers]{before.tag, answers}
}
