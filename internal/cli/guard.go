package cli

import (
	"io"
	"sync/atomic"
)

// guard is the last thing that output passes. It hides the token, wherever a
// server may have made it appear. Each text has to come in one write.
type guard struct {
	w      io.Writer
	redact atomic.Pointer[func(string) string]
	// failed tells that something could not be written.
	failed atomic.Bool
}

func (g *guard) Write(text []byte) (int, error) {
	if _, err := io.WriteString(g.w, g.clean(string(text))); err != nil {
		g.failed.Store(true)
		return 0, err
	}
	return len(text), nil
}

func (g *guard) clean(text string) string {
	if redact := g.redact.Load(); redact != nil {
		return (*redact)(text)
	}
	return text
}
