package apply_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestRemoved checks the hint for what a release has removed.
func TestRemoved(t *testing.T) {
	const pdb = `api "policy/v1beta1" { kind "PodDisruptionBudget" {} }`
	unversioned := func(s *discovery.Snapshot) { s.Version = discovery.Fact[discovery.ServerVersion]{} }
	for _, tt := range []struct {
		name        string
		minor       uint64
		declaration string
		change      func(*discovery.Snapshot)
		want        string
	}{
		{"a group version", 25, pdb, nil, "Kubernetes 1.25 removed it; use policy/v1"},
		{"of an unknown release that serves the replacement", 25, pdb, unversioned, "Kubernetes 1.25 removed it; use policy/v1"},
		{
			"of an unknown release without the replacement", 25, pdb, func(s *discovery.Snapshot) {
				unversioned(s)
				group, _ := s.Group("policy")
				group.Versions[0].Name = "v2"
			}, "v2 is served",
		},
		{
			"of an unknown release without the group", 25, pdb, func(s *discovery.Snapshot) {
				unversioned(s)
				s.Named.Value = slices.DeleteFunc(s.Named.Value, func(g discovery.Group) bool { return g.Name == "policy" })
			}, "",
		},
		{"of an older release", 25, pdb, func(s *discovery.Snapshot) { s.Version.Value.Minor = "24" }, "v1 is served"},
		{"without a replacement", 25, `api "policy/v1beta1" { kind "PodSecurityPolicy" {} }`, nil, "Kubernetes 1.25 removed it; v1 is served"},
		{"of what is needed", 37, `api "networking.k8s.io/v1beta1" { resource "ingresses" {} }`, nil, "Kubernetes 1.22 removed it; use networking.k8s.io/v1"},
		{"of what the release had", 25, `api "networking.k8s.io/v1beta1" {}`, nil, "Kubernetes 1.22 removed it; use networking.k8s.io/v1"},
		{"of the last kind", 37, `api "networking.k8s.io/v1beta1" {}`, nil, "Kubernetes 1.37 removed it; use networking.k8s.io/v1"},
		{"with several replacements", 37, `api "extensions/v1beta1" {}`, nil, "Kubernetes 1.22 removed it"},
		{"with one of several replacements", 37, `api "extensions/v1beta1" { kind "Deployment" {} }`, nil, "Kubernetes 1.16 removed it; use apps/v1"},
		{"whose replacement is gone, too", 37, `api "extensions/v1beta1" { kind "PodSecurityPolicy" {} }`, nil, "Kubernetes 1.16 removed it"},
		{"a kind of a group version that is served", 26, `api "storage.k8s.io/v1beta1" { kind "CSINode" {} }`, nil, "Kubernetes 1.22 removed it; use storage.k8s.io/v1"},
		{"a resource of one", 26, `api "storage.k8s.io/v1beta1" { resource "csinodes" {} }`, nil, "Kubernetes 1.22 removed it; use storage.k8s.io/v1"},
		{"another kind of one", 26, `api "storage.k8s.io/v1beta1" { kind "CSINodes" {} }`, nil, ""},
		{"what is only deprecated", 24, `api "v1" { resource "endpoints" {} }`, func(s *discovery.Snapshot) {
			version, _ := s.Core.Value.Version("v1")
			version.Resources.Value = slices.DeleteFunc(version.Resources.Value, func(r discovery.Resource) bool { return r.Name == "endpoints" })
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := released(t, tt.minor)
			if tt.change != nil {
				tt.change(s)
			}
			var got []string
			for _, f := range apply.Diff(parse(t, tt.declaration), s).Findings {
				for _, d := range f.Differences {
					got = append(got, d.Hint)
				}
			}
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestPluto compares what a finding says with the table of package catalog, which has a
// verdict on each entry of Pluto.
func TestPluto(t *testing.T) {
	content, err := os.ReadFile("../catalog/testdata/pluto.tsv")
	if err != nil {
		t.Fatal(err)
	}
	minor := func(v kubeapi.Version) string {
		if v.Major == 0 {
			return ""
		}
		return v.String()
	}
	compared := 0
	for line := range strings.Lines(string(content)) {
		c := strings.Split(line, "\t")
		// What Kubernetes never served has no finding that holds, and lists are no
		// kinds of resources.
		if strings.HasPrefix(line, "#") || c[5]+c[6] == "" || strings.HasSuffix(c[1], "List") {
			continue
		}
		compared++
		s := released(t, 37)
		replacement := c[7]
		if replacement == "" {
			replacement = c[0]
		}
		for _, apiVersion := range []string{c[0], replacement} {
			serve(t, s, apiVersion, c[1])
		}
		findings := apply.Diff(parse(t, `api "`+c[0]+`" { kind "`+c[1]+`" {} }`), s).Findings
		f, d := findings[1], findings[1].Deprecation
		if d == nil {
			d = findings[0].Deprecation
		}
		if f.Status != apply.Satisfied || d == nil {
			t.Errorf("%s %s is %s, and not deprecated", c[0], c[1], f.Status)
			continue
		}
		if diff := cmp.Diff(c[5:8], []string{minor(d.Deprecated), minor(d.Removed), d.Replacement.String()}); diff != "" {
			t.Errorf("%s %s (-table +finding):\n%s", c[0], c[1], diff)
		}
	}
	if compared < 50 {
		t.Errorf("only %d entries were compared", compared)
	}
}

// serve adds a kind to a snapshot. The name of its resource is that of any release.
func serve(t *testing.T, s *discovery.Snapshot, apiVersion, kind string) {
	t.Helper()
	gv, err := kubeapi.ParseGroupVersion(apiVersion)
	if err != nil {
		t.Fatal(err)
	}
	resource := discovery.Resource{Name: strings.ToLower(kind) + "s", Kind: kind}
	for _, d := range catalog.Deprecations(gv) {
		if d.Kind == kind {
			resource.Name = d.Resource
		}
	}
	group, _ := s.Group(gv.Group)
	if group == nil {
		s.Named.Value = append(s.Named.Value, discovery.Group{Name: gv.Group})
		group = &s.Named.Value[len(s.Named.Value)-1]
	}
	version, _ := group.Version(gv.Version)
	if version == nil {
		group.Versions = append(group.Versions, discovery.Version{Name: gv.Version, Resources: discovery.Known[[]discovery.Resource](nil)})
		version = &group.Versions[len(group.Versions)-1]
	}
	version.Resources.Value = append(version.Resources.Value, resource)
}
