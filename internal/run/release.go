package run

import (
	"slices"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// Snapshot judges d by what a cluster answered, with changes.
func Snapshot(s *discovery.Snapshot, c Changes, d *config.Declaration) *apply.Plan {
	c.lay(s)
	for n := apply.Needs(d, s); len(n.Fields)+len(n.Reviews) > 0; n = apply.Needs(d, s) {
		if rest := c.answer(s, n); len(rest.Fields) == len(n.Fields) && len(rest.Reviews) == len(n.Reviews) {
			break // nobody recorded them
		}
	}
	return apply.Diff(d, s)
}

// Release judges d by what a default kube-apiserver of a release serves, with changes. An empty
// patch means any patch of the release; otherwise it is a version such as "v1.34.2".
//
// If an API is absent because it is off by default, the hint says how to switch it on.
func Release(r catalog.Release, patch string, c Changes, d *config.Declaration) *apply.Plan {
	s := r.Snapshot()
	s.Version.Value.GitVersion = patch
	c.lay(s)
	if c.CRDs.Len() == 0 {
		s.Answer = r.Answer // Fields are looked up when they are judged, so that nothing is judged twice.
	}
	plan, open := apply.Judge(d, s)
	for len(open.Fields)+len(open.Reviews) > 0 {
		r.Fetch(s, c.answer(s, open))
		plan, open = apply.Judge(d, s)
	}
	for _, f := range plan.Findings {
		if u := f.Undetermined; u != nil && u.Failure != nil && u.Failure.Cause == discovery.PatchUnknown {
			u.Code = discovery.NotInCatalogue
			u.Message = "it depends on the patch, and " + r.String() + " means any patch of the release"
		}
	}
	switchesOn(r, d, plan)
	return plan
}

// switchesOn adds the flags of kube-apiserver that serve what the release has and does
// not serve by default.
func switchesOn(r catalog.Release, d *config.Declaration, plan *apply.Plan) {
	absences := []apply.Code{apply.GroupVersionNotServed, apply.ResourceNotServed, apply.KindNotServed, apply.SubresourceNotServed}
	for _, api := range d.APIs {
		add := func(requirement config.Requirement, name string) {
			differences := plan.Findings[requirement.Index].Differences
			for i := range differences {
				if !slices.Contains(absences, differences[i].Code) {
					continue
				}
				if s, off := r.Off(api.GroupVersion, name); off {
					differences[i].Hint = "off by default; kube-apiserver serves it with " + s.String()
				}
			}
		}
		add(api.Requirement, "")
		for _, resource := range api.Resources {
			name := resource.Name
			if resource.Type == config.TypeKind {
				name = resource.Kind.Value
			}
			add(resource.Requirement, name)
			for _, subresource := range resource.Subresources {
				add(subresource.Requirement, name+"/"+subresource.Name)
			}
		}
	}
}
