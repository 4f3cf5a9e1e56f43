package safe

import "unicode/utf8"

// Ellipsis marks the end, or the start, of a text that was cut.
const Ellipsis = "…"

// Cut shortens a text to at most limit bytes, and marks that with an [Ellipsis]. It
// splits no character.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return s[:RuneStart(s, limit-len(Ellipsis))] + Ellipsis
}

// RuneStart returns the last place up to i at which a character begins.
func RuneStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
