package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestFieldsAgreeWithExplain asks kubectl explain about the same paths. kubectl knows
// no [] and no .*, and for it a key of a map, and a field that the schema leaves
// open, do not exist.
func TestFieldsAgreeWithExplain(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	applyGadgets(t, c)
	const (
		agree = "" // with explain, on satisfied and on field-not-served
		// The reasons why our finding is undetermined if explain finds nothing.
		mapKey    = "it is a key of a map"
		preserved = "the schema preserves unknown fields"
		bare      = "an object of a type of Go without properties"
	)
	tests := []struct{ api, resource, path, differs string }{
		{"apps/v1", "deployments", "spec.template.spec.containers[].resources.limits", agree},
		{"apps/v1", "deployments", "spec.template.spec.containers[].resources.limits.cpu", mapKey},
		{"apps/v1", "deployments", "spec.template.spec.containers[].resource", agree},
		{"apps/v1", "deployments", "spec.template.spec.topologySpreadConstraints[].matchLabelKeys", agree},
		{"apps/v1", "deployments", "spec.template.spec.topologySpreadConstraints[].matchLabelKey", agree},
		{"apps/v1", "deployments", "spec.selector.matchExpressions[].operator", agree},
		{"apps/v1", "deployments", "spec.selector.matchLabels.app", mapKey},
		{"apps/v1", "deployments", "status.conditions[].type", agree},
		{"apps/v1", "deployments", "status.conditions[].types", agree},
		{"apps/v1", "deployments", "metadata.managedFields[].fieldsV1", agree},
		{"apps/v1", "deployments", "metadata.managedFields[].fieldsV1.x", bare},
		{"apps/v1", "statefulsets", "spec.volumeClaimTemplates[].spec.resources.requests", agree},
		{"apps/v1", "statefulsets", "spec.persistentVolumeClaimRetentionPolicy.whenScaled", agree},
		{"v1", "pods", "spec.volumes[].ephemeral.volumeClaimTemplate.spec", agree},
		{"v1", "pods", "spec.volumes[].ephemeral.template", agree},
		{"v1", "pods", "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[].matchFields", agree},
		{"v1", "configmaps", "data", agree},
		{"v1", "configmaps", "data.key", mapKey},
		{"v1", "configmaps", "date", agree},
		{"v1", "configmaps", "immutable", agree},
		{"v1", "secrets", "stringData", agree},
		{"v1", "nodes", "status.capacity", agree},
		{"v1", "nodes", "status.capacities", agree},
		{"autoscaling/v2", "horizontalpodautoscalers", "spec.behavior.scaleUp.selectPolicy", agree},
		{"autoscaling/v2", "horizontalpodautoscalers", "spec.targetCPUUtilizationPercentage", agree},
		{"networking.k8s.io/v1", "ingresses", "spec.defaultBackend.service.port.name", agree},
		{"networking.k8s.io/v1", "ingresses", "spec.defaultBackend.serviceName", agree},
		{"apiextensions.k8s.io/v1", "customresourcedefinitions", "spec.versions[].schema.openAPIV3Schema.not.not.properties", agree},
		{"apiextensions.k8s.io/v1", "customresourcedefinitions", "spec.versions[].schema.openAPIV3Schema.not.not.property", agree},
		{"apiextensions.k8s.io/v1", "customresourcedefinitions", "spec.validation", agree},
		{"fields.example.com/v1", "gadgets", "spec.port", agree},
		{"fields.example.com/v1", "gadgets", "spec.rules[].timeouts.request", agree},
		{"fields.example.com/v1", "gadgets", "spec.rules[].timeouts.response", agree},
		{"fields.example.com/v1", "gadgets", "spec.matrix[][].cell", agree},
		{"fields.example.com/v1", "gadgets", "spec.matrix[][].call", agree},
		{"fields.example.com/v1", "gadgets", "spec.settings.known", agree},
		{"fields.example.com/v1", "gadgets", "spec.settings.other", preserved},
		{"fields.example.com/v1", "gadgets", "spec.anything.x", preserved},
		{"fields.example.com/v1", "gadgets", "spec.bare.x", agree},
		{"fields.example.com/v1", "gadgets", "spec.template.metadata.name", agree},
		{"fields.example.com/v1", "gadgets", "spec.template.spec", preserved},
		{"fields.example.com/v1", "gadgets", "spec.either.a", agree},
		{"fields.example.com/v1", "gadgets", "spec.either.c", agree},
		{"fields.example.com/v1", "gadgets", "status", agree},
	}
	eventually(t, 20*time.Second, func() error {
		_, err := c.Kubectl(t.Context(), "", "explain", "gadgets.spec", "--api-version=fields.example.com/v1")
		return err
	})
	var declaration strings.Builder
	for _, test := range tests {
		declaration.WriteString(fieldsOf(test.api, fmt.Sprintf("resource %q", test.resource), test.path))
	}
	o := a.apply(t, declaration.String())
	var got []string
	for _, f := range o.report.Findings {
		if strings.Contains(f.Address, `.field["`) {
			got = append(got, f.String())
		}
	}
	if len(got) != len(tests) {
		t.Fatalf("%d findings for %d fields\n%s%s", len(got), len(tests), o.Stdout, o.Stderr)
	}
	for i, test := range tests {
		path := test.resource + "." + strings.ReplaceAll(test.path, "[]", "")
		text, err := c.Kubectl(t.Context(), "", "explain", path, "--api-version="+test.api)
		if err != nil && !strings.Contains(err.Error(), "does not exist") {
			t.Fatalf("kubectl explain %s: %v\n%s", path, err, text)
		}
		want := "satisfied"
		switch {
		case err != nil && test.differs != agree:
			want = "undetermined open-schema"
		case err != nil:
			want = "drifted field-not-served"
		case test.differs != agree:
			t.Errorf("kubectl explain knows %s, although %s", path, test.differs)
		}
		if got[i] != want {
			t.Errorf("%s %s is %s, want %s; kubectl explain says %v", test.api, test.path, got[i], want, err)
		}
	}
}
