package inclusterauth

import (
	"fmt"
	"io"
	"log/slog"
)

// secret is a token that no print, log or encoding shows: each has redacted in its
// place. reveal is called where the token is sent, and nowhere else. The zero value
// holds no token and is of no use.
//
// The token is behind a pointer because package fmt calls no method of what it
// finds in the unexported field of a struct, and prints the content instead, which
// is an address then.
type secret struct{ value *string }

func newSecret(token string) secret { return secret{&token} }

// reveal gives the token itself.
func (s secret) reveal() string { return *s.value }

func (s secret) equals(other secret) bool { return *s.value == *other.value }

// addParts adds the parts of the token that are never shown.
func (s secret) addParts(parts map[uint64]struct{}) {
	var part uint64
	for i := range len(*s.value) {
		if part = window(part, (*s.value)[i]); i+1 >= partLength {
			parts[part] = struct{}{}
		}
	}
}

// Format is for package fmt, whatever the verb.
func (s secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String is for whoever asks without package fmt, as a panic does.
func (s secret) String() string { return redacted }

// GoString is for debuggers that ask without package fmt.
func (s secret) GoString() string { return redacted }

// LogValue is for package slog.
func (s secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is for the encodings: JSON, XML and those that call the same method.
func (s secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON is for encodings of JSON that know this method alone.
func (s secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
