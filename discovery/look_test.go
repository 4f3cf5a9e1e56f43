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

// starting is what an API server serves that is just starting: all is Current,
// and groups are missing.
func starting() *discovery.Snapshot {
	s := apitest.Stock()
	s.Named.Value = s.Named.Value[:5]
	return s
}

// everything is asked over one connection, version and reviews included.
var everything = discovery.Needs{Documents: true, Version: true, Reviews: []discovery.Review{getPods}}

func TestLookUsesOneConnection(t *testing.T) {
	for name, options := range map[string][]apitest.Option{"HTTP/2": nil, "HTTP/1.1": {apitest.HTTP1()}} {
		t.Run(name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), options...)
			a := ask(t, server)
			s, one := a.Look(t.Context(), wanting(everything))
			if !s.Core.Known || !s.Version.Known || !s.Reviews[getPods].Known || s.Confirmed.Asked() {
				t.Errorf("%+v", s)
			}
			// What does not speak HTTP/2 may be a proxy that asks several servers.
			if want := name == "HTTP/2"; one != want {
				t.Errorf("one server: %t, want %t", one, want)
			}
			if server.Connections() > 2 {
				t.Errorf("%d connections", server.Connections())
			}
			want := []string{"/api", "/apis", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "/version"}
			if name == "HTTP/1.1" {
				// The two that began together had two connections, and all is asked anew.
				return
			}
			if diff := cmp.Diff(want, server.Paths()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLookBeginsAnew: where the connection changes, what came over the first one is
// asked again.
func TestLookBeginsAnew(t *testing.T) {
	for _, path := range []string{"/version", apitest.ReviewPath} {
		t.Run(path, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			a := ask(t, server)
			// The documents come first, and then the connection ends.
			asked := 0
			needs := func(s *discovery.Snapshot) discovery.Needs {
				switch {
				case !s.Core.Asked():
					return documents
				case !s.Version.Asked():
					if asked++; asked == 1 {
						server.Script(path, apitest.Reset())
					}
					return discovery.Needs{Version: true, Reviews: []discovery.Review{getPods}}
				}
				return discovery.Needs{}
			}
			s, one := a.Look(t.Context(), needs)
			if !s.Version.Known || !s.Core.Known || one {
				t.Errorf("%+v, one server: %t", s, one)
			}
			if n := server.Count("/apis"); n != 2 {
				t.Errorf("/apis was asked for %d times\n%s", n, server.DumpRequests())
			}
		})
	}
}

// TestLookOfServerThatEndsEachConnection: no look is over one connection, and the
// last one counts, but not alone.
func TestLookOfServerThatEndsEachConnection(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.HTTP1())
	closing := func(e *apitest.Exchange) {
		e.Header().Set("Connection", "close")
		e.Usual.ServeHTTP(e, e.Request)
	}
	for _, path := range []string{"/api", "/apis", "/readyz"} {
		server.Always(path, closing)
	}
	a := ask(t, server)
	s, one := a.Look(t.Context(), wanting(documents))
	if !s.Named.Known || one {
		t.Errorf("named known %t, one server: %t", s.Named.Known, one)
	}
	looks := a.again(wanting(documents))
	if len(looks) != 2 || !slices.Equal(a.waits, []time.Duration{time.Second}) {
		t.Errorf("%d looks, waits %v", len(looks), a.waits)
	}
	for _, s := range looks {
		if !s.Confirmed.Known {
			t.Errorf("confirmed %+v", s.Confirmed)
		}
	}
}

// TestLookAgainOfStartingServer: what a server lacks that is just starting is not
// confirmed to be absent.
func TestLookAgainOfStartingServer(t *testing.T) {
	notReady := starting()
	notReady.Confirmed = discovery.Failed[struct{}](&discovery.Failure{Code: discovery.NotReady})
	server := apitest.New(t, notReady)
	a := ask(t, server)
	looks := a.again(wanting(documents))
	if len(looks) != 1 || len(looks[0].Named.Value) != 5 {
		t.Fatalf("%+v", looks)
	}
	checkFailure(t, looks[0].Confirmed.Failure, discovery.NotReady,
		"GET /readyz: 500: the server is not ready: poststarthook/crd-informer-synced")

	server.SetSnapshot(apitest.Stock())
	looks = a.again(wanting(documents))
	if diff := cmp.Diff(apitest.Stock().Named, looks[0].Named); diff != "" || !looks[0].Confirmed.Known {
		t.Errorf("confirmed %+v, (-want +got):\n%s", looks[0].Confirmed, diff)
	}
	// Nothing may be concluded from a document that is older than /readyz.
	requests := server.Requests()
	if last := requests[len(requests)-3]; last.Path != "/readyz" {
		t.Errorf("before the last documents, the server was asked for %s", last.Path)
	}
	if len(a.waits) != 0 || server.Connections() != 2 {
		t.Errorf("waits %v, %d connections", a.waits, server.Connections())
	}
}

func TestLookAgainAnswers(t *testing.T) {
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
			looks := ask(t, server).again(wanting(documents))
			checkFailure(t, looks[0].Confirmed.Failure, test.code, test.message)
			if n := server.Count("/readyz"); n != test.attempts {
				t.Errorf("/readyz was asked for %d times", n)
			}
			if !looks[0].Named.Known || len(looks) != 1 {
				t.Errorf("named known %v, %d looks", looks[0].Named.Known, len(looks))
			}
		})
	}
}

// TestLookAgainWithoutReadyz: two looks, a second apart, stand in for a /readyz that
// may not be asked.
func TestLookAgainWithoutReadyz(t *testing.T) {
	for name, refusal := range map[string]apitest.Step{
		"403": apitest.Refuse(403, "Forbidden", "no way"),
		"404": apitest.Reply(404, "text/plain", ""),
	} {
		t.Run(name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/readyz", refusal)
			a := ask(t, server)
			looks := a.again(wanting(documents))
			if len(looks) != 2 || !looks[0].Confirmed.Known || !looks[1].Confirmed.Known {
				t.Errorf("%d looks, %+v", len(looks), looks[0].Confirmed)
			}
			if n := server.Count("/apis"); n != 2 || !slices.Equal(a.waits, []time.Duration{time.Second}) {
				t.Errorf("%d fetches, waits %v", n, a.waits)
			}
		})
	}
}

// lastMoment is a context that always has less than a second left, and never ends.
type lastMoment struct{ context.Context }

func (lastMoment) Deadline() (time.Time, bool) { return time.Now().Add(900 * time.Millisecond), true }

func TestLookAgainHasNoTimeToWait(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always("/readyz", apitest.Refuse(403, "Forbidden", "no way"))
	a := ask(t, server)
	looks := slices.Collect(a.LookAgain(lastMoment{t.Context()}, wanting(documents)))
	checkFailure(t, looks[len(looks)-1].Confirmed.Failure, discovery.Timeout,
		"GET /readyz: 403 Forbidden: no way; there is no time to ask again 1s later")
	if len(a.waits) != 0 {
		t.Errorf("waits %v", a.waits)
	}
}

func TestLookAgainCanceledWhileItWaits(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always("/readyz", apitest.Reply(404, "text/plain", ""))
	a := ask(t, server)
	ctx, cancel := context.WithCancelCause(context.Background())
	a.Sleep = func(ctx context.Context, _ time.Duration) error {
		cancel(errors.New("interrupted"))
		return ctx.Err()
	}
	looks := slices.Collect(a.LookAgain(ctx, wanting(documents)))
	checkFailure(t, looks[len(looks)-1].Confirmed.Failure, discovery.Canceled, "asking again: canceled: interrupted")
}

// TestLookAgainEndsWithItsCaller tests that nothing is asked for, nor waited for, once the caller has seen enough.
func TestLookAgainEndsWithItsCaller(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always("/readyz", apitest.Reply(404, "text/plain", ""))
	a := ask(t, server)
	for range a.LookAgain(t.Context(), wanting(documents)) {
		break
	}
	if n := server.Count("/readyz"); n != 1 || len(a.waits) != 0 {
		t.Errorf("/readyz was asked for %d times, waits %v", n, a.waits)
	}
}

// TestLookAgainOverOneConnection is a server that is ready, dies, and has restarted
// when the documents are asked for: /readyz was another one's answer. All is asked anew,
// and once more, because the first server was not heard to the end.
func TestLookAgainOverOneConnection(t *testing.T) {
	for _, path := range []string{"/api", "/apis"} {
		t.Run(path, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			a := ask(t, server)
			server.Script(path, apitest.Reset(), nil)
			looks := a.again(wanting(documents))
			if len(looks) != 2 || !looks[0].Confirmed.Known || server.Count("/readyz") != 3 {
				t.Errorf("%d looks, confirmed %+v, /readyz was asked for %d times\n%s",
					len(looks), looks[0].Confirmed, server.Count("/readyz"), server.DumpRequests())
			}
		})
	}
}

func TestSameAnswers(t *testing.T) {
	for name, change := range map[string]func(*discovery.Snapshot){
		"":             func(*discovery.Snapshot) {},
		"a group less": func(s *discovery.Snapshot) { *s = *starting() },
		"something stale": func(s *discovery.Snapshot) {
			s.Named.Value[3].Versions[0].Resources = discovery.Failed[[]discovery.Resource](&discovery.Failure{Code: discovery.Stale})
		},
		"fewer verbs": func(s *discovery.Snapshot) {
			s.Named.Value[1].Versions[0].Resources.Value[0].Verbs = []string{"get"}
		},
		"another version": func(s *discovery.Snapshot) { s.Version.Value.GitVersion += "-1" },
	} {
		t.Run(name, func(t *testing.T) {
			s := apitest.Stock()
			change(s)
			if got := discovery.SameAnswers(apitest.Stock(), s); got != (name == "") {
				t.Errorf("same: %t", got)
			}
		})
	}
}
