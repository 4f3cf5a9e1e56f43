package inclusterauth

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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
	// adding is held while a token is added. Redact takes no lock, so that a logger
	// may call it while a client logs.
	adding sync.Mutex
	known  atomic.Pointer[tokens]
}

// tokens are all tokens that a redactor knows at one time. It is never changed.
type tokens struct {
	// newest has the tokens, the newest first.
	newest []secret
	// parts has every run of partLength bytes of the tokens.
	parts map[uint64]struct{}
}

// Hide makes the redactor hide a token from now on. A client of this package calls it
// for each token before it sends it, and again while the token is in use. The newest 256
// tokens are kept.
func (r *Redactor) Hide(token string) { r.hide(newSecret(token)) }

func (r *Redactor) hide(token secret) {
	r.adding.Lock()
	defer r.adding.Unlock()
	next := &tokens{newest: []secret{token}, parts: make(map[uint64]struct{}, token.length())}
	if before := r.known.Load(); before != nil {
		if i := slices.IndexFunc(before.newest, token.equals); i >= 0 {
			next.newest = append(next.newest, slices.Delete(slices.Clone(before.newest), i, i+1)...)
			next.parts = before.parts
			r.known.Store(next)
			return
		}
		kept := before.newest[:min(len(before.newest), keptTokens-1)]
		next.newest = append(next.newest, kept...)
		if len(kept) == len(before.newest) {
			next.parts = maps.Clone(before.parts)
			token.addParts(next.parts)
			r.known.Store(next)
			return
		}
	}
	for _, kept := range next.newest {
		kept.addParts(next.parts)
	}
	r.known.Store(next)
}

// Redact returns the text with [token] in place of each token, and of each part of
// one.
func (r *Redactor) Redact(text string) string {
	known := r.known.Load()
	if known == nil {
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
		if _, found := known.parts[part]; !found {
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
