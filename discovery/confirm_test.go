package discovery_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

var confirmation = discovery.Needs{Confirmation: true}

// starting is what an API server serves that is just starting: all is Current,
// and groups are missing.
func starting() *discovery.Snapshot {
	s := apitest.Stock()
	s.Named.Value = s.Named.Value[:5]
	return s
}

// TestConfirmStartingServer is the API server that is just starting: what its
// documents lack is absent only once they were fetched after /readyz said 200.
func TestConfirmStartingServer(t *testing.T) {
	server := apitest.New(t, starting())
	a := ask(t, server)
	s := a.fetch(documents)
	if len(s.Named.Value) != 5 || s.Confirmed.Asked() {
		t.Fatalf("%d groups, confirmed %+v", len(s.Named.Value), s.Confirmed)
	}

	notReady := starting()
	notReady.Confirmed = discovery.Failed[struct{}](&discovery.Failure{Code: discovery.NotReady})
	server.SetSnapshot(notReady)
	a.Fetch(context.Background(), s, confirmation)
	checkFailure(t, s.Confirmed.Failure, discovery.NotReady,
		"GET /readyz: 500: the server is not ready: poststarthook/crd-informer-synced")
	if len(s.Named.Value) != 5 || s.Confirmed.Known {
		t.Errorf("%d groups, confirmed %+v", len(s.Named.Value), s.Confirmed)
	}
	if diff := cmp.Diff([]string{"/api", "/apis", "/readyz"}, server.Paths()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}

	server.SetSnapshot(apitest.Stock())
	a.Fetch(context.Background(), s, confirmation)
	want := apitest.Stock()
	if diff := cmp.Diff(want.Named, s.Named); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !s.Confirmed.Known {
		t.Errorf("confirmed: %v", s.Confirmed.Failure)
	}
	if diff := cmp.Diff([]string{"/api", "/api", "/apis", "/apis", "/readyz", "/readyz"}, server.Paths()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	// Nothing may be concluded from a document that is older than /readyz.
	requests := server.Requests()
	if last := requests[len(requests)-3]; last.Path != "/readyz" {
		t.Errorf("before the last documents, the server was asked for %s", last.Path)
	}
	if len(a.waits) != 0 || server.Connections() != 1 {
		t.Errorf("waits %v, %d connections", a.waits, server.Connections())
	}

	a.Fetch(context.Background(), s, documents)
	if s.Confirmed.Asked() {
		t.Error("documents that were fetched again are still confirmed")
	}
}

func TestConfirmAnswers(t *testing.T) {
	tests := []struct {
		name     string
		step     apitest.Step
		code     discovery.FailureCode
		message  string
		attempts int
	}{
		{"500 with a list of checks", apitest.Reply(500, "text/plain", "[+]ping ok\n[-]etcd failed: reason withheld\n[-]informer-sync failed: reason withheld\nreadyz check failed\n"), discovery.NotReady, "GET /readyz: 500: the server is not ready: etcd, informer-sync", 1},
		{"500 that shows the token", apitest.Reply(500, "text/plain", "[-]secret-token failed: reason withheld\n"), discovery.NotReady, "GET /readyz: 500: the server is not ready: [token]", 1},
		{"500 without one", apitest.Reply(500, "text/plain", "no"), discovery.NotReady, `GET /readyz: 500 Internal Server Error: "no"`, 1},
		{"503", apitest.Reply(503, "text/plain", ""), discovery.NotReady, "GET /readyz: 503 Service Unavailable", 5},
		{"429", apitest.Reply(429, "text/plain", ""), discovery.Unavailable, "GET /readyz: 429 Too Many Requests", 5},
		{"401", apitest.Refuse(401, "Unauthorized", "Unauthorized"), discovery.Unauthorized, "GET /readyz: 401 Unauthorized: Unauthorized", 1},
		{"204", apitest.Reply(204, "text/plain", ""), discovery.InvalidResponse, "GET /readyz: 204 No Content: a document was asked for", 1},
		{"302", apitest.Redirect(302, "/login"), discovery.Redirected, `GET /readyz: 302 Found: redirects are not followed, here to "/login"`, 1},
		{"larger than its limit", apitest.Reply(200, "text/plain", strings.Repeat("x", 64<<10+1)), discovery.InvalidResponse, "GET /readyz: the answer is larger than 64 KiB", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/readyz", test.step)
			a := ask(t, server)
			s := a.fetch(documents)
			a.Fetch(context.Background(), s, confirmation)
			checkFailure(t, s.Confirmed.Failure, test.code, test.message)
			if n := server.Count("/readyz"); n != test.attempts {
				t.Errorf("/readyz was asked for %d times", n)
			}
			if n := server.Count("/apis"); n != 1 || s.Confirmed.Known || !s.Named.Known {
				t.Errorf("/apis was asked for %d times, confirmed %v, named known %v", n, s.Confirmed.Known, s.Named.Known)
			}
		})
	}
}

func TestConfirmRetriesBrokenConnection(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Script("/readyz", apitest.Reset())
	a := ask(t, server)
	s := a.fetch(documents)
	a.Fetch(context.Background(), s, confirmation)
	if !s.Confirmed.Known || server.Count("/readyz") != 2 {
		t.Errorf("failure %v, %d requests", s.Confirmed.Failure, server.Count("/readyz"))
	}
}

// TestConfirmWithoutReadyz holds that documents which agree stand in for a
// /readyz that may not be asked.
func TestConfirmWithoutReadyz(t *testing.T) {
	refusals := map[string]apitest.Step{
		"403": apitest.Refuse(403, "Forbidden", "no way"),
		"404": apitest.Reply(404, "text/plain", ""),
	}
	reasons := map[string]string{"403": "GET /readyz: 403 Forbidden: no way", "404": "GET /readyz: 404 Not Found"}
	stale := apitest.Stock()
	stale.Named.Value[3].Versions[0].Resources = discovery.Failed[[]discovery.Resource](&discovery.Failure{Code: discovery.Stale})
	fewerVerbs := apitest.Stock()
	fewerVerbs.Named.Value[1].Versions[0].Resources.Value[0].Verbs = []string{"get"}
	tests := []struct {
		name      string
		snapshots []*discovery.Snapshot // the first documents, and those of the two fetches
		unsettled bool
		fetches   int
	}{
		{"all agree", []*discovery.Snapshot{apitest.Stock(), apitest.Stock(), apitest.Stock()}, false, 3},
		{"all agree on what is stale", []*discovery.Snapshot{stale, stale, stale}, false, 3},
		{"the second has more", []*discovery.Snapshot{starting(), apitest.Stock(), apitest.Stock()}, true, 2},
		{"the third has more", []*discovery.Snapshot{starting(), starting(), apitest.Stock()}, true, 3},
		{"the third has something stale", []*discovery.Snapshot{apitest.Stock(), apitest.Stock(), stale}, true, 3},
		{"the third has fewer verbs", []*discovery.Snapshot{apitest.Stock(), apitest.Stock(), fewerVerbs}, true, 3},
	}
	for _, test := range tests {
		for status, refusal := range refusals {
			t.Run(test.name+" "+status, func(t *testing.T) {
				server := apitest.New(t, test.snapshots[0])
				server.Always("/readyz", refusal)
				for _, snapshot := range test.snapshots {
					server.Script("/apis", apitest.Reply(200, v2JSON, string(apitest.Aggregated(snapshot.Named.Value, "v2"))))
				}
				a := ask(t, server)
				s := a.fetch(documents)
				a.Fetch(context.Background(), s, confirmation)
				if test.unsettled {
					checkFailure(t, s.Confirmed.Failure, discovery.Unsettled,
						"answers given one after the other differ, and whether the server is ready cannot be told: "+reasons[status])
				} else if !s.Confirmed.Known {
					t.Errorf("confirmed: %v", s.Confirmed.Failure)
				}
				if n := server.Count("/apis"); n != test.fetches || server.Count("/api") != n {
					t.Errorf("%d fetches", n)
				}
				waits := slices.Repeat([]time.Duration{time.Second}, test.fetches-2)
				if !slices.Equal(waits, a.waits) {
					t.Errorf("waits %v, want %v", a.waits, waits)
				}
			})
		}
	}
}

// TestConfirmSecondFetchFails holds that a document which cannot be fetched after
// /readyz replaces the one from before it.
func TestConfirmSecondFetchFails(t *testing.T) {
	tests := []struct{ path, status string }{{"/api", "200"}, {"/apis", "200"}, {"/apis", "403"}}
	for _, test := range tests {
		t.Run(test.path+" after a "+test.status, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			if test.status == "403" {
				server.Always("/readyz", apitest.Refuse(403, "Forbidden", "no way"))
			}
			server.Script(test.path, nil, apitest.Refuse(403, "Forbidden", "not any more"))
			a := ask(t, server)
			s := a.fetch(documents)
			a.Fetch(context.Background(), s, confirmation)
			message := "GET " + test.path + ": 403 Forbidden: not any more"
			checkFailure(t, s.Confirmed.Failure, discovery.Forbidden, message)
			failed := s.Core.Failure
			if test.path == "/apis" {
				failed = s.Named.Failure
			}
			checkFailure(t, failed, discovery.Forbidden, message)
		})
	}
}

func TestConfirmHasNoTimeToWait(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always("/readyz", apitest.Refuse(403, "Forbidden", "no way"))
	a := ask(t, server)
	s := a.fetch(documents)
	ctx, cancel := context.WithTimeout(context.Background(), 900*time.Millisecond)
	defer cancel()
	a.Fetch(ctx, s, confirmation)
	checkFailure(t, s.Confirmed.Failure, discovery.Timeout,
		"GET /readyz: 403 Forbidden: no way; there is no time to ask again 1s later")
	if len(a.waits) != 0 {
		t.Errorf("waits %v", a.waits)
	}
}

func TestConfirmCanceledWhileItWaits(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always("/readyz", apitest.Reply(404, "text/plain", ""))
	a := ask(t, server)
	s := a.fetch(documents)
	ctx, cancel := context.WithCancelCause(context.Background())
	a.Sleep = func(ctx context.Context, _ time.Duration) error {
		cancel(errors.New("interrupted"))
		return ctx.Err()
	}
	a.Fetch(ctx, s, confirmation)
	checkFailure(t, s.Confirmed.Failure, discovery.Canceled, "asking again: canceled: interrupted")
}

func TestFetchWithConfirmationAtOnce(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	s := ask(t, server).fetch(discovery.Needs{Documents: true, Confirmation: true})
	if !s.Confirmed.Known || !s.Named.Known {
		t.Errorf("confirmed %v, named %v", s.Confirmed.Failure, s.Named.Failure)
	}
	if diff := cmp.Diff([]string{"/api", "/api", "/apis", "/apis", "/readyz"}, server.Paths()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestConfirmOverOneConnection is a server that says that it is ready, dies, and
// has restarted when the documents are asked for: /readyz was another's answer.
// Where no connection lasts, documents that agree have to do.
func TestConfirmOverOneConnection(t *testing.T) {
	tests := []struct {
		name   string
		breaks int // how often the connection breaks behind /readyz
		asked  int // how often /readyz is asked for
		waits  int // how often a second is waited between two documents
	}{
		{"it never breaks", 0, 1, 0},
		{"it breaks once", 1, 2, 0},
		{"it breaks twice", 2, 3, 0},
		{"it breaks each time", 3, 3, 1},
	}
	for _, test := range tests {
		for _, path := range []string{"/api", "/apis"} {
			t.Run(test.name+" at "+path, func(t *testing.T) {
				server := apitest.New(t, apitest.Stock())
				a := ask(t, server)
				s := a.fetch(documents)
				for range test.breaks {
					server.Script(path, apitest.Reset(), nil)
				}
				a.Fetch(context.Background(), s, confirmation)
				if !s.Confirmed.Known || server.Count("/readyz") != test.asked {
					t.Errorf("confirmed %+v, /readyz was asked for %d times\n%s", s.Confirmed, server.Count("/readyz"), server.DumpRequests())
				}
				waits := 0
				for _, wait := range a.waits {
					if wait == time.Second {
						waits++
					}
				}
				if waits != test.waits {
					t.Errorf("waits %v", a.waits)
				}
			})
		}
	}
}

// TestConfirmThatNoConnectionLasts is a server that restarts behind each answer:
// the documents that it serves then have less than before.
func TestConfirmThatNoConnectionLasts(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	a := ask(t, server)
	s := a.fetch(documents)
	server.SetSnapshot(starting())
	for range 3 {
		server.Script("/api", apitest.Reset(), nil)
		server.Script("/apis", nil)
	}
	server.Script("/apis", func(e *apitest.Exchange) {
		server.SetSnapshot(apitest.Stock())
		e.Usual.ServeHTTP(e, e.Request)
	})
	a.Fetch(context.Background(), s, confirmation)
	checkFailure(t, s.Confirmed.Failure, discovery.Unsettled,
		"answers given one after the other differ, and whether the server is ready cannot be told: the connection changed behind GET /readyz, 3 times in a row")
}

// TestConfirmOverHTTP1: one connection is enough there, too.
func TestConfirmOverHTTP1(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.HTTP1())
	a := ask(t, server)
	s := a.fetch(documents)
	a.Fetch(context.Background(), s, confirmation)
	if !s.Confirmed.Known || server.Count("/readyz") != 1 {
		t.Errorf("confirmed %+v, /readyz was asked for %d times", s.Confirmed, server.Count("/readyz"))
	}
}
