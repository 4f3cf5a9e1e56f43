package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func unknown(summary, format string, args ...any) error {
	return &UnknownError{Summary: summary, Detail: fmt.Sprintf(format, args...)}
}

// onCluster says where to look for what no release serves by itself.
const onCluster = " To see what a cluster has, run 'kubectl explain', or record it with 'kreconcile snapshot'."

// unknownAPI is the error for a group version that no release ever had.
func (b *board) unknownAPI(word, group, version string) error {
	if kind, known := b.names[strings.ToLower(group)]; known {
		return unknown("Unknown group version", "%q is no group version. For the subresources of %s, run 'kreconcile explain %s'.", word, group, kind)
	}
	if name, rest, dotted := strings.Cut(group, "."); dotted && b.names[strings.ToLower(name)] != "" {
		if q := (question{kind: b.names[strings.ToLower(name)]}); b.cutGroup(&q, rest) == "" {
			return unknown("Unknown group version", "%q is no group version. Did you mean '%s/%s %s'?", word, q.group, version, q.kind)
		}
	}
	if !catalog.Serves(group) {
		return b.foreign(group, version)
	}
	var versions []string
	for _, k := range b.kinds {
		if name := k.GroupVersion.String(); k.GroupVersion.Group == group && !slices.Contains(versions, name) {
			versions = append(versions, name)
		}
	}
	return unknown("Unknown group version", "No release of Kubernetes has %s. %s", word, instead(word, versions))
}

// foreign is the error for a group that no release ever served by itself.
func (b *board) foreign(group, version string) error {
	var groups []string
	for _, k := range b.kinds {
		if g := k.GroupVersion.Group; g != "" && !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	if like := nearest.Name(group, groups); like != "" {
		if version != "" {
			like += "/" + version
		}
		return unknown("Unknown group", "Kubernetes does not serve a group %s. Did you mean %s?", group, like)
	}
	return unknown("Unknown group", "Kubernetes does not serve %s by itself: what it has depends on what is installed in a cluster.%s", group, onCluster)
}

// unknownName is the error for a word that names no kind.
func (b *board) unknownName(q question, word string) error {
	name, rest, dotted := strings.Cut(word, ".")
	known := slices.Sorted(maps.Keys(b.names))
	if q.api != "" {
		known = slices.DeleteFunc(known, func(name string) bool { return len(b.named(q.of(b.names[name]))) == 0 })
	}
	like := nearest.Name(strings.ToLower(name), known)
	if like != "" && dotted && !b.leads(b.names[like], rest) {
		like = ""
	}
	if like == "" && dotted && q.api == "" {
		return b.foreign(word, "")
	}
	if kind := b.names[like]; strings.EqualFold(kind, like) {
		like = kind
	}
	if like != "" && dotted {
		like += "." + rest
	}
	where := "Kubernetes " + b.oldest().String() + " to " + b.newest().String() + " has"
	if q.api != "" {
		where = q.api + " has"
	}
	detail := fmt.Sprintf("%s no kind or resource %q.", where, name)
	switch {
	case like != "":
		detail += " Did you mean " + like + "?"
	case q.api != "":
		detail += " For what it has, run 'kreconcile explain " + q.api + "'."
	default:
		detail += onCluster
	}
	return &UnknownError{"Unknown kind", detail}
}

func (q question) of(kind string) question {
	q.kind = kind
	return q
}

// leads reports whether a path, or a group, may follow the name of a kind.
func (b *board) leads(kind, rest string) bool {
	q := question{kind: kind}
	if b.cutGroup(&q, rest) != rest {
		return true
	}
	path, err := kubeapi.ParseFieldPath(rest)
	if err != nil {
		return false
	}
	for _, k := range b.named(q) {
		if far, _ := b.resolve(k.key(), path); far.steps > 0 {
			return true
		}
	}
	return false
}

// notInAPI is the error for a kind that the named API does not have.
func (b *board) notInAPI(q question) error {
	var others []string
	for _, k := range b.named(question{kind: q.kind}) {
		others = append(others, k.GroupVersion.String())
	}
	return unknown("Unknown kind", "No release of Kubernetes has the kind %s in %s. It is in %s.", q.kind, q.api, strings.Join(others, ", "))
}

// unknownField is the error for a field that none of the kinds ever had.
func (b *board) unknownField(kinds []Kind, path kubeapi.FieldPath) error {
	// The kind in which the path leads furthest is the one that was meant.
	k := kinds[0]
	far, _ := b.resolve(k.key(), path)
	for _, other := range kinds[1:] {
		if further, _ := b.resolve(other.key(), path); further.steps > far.steps {
			k, far = other, further
		}
	}
	subject := k.GroupVersion.String() + " " + k.Name
	if k.From.Major == 0 {
		return unknown("Unknown field", "No release from %s to %s has a resource of %s, so its fields are not known.", b.oldest(), b.newest(), subject)
	}
	detail := fmt.Sprintf("No release from %s to %s has the field %q of %s.", b.oldest(), b.newest(), path, subject)
	return &UnknownError{"Unknown field", detail + b.hint(k.key(), far.path, path[far.steps])}
}

// hint says what is at the end of the part of a path that is known, in place of the next step.
func (b *board) hint(k catalog.Kind, at kubeapi.FieldPath, step kubeapi.FieldStep) string {
	r := b.lastWith(k, at)
	into := inner(r, k, at, false)
	f, _, _ := r.Field(k.GroupVersion, k.Name, into)
	where := "The kind"
	if len(into) > 0 {
		where = into.String()
	}
	var names []string
	for _, own := range b.fields(k, into) {
		names = append(names, own.Name)
	}
	like := nearest.Name(step.Name, names)
	switch {
	case like != "":
		return " Did you mean " + append(into, kubeapi.FieldStep{Kind: kubeapi.StepField, Name: like}).String() + "?"
	case len(names) > 0:
		question := k.GroupVersion.String() + " " + k.Name
		if len(into) > 0 {
			question += " " + strings.TrimRight(where, "[]")
		}
		return " For the fields that there are, run 'kreconcile explain " + question + "'."
	case strings.HasPrefix(f.Type, "map[string]"):
		return " " + where + " is a map with any keys; its values are " + where + ".*."
	case f.Type == "object", f.Type == "any":
		return " " + where + " may hold anything, so no release says what is in it."
	}
	return " " + where + " is of type " + f.Type + " and has no fields."
}

// instead suggests the nearest name, or lists all.
func instead(given string, known []string) string {
	if like := nearest.Name(given, known); like != "" {
		return "Did you mean " + like + "?"
	}
	return "There are " + strings.Join(known, ", ") + "."
}
