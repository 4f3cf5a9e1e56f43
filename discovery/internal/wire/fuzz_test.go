package wire_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/internal/snapshottest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

const fuzzAggregated = listHead + `[{"metadata":{"name":"apps","creationTimestamp":null},"versions":[{"version":"v1","freshness":"Current","resources":[
	{"resource":"deployments","responseKind":{"group":"apps","version":"v1","kind":"Deployment"},"scope":"Namespaced","singularResource":"deployment","verbs":["get","list"],"shortNames":["deploy"],"categories":["all"],
	"subresources":[{"subresource":"scale","responseKind":{"kind":"Scale"},"acceptedTypes":[{"kind":"Scale"}],"verbs":["get"]}]}]}]}]}`

// FuzzDecodeAggregated holds that what is read is whole, takes no more memory than its
// length allows for, and is saved as something that loads as the same.
func FuzzDecodeAggregated(f *testing.F) {
	for _, seed := range []string{fuzzAggregated, listHead + `null}`, `[]`, `{"kind":"Status","message":"no"}`, `{"items":[{"versions":[{"version":"v1","freshness":"Stale"}]}]}`, `{"items":[{"versions":[{"version":"v1"}]}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var groups []Group
		var err error
		snapshottest.Allocates(t, src, func() { groups, err = wire.DecodeAggregated(bytes.NewReader(src), "GET /apis") })
		if err != nil && groups != nil {
			t.Error("groups beside an error")
		}
		for _, g := range groups {
			for _, v := range g.Versions {
				// One that is listed without resources is looked up in its own list later.
				listed := v.Freshness == "" || v.Freshness == kubeapi.FreshnessCurrent
				if v.Name == "" || !v.Resources.Asked() && !listed {
					t.Errorf("version %+v", v)
				}
				if v.Resources.Known && v.Freshness != "" && v.Freshness != kubeapi.FreshnessCurrent {
					t.Errorf("%s, and the resources are known", v.Freshness)
				}
			}
		}
		if err == nil && wire.CheckNamed(groups) == nil {
			snapshottest.SavesTheSame(t, &model.Snapshot{Named: model.Known(groups)})
		}
	})
}

// FuzzDecodeAPIVersions holds that what is read is whole, takes no more memory than its
// length allows for, and is saved as something that loads as the same.
func FuzzDecodeAPIVersions(f *testing.F) {
	f.Add([]byte(`{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0","serverAddress":"10.0.1.149:443"}]}`))
	f.Add([]byte(`{"versions":null,"serverAddressByClientCIDRs":null}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		var v wire.APIVersions
		var err error
		snapshottest.Allocates(t, src, func() { v, err = wire.DecodeAPIVersions(bytes.NewReader(src)) })
		if err != nil {
			return
		}
		if len(v.Group.Versions) > 0 && v.Group.Preferred == "" {
			t.Errorf("%+v", v)
		}
		snapshottest.SavesTheSame(t, &model.Snapshot{Core: model.Known(v.Group), ServerAddresses: model.Known(v.Addresses)})
	})
}

// FuzzDecodeAPIGroupList holds that what is read is whole, takes no more memory than its
// length allows for, and is saved as something that loads as the same.
func FuzzDecodeAPIGroupList(f *testing.F) {
	f.Add([]byte(`{"kind":"APIGroupList","groups":[{"name":"a","versions":[{"groupVersion":"a/v1","version":"v1"}],"preferredVersion":{"version":"v1"}}]}`))
	f.Add([]byte(`{"groups":[null]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		var groups []Group
		var err error
		snapshottest.Allocates(t, src, func() { groups, err = wire.DecodeAPIGroupList(bytes.NewReader(src)) })
		if err != nil {
			return
		}
		if wire.CheckNamed(groups) != nil {
			t.Errorf("%+v", groups)
		}
		snapshottest.SavesTheSame(t, &model.Snapshot{Named: model.Known(groups)})
	})
}

// FuzzDecodeAPIResourceList holds that what is read is whole, takes no more memory than
// its length allows for, and is saved as something that loads as the same.
func FuzzDecodeAPIResourceList(f *testing.F) {
	f.Add([]byte(`{"kind":"APIResourceList","groupVersion":"a/v1","resources":[{"name":"x/log","namespaced":true,"kind":"","verbs":["get"]},{"name":"x","kind":"X","verbs":null}]}`))
	f.Add([]byte(`{"resources":[{"name":"/"}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		var resources []Resource
		var err error
		snapshottest.Allocates(t, src, func() {
			resources, err = wire.DecodeAPIResourceList(bytes.NewReader(src), kubeapi.GroupVersion{Group: "a", Version: "v1"})
		})
		for _, r := range resources {
			if err != nil || r.Name == "" && (isServed(r) || len(r.Subresources) == 0) || strings.Contains(r.Name, "/") {
				t.Errorf("%+v, error %v", r, err)
			}
		}
		if err == nil {
			group := model.Group{Name: "a", Preferred: "v1", Versions: []model.Version{{Name: "v1", Resources: model.Known(resources)}}}
			snapshottest.SavesTheSame(t, &model.Snapshot{Named: model.Known([]model.Group{group})})
		}
	})
}

func isServed(r model.Resource) bool { return r.Kind != "" || len(r.Verbs) > 0 }

func FuzzDecodeServerVersion(f *testing.F) {
	f.Add([]byte(`{"major":"1","minor":"36","gitVersion":"v1.36.3","platform":"linux/amd64"}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		if v, err := wire.DecodeServerVersion(bytes.NewReader(src)); err == nil && v.GitVersion == "" && (v.Major == "" || v.Minor == "") {
			t.Errorf("%+v", v)
		}
	})
}

func FuzzDocumentForm(f *testing.F) {
	f.Add("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
	f.Add("text/html; charset=utf-8")
	f.Fuzz(func(t *testing.T, contentType string) {
		if aggregated, err := wire.IsAggregated(contentType); err != nil && aggregated {
			t.Errorf("aggregated beside %v", err)
		}
	})
}

func FuzzRefusal(f *testing.F) {
	f.Add([]byte(`{"kind":"Status","message":"no way"}`))
	f.Add([]byte("[-]etcd failed: reason withheld\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		wire.FailedChecks(body)
		message := model.NewFailure("GET /apis", model.Forbidden, nil, "403 Forbidden: %s", wire.RefusalMessage(body)).Message
		if len(message) > 2048 || strings.ContainsAny(message, "\n\r") {
			t.Errorf("message %q", message)
		}
	})
}

func FuzzDecodeReview(f *testing.F) {
	const head = `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1",`
	asked := model.Review{Verb: "get", Resource: "pods"}
	for _, seed := range []string{
		head + `"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}},"status":{"allowed":true}}`,
		head + `"spec":{},"status":{"allowed":true,"reason":"RBAC: allowed"}}`, head + `"status":{"allowed":false,"denied":true,"evaluationError":"e"}}`,
		head + `"status":null}`, `{"kind":"Status","message":"no"}`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		answer, err := wire.DecodeReview(bytes.NewReader(src), asked)
		if err != nil && answer != (model.ReviewAnswer{}) {
			t.Errorf("%+v beside an error", answer)
		}
		if answer.Allowed && (answer.Denied || !bytes.Contains(src, []byte("true"))) {
			t.Errorf("%+v", answer)
		}
	})
}
