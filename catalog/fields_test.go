package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// fieldOf returns what the release says of a field.
func fieldOf(t *testing.T, r catalog.Release, apiVersion, kind, path string) discovery.Fact[discovery.Field] {
	t.Helper()
	q := discovery.FieldQuery{GroupVersion: gv(t, apiVersion), Kind: kind, Path: path}
	var s discovery.Snapshot
	r.Fetch(&s, discovery.Needs{Fields: []discovery.FieldQuery{q}})
	return s.Fields[q]
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
