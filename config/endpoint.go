package config

import (
	"slices"

	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// Publishes reports whether an address that a server publishes is one of a. Both are
// compared as addresses, however they are spelled. One that cannot be read as
// host:port is only what is spelled the same.
func (a *ServerAddress) Publishes(published string) bool {
	if address, err := endpoint.ParseAddress(published); err == nil {
		published = address
	}
	return slices.Contains(a.Addresses, published)
}
