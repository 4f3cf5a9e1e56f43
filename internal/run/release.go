package run

import (
	"slices"
	"sync"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// Release judges d by what a default kube-apiserver of a release serves. An empty patch
// means any patch of the release; otherwise it is a version such as "v1.34.2".
//
// If an API is absent because it is off by default, the hint says how to switch it on.
func Release(r catalog.Release, patch string, d *config.Declaration) *apply.Plan {
	s := r.Snapshot()
	s.Version.Value.GitVersion = patch
	for n := apply.Needs(d, s); len(n.Fields)+len(n.Reviews) > 0; n = apply.Needs(d, s) {
		r.Fetch(s, n)
	}
	plan := apply.Diff(d, s)
	absences := []apply.Code{apply.GroupVersionNotServed, apply.ResourceNotServed, apply.KindNotServed, apply.SubresourceNotServed}
	off := sync.OnceValue(func() map[string]string { return switches(r, d) })
	for _, f := range plan.Findings {
		if u := f.Undetermined; u != nil && u.Failure != nil && u.Failure.Cause == discovery.PatchUnknown {
			u.Code = discovery.NotInCatalogue
			u.Message = "it depends on the patch, and " + r.String() + " means any patch of the release"
		}
		for i := range f.Differences {
			if !slices.Contains(absences, f.Differences[i].Code) {
				continue
			}
			if flags, found := off()[f.Address]; found {
				f.Differences[i].Hint = "off by default; kube-apiserver serves it with " + flags
			}
		}
	}
	return plan
}

// switches returns the flags of kube-apiserver that switch on what the release has and
// does not serve by default, by the address of the requirement.
func switches(r catalog.Release, d *config.Declaration) map[string]string {
	flags := map[string]string{}
	for _, api := range d.APIs {
		add := func(requirement config.Requirement, name string) {
			if s, off := r.Off(api.GroupVersion, name); off {
				flags[requirement.Address] = s.String()
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
	return flags
}
