package record

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

// maxSnapshot is how many bytes a saved snapshot may have.
const maxSnapshot = 64 << 20

// Save writes a snapshot as indented JSON that [Load] reads. Equal snapshots
// give equal bytes. An error of w is returned; so is one of a snapshot that is
// larger than Load takes, or that holds text which is not UTF-8.
//
// The members are, in this order:
//
//	format_version    "1.3" with schemas, and "1.2" without
//	endpoint          the base URL that was asked
//	time              when, as RFC 3339 in UTC
//	core              fact: the group without a name
//	groups            fact: the list of the other groups
//	confirmed         fact: true, where what is missing was confirmed to be absent
//	version           fact: git_version, major, minor, platform; emulation_major and
//	                  emulation_minor where the server has them
//	server_addresses  fact: list of addresses, such as "10.0.1.149:443"
//	fields            list of what was asked for of the schemas of kinds
//	schemas           list of the group versions of which every field was asked for
//	reviews           list of the access reviews that were asked
//	available         list of the group versions that were asked for themselves: each
//	                  has group_version, and the fact available, which is true
//
// A fact is an object with either value or failure, which has code and message.
// A fact that nobody asked for is left out, and so is an empty list of fields. A
// field has group_version, kind, path and the fact field, which has presence, at,
// siblings, type, enum (left out where any string may be) and required, and where it
// is present enum_rules and required_rules, each with keyword and at. Format 1.1 has
// no rules; without them, enum and required are not known. The schemas of a group version are
// the fact schemas, which has kinds, each with kind and type, and objects, each with name, open
// and fields. A field of an object has name, type, required and enum. Open and required are
// left out where they are false, and enum where there is none. [model.Schemas] describes types.
// A group has name, preferred and
// versions; a version has name, freshness and the fact resources; a resource has
// name, singular, kind, scope, verbs, short_names, categories and subresources; a
// subresource has name, kind and verbs. A review has verb, group, resource,
// subresource, namespace, name and path, as [model.Review] describes them, and the fact
// answer: allowed, denied, reason and evaluation_error. No member is ever null.
func Save(w io.Writer, s *model.Snapshot) error {
	limited := &limitedWriter{to: w, left: maxSnapshot}
	e := jsonwalk.NewEncoder(limited, jsontext.Multiline(true), jsontext.WithIndent("  "))
	snapshot(&codec{Out: e, Form: wire.Saved}, s)
	if err := e.Err(); err != nil {
		return fmt.Errorf("saving a snapshot: %w", err)
	}
	return nil
}

// limitedWriter refuses what would make more than left bytes.
type limitedWriter struct {
	to   io.Writer
	left int
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return 0, errors.New("it is larger than " + text.Size(maxSnapshot))
	}
	w.left -= len(p)
	return w.to.Write(p)
}
