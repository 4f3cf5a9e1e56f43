// Package stack grows the stack of a goroutine at once. It does not say which goroutines
// need that.
//
// A goroutine begins with a few kilobytes. Each time it needs more, the runtime makes a
// stack that is twice as large and moves all frames to it, which takes longer the deeper
// it is. A goroutine that will go deep saves that if it grows while it is empty.
package stack
