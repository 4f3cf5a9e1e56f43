package inclusterauth

import "strings"

const (
	// redacted stands in the place of a token.
	redacted = "[token]"
	// keptSecrets is how many tokens are looked for: the answer to a request may
	// come after the kubelet has replaced the token that it carried.
	keptSecrets = 4
	// tellingPrefix is how much of a token's beginning is enough to hide it: a text
	// may have been cut off in the middle of one.
	tellingPrefix = 16
	// shortestSecret is the length below which a token is no secret, and would be
	// found in every other word.
	shortestSecret = 8
)

// Redact hides the tokens that the client has lately sent in a text that may hold
// one, such as the answer of a server that shows the request. A token that is cut
// off behind its first 16 characters is hidden too. Real tokens have hundreds of
// characters; one of less than 8 is left alone.
func (c *Config) Redact(text string) string {
	if c.token == nil {
		return text
	}
	c.token.mu.Lock()
	secrets := c.token.secrets
	c.token.mu.Unlock()
	for _, secret := range secrets {
		text = redact(text, secret)
	}
	return text
}

func redact(text, secret string) string {
	if len(secret) < shortestSecret {
		return text
	}
	prefix := secret[:min(len(secret), tellingPrefix)]
	var b strings.Builder
	for {
		i := strings.Index(text, prefix)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		b.WriteString(redacted)
		text = text[i:]
		n := len(prefix)
		for n < len(secret) && n < len(text) && text[n] == secret[n] {
			n++
		}
		text = text[n:]
	}
}
