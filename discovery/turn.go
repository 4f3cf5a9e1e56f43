package discovery

import (
	"context"
	"sync"
)

// turn lets one request after the other over a connection of HTTP/1. No time limit of
// a request runs while it waits.
type turn struct {
	once sync.Once
	free chan struct{}
}

// take waits until it is free, or the context ends.
func (t *turn) take(ctx context.Context) (release func()) {
	t.once.Do(func() { t.free = make(chan struct{}, 1) })
	select {
	case t.free <- struct{}{}:
		return func() { <-t.free }
	case <-ctx.Done():
		return func() {}
	}
}
