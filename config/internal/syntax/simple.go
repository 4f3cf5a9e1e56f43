package syntax

import "bytes"

// quickPiece is about how many bytes are parsed at once. One long list of tokens would be slow.
const quickPiece = 4 << 10

// simple gives the length of the first items of a text if the layout shows where they end: each begins
// at the indentation of the first line. It is 0 if only the lexer can tell whether the parser may see
// them: they may be nested too deeply, or hold a text or number that is too long.
//
// A line within a text or a comment can look like an item. Then the parser finds an error. If it
// finds none in any piece, the pieces together mean what the whole means.
func simple(text []byte) int {
	at, end, base, lines, signs := 0, 0, -1, 0, 0
	for line := range bytes.Lines(text) {
		indent := len(line) - len(bytes.TrimLeft(line, " \t"))
		switch first := line[min(indent, len(line)-1)]; {
		case first == '\n' || first == '\r' || first == ' ' || first == '\t':
		case base < 0 && first == '}':
			return 0
		case base < 0:
			base = indent
		case indent < base:
			return at
		case indent == base && first != '}' && first != ']' && first != ')':
			if end = at; at > quickPiece {
				return end
			}
			lines, signs = 0, 0
		}
		n, ok := plain(line)
		if lines, signs = lines+1, signs+n; !ok || signs > maxNesting || lines > maxLiterals || at+len(line)-end > window {
			return end
		}
		at += len(line)
	}
	return at
}

// plain counts the signs of a line that may nest. It is false if a number may be out of range.
func plain(line []byte) (signs int, ok bool) {
	last := byte(0)
	for _, c := range line {
		if c|0x20 == 'e' && last >= '0' && last <= '9' {
			return 0, false
		}
		if c == '-' || !isNamePart(c) && c != ' ' && c != ',' && c != '\n' {
			signs++
		}
		last = c
	}
	return signs, len(line) <= maxDigits
}
