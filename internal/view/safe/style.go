package safe

import (
	"slices"
	"strings"
)

// Style colours text for a terminal, or leaves it as it is.
type Style bool

func (s Style) paint(code, text string) string {
	if !s {
		return text
	}
	return escape + code + "m" + text + escape + reset + "m"
}

// A colour code begins with escape and ends with m.
const (
	escape = "\x1b["
	reset  = "0"
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// Bold is for what a reader looks for first.
func (s Style) Bold(text string) string { return s.paint(bold, text) }

// Faint is for what a reader may skip.
func (s Style) Faint(text string) string { return s.paint(faint, text) }

// Red is for what is wrong.
func (s Style) Red(text string) string { return s.paint(red, text) }

// Green is for what is right.
func (s Style) Green(text string) string { return s.paint(green, text) }

// Yellow is for what is neither.
func (s Style) Yellow(text string) string { return s.paint(yellow, text) }

// paintAt returns the length of a style's colour code at the start of a text, and 0
// if there is none.
func paintAt(text string) int {
	rest, ok := strings.CutPrefix(text, escape)
	code, _, closed := strings.Cut(rest[:min(len(rest), len("00m"))], "m")
	if !ok || !closed || !slices.Contains([]string{reset, bold, faint, red, green, yellow}, code) {
		return 0
	}
	return len(escape) + len(code) + len("m")
}
