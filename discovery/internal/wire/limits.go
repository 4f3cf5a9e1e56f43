package wire

import (
	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// What a document may hold at most. A stock cluster's documents are a hundredth of this;
// the limits are there so that a broken or hostile server cannot take the memory of the
// machine that asks.
const (
	MaxResources = 100_000 // resources and subresources
	MaxTexts     = 1_000_000

	maxGroups   = 5_000
	MaxVersions = 10_000 // group versions

	maxListResources = 10_000 // resources and subresources of one group version's own document

	// MaxName is how many bytes a name has: of a group, version, resource, kind or verb.
	// Each requirement shows it that is about it.
	MaxName = kubeapi.MaxName
)

// DocumentLimits are those of GET /api or GET /apis.
func DocumentLimits() jsonwalk.Limits {
	return jsonwalk.Limits{Groups: maxGroups, Versions: MaxVersions, Resources: MaxResources, Texts: MaxTexts}
}

func resourceListLimits() jsonwalk.Limits {
	return jsonwalk.Limits{Resources: maxListResources, Texts: MaxTexts / 10}
}

func countGroup(w *jsonwalk.Walker)    { w.Take(&w.Left.Groups, "groups") }
func countVersion(w *jsonwalk.Walker)  { w.Take(&w.Left.Versions, "group versions") }
func countResource(w *jsonwalk.Walker) { w.Take(&w.Left.Resources, "resources") }

// Count gives how many resources and subresources there are, and how many verbs, short
// names and categories they have.
func Count(resources []Resource) (entries, texts int64) {
	for _, r := range resources {
		entries += 1 + int64(len(r.Subresources))
		texts += int64(len(r.Verbs) + len(r.ShortNames) + len(r.Categories))
		for _, s := range r.Subresources {
			texts += int64(len(s.Verbs))
		}
	}
	return entries, texts
}
