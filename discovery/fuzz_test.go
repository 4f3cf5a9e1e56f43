package discovery

import (
	"bytes"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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
		allocates(t, src, func() { groups, err = decodeAggregated(bytes.NewReader(src), "GET /apis") })
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
		if err == nil && checkNamed(groups) == nil {
			savesTheSame(t, &Snapshot{Named: Known(groups)})
		}
	})
}

// allocates fails where reading a document takes more memory, all in all, than its
// length allows for. It bounds the work, too.
func allocates(t *testing.T, src []byte, read func()) {
	t.Helper()
	const once, each = 256 << 10, 128
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(once+each*len(src)) {
		t.Errorf("%d bytes took %d KiB", len(src), used>>10)
	}
}

// savesTheSame saves a snapshot and loads it again. What is behind a failure is not
// saved.
func savesTheSame(t *testing.T, s *Snapshot) {
	t.Helper()
	var saved bytes.Buffer
	if err := s.Save(&saved); err != nil {
		t.Fatal(err)
	}
	again, err := Load(&saved)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, again, cmpopts.IgnoreFields(Failure{}, "Err", "Request")); diff != "" {
		t.Errorf("(-read +saved):\n%s", diff)
	}
}

// FuzzDecodeAPIVersions holds that what is read is whole, takes no more memory than its
// length allows for, and is saved as something that loads as the same.
func FuzzDecodeAPIVersions(f *testing.F) {
	f.Add([]byte(`{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0","serverAddress":"10.0.1.149:443"}]}`))
	f.Add([]byte(`{"versions":null,"serverAddressByClientCIDRs":null}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		var v apiVersions
		var err error
		allocates(t, src, func() { v, err = decodeAPIVersions(bytes.NewReader(src)) })
		if err != nil {
			return
		}
		if len(v.group.Versions) > 0 && v.group.Preferred == "" {
			t.Errorf("%+v", v)
		}
		savesTheSame(t, &Snapshot{Core: Known(v.group), ServerAddresses: Known(v.addresses)})
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
		allocates(t, src, func() { groups, err = decodeAPIGroupList(bytes.NewReader(src)) })
		if err != nil {
			return
		}
		if checkNamed(groups) != nil {
			t.Errorf("%+v", groups)
		}
		savesTheSame(t, &Snapshot{Named: Known(groups)})
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
		allocates(t, src, func() {
			resources, err = decodeAPIResourceList(bytes.NewReader(src), kubeapi.GroupVersion{Group: "a", Version: "v1"})
		})
		for _, r := range resources {
			if err != nil || r.Name == "" && (isServed(r) || len(r.Subresources) == 0) || strings.Contains(r.Name, "/") {
				t.Errorf("%+v, error %v", r, err)
			}
		}
		if err == nil {
			group := Group{Name: "a", Preferred: "v1", Versions: []Version{{Name: "v1", Resources: Known(resources)}}}
			savesTheSame(t, &Snapshot{Named: Known([]Group{group})})
		}
	})
}

func isServed(r Resource) bool { return r.Kind != "" || len(r.Verbs) > 0 }

func FuzzDecodeServerVersion(f *testing.F) {
	f.Add([]byte(`{"major":"1","minor":"36","gitVersion":"v1.36.3","platform":"linux/amd64"}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		if v, err := decodeServerVersion(bytes.NewReader(src)); err == nil && v.GitVersion == "" && (v.Major == "" || v.Minor == "") {
			t.Errorf("%+v", v)
		}
	})
}

func FuzzDocumentForm(f *testing.F) {
	f.Add("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
	f.Add("text/html; charset=utf-8")
	f.Fuzz(func(t *testing.T, contentType string) {
		if is, err := documentForm(contentType); err != nil && is != plain {
			t.Errorf("form %v beside %v", is, err)
		}
	})
}

func FuzzRefusal(f *testing.F) {
	f.Add([]byte(`{"kind":"Status","message":"no way"}`))
	f.Add([]byte("[-]etcd failed: reason withheld\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		failedChecks(body)
		message := failure("GET /apis", Forbidden, nil, "403 Forbidden: %s", refusalMessage(body)).Message
		if len(message) > maxMessage || strings.ContainsAny(message, "\n\r") {
			t.Errorf("message %q", message)
		}
	})
}

// FuzzLoad holds that what can be loaded takes no more memory than its length allows
// for, and is saved as something that loads as the same.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"format_version":"1.2","endpoint":"https://10.0.1.149:443","time":"2026-01-31T11:00:00Z","core":{"value":{"name":"","preferred":"v1","versions":[{"name":"v1","freshness":"Current","resources":{"value":[{"name":"pods","singular":"pod","kind":"Pod","scope":"Namespaced","verbs":["get"],"short_names":["po"],"categories":[],"subresources":[{"name":"log","kind":"Pod","verbs":["get"]}]}]}}]}},"confirmed":{"value":true},"groups":{"failure":{"code":"forbidden","message":"no"}},"server_addresses":{"value":["a"]},"version":{"value":{"git_version":"v1.36.3","major":"1","minor":"36","platform":""}},"reviews":[{"verb":"get","group":"apps","resource":"deployments","subresource":"","namespace":"web","name":"","path":"","answer":{"value":{"allowed":false,"denied":true,"reason":"no","evaluation_error":""}}}]}`))
	f.Add([]byte(`{"format_version":"1.0","endpoint":"https://10.0.1.149:443","time":"2026-01-31T11:00:00Z","core":{"value":{"name":"","preferred":"v1","versions":[{"name":"v1","freshness":"Current","resources":{"value":[{"name":"pods","singular":"pod","kind":"Pod","scope":"Namespaced","verbs":["get"],"short_names":["po"],"categories":[],"subresources":[{"name":"log","kind":"Pod","verbs":["get"]}]}]}}]}},"confirmed":{"value":true},"groups":{"failure":{"code":"forbidden","message":"no"}},"server_addresses":{"value":["a"]},"version":{"value":{"git_version":"v1.36.3","major":"1","minor":"36","platform":""}}}`))
	f.Add([]byte(`{"format_version":"1.2","endpoint":"","time":"2026-01-31T11:00:00Z","fields":[{"group_version":"v1","kind":"Pod","path":"spec.x[].*","field":{"value":{"presence":"present","at":"","siblings":["a"],"type":"string","enum":[],"required":false,"enum_rules":[{"keyword":"pattern","at":"spec.x[].*"}],"required_rules":[]}}},{"group_version":"v1","kind":"Pod","path":"spec.y","field":{"value":{"presence":"present","at":"","siblings":[],"type":"","required":true}}},{"group_version":"v1","kind":"Pod","path":"spec","field":{"failure":{"code":"no-schema","message":"no"}}}]}`))
	f.Add([]byte(`{"apiVersion":"v1","kind":"Pod"}`))
	f.Add([]byte(`{"format_version":"2.0"}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		var s *Snapshot
		var err error
		allocates(t, src, func() { s, err = Load(bytes.NewReader(src)) })
		if err != nil {
			return
		}
		savesTheSame(t, s)
	})
}

func FuzzDecodeReview(f *testing.F) {
	const head = `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1",`
	asked := Review{Verb: "get", Resource: "pods"}
	for _, seed := range []string{
		head + `"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}},"status":{"allowed":true}}`,
		head + `"spec":{},"status":{"allowed":true,"reason":"RBAC: allowed"}}`, head + `"status":{"allowed":false,"denied":true,"evaluationError":"e"}}`,
		head + `"status":null}`, `{"kind":"Status","message":"no"}`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		answer, err := decodeReview(bytes.NewReader(src), asked)
		if err != nil && answer != (ReviewAnswer{}) {
			t.Errorf("%+v beside an error", answer)
		}
		if answer.Allowed && (answer.Denied || !bytes.Contains(src, []byte("true"))) {
			t.Errorf("%+v", answer)
		}
	})
}

// FuzzFields holds that what the walk says of fields is whole, and takes bounded
// memory, whatever a document looks like.
func FuzzFields(f *testing.F) {
	paths := []string{
		"spec", "spec.mode", "spec.port", "spec.limits.*", "spec.matrix[][].cell", "spec.template.metadata.labels.*",
		"spec.either.b.deep", "spec.tree.children[].children[].leaf", "spec.loop.x", "metadata.labels.app",
	}
	whole := openAPI(fuzzGadget, fuzzSchemas...)
	f.Add([]byte(whole))
	f.Add([]byte(openAPI(`"$ref":"#/components/schemas/A"`, `"A":{"items":true,"properties":null}`)))
	f.Add([]byte(`{"openapi":"3.1.0","components":{"schemas":{"a/b~c":{"type":[null]}}}}`))
	f.Add([]byte(`{"kind":"Status","message":"no"}`))
	f.Add([]byte(crdDocument(spec(`"type":"string","enum":["a"],"not":{"anyOf":[{"pattern":"a"},{"maxLength":1}]}`, `"oneOf":[{"required":["mode"]},{"required":["port"]}]`))))
	for _, cut := range []int{1, 3, 7} {
		f.Add([]byte(whole[:len(whole)*cut/8]))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var queries []FieldQuery
		for _, path := range paths {
			queries = append(queries, FieldQuery{gadgets, "Gadget", path})
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		answers, err := readFields(src, gadgets, queries, "/x")
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(32<<20+128*len(src)) {
			t.Errorf("%d bytes took %d KiB", len(src), used>>10)
		}
		if err != nil {
			return
		}
		for _, q := range queries {
			fact := answers[q]
			switch field := fact.Value; {
			case !fact.Asked():
				t.Errorf("%s is not answered", q.Path)
			case !fact.Known:
			case field.Presence == FieldPresent:
				if field.At != "" || field.Siblings != nil {
					t.Errorf("%s is %+v", q.Path, field)
				}
			case field.Presence != FieldAbsent && field.Presence != FieldOpen:
				t.Errorf("%s is %q", q.Path, field.Presence)
			case !strings.HasPrefix(q.Path, field.At) || field.At == q.Path || field.Enum != nil || field.Required || field.EnumRules != nil || field.RequiredRules != nil:
				t.Errorf("%s is %+v", q.Path, field)
			}
		}
	})
}

func FuzzSchemaURL(f *testing.F) {
	f.Add("/openapi/v3/apis/apps/v1?hash=0A")
	f.Add("//evil.example/openapi/v3/x")
	f.Add("/openapi/v3/../x")
	base := &url.URL{Scheme: "https", Host: "10.0.1.149:443"}
	f.Fuzz(func(t *testing.T, text string) {
		path, query, err := schemaURL(text)
		if err != nil {
			return
		}
		u, err := url.Parse((&Client{Base: base}).url(path, query))
		if err != nil || u.Host != base.Host || u.Scheme != base.Scheme || u.User != nil || u.Fragment != "" || u.Path != path ||
			!strings.HasPrefix(u.EscapedPath(), "/openapi/v3/") || slices.ContainsFunc(strings.Split(u.Path[1:], "/"), func(part string) bool { return part == "" || part == "." || part == ".." }) {
			t.Errorf("%q leads to %v, error %v", text, u, err)
		}
	})
}
