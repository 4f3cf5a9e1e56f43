package discovery_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestFetchAnswers holds what is made of each kind of answer to GET /api and GET
// /apis, that an answer which says no is not asked for again, and that the other
// document is known all the same.
func TestFetchAnswers(t *testing.T) {
	const forbidden = `groups is forbidden: User "system:serviceaccount:a:b" cannot get path "/apis"`
	const named = "named" // what only GET /apis answers so
	tests := []struct {
		name    string
		step    apitest.Step
		code    discovery.FailureCode
		message string
		only    string
	}{
		{"401", apitest.Refuse(401, "Unauthorized", "Unauthorized"), discovery.Unauthorized, "401 Unauthorized: Unauthorized", ""},
		{"403", apitest.Refuse(403, "Forbidden", forbidden), discovery.Forbidden, "403 Forbidden: " + forbidden, ""},
		{"403 of several lines", apitest.Refuse(403, "Forbidden", "one\ntwo"), discovery.Forbidden, "403 Forbidden: one two", ""},
		{
			"403 of 3 KiB", apitest.Refuse(403, "Forbidden", strings.Repeat("x", 3<<10)),
			discovery.Forbidden, "403 Forbidden: " + strings.Repeat("x", 2<<10-26-3) + "…", named,
		},
		{"403 that shows the token", apitest.Refuse(403, "Forbidden", "you sent Bearer secret-token"), discovery.Forbidden, "403 Forbidden: you sent Bearer [token]", ""},
		{"404", apitest.Reply(404, "text/plain", "404 page not found\n"), discovery.InvalidResponse, `404 Not Found: "404 page not found"`, named},
		{"404 without a body", apitest.Reply(404, "text/plain", ""), discovery.InvalidResponse, "404 Not Found", named},
		{"418", apitest.Reply(418, "text/html", "<p>\x1bx"), discovery.InvalidResponse, `418 I'm a teapot: "<p>\x1bx"`, ""},
		{"499", apitest.Reply(499, "text/html", ""), discovery.InvalidResponse, "499", ""},
		{"500", apitest.Refuse(500, "InternalError", "oops"), discovery.Unavailable, "500 Internal Server Error: oops", ""},
		{"204", apitest.Reply(204, plainJSON, ""), discovery.InvalidResponse, "204 No Content: a document was asked for", ""},
		{"304", apitest.Reply(304, plainJSON, ""), discovery.InvalidResponse, "304 Not Modified: nothing was asked that could be unmodified", ""},
		{"HTML", apitest.Reply(200, "text/html; charset=utf-8", "<html>"), discovery.InvalidResponse, `the content type is "text/html; charset=utf-8", not JSON; is it a Kubernetes API server?`, ""},
		{"no content type", apitest.Reply(200, "", "{}"), discovery.InvalidResponse, "the answer has no content type; is it a Kubernetes API server?", ""},
		{"Status in a 200", apitest.Reply(200, plainJSON, string(apitest.Status(403, "Forbidden", "no way"))), discovery.InvalidResponse, "it is a Status: no way", ""},
		{"content type of another form", apitest.Reply(200, plainJSON, `{"kind":"APIGroupDiscoveryList","items":[]}`), discovery.InvalidResponse, `at /kind: the kind is "APIGroupDiscoveryList", not APIGroupList`, named},
		{"group without a name", apitest.Reply(200, v2JSON, `{"items":[{"versions":[]}]}`), discovery.InvalidResponse, "a group has no name", named},
		{"encoding that was not asked for", apitest.Reply(200, v2JSON, "x", "Content-Encoding", "br"), discovery.InvalidResponse, `the answer has the content encoding "br", which was not asked for`, ""},
		{"403 that spells the token", apitest.Reply(403, plainJSON, `{"kind":"Status","message":"you sent secret-t\u006fken"}`), discovery.Forbidden, "403 Forbidden: you sent [token]", ""},
		{"document that shows the token", apitest.Reply(200, plainJSON, `{"secret-token":1,"secret-token":2}`), discovery.InvalidResponse, `the name "[token]" is there twice`, ""},
	}
	for _, test := range tests {
		for _, path := range []string{"/apis", "/api"} {
			if test.only == named && path != "/apis" {
				continue
			}
			t.Run(test.name+" "+path, func(t *testing.T) {
				server := apitest.New(t, apitest.Stock(), apitest.Token("secret-token"))
				server.Always(path, test.step)
				a := ask(t, server)
				s := a.fetch(documents)
				failure, known, otherKnown := s.Named.Failure, s.Named.Known, s.Core.Known
				if path == "/api" {
					failure, known, otherKnown = s.Core.Failure, s.Core.Known, s.Named.Known
				}
				checkFailure(t, failure, test.code, "GET "+path+": "+test.message)
				if known || !otherKnown {
					t.Errorf("known %v, the other one known %v", known, otherKnown)
				}
				if n := server.Count(path); n != 1 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
}

// TestResourceListAnswers holds that a group version whose document did not come has
// no list of resources, for an empty one would be drift, and that the others have
// theirs. GET /api alone may be answered by 404.
func TestResourceListAnswers(t *testing.T) {
	tests := []struct {
		name    string
		step    apitest.Step
		code    discovery.FailureCode
		message string
	}{
		{"401", apitest.Refuse(401, "Unauthorized", "Unauthorized"), discovery.Unauthorized, "401 Unauthorized: Unauthorized"},
		{"403", apitest.Refuse(403, "Forbidden", "no rule lets you"), discovery.Forbidden, "403 Forbidden: no rule lets you"},
		{"404", apitest.Reply(404, "text/plain", "404 page not found\n"), discovery.InvalidResponse, `404 Not Found: "404 page not found"`},
		{"410", apitest.Reply(410, "text/plain", ""), discovery.InvalidResponse, "410 Gone"},
		{"500", apitest.Refuse(500, "InternalError", "oops"), discovery.Unavailable, "500 Internal Server Error: oops"},
		{"204", apitest.Reply(204, plainJSON, ""), discovery.InvalidResponse, "204 No Content: a document was asked for"},
		{"304", apitest.Reply(304, plainJSON, ""), discovery.InvalidResponse, "304 Not Modified: nothing was asked that could be unmodified"},
		{"304 with a tag", apitest.Reply(304, plainJSON, "", "ETag", `"1"`), discovery.InvalidResponse, "304 Not Modified: nothing was asked that could be unmodified"},
	}
	for _, test := range tests {
		for path, where := range map[string]struct{ group, other string }{"/apis/apps/v1": {"apps", ""}, "/api/v1": {"", "apps"}} {
			t.Run(test.name+" "+path, func(t *testing.T) {
				server := apitest.New(t, apitest.Stock(), apitest.Forms(apitest.Plain))
				server.Always(path, test.step)
				s := ask(t, server).fetch(documents)
				resources := func(group string) discovery.Fact[[]discovery.Resource] {
					g, failure := s.Group(group)
					if failure != nil || g == nil || len(g.Versions) != 1 {
						t.Fatalf("group %q is %+v, failure %v", group, g, failure)
					}
					return g.Versions[0].Resources
				}
				got, other := resources(where.group), resources(where.other)
				checkFailure(t, got.Failure, test.code, "GET "+path+": "+test.message)
				if got.Known || !other.Known {
					t.Errorf("known %v, the other one known %v", got.Known, other.Known)
				}
				if n := server.Count(path); n != 1 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
}

// TestRedirectsAreNotFollowed holds it for a client that would follow them, for each
// kind of request, and that no target has even been connected to.
func TestRedirectsAreNotFollowed(t *testing.T) {
	other, plain := apitest.New(t, apitest.Stock()), apitest.New(t, apitest.Stock(), apitest.Plaintext())
	for _, status := range []int{301, 302, 303, 307, 308} {
		for target, location := range map[string]string{
			"the same host": "/elsewhere", "another host": other.URL() + "/apis", "http": plain.URL() + "/apis",
		} {
			t.Run(fmt.Sprint(status)+" to "+target, func(t *testing.T) {
				server := apitest.New(t, apitest.Stock())
				server.Always("*", apitest.Redirect(status, location))
				a := ask(t, server)
				a.HTTP.CheckRedirect = nil
				s := a.fetch(discovery.Needs{Documents: true, Version: true, Reviews: []discovery.Review{getPods}})
				for request, failure := range map[string]*discovery.Failure{
					"GET /api": s.Core.Failure, "GET /apis": s.Named.Failure, "GET /version": s.Version.Failure,
					"POST " + apitest.ReviewPath: s.Reviews[getPods].Failure,
				} {
					checkFailure(t, failure, discovery.Redirected, fmt.Sprintf(
						"%s: %d %s: redirects are not followed, here to %q", request, status, http.StatusText(status), location))
				}
				if diff := cmp.Diff([]string{"/api", "/apis", apitest.ReviewPath, "/version"}, server.Paths()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		}
	}
	if n := other.Connections() + plain.Connections(); n != 0 {
		t.Errorf("the targets have %d connections", n)
	}
}

// TestBaseWithASlash: a base URL is often written with a slash at its end, and means the same.
func TestBaseWithASlash(t *testing.T) {
	for _, behind := range []string{"", "/k8s/clusters/c-1"} {
		server := apitest.New(t, apitest.Stock(), apitest.Behind(behind))
		a := ask(t, server)
		want := a.Endpoint()
		a.Base.Path = behind + "/"
		if s := a.fetch(documents); len(s.Named.Value) == 0 || s.Endpoint != want {
			t.Errorf("behind %q: %v, of %s", behind, s.Named.Failure, s.Endpoint)
		}
	}
}

// TestBrokenAnswerIsRedacted: what comes in place of HTTP may hold the token, too.
func TestBrokenAnswerIsRedacted(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.HTTP1())
	server.Always("/version", func(e *apitest.Exchange) {
		conn, _, err := http.NewResponseController(e.ResponseWriter).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 secret-token\r\n\r\n")
		_ = conn.Close()
	})
	f := ask(t, server).fetch(discovery.Needs{Version: true}).Version.Failure
	if f == nil || f.Code != discovery.Unreachable || !strings.Contains(f.Message, "[token]") || strings.Contains(f.Message, "secret-token") {
		t.Errorf("%+v", f)
	}
}

func TestFetchServerAddresses(t *testing.T) {
	tests := []struct {
		name string
		step apitest.Step
		want discovery.Fact[[]string]
	}{
		{"published", nil, discovery.Known([]string{"10.0.1.149:443"})},
		{"null", apitest.Reply(200, plainJSON, `{"versions":["v1"],"serverAddressByClientCIDRs":null}`), discovery.Known[[]string](nil)},
		{"left out", apitest.Reply(200, plainJSON, `{"versions":["v1"]}`), discovery.Failed[[]string](&discovery.Failure{
			Code: discovery.InvalidResponse, Message: "GET /api: it has no serverAddressByClientCIDRs",
		})},
		{"HTML", apitest.Reply(200, "text/html", "<html>"), discovery.Failed[[]string](&discovery.Failure{
			Code: discovery.InvalidResponse, Message: `GET /api: the content type is "text/html", not JSON; is it a Kubernetes API server?`,
		})},
		{"aggregated", apitest.Reply(200, v2JSON, `{"items":[]}`), discovery.Failed[[]string](&discovery.Failure{
			Code: discovery.InvalidResponse, Message: "GET /api: the plain document was asked for, and the aggregated one came",
		})},
		{"404", apitest.Reply(404, plainJSON, ""), discovery.Failed[[]string](&discovery.Failure{
			Code: discovery.InvalidResponse, Message: "GET /api: 404 Not Found",
		})},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/api", test.step)
			s := ask(t, server).fetch(discovery.Needs{ServerAddresses: true})
			if diff := cmp.Diff(test.want, s.ServerAddresses, ignoreErr); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFetchLogsNoHeaders(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("secret-token"))
	server.Script("/version", apitest.Refuse(503, "ServiceUnavailable", "you sent secret-token"))
	var log bytes.Buffer
	a := ask(t, server)
	a.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, attr slog.Attr) slog.Attr {
		if attr.Key == slog.TimeKey || attr.Key == "duration" {
			return slog.Attr{}
		}
		return attr
	}}))
	a.fetch(discovery.Needs{Version: true})
	want := `level=INFO msg=request method=GET path=/version attempt=1 status=503 bytes=144 failure="GET /version: 503 Service Unavailable: you sent [token]"
level=WARN msg="trying again" in=250ms failure="GET /version: 503 Service Unavailable: you sent [token]"
level=INFO msg=request method=GET path=/version attempt=2 status=200 bytes=75
`
	if diff := cmp.Diff(want, log.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRefusalIsNotReadWhole: what is only quoted has a limit of its own.
func TestRefusalIsNotReadWhole(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always("*", apitest.Reply(403, "text/plain", strings.Repeat("x", 1<<20)))
	a := ask(t, server)
	a.fetch(documents)
	if n := a.Stats().Bytes; n > 2*(64<<10+1) {
		t.Errorf("%d bytes were read", n)
	}
}
