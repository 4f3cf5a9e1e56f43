package model

import (
	"maps"
	"slices"
)

// SameAnswers tells whether two snapshots have the same groups, with the same
// resources and fields or the same kind of failure to learn them, the same version,
// and allow the same.
func SameAnswers(a, b *Snapshot) bool {
	return sameFact(a.Core, b.Core, sameGroup) &&
		sameFact(a.Named, b.Named, func(a, b []Group) bool { return slices.EqualFunc(a, b, sameGroup) }) &&
		sameFact(a.Version, b.Version, func(a, b ServerVersion) bool { return a == b }) &&
		maps.EqualFunc(a.Fields, b.Fields, func(a, b Fact[Field]) bool { return sameFact(a, b, sameField) }) &&
		maps.EqualFunc(a.Available, b.Available, func(a, b Fact[struct{}]) bool {
			return sameFact(a, b, func(struct{}, struct{}) bool { return true })
		}) &&
		maps.EqualFunc(a.Reviews, b.Reviews, func(a, b Fact[ReviewAnswer]) bool {
			return sameFact(a, b, func(a, b ReviewAnswer) bool { return a.Allowed == b.Allowed })
		})
}

func sameFact[T any](a, b Fact[T], same func(a, b T) bool) bool {
	switch f, g := a.Unknown(), b.Unknown(); {
	case f == nil && g == nil:
		return same(a.Value, b.Value)
	case f != nil && g != nil:
		return f.Code == g.Code
	}
	return false
}

func sameField(a, b Field) bool {
	return a.Presence == b.Presence && a.At == b.At && a.Type == b.Type && a.Required == b.Required &&
		slices.Equal(a.Siblings, b.Siblings) && slices.Equal(a.Enum, b.Enum)
}

func sameGroup(a, b Group) bool {
	return a.Name == b.Name && a.Preferred == b.Preferred && slices.EqualFunc(a.Versions, b.Versions, sameVersion)
}

func sameVersion(a, b Version) bool {
	return a.Name == b.Name && a.Freshness == b.Freshness &&
		sameFact(a.Resources, b.Resources, func(a, b []Resource) bool { return slices.EqualFunc(a, b, sameResource) })
}

func sameResource(a, b Resource) bool {
	return a.Name == b.Name && a.Singular == b.Singular && a.Kind == b.Kind && a.Scope == b.Scope &&
		slices.Equal(a.Verbs, b.Verbs) && slices.Equal(a.ShortNames, b.ShortNames) && slices.Equal(a.Categories, b.Categories) &&
		slices.EqualFunc(a.Subresources, b.Subresources, sameSubresource)
}

func sameSubresource(a, b Subresource) bool {
	return a.Name == b.Name && a.Kind == b.Kind && slices.Equal(a.Verbs, b.Verbs)
}
