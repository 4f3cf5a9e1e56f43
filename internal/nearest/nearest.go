// Package nearest finds the name that somebody probably meant. It knows nothing
// about what the names stand for.
package nearest

import (
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// Name returns the one of known that is most like given, else the shortest that begins
// with it, or "" where none does. Of several that are equally near, the first wins.
// A name is never like itself: where given is known, there is nothing to suggest.
func Name(given string, known []string) string {
	best, most := "", edits(given)
	begins := ""
	length := utf8.RuneCountInString(given)
	for _, name := range known {
		if name == given {
			return ""
		}
		if len(given) >= shortestBeginning && strings.HasPrefix(name, given) && (begins == "" || len(name) < len(begins)) {
			begins = name
		}
		// The distance is at least what the lengths differ by. Names may be many
		// and long, and nearly all of them end here.
		if n := utf8.RuneCountInString(name); most == 0 || n > length+most || n < length-most {
			continue
		}
		if d := levenshtein.Distance(given, name, nil); d <= most {
			best, most = name, d-1
		}
	}
	if best == "" {
		return begins
	}
	return best
}

// shortestBeginning is how many letters must be there of a name that was not
// written to its end.
const shortestBeginning = 3

// edits is how many letters may differ. Two letters that are swapped count twice.
func edits(name string) int {
	switch {
	case len(name) < 2:
		return 0
	case len(name) < 4:
		return 1
	case len(name) < 9:
		return 2
	}
	return 3
}
