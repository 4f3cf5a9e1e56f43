package explain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/internal/explain"
)

func ask(t *testing.T, question string) *explain.Answer {
	t.Helper()
	a, err := explain.Ask(strings.Fields(question)...)
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return a
}

// newest is the newest release on board.
func newest() string { return catalog.Releases()[len(catalog.Releases())-1].String() }

// summary writes a span and the periods, such as "1.26 to 1.31, on".
func summary(s explain.Span, serving []explain.Period) string {
	text := s.Since.String()
	if s.OrEarlier {
		text += " or earlier"
	}
	if s.Until.Major != 0 {
		text += " to " + s.Until.String()
	}
	for _, p := range serving {
		text += fmt.Sprintf(", %s to %s ", p.From, p.To)
		if p.Default {
			text += "on"
		} else {
			text += "off " + p.Switch.String()
		}
	}
	return text
}

// TestFacts tests what is known of these kinds and fields from Kubernetes' own pages.
func TestFacts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ question, want string }{
		{"flowcontrol.apiserver.k8s.io/v1 FlowSchema", "1.29, 1.29 to NEW on"},
		{"flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema", "1.26 to 1.31, 1.26 to 1.31 on"},
		{"flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema", "1.23 to 1.28, 1.24 to 1.28 on"},
		{"flowcontrol.apiserver.k8s.io/v1alpha1 FlowSchema", "1.18 to 1.20"},
		{"resource.k8s.io/v1 ResourceClaim", "1.34, 1.34 to NEW on"},
		{
			"resource.k8s.io/v1beta1 ResourceClaim",
			"1.32, 1.32 to NEW off --runtime-config=resource.k8s.io/v1beta1=true",
		},
		{
			"networking.k8s.io/v1beta1 IPAddress",
			"1.31 to 1.36, 1.31 to 1.36 off --runtime-config=networking.k8s.io/v1beta1=true",
		},
		{"policy/v1beta1 PodSecurityPolicy", "1.10 to 1.24, 1.24 to 1.24 on"},
		{"extensions/v1beta1 Ingress", "1.1 to 1.21"},
		{"autoscaling/v2beta2 hpa", "1.12 to 1.25, 1.24 to 1.25 on"},
		{"v1 Pod", "1.0, 1.24 to NEW on"},
		{"v1 PodList", "1.0"},

		{"batch/v1 CronJob spec.timeZone", "1.24 or earlier, 1.24 to NEW on"},
		{"batch/v1beta1 CronJob spec.timeZone", "1.24 or earlier to 1.24, 1.24 to 1.24 on"},
		{"v1 Pod spec.resources", "1.32, 1.24 to NEW on"},
		{"apps/v1 Deployment spec.template.spec.containers[].resizePolicy", "1.27, 1.24 to NEW on"},
		{"v1 Pod spec.containers[].resources.claims[].request", "1.31, 1.24 to NEW on"},
		{"v1 PersistentVolumeClaim status.resizeStatus", "1.24 or earlier to 1.27, 1.24 to NEW on"},
		{"resource.k8s.io/v1 ResourceClaim spec", "1.34, 1.34 to NEW on"},
		// The kind came with the oldest release on board, so no earlier one has the field.
		{"storage.k8s.io/v1 CSIStorageCapacity nodeTopology", "1.24, 1.24 to NEW on"},
	} {
		a := ask(t, test.question)
		k := a.Kinds[0]
		got := summary(k.Span, k.Serving)
		if k.Field != nil {
			got = summary(k.Field.Span, k.Serving)
		}
		if want := strings.ReplaceAll(test.want, "NEW", newest()); got != want || len(a.Kinds) != 1 {
			t.Errorf("%s: %s, want %s (%d kinds)", test.question, got, want, len(a.Kinds))
		}
	}
}

// TestQuestions tests which kinds and which field each way to ask leads to.
func TestQuestions(t *testing.T) {
	t.Parallel()
	const (
		hpa    = "autoscaling/v2 autoscaling/v1 autoscaling/v2beta2 autoscaling/v2beta1 HorizontalPodAutoscaler"
		deploy = "apps/v1 apps/v1beta2 apps/v1beta1 extensions/v1beta1 Deployment"
		inApps = "apps/v1 apps/v1beta2 apps/v1beta1 Deployment"
		crons  = "batch/v1 batch/v1beta1 CronJob"
	)
	for _, test := range []struct{ question, want, field string }{
		{"HorizontalPodAutoscaler", hpa, ""},
		{"hpa", hpa, ""},
		{"HPA", hpa, ""},
		{"horizontalpodautoscalers", hpa, ""},
		{"deployments", deploy, ""},
		{"deployment", deploy, ""},
		{"deployments.apps", inApps, ""},
		{"deployments.v1.apps", "apps/v1 Deployment", ""},
		{"apps deploy", inApps, ""},
		{"apps/v1 deploy", "apps/v1 Deployment", ""},
		{"flowschemas.flowcontrol.apiserver.k8s.io.spec", "flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta3 " +
			"flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1alpha1 FlowSchema", "spec"},
		{"events", "v1 events.k8s.io/v1 events.k8s.io/v1beta1 Event", ""},
		{"events.events.k8s.io", "events.k8s.io/v1 events.k8s.io/v1beta1 Event", ""},
		{"v1 events", "v1 Event", ""},
		{"v1/events", "v1 Event", ""},
		{"apps/v1/Deployment", "apps/v1 Deployment", ""},
		{"apps/v1.Deployment.spec.replicas", "apps/v1 Deployment", "spec.replicas"},
		{"apps/v1/Deployment spec.replicas", "apps/v1 Deployment", "spec.replicas"},
		{"PodSecurityPolicy", "policy/v1beta1 extensions/v1beta1 PodSecurityPolicy", ""},
		{"resourceclaims", "resource.k8s.io/v1 resource.k8s.io/v1beta2 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 " +
			"resource.k8s.io/v1alpha2 resource.k8s.io/v1alpha1 ResourceClaim", ""},
		// Scale is the kind of subresources, which no document shows.
		{"scale", "autoscaling/v1 apps/v1beta2 apps/v1beta1 extensions/v1beta1 Scale", ""},

		{"batch/v1 CronJob spec.timeZone", "batch/v1 CronJob", "spec.timeZone"},
		{"batch/v1 CronJob.spec.timeZone", "batch/v1 CronJob", "spec.timeZone"},
		{"batch CronJob.spec.timeZone", crons, "spec.timeZone"},
		{"CronJob spec.timeZone", crons, "spec.timeZone"},
		{"cronjob.spec.timeZone", crons, "spec.timeZone"},
		{"cj.spec.timeZone", crons, "spec.timeZone"},
		{"cronjobs.batch.spec.timeZone", crons, "spec.timeZone"},
		{"cronjobs.v1.batch.spec.timeZone", "batch/v1 CronJob", "spec.timeZone"},
		{"v1 Pod spec.containers.ports.hostPort", "v1 Pod", "spec.containers[].ports[].hostPort"},
		{"v1 Pod spec.containers[].ports.hostPort", "v1 Pod", "spec.containers[].ports[].hostPort"},
		{"v1 Pod spec.containers[].ports[].hostPort", "v1 Pod", "spec.containers[].ports[].hostPort"},
		{"v1 Pod spec.containers[]", "v1 Pod", "spec.containers[]"},
		{"v1 Pod metadata.labels.*", "v1 Pod", "metadata.labels.*"},
		{"crd spec.versions.schema.openAPIV3Schema.properties.*.items", "apiextensions.k8s.io/v1 apiextensions.k8s.io/v1beta1 CustomResourceDefinition",
			"spec.versions[].schema.openAPIV3Schema.properties.*.items"},
	} {
		a := ask(t, test.question)
		var got []string
		for _, k := range a.Kinds {
			got = append(got, k.GroupVersion.String())
		}
		got = append(got, a.Kinds[0].Name)
		if strings.Join(got, " ") != test.want || a.API != "" {
			t.Errorf("%s: %s, want %s", test.question, strings.Join(got, " "), test.want)
		}
		field := ""
		if a.Kinds[0].Field != nil {
			field = a.Kinds[0].Field.Path
		}
		if field != test.field || (field == "") != (len(a.Kinds[0].Fields) > 0 || a.Kinds[0].From.Major == 0) {
			t.Errorf("%s: the field %q, want %q", test.question, field, test.field)
		}
	}
}

func TestAPIs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ question, want string }{
		{"apps/v1", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet"},
		{"batch/v1beta1", "CronJob"},
		{"batch", "CronJob Job CronJob"},
		{"extensions", "DaemonSet Deployment DeploymentRollback Ingress NetworkPolicy PodSecurityPolicy ReplicaSet Scale"},
		{"admission.k8s.io/v1", "AdmissionReview"},
		{"authorization.k8s.io/v1", "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview"},
	} {
		a := ask(t, test.question)
		var got []string
		for _, k := range a.Kinds {
			got = append(got, k.Name)
		}
		if strings.Join(got, " ") != test.want || a.API != test.question {
			t.Errorf("%s: %s, want %s", test.question, strings.Join(got, " "), test.want)
		}
	}
}

// TestResource tests all that is said of a resource.
func TestResource(t *testing.T) {
	t.Parallel()
	k := ask(t, "v1 Pod").Kinds[0]
	got := fmt.Sprint(k.Resource, " ", k.Singular, " ", k.Scope, " ", k.ShortNames, k.Categories, k.Verbs, k.Changes)
	if want := "pods pod Namespaced [po] [all] [create delete deletecollection get list patch update watch] []"; got != want {
		t.Errorf("pods: %s, want %s", got, want)
	}
	var subresources []string
	for _, s := range k.Subresources {
		subresources = append(subresources, fmt.Sprint(s.Name, " ", s.Kind, " ", s.Verbs, " ", summary(s.Span, s.Serving)))
	}
	// Resizing was behind a feature gate in 1.32.
	if i := slices.IndexFunc(k.Subresources, func(s explain.Subresource) bool { return s.Name == "resize" }); i < 0 ||
		subresources[i] != "resize Pod [get patch update] 1.32, 1.32 to 1.32 off --feature-gates=InPlacePodVerticalScaling=true, 1.33 to "+newest()+" on" {
		t.Errorf("subresources: %s", strings.Join(subresources, "\n"))
	}
	if len(subresources) < 10 || subresources[0] != "attach PodAttachOptions [create get] 1.24 or earlier, 1.24 to "+newest()+" on" {
		t.Errorf("subresources: %s", strings.Join(subresources, "\n"))
	}
	if life := ask(t, "batch/v1beta1 CronJob").Kinds[0].Life; fmt.Sprint(life.Deprecated, life.Removed, life.Replacement) != "1.21 1.25 batch/v1" {
		t.Errorf("batch/v1beta1 CronJob: %v", life)
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	f := ask(t, "v1 PersistentVolumeClaim spec").Kinds[0].Field
	var own []string
	for _, inner := range f.Fields {
		own = append(own, fmt.Sprint(inner.Path, " ", inner.Name, " ", inner.Type, " ", inner.Required, " ", summary(inner.Span, nil), " ", inner.Changes))
	}
	want := []string{
		"spec.accessModes accessModes []string false 1.24 or earlier []",
		"spec.dataSource dataSource TypedLocalObjectReference false 1.24 or earlier []",
		"spec.dataSourceRef dataSourceRef TypedObjectReference false 1.24 or earlier [{1.26 type TypedLocalObjectReference TypedObjectReference}]",
		"spec.resources resources VolumeResourceRequirements false 1.24 or earlier [{1.29 type ResourceRequirements VolumeResourceRequirements}]",
		"spec.selector selector LabelSelector false 1.24 or earlier []",
		"spec.storageClassName storageClassName string false 1.24 or earlier []",
		"spec.volumeAttributesClassName volumeAttributesClassName string false 1.29 []",
		"spec.volumeMode volumeMode string false 1.24 or earlier []",
		"spec.volumeName volumeName string false 1.24 or earlier []",
	}
	if diff := cmp.Diff(want, own); diff != "" || f.Inner != "spec" || f.Type != "PersistentVolumeClaimSpec" {
		t.Errorf("%v (-want +got)\n%s", f, diff)
	}
	f = ask(t, "apps/v1 StatefulSet spec.serviceName").Kinds[0].Field
	if fmt.Sprint(f.Changes) != "[{1.33 required true false}]" || f.Required || f.Fields != nil || f.Inner != "" {
		t.Errorf("spec.serviceName: %v", f)
	}
	for question, inner := range map[string]string{
		"v1 Pod spec.containers":                              "spec.containers[]",
		"v1 Pod spec.containers[]":                            "spec.containers[]",
		"crd spec.versions.schema.openAPIV3Schema.properties": "spec.versions[].schema.openAPIV3Schema.properties.*",
	} {
		if f := ask(t, question).Kinds[0].Field; f.Inner != inner || len(f.Fields) < 10 || !strings.HasPrefix(f.Fields[0].Path, inner+".") {
			t.Errorf("%s: the fields of %q are %v", question, f.Inner, f.Fields)
		}
	}
}

func TestKubeVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ question, want string }{
		{"v1 Pod spec.resources", ">=1.32.0-0"},
		{"v1 Pod", ">=1.24.0-0"},
		{"flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema", ">=1.26.0-0 <1.32.0-0"},
		{"autoscaling/v2beta2 HorizontalPodAutoscaler spec.metrics", ">=1.24.0-0 <1.26.0-0"},
		{"resource.k8s.io/v1beta1 ResourceClaim", ""},
		{"resource.k8s.io/v1beta1 ResourceClaim spec", ""},
		{"v1 PersistentVolumeClaim status.resizeStatus", ">=1.24.0-0 <1.28.0-0"},
		{"extensions/v1beta1 Ingress", ""},
	} {
		a := ask(t, test.question)
		if got := a.KubeVersion(&a.Kinds[0]); got != test.want {
			t.Errorf("%s: %q, want %q", test.question, got, test.want)
		}
	}
	if k := ask(t, "hpa spec.metrics").Kinds[1]; k.Field != nil || k.Satisfied != nil {
		t.Errorf("%s has no metrics: %v", k.GroupVersion, k.Satisfied)
	}
	a := ask(t, "v1 Pod")
	k := a.Kinds[0]
	k.Satisfied = slices.Delete(k.Satisfied, 3, 4)
	if got := a.KubeVersion(&k); got != "" {
		t.Errorf("with a gap: %q", got)
	}
}
