package inclusterauth

import (
	"fmt"
	"io"
	"log/slog"
)

// secret is a token that no print, log or encoding shows: each shows redacted
// instead. reveal is called only where the token is sent. The zero value holds no
// token and cannot be used.
//
// The token is behind a pointer because package fmt calls no method of a value in an
// unexported field. It prints the content, which is then only an address.
type secret struct{ value *string }

func newSecret(token string) secret { return secret{&token} }

// reveal returns the token itself.
func (s secret) reveal() string { return *s.value }

func (s secret) equals(other secret) bool { return *s.value == *other.value }

// addParts adds each part that Redact hides.
func (s secret) addParts(parts map[uint64]struct{}) {
	var part uint64
	for i := range len(*s.value) {
		if part = window(part, (*s.value)[i]); i+1 >= partLength {
			parts[part] = struct{}{}
		}
	}
}

// Format implements fmt.Formatter, for every verb.
func (s secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String is for callers other than package fmt, such as a panic.
func (s secret) String() string { return redacted }

// GoString is for debuggers, which may not call package fmt.
func (s secret) GoString() string { return redacted }

// LogValue implements slog.LogValuer.
func (s secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is for JSON, XML and other encodings that call it.
func (s secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON is for JSON encoders that do not call MarshalText.
func (s secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
