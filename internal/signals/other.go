//go:build !linux || !(amd64 || arm64) || cgo

package signals

// handOver has nothing to do where the runtime's handlers are not replaced.
func handOver() {}
