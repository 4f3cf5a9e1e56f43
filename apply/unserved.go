package apply

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// unserved warns if access control allows a verb that the resource does not serve: an
// administrator may do everything, also what no server does. It skips verbs that only
// access control knows, such as bind, and permissions with virtual = true, because no
// discovery document has them.
func (j *judge) unserved(verb string, r *config.PermissionResource, text string, rng hcl.Range) hcl.Diagnostics {
	r = j.dotted(r)
	if _, known := accessScope(r); known || r.Virtual || r.Resource == "*" || r.Group == "*" || !slices.Contains(kubeapi.Verbs(), verb) {
		return nil
	}
	verbs := j.servedVerbs(r)
	if len(verbs) == 0 || slices.Contains(verbs, verb) {
		return nil
	}
	return hcl.Diagnostics{{
		Severity: hcl.DiagWarning, Summary: "Verb not served", Subject: &rng,
		Detail: fmt.Sprintf("The server allows %q, but %s has no verb %s, so that such a request fails in spite of it. It has %s.",
			text, qualified(r), verb, all(verbs)),
	}}
}

// servedVerbs returns the verbs that a resource has in any version of its group. It
// returns none if one version is not known.
func (j *judge) servedVerbs(r *config.PermissionResource) []string {
	group, _ := j.group(r.Group)
	if group == nil {
		return nil
	}
	name := r.Resource
	if r.Subresource != "" {
		name += "/" + r.Subresource
	}
	var verbs []string
	for _, v := range group.Versions {
		if !v.Resources.Known {
			return nil
		}
		if found, whole := find(name, v.Resources.Value); whole {
			if len(found.Verbs) == 0 {
				return nil
			}
			verbs = append(verbs, found.Verbs...)
		}
	}
	slices.Sort(verbs)
	return slices.Compact(verbs)
}
