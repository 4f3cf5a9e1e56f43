package explain

import (
	"maps"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// reach is how far a path leads.
type reach struct {
	// path is the part that a release has, with the brackets of arrays that the question left out.
	path kubeapi.FieldPath
	// steps is how many steps of the question that is.
	steps int
}

// resolve follows a path in the newest release that has all of it. If none has all of it, it returns
// what the release has in which it leads furthest.
func (b *board) resolve(k catalog.Kind, path kubeapi.FieldPath) (far reach, whole bool) {
	for _, r := range slices.Backward(b.releases) {
		got := follow(r, k, path)
		if got.steps == len(path) {
			return got, true
		}
		if got.steps > far.steps {
			far = got
		}
	}
	return far, false
}

// follow follows a path in one release.
func follow(r catalog.Release, k catalog.Kind, path kubeapi.FieldPath) reach {
	var got reach
	for _, step := range path {
		next := got.path
		if step.Kind == kubeapi.StepField {
			next = inner(r, k, next, false)
		}
		next = append(slices.Clone(next), step)
		if _, _, found := r.Field(k.GroupVersion, k.Name, next); !found {
			break
		}
		got = reach{next, got.steps + 1}
	}
	return got
}

// inner returns the path of the items of the array at a path, if there is an array, and with values
// also that of the values of a map.
func inner(r catalog.Release, k catalog.Kind, path kubeapi.FieldPath, values bool) kubeapi.FieldPath {
	at, _, _ := r.Field(k.GroupVersion, k.Name, path)
	path = slices.Clone(path)
	for t := at.Type; ; {
		if of, array := strings.CutPrefix(t, "[]"); array {
			path, t = append(path, kubeapi.FieldStep{Kind: kubeapi.StepItems}), of
		} else if of, isMap := strings.CutPrefix(t, "map[string]"); isMap && values {
			path, t = append(path, kubeapi.FieldStep{Kind: kubeapi.StepValues}), of
		} else {
			return path
		}
	}
}

// inner returns the path of the object that is at a path: that of the items if an array is there, and
// of the values if it is a map.
func (b *board) inner(k catalog.Kind, path kubeapi.FieldPath) kubeapi.FieldPath {
	r := b.lastWith(k, path)
	return inner(r, k, path, true)
}

// lastWith returns the newest release that has something at a path.
func (b *board) lastWith(k catalog.Kind, path kubeapi.FieldPath) catalog.Release {
	for _, r := range slices.Backward(b.releases) {
		if _, _, found := r.Field(k.GroupVersion, k.Name, path); found {
			return r
		}
	}
	return b.releases[0]
}

// field returns what is at a path that resolve returned.
func (b *board) field(k catalog.Kind, path kubeapi.FieldPath) *Field {
	at := make([]*catalog.Field, len(b.releases))
	for i, r := range b.releases {
		if f, _, found := r.Field(k.GroupVersion, k.Name, path); found {
			at[i] = &f
		}
	}
	f := b.history(k, at, path)
	into := b.inner(k, path)
	if f.Fields = b.fields(k, into); f.Fields != nil {
		f.Inner = into.String()
	}
	return &f
}

// fields returns the fields of the object at a path, those of all releases together. The empty path
// is the root.
func (b *board) fields(k catalog.Kind, at kubeapi.FieldPath) []Field {
	own := map[string][]*catalog.Field{}
	for i, r := range b.releases {
		_, fields, _ := r.Field(k.GroupVersion, k.Name, at)
		for _, f := range fields {
			if own[f.Name] == nil {
				own[f.Name] = make([]*catalog.Field, len(b.releases))
			}
			own[f.Name][i] = &f
		}
	}
	var all []Field
	for _, name := range slices.Sorted(maps.Keys(own)) {
		path := append(slices.Clone(at), kubeapi.FieldStep{Kind: kubeapi.StepField, Name: name})
		all = append(all, b.history(k, own[name], path))
	}
	return all
}

// history returns the field that is the same in some releases and may differ in others.
func (b *board) history(k catalog.Kind, at []*catalog.Field, path kubeapi.FieldPath) Field {
	f := Field{Path: path.String(), Name: path[len(path)-1].Name, Changes: b.fieldChanges(at)}
	f.Span = b.span(func(i int) bool { return at[i] != nil })
	if f.OrEarlier {
		life, _ := catalog.LifeOf(k.GroupVersion, k.Name)
		// If no earlier release has the kind, none has the field.
		f.OrEarlier = life.Introduced != f.Since
	}
	for _, field := range at {
		if field != nil {
			f.Type, f.Required = field.Type, field.Required
		}
	}
	return f
}
