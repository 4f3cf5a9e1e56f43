package run_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestChanges(t *testing.T) {
	const declaration = `
api "v1" {
  available = true
}
api "autoscaling/v1" {
  preferred = true
}
api "metrics.k8s.io/v1" {}
api "metrics.k8s.io/v1beta1" {
  available = true
}
api "custom.metrics.k8s.io/v1" {}
permission "log" {
  verbs     = ["get"]
  resources = ["pods/log"]
  namespace = "shop"
}
permission "scrape" {
  verbs             = ["get"]
  non_resource_urls = ["/metrics"]
}
check "chain" {
  assert {
    condition     = served("v1") && (allowed("list", "nodes") ? allowed("get", "nodes") : allowed("watch", "nodes"))
    error_message = "Not allowed."
  }
}
`
	api := func(name string, state run.APIState) run.APIOverride {
		gv, err := kubeapi.ParseGroupVersion(name)
		if err != nil {
			t.Fatal(err)
		}
		return run.APIOverride{GroupVersion: gv, State: state}
	}
	apis := func(list ...run.APIOverride) run.Changes { return run.Changes{APIs: list} }
	permissions := func(list ...run.PermissionOverride) run.Changes { return run.Changes{Permissions: list} }
	const (
		core, hpa, v1, v1beta1, custom = `api["v1"]`, `api["autoscaling/v1"]`, `api["metrics.k8s.io/v1"]`, `api["metrics.k8s.io/v1beta1"]`, `api["custom.metrics.k8s.io/v1"]`
		log, scrape, chain             = `permission["log"].verb["get"].resource["pods/log"]`, `permission["scrape"].verb["get"].non_resource_url["/metrics"]`, `check["chain"].assert`
	)
	tests := []struct {
		name    string
		changes run.Changes
		// recorded has what is known of the permissions already.
		want, recorded map[string]string
	}{
		{
			"none", run.Changes{},
			map[string]string{core: "satisfied", hpa: "drifted", v1: "not-in-catalogue", v1beta1: "not-in-catalogue", custom: "not-in-catalogue", log: "not-in-catalogue", scrape: "not-in-catalogue"},
			map[string]string{v1: "drifted", v1beta1: "drifted", custom: "drifted", log: "satisfied", scrape: "not-recorded"},
		},
		{"absent", apis(api("autoscaling/v2", run.APIAbsent)), map[string]string{hpa: "satisfied"}, map[string]string{hpa: "satisfied"}},
		{
			"an unknown group", apis(api("metrics.k8s.io/v1beta1", run.APIAbsent)),
			map[string]string{v1: "drifted", v1beta1: "drifted", custom: "not-in-catalogue"}, map[string]string{v1: "drifted"},
		},
		{
			"stale", apis(api("metrics.k8s.io/v1beta1", run.APIStale), api("autoscaling/v1", run.APIStale)),
			map[string]string{v1: "drifted", v1beta1: "stale", hpa: "stale"}, map[string]string{v1: "drifted", v1beta1: "stale", hpa: "stale"},
		},
		{"forbidden", apis(api("v1", run.APIForbidden)), map[string]string{core: "forbidden", log: "forbidden"}, map[string]string{core: "forbidden", log: "forbidden"}},
		{
			"a permission", permissions(run.PermissionOverride{Verb: "get", On: "pods/log", Namespace: "shop"}),
			map[string]string{log: "drifted", scrape: "not-in-catalogue"}, map[string]string{log: "drifted", scrape: "not-recorded"},
		},
		{
			"the last one", permissions(run.PermissionOverride{Verb: "*", On: "*", Allowed: true}, run.PermissionOverride{Verb: "get", On: "/metrics"}),
			map[string]string{log: "satisfied", scrape: "drifted", chain: "satisfied"}, map[string]string{log: "satisfied", scrape: "drifted", chain: "satisfied"},
		},
		{
			"other ones",
			permissions(run.PermissionOverride{Verb: "list", On: "*"}, run.PermissionOverride{Verb: "get", On: "pods"}, run.PermissionOverride{Verb: "*", On: "pods/log", Namespace: "other"}),
			map[string]string{log: "not-in-catalogue", scrape: "not-in-catalogue"}, map[string]string{log: "satisfied", scrape: "not-recorded"},
		},
	}
	d, diags := config.Parse([]config.Source{{Name: "main.hcl", Bytes: []byte(declaration)}}, config.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	release, found := catalog.Find(kubeapi.Version{Major: 1, Minor: 34})
	if !found {
		t.Fatal("there is no release 1.34")
	}
	recorded := func() *discovery.Snapshot {
		s := release.Snapshot()
		s.Missing = nil
		s.Reviews = map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{
			{Verb: "get", Resource: "pods", Subresource: "log", Namespace: "shop"}: discovery.Known(discovery.ReviewAnswer{Allowed: true}),
		}
		return s
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, judged := range []struct {
				what string
				plan func() map[string]string
				want map[string]string
			}{
				{"a release", func() map[string]string { return outcomes(run.Release(release, "", test.changes, d)) }, test.want},
				{"a snapshot", func() map[string]string { return outcomes(run.Snapshot(recorded(), test.changes, d)) }, test.recorded},
			} {
				got := judged.plan()
				for address := range got {
					if _, asked := judged.want[address]; !asked {
						delete(got, address)
					}
				}
				if diff := cmp.Diff(judged.want, got); diff != "" {
					t.Errorf("%s (-want +got)\n%s", judged.what, diff)
				}
			}
		})
	}
}

// outcomes returns the status of each requirement, or why it is undetermined.
func outcomes(plan *apply.Plan) map[string]string {
	list := map[string]string{}
	for _, f := range plan.Findings {
		list[f.Address] = string(f.Status)
		if f.Undetermined != nil {
			list[f.Address] = string(f.Undetermined.Code)
		}
	}
	return list
}
