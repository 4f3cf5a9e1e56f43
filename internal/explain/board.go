package explain

import (
	"maps"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// board is the catalogue, arranged for questions.
type board struct {
	releases []catalog.Release
	// kinds is every kind, sorted by group version and name.
	kinds []catalog.Kind
	// names has, in lower case, every name that a kind has: its own, and the plural, the singular and
	// the short names of its resource.
	names map[string]string
	// resources has, for each release, the resources of the kinds.
	resources []map[catalog.Kind]catalog.Resource
	// subresources has, for each release, those of a resource.
	subresources []map[plural][]catalog.Resource
}

// plural names a resource.
type plural struct {
	gv   kubeapi.GroupVersion
	name string
}

func open() *board {
	b := &board{releases: catalog.Releases(), kinds: catalog.Kinds(), names: map[string]string{}}
	for _, k := range b.kinds {
		b.names[strings.ToLower(k.Name)] = k.Name
	}
	for _, r := range b.releases {
		own, below := map[catalog.Kind]catalog.Resource{}, map[plural][]catalog.Resource{}
		for _, row := range r.Resources() {
			if row.Subresource != "" {
				of := plural{row.GroupVersion, row.Name}
				below[of] = append(below[of], row)
				continue
			}
			own[catalog.Kind{GroupVersion: row.GroupVersion, Name: row.Kind}] = row
			for _, name := range append(row.ShortNames, row.Name, row.Singular) {
				if name != "" {
					b.names[strings.ToLower(name)] = row.Kind
				}
			}
		}
		b.resources, b.subresources = append(b.resources, own), append(b.subresources, below)
	}
	return b
}

func (b *board) oldest() kubeapi.Version { return b.releases[0].Version() }
func (b *board) newest() kubeapi.Version { return b.releases[len(b.releases)-1].Version() }

// has reports whether the documents of a release have the kind.
func has(r catalog.Release, k catalog.Kind) bool {
	_, _, found := r.Field(k.GroupVersion, k.Name, nil)
	return found
}

// kind returns what is known of a kind, without its fields.
func (b *board) kind(k catalog.Kind) Kind {
	answer := Kind{GroupVersion: k.GroupVersion, Name: k.Name}
	answer.Life, _ = catalog.LifeOf(k.GroupVersion, k.Name)
	answer.Span = b.span(func(i int) bool { return has(b.releases[i], k) })
	switch introduced := answer.Life.Introduced; {
	case answer.From.Major == 0:
		// Only older releases had it, if any.
		answer.Since = introduced
		if removed := answer.Life.Removed; removed.Major != 0 && removed.Minor <= b.oldest().Minor {
			answer.Until = kubeapi.Version{Major: removed.Major, Minor: removed.Minor - 1, PatchUnknown: true}
		}
	case answer.OrEarlier && introduced.Major != 0:
		answer.Since, answer.OrEarlier = introduced, false
	}
	rows := make([]*catalog.Resource, len(b.releases))
	for i := range rows {
		if row, found := b.resources[i][k]; found {
			rows[i] = &row
			answer.Resource, answer.Singular, answer.Scope = row.Name, row.Singular, row.Scope
			answer.ShortNames, answer.Categories, answer.Verbs = row.ShortNames, row.Categories, row.Verbs
			if row.Default {
				answer.Satisfied = append(answer.Satisfied, b.releases[i].Version())
			}
		}
	}
	answer.Serving = b.serving(rows)
	answer.Changes = b.resourceChanges(rows)
	answer.Subresources = b.below(plural{k.GroupVersion, answer.Resource})
	return answer
}

// below returns the subresources of a resource, sorted by name.
func (b *board) below(of plural) []Subresource {
	rows := map[string][]*catalog.Resource{}
	for i := range b.releases {
		for _, row := range b.subresources[i][of] {
			if rows[row.Subresource] == nil {
				rows[row.Subresource] = make([]*catalog.Resource, len(b.releases))
			}
			rows[row.Subresource][i] = &row
		}
	}
	var all []Subresource
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		s := Subresource{Name: name, Serving: b.serving(rows[name])}
		s.Span = b.span(func(i int) bool { return rows[name][i] != nil })
		for _, row := range rows[name] {
			if row != nil {
				s.Kind, s.Verbs = row.Kind, row.Verbs
			}
		}
		all = append(all, s)
	}
	return all
}
