package catalog_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/snapshottest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func gv(t *testing.T, s string) kubeapi.GroupVersion {
	t.Helper()
	parsed, err := kubeapi.ParseGroupVersion(s)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func release(t *testing.T, s string) catalog.Release {
	t.Helper()
	v, err := kubeapi.ParseVersion(s)
	if err != nil {
		t.Fatal(err)
	}
	r, found := catalog.Find(v)
	if !found {
		t.Fatalf("%s is not on board", s)
	}
	return r
}

// resourceOf returns a resource that the release serves, or nil.
func resourceOf(t *testing.T, r catalog.Release, apiVersion, name string) *discovery.Resource {
	t.Helper()
	group, failure := r.Snapshot().Group(gv(t, apiVersion).Group)
	if failure != nil {
		t.Fatal(failure)
	}
	if group == nil {
		return nil
	}
	version, failure := group.Version(gv(t, apiVersion).Version)
	if failure != nil {
		t.Fatal(failure)
	}
	if version == nil {
		return nil
	}
	for i := range version.Resources.Value {
		if version.Resources.Value[i].Name == name {
			return &version.Resources.Value[i]
		}
	}
	return nil
}

// span names the first and the last release for which holds is true. It fails if there is a gap.
func span(t *testing.T, holds func(catalog.Release) bool) string {
	t.Helper()
	var has []string
	ended := false
	for _, r := range catalog.Releases() {
		switch {
		case !holds(r):
			ended = len(has) > 0
		case ended:
			t.Errorf("%s has it again", r)
		default:
			has = append(has, r.String())
		}
	}
	if len(has) == 0 {
		return "never"
	}
	return has[0] + " to " + has[len(has)-1]
}

func TestReleases(t *testing.T) {
	t.Parallel()
	releases := catalog.Releases()
	if len(releases) < 14 || releases[0].String() != "1.24" {
		t.Fatalf("%v", releases)
	}
	for i, r := range releases {
		if v := r.Version(); !v.PatchUnknown || v.String() != r.String() || v.Minor != releases[0].Version().Minor+uint64(i) {
			t.Errorf("the release %d is %s, version %s", i, r, v)
		}
		if v := r.Source(); v.PatchUnknown || v.Minor != r.Version().Minor {
			t.Errorf("%s was made from %s", r, v)
		}
		if found, ok := catalog.Find(kubeapi.Version{Major: 1, Minor: r.Version().Minor, Patch: 99}); !ok || found != r {
			t.Errorf("%s is found as %s", r, found)
		}
	}
	for _, v := range []kubeapi.Version{{}, {Major: 1, Minor: 7}, {Major: 1, Minor: 99}, {Major: 2, Minor: 34}} {
		if r, ok := catalog.Find(v); ok {
			t.Errorf("%s is found as %s", v, r)
		}
	}
}

func TestServedByDefault(t *testing.T) {
	t.Parallel()
	newest := catalog.Releases()[len(catalog.Releases())-1].String()
	for _, test := range []struct{ apiVersion, resource, want string }{
		{"flowcontrol.apiserver.k8s.io/v1beta3", "flowschemas", "1.26 to 1.31"},
		{"flowcontrol.apiserver.k8s.io/v1beta2", "flowschemas", "1.24 to 1.28"},
		{"flowcontrol.apiserver.k8s.io/v1", "flowschemas", "1.29 to " + newest},
		{"resource.k8s.io/v1", "resourceclaims", "1.34 to " + newest},
		{"resource.k8s.io/v1beta1", "resourceclaims", "never"},
		{"policy/v1beta1", "podsecuritypolicies", "1.24 to 1.24"},
		{"autoscaling/v2beta2", "horizontalpodautoscalers", "1.24 to 1.25"},
		{"batch/v1", "cronjobs", "1.24 to " + newest},
		{"apiregistration.k8s.io/v1", "apiservices", "1.24 to " + newest},
		{"apps/v1", "deployment", "never"},
		{"cert-manager.io/v1", "certificates", "never"},
	} {
		t.Run(test.apiVersion+" "+test.resource, func(t *testing.T) {
			t.Parallel()
			got := span(t, func(r catalog.Release) bool { return resourceOf(t, r, test.apiVersion, test.resource) != nil })
			if got != test.want {
				t.Errorf("served from %s, want %s", got, test.want)
			}
		})
	}
}

func TestResource(t *testing.T) {
	t.Parallel()
	r := release(t, "1.34")
	want := &discovery.Resource{
		Name: "deployments", Singular: "deployment", Kind: "Deployment", Scope: kubeapi.ScopeNamespaced,
		Verbs:      []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"},
		ShortNames: []string{"deploy"}, Categories: []string{"all"},
		Subresources: []discovery.Subresource{
			{Name: "scale", Kind: "Scale", Verbs: []string{"get", "patch", "update"}},
			{Name: "status", Kind: "Deployment", Verbs: []string{"get", "patch", "update"}},
		},
	}
	if diff := cmp.Diff(want, resourceOf(t, r, "apps/v1", "deployments")); diff != "" {
		t.Errorf("deployments of 1.34 (-want +got):\n%s", diff)
	}
	group, _ := r.Snapshot().Group("autoscaling")
	if group.Preferred != "v2" || len(group.Versions) != 2 || group.Versions[1].Name != "v1" {
		t.Errorf("autoscaling prefers %s of %v", group.Preferred, group.Versions)
	}
	if nodes := resourceOf(t, r, "v1", "nodes"); nodes.Scope != kubeapi.ScopeCluster {
		t.Errorf("nodes are %s", nodes.Scope)
	}
}

// TestWhatAReleaseCannotKnow checks that it is unknown, and never absent.
func TestWhatAReleaseCannotKnow(t *testing.T) {
	t.Parallel()
	for _, r := range catalog.Releases() {
		s := r.Snapshot()
		review, certificates := discovery.Review{Verb: "get", Resource: "pods"}, gv(t, "cert-manager.io/v1")
		r.Fetch(s, discovery.Needs{Reviews: []discovery.Review{review}, Available: []kubeapi.GroupVersion{certificates}})
		for what, failure := range map[string]*discovery.Failure{
			"what an identity may do depends": s.Review(review).Unknown(), "the addresses of the API server depend": s.ServerAddresses.Unknown(),
			"whether the server of cert-manager.io/v1 answers depends": s.Available[certificates].Unknown(),
		} {
			message := what + " on the cluster, and not on the release"
			if failure == nil || failure.Code != discovery.NotInCatalogue || failure.Message != message {
				t.Errorf("%s: got failure %v, want %s", r, failure, message)
			}
		}
		version, err := s.Version.Value.Release()
		if err != nil || version != r.Version() || s.Version.Value.GitVersion != "" || s.Version.Value.Platform != "" {
			t.Errorf("the version of %s is %s, error %v", r, version, err)
		}
		if s.Endpoint != "" || s.Unasked != nil {
			t.Errorf("the endpoint of %s is %s, and nothing can be asked: %v", r, s.Endpoint, s.Unasked)
		}
		if !s.Available[gv(t, "apps/v1")].Known {
			t.Errorf("apps/v1 of %s is not available: %v", r, s.Available[gv(t, "apps/v1")].Failure)
		}
		if !s.Confirmed.Known {
			t.Errorf("what %s lacks is not known to be absent: %v", r, s.Confirmed.Failure)
		}
	}
	for group, want := range map[string]bool{
		"": true, "apps": true, "resource.k8s.io": true, "extensions": true, "apiextensions.k8s.io": true, "lifecycle.k8s.io": true,
		"cert-manager.io": false, "gateway.networking.k8s.io": false, "metrics.k8s.io": false, "snapshot.storage.k8s.io": false, "app": false,
	} {
		if got := catalog.Serves(group); got != want {
			t.Errorf("the group %q is served by Kubernetes itself: %t, want %t", group, got, want)
		}
		failure := release(t, "1.34").Snapshot().Missing(group)
		if (failure == nil) != want || failure != nil && (failure.Code != discovery.NotInCatalogue || failure.Cause != discovery.NotBuiltIn) {
			t.Errorf("that a snapshot lacks the group %q: failure %v", group, failure)
		}
	}
}

func TestSnapshotsAreSaved(t *testing.T) {
	t.Parallel()
	for _, r := range catalog.Releases() {
		s := r.Snapshot()
		r.Fetch(s, discovery.Needs{Fields: []discovery.FieldQuery{
			{GroupVersion: gv(t, "apps/v1"), Kind: "Deployment", Path: "spec.strategy.type"},
			{GroupVersion: gv(t, "apps/v1"), Kind: "Gadget", Path: "spec"},
		}})
		// It is not saved.
		s.Missing, s.IsRelease = nil, false
		snapshottest.SavesTheSame(t, s)
	}
}

func TestSnapshotsAreSeparate(t *testing.T) {
	t.Parallel()
	r := release(t, "1.34")
	changed := r.Snapshot()
	changed.Core.Value.Versions[0].Resources.Value[0].Verbs[0] = "changed"
	changed.Named.Value[0].Versions[0].Resources.Value[0].Name = "changed"
	clear(changed.Available)
	for _, resource := range r.Snapshot().Core.Value.Versions[0].Resources.Value {
		for _, verb := range resource.Verbs {
			if verb == "changed" {
				t.Errorf("a change of one snapshot is in another: %v", resource)
			}
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	info, err := os.Stat("releases.gz")
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 64<<10 {
		t.Errorf("the file has %d bytes", info.Size())
	}
}
