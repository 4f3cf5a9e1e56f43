package discovery_test

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestCaps: an answer may be exactly as large as its cap and not a byte more, and what
// counts is what comes out where it is packed, so that a bomb of 1 GiB is read no
// further than anything else.
func TestCaps(t *testing.T) {
	if testing.Short() {
		t.Skip("it decodes hundreds of megabytes, one answer after the other")
	}
	const (
		groups    = `{"kind":"APIGroupDiscoveryList","items":[]}`
		list      = `{"kind":"APIResourceList","groupVersion":"apps/v1","resources":[]}`
		version   = `{"major":"1","minor":"36"}`
		review    = `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"verb":"get","namespace":"web","resource":"pods"}},"status":{"allowed":true}}`
		index     = `{"paths":{"apis/apps/v1":{"serverRelativeURL":"/openapi/v3/apis/apps/v1"}}}`
		groupList = `{"kind":"APIGroupList","groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}]}]}`
	)
	field := func(s *discovery.Snapshot) *discovery.Failure { return s.Fields[replicas].Failure }
	type sending struct {
		name string
		step apitest.Step
		fits bool
	}
	tests := []struct {
		name, request string
		needs         discovery.Needs
		contentType   string
		document      string
		limit         int
		size          string
		failure       func(*discovery.Snapshot) *discovery.Failure
	}{
		{
			"discovery of the core group", "GET /api", documents, v2JSON, groups, 16 << 20, "16 MiB",
			func(s *discovery.Snapshot) *discovery.Failure { return s.Core.Failure },
		},
		{
			"discovery", "GET /apis", documents, v2JSON, groups, 16 << 20, "16 MiB",
			func(s *discovery.Snapshot) *discovery.Failure { return s.Named.Failure },
		},
		{
			"plain discovery", "GET /apis", documents, plainJSON, `{"kind":"APIGroupList","groups":[]}`, 16 << 20, "16 MiB",
			func(s *discovery.Snapshot) *discovery.Failure { return s.Named.Failure },
		},
		{
			"discovery of a group version", "GET /apis/apps/v1", documents, plainJSON, list, 2 << 20, "2 MiB",
			func(s *discovery.Snapshot) *discovery.Failure { return s.Named.Value[0].Versions[0].Resources.Failure },
		},
		{
			"version", "GET /version", discovery.Needs{Version: true}, plainJSON, version, 64 << 10, "64 KiB",
			func(s *discovery.Snapshot) *discovery.Failure { return s.Version.Failure },
		},
		{
			"review", "POST " + apitest.ReviewPath, reviews(getPods), plainJSON, review, 1 << 20, "1 MiB",
			func(s *discovery.Snapshot) *discovery.Failure { return s.Reviews[getPods].Failure },
		},
		{"index of OpenAPI documents", "GET /openapi/v3", fields(replicas), plainJSON, index, 4 << 20, "4 MiB", field},
		{
			"OpenAPI document", "GET " + appsPath, fields(replicas), plainJSON,
			apitest.OpenAPI(apitest.KindSchema("apps", "v1", "Deployment", deployment)), 32 << 20, "32 MiB", field,
		},
	}
	spaces := strings.Repeat(" ", 4<<20)
	for _, test := range tests {
		_, path, _ := strings.Cut(test.request, " ")
		padding := test.limit - len(test.document)
		sends := []sending{
			{"packed, exactly", apitest.Bomb(test.contentType, test.document, padding), true},
			{"packed, one byte more", apitest.Bomb(test.contentType, test.document, padding+1), false},
			{"packed, 1 GiB", apitest.Bomb(test.contentType, test.document, 1<<30), false},
		}
		if padding < len(spaces) { // A larger one takes long, and shows no more.
			sends = append(sends,
				sending{"exactly", apitest.Reply(200, test.contentType, test.document+spaces[:padding]), true},
				sending{"one byte more", apitest.Reply(200, test.contentType, test.document+spaces[:padding+1]), false})
		}
		for _, sent := range sends {
			t.Run(test.name+" "+sent.name, func(t *testing.T) {
				server := apitest.New(t, apitest.Stock())
				server.SetSchemas(apps(deployment))
				server.Always(path, sent.step)
				if path == "/apis/apps/v1" {
					server.Always("/apis", apitest.Reply(200, plainJSON, groupList))
				}
				a := ask(t, server)
				s := a.fetch(test.needs)
				failure := test.failure(s)
				if sent.fits {
					if failure != nil {
						t.Error(failure)
					}
					return
				}
				checkFailure(t, failure, discovery.InvalidResponse, test.request+": the answer is larger than "+test.size)
				// A byte more than the cap tells that there is more.
				if n := a.Stats().Bytes; n > int64(test.limit)+64<<10 {
					t.Errorf("%d bytes were read", n)
				}
				if len(a.waits) != 0 || server.Count(path) != 1 {
					t.Errorf("waits %v, %d requests", a.waits, server.Count(path))
				}
			})
		}
	}
}
