package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// TestDeprecationOfConditions checks that a condition has the deprecation of the API without which it
// would not hold.
func TestDeprecationOfConditions(t *testing.T) {
	const (
		whole   = "policy/v1beta1 is deprecated in Kubernetes 1.21, removed in 1.25; use policy/v1"
		budget  = "policy/v1beta1 PodDisruptionBudget is deprecated in Kubernetes 1.21, removed in 1.25; use policy/v1"
		scaler  = "autoscaling/v2beta2 HorizontalPodAutoscaler is deprecated in Kubernetes 1.23, removed in 1.26; use autoscaling/v2"
		storage = "storage.k8s.io/v1beta1 CSIStorageCapacity is deprecated in Kubernetes 1.24, removed in 1.27; use storage.k8s.io/v1"
		status  = "v1 ComponentStatus is deprecated in Kubernetes 1.19"
	)
	for _, tt := range []struct{ condition, want string }{
		{`served("policy/v1beta1")`, whole},
		{`served("policy/v1beta1", "poddisruptionbudgets")`, budget},
		{`served("policy/v1beta1", "poddisruptionbudgets/status")`, budget},
		{`served("policy/v1beta1", kind("PodDisruptionBudget"))`, budget},
		{`served("v1", "componentstatuses")`, status},
		{`served("v1", "pods") && served("policy/v1", "poddisruptionbudgets") && served("batch/v1")`, ""},
		// It holds without the deprecated one.
		{`served("policy/v1beta1") || served("policy/v1")`, ""},
		{`served("policy/v1") || served("policy/v1beta1")`, ""},
		{`served("policy/v1beta1") ? served("policy/v1") : true`, ""},
		{`length([for v in ["v1", "v1beta1"] : v if served("policy/${v}")]) >= 1`, ""},
		{`served("policy/v1beta1", "pods") || served("policy/v1")`, ""},
		// What would be used instead is not there.
		{`served("policy/v1beta1") || served("policy/v2")`, whole},
		{`length([for v in ["v1", "v1beta1"] : v if served("policy/${v}")]) == 2`, whole},
		{`served("policy/v1beta1") && served("policy/v1")`, whole},
		// The removal of a group version removes what is in it.
		{`served("policy/v1beta1", "poddisruptionbudgets") || !served("policy/v1beta1")`, ""},
		// Of several, it is the one by whose removal the condition fails.
		{`served("autoscaling/v2beta2", kind("HorizontalPodAutoscaler")) && served("policy/v1beta1")`, whole},
		{`served("autoscaling/v2beta2", kind("HorizontalPodAutoscaler")) || served("policy/v1beta1")`, scaler},
		{`served("autoscaling/v2beta2", kind("HorizontalPodAutoscaler")) || served("v1", "componentstatuses") && served("policy/v1beta1")`, scaler},
		{`served("v1", "componentstatuses") || served("policy/v1beta1")`, status},
		{`served("storage.k8s.io/v1beta1", "csistoragecapacities") && (served("policy/v1beta1") || served("policy/v1"))`, storage},
		// What is not known is no way to hold.
		{`served("policy/v1beta1") || allowed("get", "pods")`, whole},
		{`served("policy/v1beta1") || !served("gone.example.com/v1")`, ""},
	} {
		s := released(t, 24)
		// It does not matter that no second look confirmed what is absent.
		s.Confirmed = discovery.Fact[struct{}]{}
		for syntax, d := range checking(t, tt.condition, `"x"`) {
			want := `check["c"].assert satisfied`
			if tt.want != "" {
				want += ": " + tt.want
			}
			if diff := cmp.Diff([]string{want}, notes(apply.Diff(d, s))); diff != "" {
				t.Errorf("%s in %s (-want +got)\n%s", tt.condition, syntax, diff)
			}
		}
	}
}

// TestNeedsOfReliance checks that a condition asks for what makes it hold without a deprecated API, and
// nothing more.
func TestNeedsOfReliance(t *testing.T) {
	for condition, want := range map[string]int{
		`served("policy/v1beta1") || allowed("get", "pods")`: 1,
		`served("policy/v1") || allowed("get", "pods")`:      0,
	} {
		d := checking(t, condition, `"x"`)["native"]
		s := released(t, 24)
		if n := apply.Needs(d, s); len(n.Reviews) != want {
			t.Errorf("%s asks for %d reviews, want %d", condition, len(n.Reviews), want)
		}
	}
}

// TestDeprecationOfConditionsThatDoNotHold checks that only a condition that holds has a deprecation.
func TestDeprecationOfConditionsThatDoNotHold(t *testing.T) {
	for _, condition := range []string{`!served("policy/v1beta1")`, `served("policy/v1beta1") && allowed("get", "pods")`} {
		f := apply.Diff(checking(t, condition, `"x"`)["native"], released(t, 24)).Findings[0]
		if f.Status == apply.Satisfied || f.Deprecation != nil {
			t.Errorf("%s is %s, deprecation %v", condition, f.Status, f.Deprecation)
		}
	}
}
