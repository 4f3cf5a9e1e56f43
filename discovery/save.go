package discovery

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// formatVersion is that of saved snapshots. One of an earlier version lacks what
// came later, which then was not asked for.
const (
	formatVersion   = "1.2"
	formatVersion11 = "1.1"
	formatVersion10 = "1.0"
)

// maxSnapshot is how many bytes a saved snapshot may have.
const maxSnapshot = 64 << 20

// Save writes the snapshot as indented JSON that [Load] reads. Equal snapshots
// give equal bytes. An error of w is returned; so is one of a snapshot that is
// larger than Load takes, or that holds text which is not UTF-8.
//
// The members are, in this order:
//
//	format_version    "1.2"
//	endpoint          the base URL that was asked
//	time              when, as RFC 3339 in UTC
//	core              fact: the group without a name
//	groups            fact: the list of the other groups
//	confirmed         fact: true, where what is missing was confirmed to be absent
//	version           fact: git_version, major, minor, platform; emulation_major and
//	                  emulation_minor where the server has them
//	server_addresses  fact: list of addresses, such as "10.0.1.149:443"
//	fields            list of what was asked for of the schemas of kinds
//	reviews           list of the access reviews that were asked
//	available         list of the group versions that were asked for themselves: each
//	                  has group_version, and the fact available, which is true
//
// A fact is an object with either value or failure, which has code and message.
// A fact that nobody asked for is left out, and so is an empty list of fields. A
// field has group_version, kind, path and the fact field, which has presence, at,
// siblings, type, enum (left out where any string may be) and required, and where it
// is present enum_rules and required_rules, each with keyword and at. Format 1.1 has
// no rules; without them, enum and required are not known. A group has name, preferred and
// versions; a version has name, freshness and the fact resources; a resource has
// name, singular, kind, scope, verbs, short_names, categories and subresources; a
// subresource has name, kind and verbs. A review has verb, group, resource,
// subresource, namespace, name and path, as [Review] describes them, and the fact
// answer: allowed, denied, reason and evaluation_error. No member is ever null.
func (s *Snapshot) Save(w io.Writer) error {
	limited := &limitedWriter{to: w, left: maxSnapshot}
	e := encoder{json: jsontext.NewEncoder(limited, jsontext.Multiline(true), jsontext.WithIndent("  "))}
	e.object(func() {
		e.text("format_version", formatVersion)
		e.text("endpoint", s.Endpoint)
		e.text("time", s.Time.UTC().Format(time.RFC3339Nano))
		saveFact(&e, "core", s.Core, func(g Group) { e.group(&g) })
		saveFact(&e, "groups", s.Named, func(groups []Group) { list(&e, groups, e.group) })
		saveFact(&e, "confirmed", s.Confirmed, func(struct{}) { e.token(jsontext.True) })
		saveFact(&e, "version", s.Version, e.serverVersion)
		saveFact(&e, "server_addresses", s.ServerAddresses, e.textList)
		e.fields(s.Fields)
		if len(s.Reviews) > 0 {
			e.reviews(s.Reviews)
		}
		e.available(s.Available)
	})
	if e.err != nil {
		return fmt.Errorf("saving a snapshot: %w", e.err)
	}
	return nil
}

// encoder writes tokens until the first error.
type encoder struct {
	json *jsontext.Encoder
	err  error
}

func (e *encoder) token(t jsontext.Token) {
	if e.err == nil {
		e.err = e.json.WriteToken(t)
	}
}

func (e *encoder) object(members func()) {
	e.token(jsontext.BeginObject)
	members()
	e.token(jsontext.EndObject)
}

func (e *encoder) text(name, value string) {
	e.token(jsontext.String(name))
	e.token(jsontext.String(value))
}

func (e *encoder) boolean(name string, value bool) {
	e.token(jsontext.String(name))
	e.token(jsontext.Bool(value))
}

func (e *encoder) texts(name string, values []string) {
	e.token(jsontext.String(name))
	e.textList(values)
}

func (e *encoder) textList(values []string) {
	list(e, values, func(value *string) { e.token(jsontext.String(*value)) })
}

func list[T any](e *encoder, items []T, item func(*T)) {
	e.token(jsontext.BeginArray)
	for i := range items {
		item(&items[i])
	}
	e.token(jsontext.EndArray)
}

func saveFact[T any](e *encoder, name string, f Fact[T], value func(T)) {
	if !f.Asked() {
		return
	}
	e.token(jsontext.String(name))
	e.object(func() {
		if f.Known {
			e.token(jsontext.String("value"))
			value(f.Value)
			return
		}
		e.token(jsontext.String("failure"))
		e.object(func() {
			e.text("code", string(f.Failure.Code))
			e.text("message", f.Failure.Message)
		})
	})
}

func (e *encoder) group(g *Group) {
	e.object(func() {
		e.text("name", g.Name)
		e.text("preferred", g.Preferred)
		e.token(jsontext.String("versions"))
		list(e, g.Versions, e.version)
	})
}

func (e *encoder) version(v *Version) {
	e.object(func() {
		e.text("name", v.Name)
		e.text("freshness", string(v.Freshness))
		saveFact(e, "resources", v.Resources, func(resources []Resource) { list(e, resources, e.resource) })
	})
}

func (e *encoder) resource(r *Resource) {
	e.object(func() {
		e.text("name", r.Name)
		e.text("singular", r.Singular)
		e.text("kind", r.Kind)
		e.text("scope", string(r.Scope))
		e.texts("verbs", r.Verbs)
		e.texts("short_names", r.ShortNames)
		e.texts("categories", r.Categories)
		e.token(jsontext.String("subresources"))
		list(e, r.Subresources, e.subresource)
	})
}

func (e *encoder) subresource(s *Subresource) {
	e.object(func() {
		e.text("name", s.Name)
		e.text("kind", s.Kind)
		e.texts("verbs", s.Verbs)
	})
}

func (e *encoder) serverVersion(v ServerVersion) {
	e.object(func() {
		e.text("git_version", v.GitVersion)
		e.text("major", v.Major)
		e.text("minor", v.Minor)
		// A server that says nothing of it says nothing here either.
		if v.EmulationMajor != "" || v.EmulationMinor != "" {
			e.text("emulation_major", v.EmulationMajor)
			e.text("emulation_minor", v.EmulationMinor)
		}
		e.text("platform", v.Platform)
	})
}

func (e *encoder) reviews(reviews map[Review]Fact[ReviewAnswer]) {
	asked := slices.SortedFunc(maps.Keys(reviews), compareReviews)
	e.token(jsontext.String("reviews"))
	list(e, asked, func(r *Review) {
		e.object(func() {
			e.text("verb", r.Verb)
			e.text("group", r.Group)
			e.text("resource", r.Resource)
			e.text("subresource", r.Subresource)
			e.text("namespace", r.Namespace)
			e.text("name", r.Name)
			e.text("path", r.Path)
			saveFact(e, "answer", reviews[*r], func(a ReviewAnswer) {
				e.object(func() {
					e.boolean("allowed", a.Allowed)
					e.boolean("denied", a.Denied)
					e.text("reason", a.Reason)
					e.text("evaluation_error", a.EvaluationError)
				})
			})
		})
	})
}

// limitedWriter refuses what would make more than left bytes.
type limitedWriter struct {
	to   io.Writer
	left int
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return 0, errors.New("it is larger than " + size(maxSnapshot))
	}
	w.left -= len(p)
	return w.to.Write(p)
}
