package apply_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// released returns what a release serves, without anything that says that it is one.
func released(t *testing.T, minor uint64) *discovery.Snapshot {
	t.Helper()
	r, found := catalog.Find(kubeapi.Version{Major: 1, Minor: minor})
	if !found {
		t.Fatalf("1.%d is not on board", minor)
	}
	s := r.Snapshot()
	s.Missing, s.IsRelease = nil, false
	return s
}

// notes writes each finding in one line, with what is deprecated.
func notes(plan *apply.Plan) []string {
	out := outcomes(plan)
	for i, f := range plan.Findings {
		if d := f.Deprecation; d != nil {
			out[i] += ": " + d.API() + " is " + d.String()
		}
	}
	return out
}

func TestDeprecation(t *testing.T) {
	for _, tt := range []struct {
		name        string
		minor       uint64
		declaration string
		change      func(*discovery.Snapshot)
		want        []string
	}{
		{
			name: "every kind of a group version, some without a replacement", minor: 24,
			declaration: `api "policy/v1beta1" { kind "PodDisruptionBudget" {}
kind "PodSecurityPolicy" {} }`,
			want: []string{
				`api["policy/v1beta1"] satisfied: policy/v1beta1 is deprecated in Kubernetes 1.21, removed in 1.25; use policy/v1`,
				`api["policy/v1beta1"].kind["PodDisruptionBudget"] satisfied`,
				`api["policy/v1beta1"].kind["PodSecurityPolicy"] satisfied: policy/v1beta1 PodSecurityPolicy is deprecated in Kubernetes 1.21, removed in 1.25`,
			},
		},
		{
			name: "some kinds of a group version", minor: 37,
			declaration: `api "v1" { kind "Endpoints" {}
kind "Pod" {}
resource "componentstatuses" {}
resource "endpoints" {} }`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].kind["Endpoints"] satisfied: v1 Endpoints is deprecated in Kubernetes 1.33; use discovery.k8s.io/v1 EndpointSlice`,
				`api["v1"].kind["Pod"] satisfied`,
				`api["v1"].resource["componentstatuses"] satisfied: v1 ComponentStatus is deprecated in Kubernetes 1.19`,
				`api["v1"].resource["endpoints"] satisfied: v1 Endpoints is deprecated in Kubernetes 1.33; use discovery.k8s.io/v1 EndpointSlice`,
			},
		},
		{
			name: "what is under a deprecated kind", minor: 37,
			declaration: `api "v1" {
				resource "endpoints" {
					scope = "Cluster"
				}
				kind "Endpoints" {
					field "subsets" {}
				}
				kind "Subsets" { served = false }
			}
			api "storage.k8s.io/v1beta1" {
				kind "CSINode" { served = false }
			}`,
			change: func(s *discovery.Snapshot) {
				s.Fields = map[discovery.FieldQuery]discovery.Fact[discovery.Field]{
					{GroupVersion: kubeapi.GroupVersion{Version: "v1"}, Kind: "Endpoints", Path: "subsets"}: discovery.Known(discovery.Field{Presence: discovery.FieldPresent}),
				}
				group, _ := s.Group("storage.k8s.io")
				group.Versions = append(group.Versions, discovery.Version{Name: "v1beta1", Resources: discovery.Known([]discovery.Resource{
					{Name: "csidrivers", Kind: "CSIDriver"}, {Name: "carriers", Subresources: []discovery.Subresource{{Name: "status"}}},
				})})
			},
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["endpoints"] drifted scope-mismatch scope "Cluster" -> "Namespaced"`,
				`api["v1"].kind["Endpoints"] satisfied: v1 Endpoints is deprecated in Kubernetes 1.33; use discovery.k8s.io/v1 EndpointSlice`,
				`api["v1"].kind["Endpoints"].field["subsets"] satisfied`,
				`api["v1"].kind["Subsets"] satisfied`,
				`api["storage.k8s.io/v1beta1"] satisfied: storage.k8s.io/v1beta1 is deprecated in Kubernetes 1.19, removed in 1.22; use storage.k8s.io/v1`,
				`api["storage.k8s.io/v1beta1"].kind["CSINode"] satisfied`,
			},
		},
		{
			name: "what a much newer release removes", minor: 26,
			declaration: `api "flowcontrol.apiserver.k8s.io/v1beta3" { resource "flowschemas/status" {} }`,
			want: []string{
				`api["flowcontrol.apiserver.k8s.io/v1beta3"] satisfied: flowcontrol.apiserver.k8s.io/v1beta3 is deprecated in Kubernetes 1.29, removed in 1.32; use flowcontrol.apiserver.k8s.io/v1`,
				`api["flowcontrol.apiserver.k8s.io/v1beta3"].resource["flowschemas/status"] satisfied`,
			},
		},
		{
			name: "a replacement that is served, though it is deprecated itself", minor: 28,
			declaration: `api "flowcontrol.apiserver.k8s.io/v1beta2" {}`,
			want: []string{
				`api["flowcontrol.apiserver.k8s.io/v1beta2"] satisfied: flowcontrol.apiserver.k8s.io/v1beta2 is deprecated in Kubernetes 1.26, removed in 1.29; use flowcontrol.apiserver.k8s.io/v1beta3`,
			},
		},
		{
			name: "a replacement that is not served any more", minor: 37,
			declaration: `api "flowcontrol.apiserver.k8s.io/v1beta2" { kind "FlowSchema" {} }`,
			change: func(s *discovery.Snapshot) {
				at := slices.IndexFunc(s.Named.Value, func(g discovery.Group) bool { return g.Name == "flowcontrol.apiserver.k8s.io" })
				group := &s.Named.Value[at]
				old := group.Versions[0]
				old.Name = "v1beta2"
				group.Versions = append(group.Versions, old)
			},
			want: []string{
				`api["flowcontrol.apiserver.k8s.io/v1beta2"] satisfied: flowcontrol.apiserver.k8s.io/v1beta2 is deprecated in Kubernetes 1.26, removed in 1.29; use flowcontrol.apiserver.k8s.io/v1`,
				`api["flowcontrol.apiserver.k8s.io/v1beta2"].kind["FlowSchema"] satisfied`,
			},
		},
		{
			name: "only the kinds that are served count for the group version", minor: 26,
			declaration: `api "storage.k8s.io/v1beta1" { kind "CSIStorageCapacity" {} }`,
			want: []string{
				`api["storage.k8s.io/v1beta1"] satisfied: storage.k8s.io/v1beta1 is deprecated in Kubernetes 1.24, removed in 1.27; use storage.k8s.io/v1`,
				`api["storage.k8s.io/v1beta1"].kind["CSIStorageCapacity"] satisfied`,
			},
		},
		{
			name: "kinds that go at different times", minor: 26,
			declaration: `api "storage.k8s.io/v1beta1" { kind "CSIStorageCapacity" {}
kind "VolumeAttributesClass" {} }`,
			change: func(s *discovery.Snapshot) {
				group, _ := s.Group("storage.k8s.io")
				version, _ := group.Version("v1beta1")
				version.Resources.Value = append(version.Resources.Value,
					discovery.Resource{Name: "volumeattributesclasses", Kind: "VolumeAttributesClass"})
			},
			want: []string{
				`api["storage.k8s.io/v1beta1"] satisfied: storage.k8s.io/v1beta1 is deprecated in Kubernetes 1.34, removed in 1.37; use storage.k8s.io/v1`,
				`api["storage.k8s.io/v1beta1"].kind["CSIStorageCapacity"] satisfied: storage.k8s.io/v1beta1 CSIStorageCapacity is deprecated in Kubernetes 1.24, removed in 1.27; use storage.k8s.io/v1`,
				`api["storage.k8s.io/v1beta1"].kind["VolumeAttributesClass"] satisfied`,
			},
		},
		{
			name: "a parent that counts less", minor: 24,
			declaration: `api "batch/v1beta1" {
				severity = "warning"
				kind "CronJob" { severity = "error" }
			}`,
			want: []string{
				`api["batch/v1beta1"] satisfied: batch/v1beta1 is deprecated in Kubernetes 1.21, removed in 1.25; use batch/v1`,
				`api["batch/v1beta1"].kind["CronJob"] satisfied: batch/v1beta1 CronJob is deprecated in Kubernetes 1.21, removed in 1.25; use batch/v1`,
			},
		},
		{
			name: "a parent that counts more", minor: 24,
			declaration: `api "batch/v1beta1" {
				kind "CronJob" { severity = "warning" }
			}`,
			want: []string{
				`api["batch/v1beta1"] satisfied: batch/v1beta1 is deprecated in Kubernetes 1.21, removed in 1.25; use batch/v1`,
				`api["batch/v1beta1"].kind["CronJob"] satisfied`,
			},
		},
		{
			name: "a parent that drifted", minor: 24,
			declaration: `api "batch/v1beta1" {
				preferred = true
				kind "CronJob" {}
			}`,
			want: []string{
				`api["batch/v1beta1"] drifted preferred-version-mismatch preferred "true" -> "false" (batch/v1 is preferred)`,
				`api["batch/v1beta1"].kind["CronJob"] satisfied: batch/v1beta1 CronJob is deprecated in Kubernetes 1.21, removed in 1.25; use batch/v1`,
			},
		},
		{
			name: "what drifted, is undetermined, skipped or must be absent", minor: 24,
			declaration: `api "batch/v1beta1" {
				enabled = false
			}
			api "policy/v1beta1" {
				served = false
			}
			api "autoscaling/v2beta1" {
				kind "HorizontalPodAutoscaler" { scope = "Cluster" }
				kind "Scaler" { served = false }
			}
			api "events.k8s.io/v1beta1" {}`,
			change: func(s *discovery.Snapshot) {
				group, _ := s.Group("events.k8s.io")
				version, _ := group.Version("v1beta1")
				version.Resources = discovery.Failed[[]discovery.Resource](&discovery.Failure{Code: discovery.Stale, Message: "stale"})
			},
			want: []string{
				`api["batch/v1beta1"] skipped`,
				`api["policy/v1beta1"] drifted group-version-served "" -> "policy/v1beta1"`,
				`api["autoscaling/v2beta1"] satisfied: autoscaling/v2beta1 is deprecated in Kubernetes 1.22, removed in 1.25; use autoscaling/v2`,
				`api["autoscaling/v2beta1"].kind["HorizontalPodAutoscaler"] drifted scope-mismatch scope "Cluster" -> "Namespaced"`,
				`api["autoscaling/v2beta1"].kind["Scaler"] satisfied`,
				`api["events.k8s.io/v1beta1"] undetermined stale: stale`,
			},
		},
		{
			name: "a group version whose resources nobody asked for", minor: 24,
			declaration: `api "batch/v1beta1" {}`,
			change: func(s *discovery.Snapshot) {
				group, _ := s.Group("batch")
				version, _ := group.Version("v1beta1")
				version.Resources = discovery.Fact[[]discovery.Resource]{}
			},
			want: []string{`api["batch/v1beta1"] satisfied`},
		},
		{
			name: "what will be deprecated", minor: 37,
			declaration: `api "resource.k8s.io/v1beta2" { kind "DeviceTaintRule" {}
kind "DeviceClass" {} }`,
			change: func(s *discovery.Snapshot) {
				group, _ := s.Group("resource.k8s.io")
				group.Versions = append(group.Versions, discovery.Version{Name: "v1beta2", Resources: discovery.Known([]discovery.Resource{
					{Name: "devicetaintrules", Kind: "DeviceTaintRule"}, {Name: "deviceclasses", Kind: "DeviceClass"},
				})})
			},
			want: []string{
				`api["resource.k8s.io/v1beta2"] satisfied`,
				`api["resource.k8s.io/v1beta2"].kind["DeviceTaintRule"] satisfied`,
				`api["resource.k8s.io/v1beta2"].kind["DeviceClass"] satisfied: resource.k8s.io/v1beta2 DeviceClass is deprecated in Kubernetes 1.36, removed in 1.39; use resource.k8s.io/v1`,
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := released(t, tt.minor)
			if tt.change != nil {
				tt.change(s)
			}
			if diff := cmp.Diff(tt.want, notes(apply.Diff(parse(t, tt.declaration), s))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestDeprecationOfOneLook checks that what two looks do not agree on has no deprecation.
func TestDeprecationOfOneLook(t *testing.T) {
	d := parse(t, `api "batch/v1beta1" {}`)
	plan := apply.Agree(apply.Diff(d, released(t, 25)), apply.Diff(d, released(t, 24)))
	if f := plan.Findings[0]; f.Status != apply.StatusUndetermined || f.Deprecation != nil {
		t.Errorf("the finding is %s, deprecation %v", f.Status, f.Deprecation)
	}
}

// TestDeprecationText tests what is said of an API that was removed, with and without notice.
func TestDeprecationText(t *testing.T) {
	minor := func(n uint64) kubeapi.Version { return kubeapi.Version{Major: 1, Minor: n, PatchUnknown: true} }
	for want, d := range map[string]apply.Deprecation{
		"removed in Kubernetes 1.25":                         {Removed: minor(25)},
		"deprecated in Kubernetes 1.21, removed in 1.25":     {Deprecated: minor(21), Removed: minor(25)},
		"deprecated in Kubernetes 1.33":                      {Deprecated: minor(33)},
		"removed in Kubernetes 1.25; use example.com/v1 New": {Removed: minor(25), Replacement: kubeapi.GroupVersion{Group: "example.com", Version: "v1"}, ReplacementKind: "New"},
	} {
		if got := d.String(); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}
