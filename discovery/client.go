package discovery

import (
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// isForeign tells whether an API server never refuses with a body of this type.
func isForeign(contentType string) bool {
	mediaType, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(mediaType)) {
	case "", "text/plain", "application/json":
		return false
	}
	return true
}

func (c *Client) redact(text string) string {
	if c.Redact == nil {
		return text
	}
	return c.Redact(text)
}

func (c *Client) url(path, query string) string {
	return (&url.URL{Scheme: c.Base.Scheme, Host: c.Base.Host, Path: strings.TrimSuffix(c.Base.Path, "/") + path, RawQuery: query}).String()
}

// Endpoint gives the base URL as scheme, lower-case host, effective port and path, as
// [Snapshot.Endpoint] has it.
func (c *Client) Endpoint() string {
	return endpoint.Of(c.Base).String()
}

func (c *Client) userAgent() string {
	if c.UserAgent == "" {
		return "kreconcile"
	}
	return c.UserAgent
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c *Client) random() float64 {
	if c.Rand == nil {
		return rand.Float64()
	}
	return c.Rand()
}
