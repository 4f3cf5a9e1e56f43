package explain

import (
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// question is what the words of a command line mean.
type question struct {
	// api is the group or the group version as it was written, and empty for any.
	api            string
	group, version string
	// core is set for the core group: its name is empty.
	core bool
	// kind is empty if only an API is named.
	kind string
	// field is nil if none is named.
	field kubeapi.FieldPath
}

// covers reports whether a kind is in the group or the group version.
func (q question) covers(k catalog.Kind) bool {
	return (q.group == "" && !q.core || k.GroupVersion.Group == q.group) &&
		(q.version == "" || k.GroupVersion.Version == q.version)
}

// read finds out what the words mean.
func (b *board) read(words []string) (question, error) {
	if slices.Contains(words, "") {
		return question{}, unknown("Invalid question", "An argument is empty.")
	}
	words = b.split(words)
	q, isAPI, err := b.readAPI(words[0])
	if err != nil {
		return q, err
	}
	if isAPI {
		words = words[1:]
	}
	if len(words) == 0 {
		return q, nil
	}
	name, field := words[0], ""
	if end := strings.IndexAny(name, ".["); end >= 0 {
		name, field = name[:end], strings.TrimPrefix(name[end:], ".")
	}
	kind, known := b.names[strings.ToLower(name)]
	if !known {
		return q, b.unknownName(q, words[0])
	}
	q.kind = kind
	if q.api == "" {
		field = b.cutGroup(&q, field)
	}
	if len(b.named(q)) == 0 {
		return q, b.notInAPI(q)
	}
	if len(words) > 1 {
		if field != "" {
			return q, unknown("Invalid question", "Two fields are given: %q after the kind, and %q.", field, words[1])
		}
		field = words[1]
	}
	if field == "" {
		return q, nil
	}
	if q.field, err = kubeapi.ParseFieldPath(field); err != nil {
		return q, unknown("Invalid field path", "The field %q: %v.", field, err)
	}
	return q, nil
}

// split splits a first word that joins a group version and a kind: apps/v1/Deployment, and
// apps/v1.Deployment.
func (b *board) split(words []string) []string {
	for _, k := range b.kinds {
		api := k.GroupVersion.String()
		if rest, joined := strings.CutPrefix(words[0], api); joined && len(rest) > 1 && (rest[0] == '/' || rest[0] == '.') {
			return append([]string{api, rest[1:]}, words[1:]...)
		}
	}
	return words
}

// readAPI reads a word that may be a group or a group version.
func (b *board) readAPI(word string) (q question, isAPI bool, err error) {
	group, version, slash := strings.Cut(word, "/")
	if !slash && !catalog.Serves(word) {
		group, version = "", word
	}
	q = question{api: word, group: group, version: version, core: group == ""}
	switch {
	case slices.ContainsFunc(b.kinds, q.covers):
		return q, true, nil
	case slash:
		return question{}, false, b.unknownAPI(word, group, version)
	}
	return question{}, false, nil
}

// cutGroup cuts a group of the kind, or its version and group, off what follows the kind's name, and
// returns the rest: deployments.apps, deployments.v1.apps, deployments.apps.spec.replicas.
func (b *board) cutGroup(q *question, rest string) string {
	for _, k := range b.kinds {
		gv := k.GroupVersion
		if k.Name != q.kind || gv.Group == "" {
			continue
		}
		for _, version := range []string{"", gv.Version} {
			api, dotted := gv.Group, gv.Group+"."
			if version != "" {
				api, dotted = gv.String(), version+"."+dotted
			}
			if after, found := strings.CutPrefix(rest+".", dotted); found {
				q.api, q.group, q.version = api, gv.Group, version
				return strings.TrimSuffix(after, ".")
			}
		}
	}
	return rest
}
