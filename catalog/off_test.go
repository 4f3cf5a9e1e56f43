package catalog_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/catalog"
)

func TestOff(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, release, apiVersion, of string
		// want is empty for what is not off.
		want string
	}{
		{"a beta version", "1.33", "resource.k8s.io/v1beta1", "", "--runtime-config=resource.k8s.io/v1beta1=true"},
		{"a resource of a beta version", "1.33", "resource.k8s.io/v1beta1", "resourceclaims", "--runtime-config=resource.k8s.io/v1beta1=true"},
		{"a kind of a beta version", "1.33", "resource.k8s.io/v1beta1", "ResourceClaim", "--runtime-config=resource.k8s.io/v1beta1=true"},
		{"a beta version that is on", "1.31", "flowcontrol.apiserver.k8s.io/v1beta3", "", ""},
		{"a beta version that is gone", "1.32", "flowcontrol.apiserver.k8s.io/v1beta3", "", ""},
		{"a subresource with a feature gate", "1.32", "v1", "pods/resize", "--feature-gates=InPlacePodVerticalScaling=true"},
		{"a subresource that is on", "1.33", "v1", "pods/resize", ""},
		{"a subresource that is not there", "1.31", "v1", "pods/resize", ""},
		{
			"a version with a feature gate", "1.31", "certificates.k8s.io/v1alpha1", "clustertrustbundles",
			"--feature-gates=ClusterTrustBundle=true --runtime-config=certificates.k8s.io/v1alpha1=true",
		},
		{
			"a feature gate that depends on others", "1.37", "scheduling.k8s.io/v1alpha3", "compositepodgroups",
			"--feature-gates=CompositePodGroup=true,GenericWorkload=true,TopologyAwareWorkloadScheduling=true --runtime-config=scheduling.k8s.io/v1alpha3=true",
		},
		{
			"the gates that all of a version need", "1.37", "scheduling.k8s.io/v1alpha3", "",
			"--feature-gates=GenericWorkload=true --runtime-config=scheduling.k8s.io/v1alpha3=true",
		},
		{"gates of only some", "1.34", "certificates.k8s.io/v1alpha1", "", "--runtime-config=certificates.k8s.io/v1alpha1=true"},
		{"stable", "1.34", "apps/v1", "deployments", ""},
		{"unknown", "1.34", "apps/v1", "gadgets", ""},
		{"an unknown group", "1.34", "cert-manager.io/v1", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, off := release(t, test.release).Off(gv(t, test.apiVersion), test.of)
			if s.String() != test.want || off != (test.want != "") {
				t.Errorf("off: %t, %q, want %q", off, s, test.want)
			}
		})
	}
}

// TestOffIsNotServed checks that what is off is not in the snapshot, and what is served is not off.
func TestOffIsNotServed(t *testing.T) {
	t.Parallel()
	for _, r := range catalog.Releases() {
		s := r.Snapshot()
		for _, group := range s.Named.Value {
			for _, version := range group.Versions {
				for _, resource := range version.Resources.Value {
					if how, off := r.Off(gv(t, group.Name+"/"+version.Name), resource.Name); off {
						t.Errorf("%s serves %s of %s/%s, and it is off: %s", r, resource.Name, group.Name, version.Name, how)
					}
				}
			}
		}
	}
}
