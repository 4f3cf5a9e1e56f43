package catalog_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// minor returns a version as a table has it, and nothing for the zero Version.
func minor(v kubeapi.Version) string {
	if v == (kubeapi.Version{}) {
		return ""
	}
	return v.String()
}

func TestLifeOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, apiVersion, kind string
		// want are introduced, deprecated, removed, the replacement and its kind.
		want []string
	}{
		{"declared, and long gone", "extensions/v1beta1", "Ingress", []string{"1.1", "1.14", "1.22", "networking.k8s.io/v1", "Ingress"}},
		{"declared and published", "policy/v1beta1", "PodDisruptionBudget", []string{"1.5", "1.21", "1.25", "policy/v1", "PodDisruptionBudget"}},
		{"without a replacement", "policy/v1beta1", "PodSecurityPolicy", []string{"1.10", "1.21", "1.25", "", ""}},
		{"deprecated, and never removed", "v1", "Endpoints", []string{"1.0", "1.33", "", "discovery.k8s.io/v1", "EndpointSlice"}},
		{"stable", "apps/v1", "Deployment", []string{"1.9", "", "", "", ""}},
		{"of another module", "apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", []string{"1.7", "1.16", "1.22", "apiextensions.k8s.io/v1", "CustomResourceDefinition"}},
		{"removed earlier than declared", "resource.k8s.io/v1alpha3", "ResourceClaim", []string{"1.31", "1.34", "1.34", "resource.k8s.io/v1beta1", "ResourceClaim"}},
		{"removed before it was deprecated", "certificates.k8s.io/v1alpha1", "PodCertificateRequest", []string{"1.34", "", "1.35", "certificates.k8s.io/v1", "PodCertificateRequest"}},
		{"replaced only by what is off", "coordination.k8s.io/v1alpha2", "LeaseCandidate", []string{"1.32", "1.35", "1.38", "", ""}},
		{"introduced later than declared", "certificates.k8s.io/v1alpha1", "ClusterTrustBundle", []string{"1.27", "1.34", "1.37", "certificates.k8s.io/v1", "ClusterTrustBundle"}},
		{"without a declared replacement", "events.k8s.io/v1beta1", "Event", []string{"1.8", "1.22", "1.25", "events.k8s.io/v1", "Event"}},
		{"removed in a later release than any on board", "resource.k8s.io/v1beta1", "DeviceClass", []string{"1.32", "1.35", "1.38", "resource.k8s.io/v1", "DeviceClass"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l, found := catalog.LifeOf(gv(t, test.apiVersion), test.kind)
			got := []string{minor(l.Introduced), minor(l.Deprecated), minor(l.Removed), l.Replacement.String(), l.ReplacementKind}
			if diff := cmp.Diff(test.want, got); diff != "" || !found {
				t.Errorf("found: %t (-want +got):\n%s", found, diff)
			}
		})
	}
	for _, unknown := range []struct{ apiVersion, kind string }{{"apps/v1", "Gadget"}, {"cert-manager.io/v1", "Certificate"}} {
		if l, found := catalog.LifeOf(gv(t, unknown.apiVersion), unknown.kind); found {
			t.Errorf("%s %s: %v", unknown.apiVersion, unknown.kind, l)
		}
	}
}

// TestPluto compares the catalogue with what Pluto says, by the table in testdata/pluto.tsv, which
// has a verdict on each entry.
func TestPluto(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/pluto.tsv")
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]int{}
	for line := range strings.Lines(string(content)) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if len(c) != 9 {
			t.Fatalf("%d columns: %s", len(c), line)
		}
		pluto, ours := c[2:5], c[5:8]
		verdict, proof, _ := strings.Cut(c[8], ": ")
		verdicts[verdict]++
		l, found := catalog.LifeOf(gv(t, c[0]), c[1])
		if diff := cmp.Diff(ours, []string{minor(l.Deprecated), minor(l.Removed), l.Replacement.String()}); diff != "" {
			t.Errorf("%s %s (-table +catalogue):\n%s", c[0], c[1], diff)
		}
		same := cmp.Equal(pluto, ours)
		switch {
		case verdict == "agrees" && (!same || proof != ""),
			verdict == "unknown" && (found || proof == ""),
			strings.HasPrefix(verdict, "Kubernetes says") && (same || proof == ""):
			t.Errorf("%s %s: the verdict %q does not fit Pluto %v and the catalogue %v", c[0], c[1], verdict, pluto, ours)
		}
		if !found && verdict == "agrees" {
			t.Errorf("%s %s: nothing is known", c[0], c[1])
		}
		expectRemoved(t, c[0], c[1], l)
	}
	if diff := cmp.Diff(map[string]int{"agrees": 32, "unknown": 17, "Kubernetes says otherwise": 34, "Kubernetes says more": 2}, verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}

// expectRemoved checks by the documents of the releases on board that a kind is gone in the release
// that removes it and in later ones.
func expectRemoved(t *testing.T, apiVersion, kind string, l catalog.Life) {
	t.Helper()
	for _, r := range catalog.Releases() {
		published := r.FieldNames(gv(t, apiVersion), kind, nil) != nil
		gone := l.Removed.Minor > 0 && r.Version().Minor >= l.Removed.Minor
		if published && gone {
			t.Errorf("%s has %s %s, removed in %s", r, apiVersion, kind, l.Removed)
		}
		if before := l.Removed.Minor == r.Version().Minor+1; before && !published {
			t.Errorf("%s does not have %s %s any more, removed in %s", r, apiVersion, kind, l.Removed)
		}
	}
}
