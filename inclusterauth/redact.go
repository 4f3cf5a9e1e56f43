package inclusterauth

import (
	"slices"
	"strings"
	"sync"
)

const (
	// redacted replaces a token.
	redacted = "[token]"
	// partLength is the number of characters from which a part of a token is hidden,
	// because a text may be cut off in the middle of a token, or break it into lines.
	// A shorter token is no secret, and would match parts of ordinary words.
	partLength = 8
	// keptTokens limits the tokens that a redactor keeps in a program that runs for
	// months. A Pod's token is usually replaced about once an hour, and is valid for
	// at most a day.
	keptTokens = 256
)

// Redactor hides tokens in texts, such as the answer of a server that echoes the
// request. Clients that share one (see [Options]) also hide each other's tokens. Any
// part of a token with 8 characters or more is hidden. A token of less than 8
// characters is left alone; real ones have hundreds.
//
// The zero value knows no token and is ready to use. It is safe for concurrent use,
// and must not be copied after first use.
type Redactor struct {
	// Keep is how many tokens are kept, the newest ones, and at least 256. It is set before first use, by a
	// program with clients of many clusters.
	Keep int

	mu sync.RWMutex
	// known is nil without a token. It is behind a pointer so that package fmt does not print it.
	known *tokens
}

type tokens struct {
	// newest has the tokens, the newest first.
	newest []secret
	// parts has every run of partLength bytes of the tokens.
	parts map[uint64]struct{}
}

// Hide makes the redactor hide a token from now on. A client of this package calls it
// for each token before it sends it, and again while the token is in use.
func (r *Redactor) Hide(token string) { r.hide(newSecret(token)) }

func (r *Redactor) hide(token secret) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = &tokens{parts: map[uint64]struct{}{}}
	}
	r.known.add(token, max(r.Keep, keptTokens))
}

// add makes a token the newest one, and keeps no more than a number of them.
func (t *tokens) add(token secret, kept int) {
	if i := slices.IndexFunc(t.newest, token.equals); i >= 0 {
		copy(t.newest[1:], t.newest[:i])
		t.newest[0] = token
		return
	}
	t.newest = slices.Insert(t.newest, 0, token)
	if len(t.newest) <= kept {
		token.addParts(t.parts)
		return
	}
	t.newest = slices.Delete(t.newest, kept, len(t.newest))
	clear(t.parts)
	for _, known := range t.newest {
		known.addParts(t.parts)
	}
}

// Redact returns the text with [token] in place of each token, and of each part of
// one.
func (r *Redactor) Redact(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.known == nil {
		return text
	}
	var b strings.Builder
	var part uint64
	shown, hiding := 0, false
	for i := range len(text) {
		part = window(part, text[i])
		end := i + 1
		if end-partLength < shown && !hiding {
			continue // it begins before the text, or in what is hidden already
		}
		if _, found := r.known.parts[part]; !found {
			hiding = false
			continue
		}
		if !hiding {
			b.WriteString(text[shown : end-partLength])
			b.WriteString(redacted)
		}
		hiding, shown = true, end
	}
	if shown == 0 {
		return text
	}
	b.WriteString(text[shown:])
	return b.String()
}

// window returns the last 8 bytes of a text that ends with c, from those before c.
func window(before uint64, c byte) uint64 { return before<<8 | uint64(c) }

// Redact hides the tokens of the client, and of all clients that share its redactor.
func (c *Config) Redact(text string) string { return c.redactor.Redact(text) }
