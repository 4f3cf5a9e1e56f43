package main

import (
	"net/http"
	"testing"
)

// TestCounter: two requests that are sent together are one round trip, and one that waits
// for them is another.
func TestCounter(t *testing.T) {
	c := &counter{}
	c.connected(nil, http.StateNew)
	c.connected(nil, http.StateActive)
	c.begin()
	c.begin()
	c.end()
	c.end()
	c.begin()
	c.end()
	if got, want := c.take(), (traffic{requests: 3, trips: 4}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := c.take(); got != (traffic{}) {
		t.Errorf("%+v after it was taken", got)
	}
}
