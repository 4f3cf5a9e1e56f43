package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/internal/nearest"
)

// maxSuggestLength and maxSuggestNames bound the search for the name that was
// meant: its cost grows with the product of the lengths, for each error.
const (
	maxSuggestLength = 64
	maxSuggestNames  = 500
)

// DidYouMean gives " Did you mean "x"?", or "" where nothing known is near.
func DidYouMean(given string, known []string) string {
	if len(given) > maxSuggestLength {
		return ""
	}
	known = known[:min(len(known), maxSuggestNames)]
	var name string
	if i := slices.IndexFunc(known, func(name string) bool { return strings.EqualFold(name, given) }); i >= 0 {
		name = known[i]
	} else {
		known = slices.DeleteFunc(slices.Clone(known), func(name string) bool { return len(name) > maxSuggestLength })
		name = nearest.Name(given, known)
	}
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", name)
}

// Clip shortens a name that an error quotes.
func Clip(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
