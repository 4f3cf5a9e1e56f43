package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/internal/nearest"
)

// DidYouMean gives " Did you mean "x"?", or "" where nothing known is near.
func DidYouMean(given string, known []string) string {
	if len(given) > 64 {
		return "" // The time grows with the square, for each error.
	}
	name := nearest.Name(given, known)
	if i := slices.IndexFunc(known, func(name string) bool { return strings.EqualFold(name, given) }); i >= 0 {
		name = known[i]
	}
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", name)
}

// Clip shortens a name that an error quotes.
func Clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "…"
	}
	return s
}
