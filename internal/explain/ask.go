package explain

import (
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Ask answers a question of one to three words: [API] [KIND[.FIELD]] [FIELD].
//
// An API is a group such as "apps", or a group version such as "apps/v1". A kind is named by itself,
// or by the plural, the singular or a short name of its resource, in upper or lower case, and its
// group may follow, as in "deployments.apps". A group version and a kind may be one word, as in
// "apps/v1/Deployment". A field may leave out the brackets of arrays, as kubectl's paths do.
//
// The error is an [UnknownError] if no release on board has what is named.
func Ask(words ...string) (*Answer, error) {
	b := open()
	q, err := b.read(words)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Oldest: b.oldest(), Newest: b.newest()}
	if q.kind == "" {
		answer.API, answer.Kinds = q.api, b.ofAPI(q)
		return answer, nil
	}
	answer.Kinds = b.named(q)
	if q.field == nil {
		for i := range answer.Kinds {
			answer.Kinds[i].Fields = b.fields(answer.Kinds[i].key(), nil)
		}
		return answer, nil
	}
	if err := b.addField(answer.Kinds, q.field); err != nil {
		return nil, err
	}
	return answer, nil
}

// ofAPI returns the kinds of a group or a group version that have a resource, or had one before the
// releases on board. If there are none, as in admission.k8s.io, all of its kinds count.
func (b *board) ofAPI(q question) []Kind {
	var listed, others []Kind
	for _, k := range b.kinds {
		if !q.covers(k) || strings.HasSuffix(k.Name, "List") {
			continue
		}
		if kind := b.kind(k); kind.Resource != "" || kind.From.Major == 0 && kind.Until.Major != 0 {
			listed = append(listed, kind)
		} else {
			others = append(others, kind)
		}
	}
	if listed == nil {
		return others
	}
	return listed
}

// named returns the kind that a question names, in each of its group versions, the one to use first:
// the one that the newest releases have, of the most stable version.
func (b *board) named(q question) []Kind {
	var kinds []Kind
	for _, k := range b.kinds {
		if !q.covers(k) || k.Name != q.kind {
			continue
		}
		kinds = append(kinds, b.kind(k))
		for i := len(kinds) - 1; i > 0 && b.before(kinds[i], kinds[i-1]); i-- {
			kinds[i], kinds[i-1] = kinds[i-1], kinds[i]
		}
	}
	return kinds
}

// before reports whether one kind is to be used before another one of its name.
func (b *board) before(k, other Kind) bool {
	last := func(k Kind) uint64 {
		switch {
		case k.To.Major != 0:
			return k.To.Minor
		case k.Until.Major != 0:
			return k.Until.Minor
		}
		return b.newest().Minor
	}
	if last(k) != last(other) {
		return last(k) > last(other)
	}
	return kubeapi.CompareVersions(k.GroupVersion.Version, other.GroupVersion.Version) < 0
}

// addField adds the field to each of the kinds that has it.
func (b *board) addField(kinds []Kind, path kubeapi.FieldPath) error {
	found := false
	for i := range kinds {
		k := &kinds[i]
		full, whole := b.resolve(k.key(), path)
		if !whole {
			k.Satisfied = nil
			continue
		}
		found = true
		k.Field = b.field(k.key(), full.path)
		var satisfied []kubeapi.Version
		for _, r := range b.releases {
			if _, _, has := r.Field(k.GroupVersion, k.Name, full.path); has && slices.Contains(k.Satisfied, r.Version()) {
				satisfied = append(satisfied, r.Version())
			}
		}
		k.Satisfied = satisfied
	}
	if !found {
		return b.unknownField(kinds, path)
	}
	return nil
}

func (k *Kind) key() catalog.Kind { return catalog.Kind{GroupVersion: k.GroupVersion, Name: k.Name} }
