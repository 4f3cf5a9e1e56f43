package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestOnlyOfACluster tests that a release does not answer what depends on the cluster that runs it.
func TestOnlyOfACluster(t *testing.T) {
	r, found := catalog.Find(kubeapi.Version{Major: 1, Minor: 37})
	if !found {
		t.Fatal("1.37 is not on board")
	}
	check := func(condition string) string {
		return "check \"c\" {\n assert {\n condition = " + condition + "\n error_message = \"no\"\n}\n}"
	}
	const unknown = `check["c"].assert undetermined not-in-catalogue: the condition depends on what is not known: `
	for declaration, want := range map[string]string{
		"cluster {\n endpoint = \"https://10.0.0.1\"\n}":    "cluster.endpoint undetermined not-in-catalogue: the endpoint depends on the cluster, and not on the release",
		check(`live.platform == "linux/amd64"`):             unknown + "live.platform depends on the cluster, and not on the release",
		check(`live.git_version == "v1.37.0"`):              unknown + "live.git_version depends on the cluster, and not on the release",
		check(`kubernetes(">= 1.37") && served("apps/v1")`): `check["c"].assert satisfied`,
	} {
		if diff := cmp.Diff([]string{want}, outcomes(apply.Diff(parse(t, declaration), r.Snapshot()))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
