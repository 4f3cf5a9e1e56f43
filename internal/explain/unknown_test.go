package explain_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/internal/explain"
)

func TestUnknown(t *testing.T) {
	t.Parallel()
	span := catalog.Releases()[0].String() + " to " + newest()
	for _, test := range []struct{ question, summary, detail string }{
		{"autoscaling/v3", "Unknown group version", "No release of Kubernetes has autoscaling/v3. Did you mean autoscaling/v2?"},
		{"apps/nonsense", "Unknown group version", "No release of Kubernetes has apps/nonsense. There are apps/v1, apps/v1beta2, apps/v1beta1."},
		{"pods/log", "Unknown group version", `"pods/log" is no group version. For the subresources of pods, run 'kreconcile explain Pod'.`},
		{"apps/v1/", "Unknown group version", "No release of Kubernetes has apps/v1/. Did you mean apps/v1?"},
		{
			"customresourcedefinition.apiextensions.k8s.io/v1", "Unknown group version",
			`"customresourcedefinition.apiextensions.k8s.io/v1" is no group version. Did you mean 'apiextensions.k8s.io/v1 CustomResourceDefinition'?`,
		},
		{"app/v1", "Unknown group", "Kubernetes does not serve a group app. Did you mean apps/v1?"},
		{
			"cert-manager.io/v1 Certificate", "Unknown group",
			"Kubernetes does not serve cert-manager.io by itself: what it has depends on what is installed in a cluster. " +
				"To see what a cluster has, run 'kubectl explain', or record it with 'kreconcile snapshot'.",
		},
		{
			"certificates.cert-manager.io", "Unknown group",
			"Kubernetes does not serve certificates.cert-manager.io by itself: what it has depends on what is installed in a cluster. " +
				"To see what a cluster has, run 'kubectl explain', or record it with 'kreconcile snapshot'.",
		},
		{"Deploymnet", "Unknown kind", "Kubernetes " + span + ` has no kind or resource "Deploymnet". Did you mean Deployment?`},
		{"deploymnet.spec.replicas", "Unknown kind", "Kubernetes " + span + ` has no kind or resource "deploymnet". Did you mean Deployment.spec.replicas?`},
		{"deploymnets.apps", "Unknown kind", "Kubernetes " + span + ` has no kind or resource "deploymnets". Did you mean deployments.apps?`},
		{
			"Gateway", "Unknown kind", "Kubernetes " + span + ` has no kind or resource "Gateway". ` +
				"To see what a cluster has, run 'kubectl explain', or record it with 'kreconcile snapshot'.",
		},
		{"batch/v1 Cronjop", "Unknown kind", `batch/v1 has no kind or resource "Cronjop". Did you mean CronJob?`},
		{"batch/v1 Gadget", "Unknown kind", `batch/v1 has no kind or resource "Gadget". For what it has, run 'kreconcile explain batch/v1'.`},
		{"apps/v1 Cronjop", "Unknown kind", `apps/v1 has no kind or resource "Cronjop". For what it has, run 'kreconcile explain apps/v1'.`},
		{
			"batch/v1 cronjobs.batch", "Unknown field",
			"No release from " + span + ` has the field "batch" of batch/v1 CronJob. For the fields that there are, run 'kreconcile explain batch/v1 CronJob'.`,
		},
		{"apps/v1 CronJob", "Unknown kind", "No release of Kubernetes has the kind CronJob in apps/v1. It is in batch/v1, batch/v1beta1."},
		{"cronjob spec.timezone", "Unknown field", "No release from " + span + ` has the field "spec.timezone" of batch/v1 CronJob. Did you mean spec.timeZone?`},
		{"cronjob spek", "Unknown field", "No release from " + span + ` has the field "spek" of batch/v1 CronJob. Did you mean spec?`},
		{
			"v1 Pod spec.containers.ports.hostPorts", "Unknown field",
			"No release from " + span + ` has the field "spec.containers.ports.hostPorts" of v1 Pod. Did you mean spec.containers[].ports[].hostPort?`,
		},
		// The group version in which the path leads furthest is meant.
		{
			"hpa spec.metrics.resource.target.x", "Unknown field",
			"No release from " + span + ` has the field "spec.metrics.resource.target.x" of autoscaling/v2 HorizontalPodAutoscaler. ` +
				"For the fields that there are, run 'kreconcile explain autoscaling/v2 HorizontalPodAutoscaler spec.metrics[].resource.target'.",
		},
		{
			"hpa spec.targetCPUUtilizationPercentage.x", "Unknown field",
			"No release from " + span + ` has the field "spec.targetCPUUtilizationPercentage.x" of autoscaling/v1 HorizontalPodAutoscaler. ` +
				"spec.targetCPUUtilizationPercentage is of type integer and has no fields.",
		},
		{
			"v1 Pod metadata.labels.app", "Unknown field",
			"No release from " + span + ` has the field "metadata.labels.app" of v1 Pod. metadata.labels is a map with any keys; its values are metadata.labels.*.`,
		},
		{
			"v1 Pod metadata.managedFields.fieldsV1.x", "Unknown field",
			"No release from " + span + ` has the field "metadata.managedFields.fieldsV1.x" of v1 Pod. ` +
				"metadata.managedFields[].fieldsV1 may hold anything, so no release says what is in it.",
		},
		{
			"v1 Pod spec.nodeName.x", "Unknown field",
			"No release from " + span + ` has the field "spec.nodeName.x" of v1 Pod. spec.nodeName is of type string and has no fields.`,
		},
		{
			"extensions/v1beta1 Ingress spec", "Unknown field",
			"No release from " + span + " has a resource of extensions/v1beta1 Ingress, so its fields are not known.",
		},
		{"pod .spec", "Invalid field path", `The field ".spec": a name is missing beside a dot or before [].`},
		{"pod.spec containers", "Invalid question", `Two fields are given: "spec" after the kind, and "containers".`},
	} {
		a, err := explain.Ask(strings.Fields(test.question)...)
		var unknown *explain.UnknownError
		if !errors.As(err, &unknown) {
			t.Errorf("%s: %v, error %v", test.question, a, err)
			continue
		}
		if diff := cmp.Diff([]string{test.summary, test.detail}, []string{unknown.Summary, unknown.Detail}); diff != "" || a != nil || err.Error() != test.detail {
			t.Errorf("%s (-want +got)\n%s", test.question, diff)
		}
	}
	if _, err := explain.Ask("apps/v1", ""); err == nil {
		t.Error("an empty word is accepted")
	}
}
