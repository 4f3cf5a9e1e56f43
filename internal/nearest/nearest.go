// Package nearest finds the name that somebody probably meant. It does not know what
// the names mean.
package nearest

import (
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// Name returns the known name that is most similar to given, or else the shortest one
// that begins with it, or "". Of several that are equally near, it returns the first.
// If given is known, it returns "".
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
		// The distance is at least the difference in length. There may be many long
		// names, and this check skips nearly all of them.
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

// shortestBeginning is the number of letters from which an incomplete name counts.
const shortestBeginning = 3

// edits is the number of letters that may differ. Two swapped letters count twice.
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
