package safe

import (
	"slices"
	"strings"
)

// Style paints text for a terminal, or leaves it as it is.
type Style bool

func (s Style) paint(code, text string) string {
	if !s {
		return text
	}
	return escape + code + "m" + text + escape + reset + "m"
}

// What a style paints with begins with escape and ends with an m.
const (
	escape = "\x1b["
	reset  = "0"
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// Bold paints what a reader looks for first.
func (s Style) Bold(text string) string { return s.paint(bold, text) }

// Faint paints what a reader may pass over.
func (s Style) Faint(text string) string { return s.paint(faint, text) }

// Red paints what is wrong.
func (s Style) Red(text string) string { return s.paint(red, text) }

// Green paints what is right.
func (s Style) Green(text string) string { return s.paint(green, text) }

// Yellow paints what is neither.
func (s Style) Yellow(text string) string { return s.paint(yellow, text) }

// paintAt gives the length of what a style has painted with at the start of a
// text, and 0 where nothing is.
func paintAt(text string) int {
	rest, ok := strings.CutPrefix(text, escape)
	code, _, closed := strings.Cut(rest[:min(len(rest), len("00m"))], "m")
	if !ok || !closed || !slices.Contains([]string{reset, bold, faint, red, green, yellow}, code) {
		return 0
	}
	return len(escape) + len(code) + len("m")
}
