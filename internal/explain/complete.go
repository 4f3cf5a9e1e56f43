package explain

import (
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Completion is a word that may be next in a question.
type Completion struct {
	Word string
	// For says what it is, in a few words. It may be empty.
	For string
	// Continues is set if more letters may follow, as after a field that has fields.
	Continues bool
}

// Complete returns the words that begin with begun and may follow the words of a question: group
// versions and kinds, then the kinds of a group version, then the fields of a kind.
func Complete(words []string, begun string) []Completion {
	b := open()
	q, field := question{}, begun
	if len(words) > 0 {
		var err error
		if q, err = b.read(words); err != nil || q.field != nil {
			return nil
		}
	}
	var prefix string
	if q.kind == "" {
		// A field may follow the kind in the same word.
		name, rest, dotted := strings.Cut(begun, ".")
		kind := b.names[strings.ToLower(name)]
		if !dotted || kind == "" {
			return starting(b.words(q, begun), begun)
		}
		q.kind, prefix, field = kind, name+".", rest
	}
	var all []Completion
	for _, c := range b.fieldWords(q, field) {
		c.Word = prefix + c.Word
		all = append(all, c)
	}
	return starting(all, begun)
}

func starting(all []Completion, begun string) []Completion {
	return slices.DeleteFunc(all, func(c Completion) bool { return !strings.HasPrefix(c.Word, begun) })
}

// words returns group versions, if no API is named yet, and kinds. Once a word has begun, kinds also
// have the names of their resources.
func (b *board) words(q question, begun string) []Completion {
	var all []Completion
	add := func(word, what string) {
		if !slices.ContainsFunc(all, func(c Completion) bool { return c.Word == word }) {
			all = append(all, Completion{Word: word, For: what})
		}
	}
	if q.api == "" {
		for _, k := range b.kinds {
			add(k.GroupVersion.String(), "group version")
		}
	}
	for _, k := range b.kinds {
		for i := range slices.Backward(b.releases) {
			if row, found := b.resources[i][k]; found && q.covers(k) {
				add(k.Name, k.GroupVersion.String())
				if begun != "" {
					add(row.Name, k.GroupVersion.String())
				}
				break
			}
		}
	}
	return all
}

// fieldWords returns the paths of the fields of the object that a path names without its last name.
func (b *board) fieldWords(q question, begun string) []Completion {
	kinds := b.named(q)
	if len(kinds) == 0 {
		return nil
	}
	k := kinds[0].key()
	var at kubeapi.FieldPath
	outer := begun[:strings.LastIndexByte(begun, '.')+1]
	if outer != "" {
		path, err := kubeapi.ParseFieldPath(strings.TrimSuffix(outer, "."))
		if err != nil {
			return nil
		}
		far, whole := b.resolve(k, path)
		if !whole {
			return nil
		}
		at = far.path
	}
	var all []Completion
	at = inner(b.lastWith(k, at), k, at, false)
	for _, f := range b.fields(k, at) {
		path := append(slices.Clone(at), kubeapi.FieldStep{Kind: kubeapi.StepField, Name: f.Name})
		r := b.lastWith(k, path)
		_, own, _ := r.Field(k.GroupVersion, k.Name, inner(r, k, path, false))
		all = append(all, Completion{Word: outer + f.Name, For: f.Type, Continues: len(own) > 0})
	}
	return all
}
