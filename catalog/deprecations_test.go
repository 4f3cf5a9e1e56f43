package catalog_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestDeprecations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		apiVersion string
		// want are kind, resource, deprecated, removed, the replacement and its kind.
		want []string
	}{
		{"policy/v1beta1", []string{
			"PodDisruptionBudget poddisruptionbudgets 1.21 1.25 policy/v1 PodDisruptionBudget",
			"PodSecurityPolicy podsecuritypolicies 1.21 1.25  ",
		}},
		{"v1", []string{
			"ComponentStatus componentstatuses 1.19   ",
			"Endpoints endpoints 1.33  discovery.k8s.io/v1 EndpointSlice",
		}},
		// The resource of a release before those on board.
		{"networking.k8s.io/v1beta1", []string{
			"IPAddress ipaddresses 1.34 1.37 networking.k8s.io/v1 IPAddress",
			"Ingress ingresses 1.19 1.22 networking.k8s.io/v1 Ingress",
			"IngressClass ingressclasses 1.19 1.22 networking.k8s.io/v1 IngressClass",
			"ServiceCIDR servicecidrs 1.34 1.37 networking.k8s.io/v1 ServiceCIDR",
		}},
		// It was never deprecated.
		{"certificates.k8s.io/v1alpha1", []string{
			"ClusterTrustBundle clustertrustbundles 1.34 1.37 certificates.k8s.io/v1 ClusterTrustBundle",
			"PodCertificateRequest podcertificaterequests  1.35 certificates.k8s.io/v1 PodCertificateRequest",
		}},
		// It will be.
		{"lifecycle.k8s.io/v1alpha1", nil},
		{"apps/v1", nil},
		{"cert-manager.io/v1", nil},
		{"1", nil},
	} {
		var got []string
		for _, d := range catalog.Deprecations(rawGV(test.apiVersion)) {
			got = append(got, strings.Join([]string{
				d.Kind, d.Resource, minor(d.Deprecated), minor(d.Removed), d.Replacement.String(), d.ReplacementKind,
			}, " "))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.apiVersion, diff)
		}
	}
}

func TestParseRemoval(t *testing.T) {
	t.Parallel()
	const unknown = "it is known from 1.16 to 1.40"
	for text, want := range map[string]string{
		"1.16": "", "1.25": "", "1.38": "", "1.40": "",
		"1.15": unknown, "1.41": unknown, "1.7": unknown, "2.20": unknown,
		"": "is no minor release", "v1.25": "is no minor release", "1.25.3": "is no minor release", "1.25-rc.1": "is no minor release",
		"1": "is no minor release", "latest": `"latest" is no minor release of Kubernetes, such as 1.40`,
	} {
		v, err := catalog.ParseRemoval(text)
		if (err == nil) != (want == "") || err == nil && v.String() != text || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %s, error %v, want %q", text, v, err, want)
		}
	}
}

// rawGV reads a group version that may be invalid.
func rawGV(s string) kubeapi.GroupVersion {
	group, version, named := strings.Cut(s, "/")
	if !named {
		group, version = "", s
	}
	return kubeapi.GroupVersion{Group: group, Version: version}
}

// TestDeprecationsAreLives checks that both files of the catalogue say the same.
func TestDeprecationsAreLives(t *testing.T) {
	t.Parallel()
	newest := catalog.Releases()[len(catalog.Releases())-1].Version()
	past := func(v kubeapi.Version) bool { return v.Major != 0 && v.Minor <= newest.Minor }
	content, err := os.ReadFile("deprecated.tsv")
	if err != nil {
		t.Fatal(err)
	}
	kinds := 0
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.ContainsAny(line, "\t#") {
			continue
		}
		for _, d := range catalog.Deprecations(gv(t, line)) {
			kinds++
			l, found := catalog.LifeOf(gv(t, line), d.Kind)
			if diff := cmp.Diff(l, d.Life); diff != "" || !found || !past(l.Deprecated) && !past(l.Removed) {
				t.Errorf("%s %s: found: %t (-LifeOf +Deprecations):\n%s", line, d.Kind, found, diff)
			}
		}
	}
	if kinds != strings.Count(string(content), "\n\t") {
		t.Errorf("%d kinds in the file are read", kinds)
	}
	for _, r := range catalog.Releases() {
		s := r.Snapshot()
		for _, group := range append(s.Named.Value, s.Core.Value) {
			for _, version := range group.Versions {
				gv := kubeapi.GroupVersion{Group: group.Name, Version: version.Name}
				for _, resource := range version.Resources.Value {
					l, _ := catalog.LifeOf(gv, resource.Kind)
					listed := slices.ContainsFunc(catalog.Deprecations(gv), func(d catalog.Deprecation) bool {
						return d.Kind == resource.Kind && d.Resource == resource.Name
					})
					if want := past(l.Deprecated) || past(l.Removed); resource.Kind != "" && listed != want {
						t.Errorf("%s serves %s %s, which is deprecated or removed: %t; it is in deprecated.tsv: %t", r, gv, resource.Name, want, listed)
					}
				}
			}
		}
	}
}

// TestReplacements checks that following replacements ends.
func TestReplacements(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("deprecated.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.ContainsAny(line, "\t#") {
			continue
		}
		for _, d := range catalog.Deprecations(gv(t, line)) {
			steps := 0
			for next := d; next.Replacement.Version != "" && steps < 10; steps++ {
				list := catalog.Deprecations(next.Replacement)
				i := slices.IndexFunc(list, func(d catalog.Deprecation) bool { return d.Kind == next.ReplacementKind })
				if i < 0 {
					break
				}
				next = list[i]
			}
			if steps == 10 {
				t.Errorf("%s %s: its replacements have no end", line, d.Kind)
			}
		}
	}
}

func BenchmarkDeprecations(b *testing.B) {
	for b.Loop() {
		catalog.Deprecations(kubeapi.GroupVersion{Group: "storagemigration.k8s.io", Version: "v1beta1"})
		catalog.Deprecations(kubeapi.GroupVersion{Group: "apps", Version: "v1"})
	}
}
