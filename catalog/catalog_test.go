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

// fieldOf returns what the release says of a field.
func fieldOf(t *testing.T, r catalog.Release, apiVersion, kind, path string) discovery.Fact[discovery.Field] {
	t.Helper()
	q := discovery.FieldQuery{GroupVersion: gv(t, apiVersion), Kind: kind, Path: path}
	var s discovery.Snapshot
	r.Fetch(&s, discovery.Needs{Fields: []discovery.FieldQuery{q}})
	return s.Fields[q]
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

func TestFieldsByRelease(t *testing.T) {
	t.Parallel()
	newest := catalog.Releases()[len(catalog.Releases())-1].String()
	for _, test := range []struct{ apiVersion, kind, path, want string }{
		{"batch/v1", "CronJob", "spec.timeZone", "1.24 to " + newest},
		{"apps/v1", "Deployment", "spec.template.spec.containers[].resizePolicy", "1.27 to " + newest},
		{"v1", "Pod", "spec.resources", "1.32 to " + newest},
		{"v1", "Pod", "status.containerStatuses[].allocatedResources.*", "1.27 to " + newest},
		{"v1", "Pod", "spec.containers[].resources.claims[].request", "1.31 to " + newest},
		{"v1", "Pod", "status.resize", "1.27 to " + newest},
		{"autoscaling/v2beta2", "HorizontalPodAutoscaler", "spec.metrics", "1.24 to 1.25"},
		{"v1", "Pod", "spec.replicas", "never"},
	} {
		t.Run(test.kind+" "+test.path, func(t *testing.T) {
			t.Parallel()
			got := span(t, func(r catalog.Release) bool {
				f := fieldOf(t, r, test.apiVersion, test.kind, test.path)
				return f.Known && f.Value.Presence == discovery.FieldPresent
			})
			if got != test.want {
				t.Errorf("there from %s, want %s", got, test.want)
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

func TestField(t *testing.T) {
	t.Parallel()
	r := release(t, "1.34")
	unpublished := func(at string) []discovery.SchemaRule {
		return []discovery.SchemaRule{{Keyword: catalog.Unpublished, At: at}}
	}
	for _, test := range []struct {
		kind, path string
		want       discovery.Field
	}{
		{"Deployment", "spec", discovery.Field{Presence: discovery.FieldPresent, Type: "object"}},
		{"Deployment", "metadata", discovery.Field{Presence: discovery.FieldPresent, Type: "object", Required: true}},
		{"Deployment", "apiVersion", discovery.Field{Presence: discovery.FieldPresent, Type: "string", Required: true, Enum: []string{"apps/v1"}}},
		{"Deployment", "kind", discovery.Field{Presence: discovery.FieldPresent, Type: "string", Required: true, Enum: []string{"Deployment"}}},
		{"Deployment", "spec.selector", discovery.Field{Presence: discovery.FieldPresent, Type: "object", Required: true}},
		{"Deployment", "spec.replicas", discovery.Field{Presence: discovery.FieldPresent, Type: "integer"}},
		{"Deployment", "spec.paused", discovery.Field{Presence: discovery.FieldPresent, Type: "boolean"}},
		{"Deployment", "spec.strategy.type", discovery.Field{Presence: discovery.FieldPresent, Type: "string", EnumRules: unpublished("spec.strategy.type")}},
		{
			"Deployment", "spec.strategy.rollingUpdate.maxSurge",
			discovery.Field{Presence: discovery.FieldPresent, Type: "int-or-string", EnumRules: unpublished("spec.strategy.rollingUpdate.maxSurge")},
		},
		{"Deployment", "spec.template.spec.containers", discovery.Field{Presence: discovery.FieldPresent, Type: "array", Required: true}},
		{"Deployment", "spec.template.spec.containers[]", discovery.Field{Presence: discovery.FieldPresent, Type: "object"}},
		{"Deployment", "metadata.labels.*", discovery.Field{Presence: discovery.FieldPresent, Type: "string", EnumRules: unpublished("metadata.labels.*")}},
		{"Deployment", "metadata.labels.app", discovery.Field{Presence: discovery.FieldOpen, At: "metadata.labels"}},
		{"Deployment", "metadata.managedFields[].fieldsV1.x", discovery.Field{Presence: discovery.FieldOpen, At: "metadata.managedFields[].fieldsV1"}},
		{"Deployment", "metadata.managedFields[].fieldsV1[]", discovery.Field{Presence: discovery.FieldAbsent, At: "metadata.managedFields[].fieldsV1", Type: "object"}},
		{"Deployment", "spec.replicas.x", discovery.Field{Presence: discovery.FieldAbsent, At: "spec.replicas", Type: "integer"}},
		{"Deployment", "spec.template.spec.containers.name", discovery.Field{Presence: discovery.FieldAbsent, At: "spec.template.spec.containers", Type: "array"}},
		{
			"DeploymentList", "item",
			discovery.Field{Presence: discovery.FieldAbsent, Type: "object", Siblings: []string{"apiVersion", "items", "kind", "metadata"}},
		},
	} {
		t.Run(test.kind+" "+test.path, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(discovery.Known(test.want), fieldOf(t, r, "apps/v1", test.kind, test.path)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFieldsThatCannotBeAnswered(t *testing.T) {
	t.Parallel()
	r := release(t, "1.34")
	for _, test := range []struct {
		apiVersion, kind, path string
		want                   discovery.FailureCode
	}{
		{"apps/v1", "Gadget", "spec", discovery.NoSchema},
		{"apps/v1beta1", "Deployment", "spec", discovery.NoSchema},
		{"cert-manager.io/v1", "Certificate", "spec", discovery.NoSchema},
		{"apps/v1", "Deployment", "spec..x", discovery.InvalidResponse},
	} {
		f := fieldOf(t, r, test.apiVersion, test.kind, test.path)
		if failure := f.Unknown(); failure == nil || failure.Code != test.want {
			t.Errorf("%s %s %s: %v, failure %v", test.apiVersion, test.kind, test.path, f.Value, failure)
		}
	}
}

// TestFieldNames follows the names of fields through all kinds of the newest release: each name that
// is offered must be there.
func TestFieldNames(t *testing.T) {
	t.Parallel()
	r := catalog.Releases()[len(catalog.Releases())-1]
	s := r.Snapshot()
	fields := 0
	for _, group := range append([]discovery.Group{s.Core.Value}, s.Named.Value...) {
		for _, version := range group.Versions {
			gv := kubeapi.GroupVersion{Group: group.Name, Version: version.Name}
			for _, resource := range version.Resources.Value {
				for _, name := range r.FieldNames(gv, resource.Kind, nil) {
					path := kubeapi.FieldPath{{Kind: kubeapi.StepField, Name: name}}
					paths := []string{path.String()}
					for _, inner := range r.FieldNames(gv, resource.Kind, path) {
						paths = append(paths, append(path[:1:1], kubeapi.FieldStep{Kind: kubeapi.StepField, Name: inner}).String())
					}
					for _, p := range paths {
						fields++
						if f := fieldOf(t, r, gv.String(), resource.Kind, p); f.Value.Presence != discovery.FieldPresent {
							t.Errorf("%s %s %s: %v, failure %v", gv, resource.Kind, p, f.Value, f.Failure)
						}
					}
				}
			}
		}
	}
	if fields < 1_000 {
		t.Errorf("only %d fields", fields)
	}
	if names := r.FieldNames(kubeapi.GroupVersion{Version: "v1"}, "Gadget", nil); names != nil {
		t.Errorf("an unknown kind has %v", names)
	}
	replicas := kubeapi.FieldPath{{Kind: kubeapi.StepField, Name: "spec"}, {Kind: kubeapi.StepField, Name: "replicas"}}
	if names := r.FieldNames(kubeapi.GroupVersion{Group: "apps", Version: "v1"}, "Deployment", replicas); names != nil {
		t.Errorf("a number has %v", names)
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
