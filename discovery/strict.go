package discovery

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// strict reads an object of a saved snapshot. A member that is neither required
// nor optional, one that is null and one that is missing are errors.
func (w *walker) strict(required []string, optional ...string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var seen uint64 // a bit for each required name
		for name := range w.members() {
			i := slices.Index(required, name)
			if i >= 0 {
				seen |= 1 << i
			} else if !slices.Contains(optional, name) {
				w.failf("this member is not part of the format")
				return
			}
			if w.dec.PeekKind() == jsontext.KindNull {
				w.token()
				w.failf("null stands where a value is expected")
				return
			}
			if !yield(name) {
				return
			}
		}
		if w.err != nil || seen == 1<<len(required)-1 {
			return
		}
		var missing []string
		for i, name := range required {
			if seen&(1<<i) == 0 {
				missing = append(missing, name)
			}
		}
		w.failf("it has no %s", strings.Join(missing, ", "))
	}
}

// savedList reads a list of a saved snapshot, and gives nil for an empty one.
func savedList[T any](w *walker, item func() T) []T {
	var items []T
	for range w.elements() {
		items = append(items, item())
	}
	return items
}

func (w *walker) savedTime() time.Time {
	text := w.text()
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil && w.err == nil {
		w.failf("%s is not a time such as 2026-01-31T12:00:00Z", quote(text))
	}
	return t
}
