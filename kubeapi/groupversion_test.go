package kubeapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestParseGroupVersion(t *testing.T) {
	tests := []struct {
		in    string
		want  kubeapi.GroupVersion
		error string // a part of it
	}{
		{in: "v1", want: kubeapi.GroupVersion{Version: "v1"}},
		{in: "apps/v1", want: kubeapi.GroupVersion{Group: "apps", Version: "v1"}},
		{in: "gateway.networking.k8s.io/v1beta1", want: kubeapi.GroupVersion{Group: "gateway.networking.k8s.io", Version: "v1beta1"}},
		{in: "example.com/stable", want: kubeapi.GroupVersion{Group: "example.com", Version: "stable"}},
		{in: "", error: "empty"},
		{in: "/v1", error: "the core group is written without a slash"},
		{in: "apps/", error: "the version after the slash is empty"},
		{in: "apps/v1/deployments", error: "more than one slash"},
		{in: "apps", error: "it names no version"},
		{in: "Apps/v1", error: `the group "Apps" is not a DNS name`},
		{in: "apps..io/v1", error: "not a DNS name"},
		{in: "apps/1", error: `the version "1" is not a DNS label`},
		{in: "V1", error: `the version "V1" is not a DNS label`},
		{in: "apps/v1-", error: "not a DNS label"},
		{in: strings.Repeat("a", 64) + "/v1", error: "not a DNS name"},
		{in: strings.Repeat("a.", 127) + "a/v1", error: "not a DNS name"},
		{in: "../v1", error: "not a DNS name"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := kubeapi.ParseGroupVersion(tt.in)
			if tt.error != "" {
				if err == nil || !strings.Contains(err.Error(), tt.error) {
					t.Fatalf("error is %v, want one with %q", err, tt.error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got.String() != tt.in {
				t.Errorf("String gives %q", got.String())
			}
		})
	}
}

func TestCompareVersionsOrdersByPriority(t *testing.T) {
	// The example from Kubernetes' page on version priority.
	want := []string{"v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "foo1", "foo10"}
	for _, start := range [][]string{slices.Sorted(slices.Values(want)), reversed(want)} {
		slices.SortFunc(start, kubeapi.CompareVersions)
		if diff := cmp.Diff(want, start); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestCompareVersionsTakesOddNamesAsNames(t *testing.T) {
	for _, odd := range []string{"", "v", "v0", "v01", "v1gamma1", "v1beta", "v1alpha0", "1", "v99999999999999999999"} {
		if kubeapi.CompareVersions("v1alpha1", odd) >= 0 {
			t.Errorf("v1alpha1 does not come before %q", odd)
		}
	}
	if kubeapi.CompareVersions("v1", "v1") != 0 {
		t.Error("v1 is not equal to itself")
	}
}

func reversed(names []string) []string {
	out := slices.Clone(names)
	slices.Reverse(out)
	return out
}

func TestIsVersionName(t *testing.T) {
	for name, want := range map[string]bool{"v1": true, "v2beta3": true, "v1alpha1": true, "v": false, "1": false, "v0": false, "v1gamma1": false, "v1beta": false, "apps": false} {
		if got := kubeapi.IsVersionName(name); got != want {
			t.Errorf("%s: got %t, want %t", name, got, want)
		}
	}
}
