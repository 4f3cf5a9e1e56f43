package catalog_test

import (
	"fmt"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// A release answers what a declaration needs, round by round, as a cluster does.
func Example() {
	jobs := kubeapi.GroupVersion{Group: "batch", Version: "v1"}
	release, found := catalog.Find(kubeapi.Version{Major: 1, Minor: 34})
	if !found {
		fmt.Println("the releases are", catalog.Releases())
		return
	}
	snapshot := release.Snapshot()
	// A caller has these questions from apply.Needs.
	timeZone := discovery.FieldQuery{GroupVersion: jobs, Kind: "CronJob", Path: "spec.timeZone"}
	release.Fetch(snapshot, discovery.Needs{Fields: []discovery.FieldQuery{timeZone}})

	group, _ := snapshot.Group("batch")
	fmt.Println(group.Name, "prefers", group.Preferred)
	fmt.Println(timeZone.Path, "is", snapshot.Fields[timeZone].Value.Presence)
	// Output:
	// batch prefers v1
	// spec.timeZone is present
}

// What a release has and does not serve by default can be switched on.
func ExampleRelease_Off() {
	release, _ := catalog.Find(kubeapi.Version{Major: 1, Minor: 33})
	if how, off := release.Off(kubeapi.GroupVersion{Group: "resource.k8s.io", Version: "v1beta1"}, "ResourceClaim"); off {
		fmt.Println("it is served only with", how)
	}
	// Output:
	// it is served only with --runtime-config=resource.k8s.io/v1beta1=true
}

func ExampleLifeOf() {
	life, _ := catalog.LifeOf(kubeapi.GroupVersion{Group: "policy", Version: "v1beta1"}, "PodDisruptionBudget")
	fmt.Println("deprecated in", life.Deprecated, "and removed in", life.Removed, "for", life.Replacement)
	// Output:
	// deprecated in 1.21 and removed in 1.25 for policy/v1
}
