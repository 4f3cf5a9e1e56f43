package apply

import (
	"testing"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestKindsThatStay checks that a group version is never removed if one of its kinds is not.
// No release has such a group version.
func TestKindsThatStay(t *testing.T) {
	minor := func(n uint64) kubeapi.Version { return kubeapi.Version{Major: 1, Minor: n, PatchUnknown: true} }
	stays := catalog.Deprecation{Kind: "Task", Life: catalog.Life{Deprecated: minor(31)}}
	goes := catalog.Deprecation{Kind: "Job", Life: catalog.Life{Deprecated: minor(32), Removed: minor(35)}}
	for _, kinds := range [][]catalog.Deprecation{{stays, goes}, {goes, stays}, {goes, stays, goes}} {
		d := newJudge(&discovery.Snapshot{}).joined(kubeapi.GroupVersion{}, kinds)
		if d.Deprecated != minor(32) || d.Removed != (kubeapi.Version{}) {
			t.Errorf("it is %s", d)
		}
	}
}
