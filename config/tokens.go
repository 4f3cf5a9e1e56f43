package config

import "fmt"

// hcl keeps every token of a source with its place, and a syntax tree of them, which
// takes five hundred bytes for one where each byte is a token. So nothing reaches its
// lexer before its tokens have been counted here.
const (
	// maxTokens bounds the tokens of all sources and variable files of one
	// declaration. An api block with a resource of five facets has about fifty.
	maxTokens = 550_000
	// tokensOfValue is what a value of HCL JSON, or the name of one, counts as. It
	// takes as much as that many tokens of native syntax do.
	tokensOfValue = 4
	// maxTextTokens bounds the tokens of one text that is parsed by itself, such as a
	// template of HCL JSON, beside the source that it stands in.
	maxTextTokens = 20_000
	// tokensOfMistake is what a byte counts as that no token begins with. Beside a
	// token, there is a diagnostic of it.
	tokensOfMistake = 8
	// maxRequirements bounds what a declaration requires. The finding of one takes
	// some kilobytes in all the formats of a report.
	maxRequirements = 20_000
)

// affordable counts the tokens of a source in native syntax. Where there are too many
// with those that were counted before, it reports that, and is false.
func (d *decoder) affordable(s Source) bool {
	count, last := countTokens(s.Bytes, maxTokens-d.tokens)
	return d.spend(s, count, last)
}

// spend counts tokens. The last one is where they are too many.
func (d *decoder) spend(s Source, count, last int) bool {
	if d.tokens += count; d.tokens <= maxTokens {
		return true
	}
	d.Error(s.Span(last, last+1), "Declaration too large", "%s", tooManyTokens())
	return false
}

func tooManyTokens() string {
	return fmt.Sprintf("All sources of a declaration may hold at most %d words, numbers and signs together, and a value of JSON counts as %d of them. Divide it into several declarations.", maxTokens, tokensOfValue)
}

// countTokens counts the tokens of native syntax from above, in one pass and without
// what the lexer would take for it. A text counts as what it is, as long as all before
// it is plain. Beyond that, it may be anything to the lexer, and counts as if it were
// none, which is more. Counting ends soon after the limit, and tells where.
func countTokens(text []byte, limit int) (count, last int) {
	return countFrom(text, limit, true)
}

// countFrom does so for a source that is plain up to its first text that is not, or
// for what is parsed by itself, of which anything may stand in a template.
func countFrom(text []byte, limit int, plain bool) (count, last int) {
	comment := false
	for i := 0; i < len(text) && count <= limit; i++ {
		last = i
		switch c := text[i]; {
		case c == '"' && plain && !comment:
			length := plainText(text[i+1:])
			if length < 0 {
				plain = false
				count++
				continue
			}
			count += 3
			i += length
		case isLetter(c), isDigit(c):
			count++
			// What begins with a digit is a number, and a name behind it.
			if isDigit(c) {
				for i+1 < len(text) && isDigit(text[i+1]) {
					i++
				}
				if i+1 < len(text) && isLetter(text[i+1]) {
					count++
				}
			}
			for i+1 < len(text) && (isLetter(text[i+1]) || isDigit(text[i+1])) {
				i++
			}
		case c == ' ', c == '\t':
			// Only within a text are spaces something. They begin a part of it at the
			// start of a line, and behind what may begin or end another part.
			if !plain && (i == 0 || text[i-1] == '\n' || opensText(text[i-1])) {
				count++
			}
		case c == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case c >= 0x80, opensText(c), isSign(c):
			count++
		default:
			count += tokensOfMistake
		}
		switch next := peekByte(text, i); {
		case text[i] == '\n':
			comment = false
		case comment:
		case text[i] == '#', text[i] == '/' && next == '/':
			comment = true
		case text[i] == '/' && next == '*', text[i] == '<' && next == '<':
			plain = false
		}
	}
	return count, last
}

// plainText gives how long a text is, with the quote that ends it, behind the one that
// begins it. It is -1 for one that holds something else than letters.
func plainText(text []byte) int {
	for i, c := range text {
		switch c {
		case '"':
			return i + 1
		case '$', '%', '\\', '\n', '\r':
			return -1
		}
	}
	return -1
}

func peekByte(text []byte, i int) byte {
	if i+1 < len(text) {
		return text[i+1]
	}
	return 0
}

func opensText(c byte) bool {
	switch c {
	case '"', '}', '$', '%', '\\':
		return true
	}
	return false
}

func isSign(c byte) bool {
	switch c {
	case '\n', '~', '{', '(', ')', '[', ']', '#', '/', '<', '>', '=', '*', '+', '-', '!', '&', '|', '.', ',', '?', ':':
		return true
	}
	return false
}
