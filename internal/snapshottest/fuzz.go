package snapshottest

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kreconcile/kreconcile/discovery"
)

// Allocates fails if reading a document allocates more memory in total than its
// length allows. That also limits the work.
func Allocates(t *testing.T, src []byte, read func()) {
	t.Helper()
	const once, each = 256 << 10, 128
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(once+each*len(src)) {
		t.Errorf("%d bytes took %d KiB", len(src), used>>10)
	}
}

// SavesTheSame saves a snapshot and loads it again, and fails if that changes it.
func SavesTheSame(t *testing.T, s *discovery.Snapshot) {
	t.Helper()
	if diff := cmp.Diff(s, Saved(t, s), IgnoreUnsaved); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// Saved returns s after saving and loading it.
func Saved(t *testing.T, s *discovery.Snapshot) *discovery.Snapshot {
	t.Helper()
	var saved bytes.Buffer
	if err := discovery.Save(&saved, s); err != nil {
		t.Fatal(err)
	}
	again, err := discovery.Load(&saved)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// IgnoreUnsaved ignores the fields of a failure that are not saved.
var IgnoreUnsaved = cmpopts.IgnoreFields(discovery.Failure{}, "Err", "Request", "Status", "Cause", "Proxy", "User")
