package explain

import (
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
)

// span returns the run of releases from the first to the last one that has something. It is empty
// if none has it.
func (b *board) span(has func(i int) bool) Span {
	var s Span
	first, last := -1, -1
	for i := range b.releases {
		if has(i) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return s
	}
	s.From, s.To = b.releases[first].Version(), b.releases[last].Version()
	s.Since, s.OrEarlier = s.From, first == 0
	if last < len(b.releases)-1 {
		s.Until = s.To
	}
	return s
}

// serving returns the periods of a resource or a subresource. A release that does not have it has
// no row.
func (b *board) serving(rows []*catalog.Resource) []Period {
	var periods []Period
	for i, row := range rows {
		if row == nil {
			continue
		}
		version := b.releases[i].Version()
		p := Period{From: version, To: version, Default: row.Default}
		if !row.Default {
			name := row.Name
			if row.Subresource != "" {
				name += "/" + row.Subresource
			}
			p.Switch, _ = b.releases[i].Off(row.GroupVersion, name)
		}
		if n := len(periods); n > 0 && i > 0 && rows[i-1] != nil && periods[n-1].Switch.String() == p.Switch.String() {
			periods[n-1].To = version
			continue
		}
		periods = append(periods, p)
	}
	return periods
}

func (b *board) resourceChanges(rows []*catalog.Resource) []Change {
	of := func(value func(*catalog.Resource) string) func(i int) string {
		return func(i int) string {
			if rows[i] == nil {
				return ""
			}
			return value(rows[i])
		}
	}
	return append(
		b.changes("scope", of(func(r *catalog.Resource) string { return string(r.Scope) })),
		b.changes("verbs", of(func(r *catalog.Resource) string { return strings.Join(r.Verbs, ",") }))...)
}

func (b *board) fieldChanges(at []*catalog.Field) []Change {
	of := func(value func(*catalog.Field) string) func(i int) string {
		return func(i int) string {
			if at[i] == nil {
				return ""
			}
			return value(at[i])
		}
	}
	return append(
		b.changes("type", of(func(f *catalog.Field) string { return f.Type })),
		b.changes("required", of(func(f *catalog.Field) string { return strconv.FormatBool(f.Required) }))...)
}

// changes returns each release with another value than the release before it. The value is empty
// in a release that does not have it.
func (b *board) changes(facet string, value func(i int) string) []Change {
	var all []Change
	before := ""
	for i, r := range b.releases {
		now := value(i)
		if before != "" && now != "" && now != before {
			all = append(all, Change{Release: r.Version(), Facet: facet, Before: before, After: now})
		}
		before = now
	}
	return all
}
