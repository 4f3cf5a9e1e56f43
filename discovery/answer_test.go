package discovery_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestFetchAnswers holds what is made of each kind of answer to GET /apis, and
// that an answer which says no is not asked for again.
func TestFetchAnswers(t *testing.T) {
	const forbidden = `groups is forbidden: User "system:serviceaccount:a:b" cannot get path "/apis"`
	tests := []struct {
		name    string
		step    apitest.Step
		code    discovery.FailureCode
		message string
	}{
		{"401", apitest.Refuse(401, "Unauthorized", "Unauthorized"), discovery.Unauthorized, "GET /apis: 401 Unauthorized: Unauthorized"},
		{"403", apitest.Refuse(403, "Forbidden", forbidden), discovery.Forbidden, "GET /apis: 403 Forbidden: " + forbidden},
		{"403 of several lines", apitest.Refuse(403, "Forbidden", "one\ntwo"), discovery.Forbidden, "GET /apis: 403 Forbidden: one two"},
		{
			"403 of 3 KiB", apitest.Refuse(403, "Forbidden", strings.Repeat("x", 3<<10)),
			discovery.Forbidden, "GET /apis: 403 Forbidden: " + strings.Repeat("x", 2<<10-26-3) + "…",
		},
		{"403 that shows the token", apitest.Refuse(403, "Forbidden", "you sent Bearer secret-token"), discovery.Forbidden, "GET /apis: 403 Forbidden: you sent Bearer [token]"},
		{"404", apitest.Reply(404, "text/plain", "404 page not found\n"), discovery.InvalidResponse, `GET /apis: 404 Not Found: "404 page not found"`},
		{"404 without a body", apitest.Reply(404, "text/plain", ""), discovery.InvalidResponse, "GET /apis: 404 Not Found"},
		{"418", apitest.Reply(418, "text/html", "<p>\x1bx"), discovery.InvalidResponse, `GET /apis: 418 I'm a teapot: "<p>\x1bx"`},
		{"499", apitest.Reply(499, "text/html", ""), discovery.InvalidResponse, "GET /apis: 499"},
		{"500", apitest.Refuse(500, "InternalError", "oops"), discovery.Unavailable, "GET /apis: 500 Internal Server Error: oops"},
		{"204", apitest.Reply(204, plainJSON, ""), discovery.InvalidResponse, "GET /apis: 204 No Content: a document was asked for"},
		{"304", apitest.Reply(304, plainJSON, ""), discovery.InvalidResponse, "GET /apis: 304 Not Modified: nothing was asked that could be unmodified"},
		{"HTML", apitest.Reply(200, "text/html; charset=utf-8", "<html>"), discovery.InvalidResponse, `GET /apis: the content type is "text/html; charset=utf-8", not JSON; is it a Kubernetes API server?`},
		{"no content type", apitest.Reply(200, "", "{}"), discovery.InvalidResponse, "GET /apis: the answer has no content type; is it a Kubernetes API server?"},
		{"Status in a 200", apitest.Reply(200, plainJSON, string(apitest.Status(403, "Forbidden", "no way"))), discovery.InvalidResponse, "GET /apis: it is a Status: no way"},
		{"content type of another form", apitest.Reply(200, plainJSON, `{"kind":"APIGroupDiscoveryList","items":[]}`), discovery.InvalidResponse, `GET /apis: at /kind: the kind is "APIGroupDiscoveryList", not APIGroupList`},
		{"group without a name", apitest.Reply(200, v2JSON, `{"items":[{"versions":[]}]}`), discovery.InvalidResponse, "GET /apis: a group has no name"},
		{"encoding that was not asked for", apitest.Reply(200, v2JSON, "x", "Content-Encoding", "br"), discovery.InvalidResponse, `GET /apis: the answer has the content encoding "br", which was not asked for`},
		{"403 that spells the token", apitest.Reply(403, plainJSON, `{"kind":"Status","message":"you sent secret-t\u006fken"}`), discovery.Forbidden, "GET /apis: 403 Forbidden: you sent [token]"},
		{"document that shows the token", apitest.Reply(200, plainJSON, `{"secret-token":1,"secret-token":2}`), discovery.InvalidResponse, `GET /apis: the name "[token]" is there twice`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Token("secret-token"))
			server.Always("/apis", test.step)
			a := ask(t, server)
			s := a.fetch(documents)
			checkFailure(t, s.Named.Failure, test.code, test.message)
			if s.Named.Known || !s.Core.Known {
				t.Errorf("named known %v, core known %v", s.Named.Known, s.Core.Known)
			}
			if n := server.Count("/apis"); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestFetchFollowsNoRedirect(t *testing.T) {
	target := apitest.New(t, apitest.Stock())
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/apis", apitest.Redirect(status, target.URL()+"/apis"))
			a := ask(t, server)
			a.HTTP.CheckRedirect = nil // a client that would follow it
			s := a.fetch(documents)
			checkFailure(t, s.Named.Failure, discovery.Redirected, fmt.Sprintf(
				"GET /apis: %d %s: redirects are not followed, here to %q", status, http.StatusText(status), target.URL()+"/apis"))
		})
	}
	if n := len(target.Requests()); n != 0 {
		t.Errorf("the target received %d requests", n)
	}
}

func TestFetchCaps(t *testing.T) {
	const empty = `{"kind":"APIGroupDiscoveryList","items":[]}`
	const version = `{"major":"1","minor":"36"}`
	needs := discovery.Needs{Documents: true, Version: true}
	tests := []struct {
		name          string
		document      apitest.Step
		version       apitest.Step
		documentError string
		versionError  string
	}{
		{
			name:     "exactly",
			document: apitest.Bomb(v2JSON, empty, 16<<20-len(empty)),
			version:  apitest.Bomb(plainJSON, version, 64<<10-len(version)),
		},
		{
			name:          "one byte more",
			document:      apitest.Bomb(v2JSON, empty, 16<<20-len(empty)+1),
			version:       apitest.Bomb(plainJSON, version, 64<<10-len(version)+1),
			documentError: "GET /apis: the answer is larger than 16 MiB",
			versionError:  "GET /version: the answer is larger than 64 KiB",
		},
		{
			name:          "a bomb of 1 GiB",
			document:      apitest.Bomb(v2JSON, empty, 1<<30),
			version:       apitest.Bomb(plainJSON, version, 1<<30),
			documentError: "GET /apis: the answer is larger than 16 MiB",
			versionError:  "GET /version: the answer is larger than 64 KiB",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/apis", test.document)
			server.Always("/version", test.version)
			a := ask(t, server)
			s := a.fetch(needs)
			if test.documentError == "" {
				if !s.Named.Known || !s.Version.Known {
					t.Errorf("named %v, version %v", s.Named.Failure, s.Version.Failure)
				}
				return
			}
			checkFailure(t, s.Named.Failure, discovery.InvalidResponse, test.documentError)
			checkFailure(t, s.Version.Failure, discovery.InvalidResponse, test.versionError)
			if len(a.waits) != 0 {
				t.Errorf("waits %v", a.waits)
			}
		})
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
