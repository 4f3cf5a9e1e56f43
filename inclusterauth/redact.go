package inclusterauth

import "strings"

const (
	// redacted stands in the place of a token.
	redacted = "[token]"
	// keptSecrets is how many tokens are looked for: the answer to a request may
	// come after the kubelet has replaced the token that it carried.
	keptSecrets = 4
	// tellingPart is how much of a token is enough to hide it: a text may have been
	// cut off in the middle of one, or broken into lines.
	tellingPart = 8
	// shortestSecret is the length below which a token is no secret, and would be
	// found in every other word.
	shortestSecret = 8
)

// Redact hides the tokens that the client has lately sent in a text that may hold
// one, such as the answer of a server that shows the request. Any 8 characters or
// more of a token are hidden too. Real tokens have hundreds of characters; one of
// less than 8 is left alone. It waits for nothing, so that Options.Logger may use it.
func (c *Config) Redact(text string) string {
	if c.token == nil {
		return text
	}
	for _, token := range *c.token.secrets.Load() {
		text = token.hideIn(text)
	}
	return text
}

func redact(text, secret string) string {
	if len(secret) < shortestSecret {
		return text
	}
	window := min(len(secret), tellingPart)
	parts := make(map[string]struct{}, len(secret))
	for i := range len(secret) - window + 1 {
		parts[secret[i:i+window]] = struct{}{}
	}
	isPart := func(i int) bool {
		if i+window > len(text) {
			return false
		}
		_, found := parts[text[i:i+window]]
		return found
	}
	var b strings.Builder
	shown := 0
	for i := 0; i+window <= len(text); i++ {
		if !isPart(i) {
			continue
		}
		b.WriteString(text[shown:i])
		b.WriteString(redacted)
		for isPart(i + 1) {
			i++
		}
		shown = i + window
		i = shown - 1
	}
	if shown == 0 {
		return text
	}
	b.WriteString(text[shown:])
	return b.String()
}
