package inclusterauth

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	// redacted takes the place of a token.
	redacted = "[token]"
	// partLength is how many characters of a token are enough to hide them: a text may
	// have been cut off in the middle of one, or broken into lines. A token that is
	// shorter is no secret, and would be found in every other word.
	partLength = 8
	// keptTokens bounds what a redactor keeps in a program that runs for months. A Pod's
	// token is replaced about once an hour and lasts for a day at most, as a rule.
	keptTokens = 256
)

// Redactor hides tokens in texts, such as the answer of a server that shows the request.
// Clients that share one (see [Options]) hide each other's tokens, too: what one server
// says may hold what another one was sent. Any 8 characters or more of a token are
// hidden. Real tokens have hundreds of characters; one of less than 8 is left alone.
//
// The zero value knows no token and is ready to use. It is safe for concurrent use, and
// must not be copied once it is used.
type Redactor struct {
	// adding is held while a token is added. Redact waits for nobody, so that a logger may
	// call it while a client logs.
	adding sync.Mutex
	known  atomic.Pointer[tokens]
}

// tokens are what a redactor knows at one time. They are never changed.
type tokens struct {
	// newest is in the order in which they came, the newest first.
	newest []secret
	// parts has all that is hidden, as the bytes of each part.
	parts map[uint64]struct{}
}

// Hide makes the redactor hide a token, from now on. A client of this package does so
// for each token before it is sent first, and again while it is in use. The 256 that were
// given last are kept.
func (r *Redactor) Hide(token string) { r.hide(newSecret(token)) }

func (r *Redactor) hide(token secret) {
	r.adding.Lock()
	defer r.adding.Unlock()
	next := &tokens{newest: []secret{token}, parts: map[uint64]struct{}{}}
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

// Redact gives the text with [token] in place of each token, and of each part of one.
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

// window gives the part of a text that ends behind c, from the one that ends before it.
func window(before uint64, c byte) uint64 { return before<<8 | uint64(c) }

// Redact hides the tokens of the client, and those of all that share its redactor.
func (c *Config) Redact(text string) string { return c.redactor.Redact(text) }
