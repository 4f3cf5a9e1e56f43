package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/internal/nearest"
)

// DidYouMean gives " Did you mean "x"?", or "" where nothing known is near.
func DidYouMean(given string, known []string) string {
	const most = 64 // The time grows with the square, for each error.
	if len(given) > most {
		return ""
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
	const most = 100
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
