package run_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/run"
)

const (
	aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
	// metricsDocument is a real API server's document about the custom metrics
	// adapter, and metricsList the adapter's own.
	metricsDocument = `{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[` +
		`{"metadata":{"name":"custom.metrics.k8s.io"},"versions":[{"freshness":"Current","version":"v1beta2"}]}]}`
	metricsList = `{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"custom.metrics.k8s.io/v1beta2","resources":[` +
		`{"name":"/custommetrics","singularName":"","namespaced":false,"kind":"MetricValueList","verbs":["get"]},` +
		`{"name":"pods/http_requests","singularName":"","namespaced":true,"kind":"MetricValueList","verbs":["get"]}]}`
)

// TestResourcesOfTheirOwnListAlone tests a group version that has resources only in
// its own document. That document is requested if the declaration needs it.
func TestResourcesOfTheirOwnListAlone(t *testing.T) {
	const gv = `api "custom.metrics.k8s.io/v1beta2" `
	assert := func(condition string) string {
		return "check \"c\" {\n  assert {\n    condition = " + condition + "\n    error_message = \"No.\"\n  }\n}\n"
	}
	first := []string{"/api", "/apis"}
	own := append(slices.Clone(first), "/apis/custom.metrics.k8s.io/v1beta2")
	twice := func(paths []string) []string { return append(append(slices.Clone(paths), "/readyz"), paths...) }
	for name, test := range map[string]struct {
		declaration string
		status      int
		want        apply.Status
		asked       []string
	}{
		"nothing of them":                     {gv + "{}", 200, apply.Satisfied, first},
		"nothing of them, and the list fails": {gv + "{}", 503, apply.Satisfied, first},
		"one without a parent":                {gv + "{\n  resource \"/custommetrics\" {}\n}", 200, apply.Satisfied, own},
		"one with a parent":                   {gv + "{\n  resource \"pods/http_requests\" { verbs = [\"get\"] }\n}", 200, apply.Satisfied, own},
		"one that is not there":               {gv + "{\n  resource \"pods/other\" {}\n}", 200, apply.Drifted, twice(own)},
		"one that must not be":                {gv + "{\n  resource \"pods/http_requests\" { served = false }\n}", 200, apply.Drifted, twice(own)},
		"the list fails":                      {gv + "{\n  resource \"/custommetrics\" {}\n}", 503, apply.StatusUndetermined, own},
		"a condition":                         {assert(`served("custom.metrics.k8s.io/v1beta2", "pods/http_requests")`), 200, apply.Satisfied, own},
		"a condition of the API":              {assert(`served("custom.metrics.k8s.io/v1beta2")`), 200, apply.Satisfied, first},
		"a condition, and the list fails":     {assert(`served("custom.metrics.k8s.io/v1beta2", "pods/http_requests")`), 503, apply.StatusUndetermined, own},
		"a permission": {
			"permission \"p\" {\n  verbs = [\"get\"]\n  resources = [\"pods.custom.metrics.k8s.io/http_requests\"]\n  namespace = \"shop\"\n}\n",
			200, apply.Satisfied, append(slices.Clone(own), "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, asked := metricsServer(t, test.status)
			plan, s := run.Pass(t.Context(), c, parse(t, test.declaration))
			if v := plan.Verdict(apply.Policy{}); v.Status != test.want {
				t.Errorf("%s, want %s: %+v", v.Status, test.want, plan.Findings)
			}
			got, want := asked(), slices.Sorted(slices.Values(test.asked))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("requests differ (-want +got):\n%s", diff)
			}
			// A recorded snapshot gives the same result.
			recorded := run.Record(t.Context(), c, parse(t, test.declaration), run.Options{})
			var b strings.Builder
			if err := discovery.Save(&b, recorded); err != nil {
				t.Fatal(err)
			}
			loaded, err := discovery.Load(strings.NewReader(b.String()))
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Named.Value) == 0 || len(recorded.Unlisted()) > 0 {
				t.Errorf("%v was not asked for", recorded.Unlisted())
			}
			byRecord := test.want
			if test.status != http.StatusOK {
				byRecord = apply.StatusUndetermined
			}
			if v := apply.Diff(parse(t, test.declaration), loaded).Verdict(apply.Policy{}); v.Status != byRecord {
				t.Errorf("%s by the snapshot, want %s", v.Status, byRecord)
			}
		})
	}
}

// metricsServer answers the group version's own document with the status. asked
// returns the requested paths so far, sorted, and forgets them.
func metricsServer(t *testing.T, status int) (c *discovery.Client, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var paths []string
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		paths = append(paths, r.URL.Path)
		mu.Unlock()
		switch r.URL.Path {
		case "/api":
			w.Header().Set("Content-Type", aggregated)
			fmt.Fprint(w, `{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[]}`)
		case "/apis":
			w.Header().Set("Content-Type", aggregated)
			fmt.Fprint(w, metricsDocument)
		case "/readyz":
			fmt.Fprint(w, "ok")
		case "/version":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"gitVersion":"v1.36.3","major":"1","minor":"36","platform":"linux/amd64"}`)
		case "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
			var review map[string]any
			if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
				t.Error(err)
			}
			review["status"] = map[string]any{"allowed": true}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusCreated)
			if err := json.NewEncoder(w).Encode(review); err != nil {
				t.Error(err)
			}
		default:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprint(w, metricsList)
		}
	})
	listening := httptest.NewUnstartedServer(h)
	listening.EnableHTTP2 = true
	listening.StartTLS()
	t.Cleanup(listening.Close)
	base, err := url.Parse(listening.URL)
	if err != nil {
		t.Fatal(err)
	}
	c = &discovery.Client{HTTP: listening.Client(), Base: base, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	return c, func() []string {
		mu.Lock()
		defer mu.Unlock()
		sorted := slices.Sorted(slices.Values(paths))
		paths = nil
		return sorted
	}
}
