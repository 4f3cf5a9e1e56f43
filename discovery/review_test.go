package discovery_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

var (
	getPods = discovery.Review{Verb: "get", Resource: "pods", Namespace: "web"}
	healthz = discovery.Review{Verb: "get", Path: "/healthz"}
)

func reviews(list ...discovery.Review) discovery.Needs { return discovery.Needs{Reviews: list} }

func yes(discovery.Review) discovery.ReviewAnswer { return discovery.ReviewAnswer{Allowed: true} }

func TestReviewRequest(t *testing.T) {
	const head, end = `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":`, "}\n"
	tests := []struct {
		name   string
		review discovery.Review
		spec   string
	}{
		{"resource", getPods, `{"resourceAttributes":{"verb":"get","resource":"pods","namespace":"web"}}`},
		{
			"all of a resource",
			discovery.Review{Verb: "patch", Group: "apps", Resource: "deployments", Subresource: "scale", Namespace: "web", Name: "a"},
			`{"resourceAttributes":{"verb":"patch","group":"apps","resource":"deployments","subresource":"scale","namespace":"web","name":"a"}}`,
		},
		{"everything", discovery.Review{Verb: "*", Group: "*", Resource: "*"}, `{"resourceAttributes":{"verb":"*","group":"*","resource":"*"}}`},
		{"path", healthz, `{"nonResourceAttributes":{"path":"/healthz","verb":"get"}}`},
		{
			"odd text", discovery.Review{Verb: "\"\x00\xff", Path: "/é"},
			`{"nonResourceAttributes":{"path":"/é","verb":"\"\u0000�"}}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Token("secret-token"))
			s := ask(t, server).fetch(reviews(test.review))
			if f := s.Reviews[test.review].Failure; f != nil {
				t.Error(f)
			}
			got := server.Requests()
			if len(got) != 1 || got[0].Method != http.MethodPost || got[0].Path != apitest.ReviewPath || !got[0].Authorized {
				t.Fatalf("requests %+v", got)
			}
			if diff := cmp.Diff(head+test.spec+end, got[0].Body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReviewAnswers(t *testing.T) {
	reply := func(body string) apitest.Step { return apitest.Reply(201, plainJSON, body) }
	const (
		bare    = `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","metadata":{},`
		head    = bare + `"spec":{"resourceAttributes":{"verb":"get","namespace":"web","resource":"pods"}},`
		other   = `it answers another question than the one asked, which is whether "get pods in the namespace web" is allowed`
		allowed = `"status":{"allowed":true}}`
	)
	spec := func(text string) apitest.Step { return reply(bare + `"spec":` + text + "," + allowed) }
	const request = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews: "
	type answer = discovery.ReviewAnswer
	tests := []struct {
		name string
		step apitest.Step
		want answer
		// code and message are of a failure.
		code    discovery.FailureCode
		message string
	}{
		{name: "allowed", step: reply(head + `"status":{"allowed":true,"reason":"RBAC: allowed by x"}}`), want: answer{Allowed: true, Reason: "RBAC: allowed by x"}},
		{name: "200", step: apitest.Reply(200, plainJSON, head+`"status":{"allowed":true}}`), want: answer{Allowed: true}},
		{name: "no opinion", step: reply(head + `"status":{"allowed":false}}`), want: answer{}},
		{name: "denied", step: reply(head + `"status":{"allowed":false,"denied":true}}`), want: answer{Denied: true}},
		{
			name: "error", step: reply(head + `"status":{"allowed":false,"evaluationError":"webhook\n secret-token is down","x":[1]}}`),
			want: answer{EvaluationError: "webhook [token] is down"},
		},
		{
			name: "long reason", step: reply(head + `"status":{"allowed":false,"reason":"` + strings.Repeat("x", 5000) + `"}}`),
			want: answer{Reason: strings.Repeat("x", 2045) + "…"},
		},
		{name: "allowed and denied", step: reply(head + `"status":{"allowed":true,"denied":true}}`), code: discovery.InvalidResponse, message: "the status says that it is allowed, and denied as well"},
		{name: "no status", step: reply(strings.TrimSuffix(head, ",") + `}`), code: discovery.InvalidResponse, message: "it has no status"},
		{name: "null status", step: reply(head + `"status":null}`), code: discovery.InvalidResponse, message: "the status does not say whether it is allowed"},
		{name: "empty status", step: reply(head + `"status":{}}`), code: discovery.InvalidResponse, message: "the status does not say whether it is allowed"},
		{name: "null allowed", step: reply(head + `"status":{"allowed":null}}`), code: discovery.InvalidResponse, message: "the status does not say whether it is allowed"},
		{name: "text for allowed", step: reply(head + `"status":{"allowed":"true"}}`), code: discovery.InvalidResponse, message: "at /status/allowed: a string stands where true or false is expected"},
		{name: "allowed twice", step: reply(head + `"status":{"allowed":false,"allowed":true}}`), code: discovery.InvalidResponse, message: `at /status: the name "allowed" is there twice`},
		{name: "something behind", step: reply(head + `"status":{"allowed":true}}{}`), code: discovery.InvalidResponse, message: "something follows the end of the document"},
		{name: "a Status", step: apitest.Reply(201, plainJSON, string(apitest.Status(500, "x", "no way"))), code: discovery.InvalidResponse, message: "it is a Status: no way"},
		{name: "another kind", step: reply(strings.Replace(head, "Self", "Local", 1) + `"status":{"allowed":true}}`), code: discovery.InvalidResponse, message: `at /kind: the kind is "LocalSubjectAccessReview", not SelfSubjectAccessReview`},
		{name: "no kind", step: reply(`{"apiVersion":"authorization.k8s.io/v1","status":{"allowed":true}}`), code: discovery.InvalidResponse, message: "it has no kind"},
		{name: "another version", step: reply(strings.Replace(head, "/v1", "/v2", 1) + `"status":{"allowed":true}}`), code: discovery.InvalidResponse, message: `the apiVersion is "authorization.k8s.io/v2", not authorization.k8s.io/v1`},
		{name: "no spec", step: reply(bare + allowed), code: discovery.InvalidResponse, message: other},
		{name: "null spec", step: spec("null"), code: discovery.InvalidResponse, message: other},
		{name: "no question", step: spec(`{"resourceAttributes":{}}`), code: discovery.InvalidResponse, message: other},
		{name: "another verb", step: spec(`{"resourceAttributes":{"namespace":"web","verb":"list","resource":"pods"}}`), code: discovery.InvalidResponse, message: other},
		{name: "no namespace", step: spec(`{"resourceAttributes":{"verb":"get","resource":"pods"}}`), code: discovery.InvalidResponse, message: other},
		{name: "another group", step: spec(`{"resourceAttributes":{"namespace":"web","verb":"get","group":"apps","resource":"pods"}}`), code: discovery.InvalidResponse, message: other},
		{name: "another subresource", step: spec(`{"resourceAttributes":{"namespace":"web","verb":"get","resource":"pods","subresource":"log"}}`), code: discovery.InvalidResponse, message: other},
		{name: "a name", step: spec(`{"resourceAttributes":{"namespace":"web","verb":"get","resource":"pods","name":"a"}}`), code: discovery.InvalidResponse, message: other},
		{name: "a version", step: spec(`{"resourceAttributes":{"namespace":"web","verb":"get","resource":"pods","version":"v1"}}`), code: discovery.InvalidResponse, message: other},
		{name: "a selector", step: spec(`{"resourceAttributes":{"namespace":"web","verb":"get","resource":"pods","fieldSelector":{"rawSelector":"a=b"}}}`), code: discovery.InvalidResponse, message: other},
		{name: "a path", step: spec(`{"nonResourceAttributes":{"verb":"get","path":"/x"}}`), code: discovery.InvalidResponse, message: other},
		{name: "a path beside it", step: spec(`{"resourceAttributes":{"namespace":"web","verb":"get","resource":"pods"},"nonResourceAttributes":{"verb":"get"}}`), code: discovery.InvalidResponse, message: other},
		{name: "text for a spec", step: spec(`"x"`), code: discovery.InvalidResponse, message: "at /spec: a string stands where an object is expected"},
		{name: "the question with what is empty", step: spec(`{"resourceAttributes":{"namespace":"web","verb":"get","group":"","version":"","resource":"pods","name":"","fieldSelector":null,"x":1},"nonResourceAttributes":null}`), want: answer{Allowed: true}},
		{name: "the question behind the answer", step: reply(strings.TrimSuffix(bare+allowed, "}") + `,"spec":{"resourceAttributes":{"namespace":"web","verb":"get","resource":"pods"}}}`), want: answer{Allowed: true}},
		{name: "HTML", step: apitest.Reply(200, "text/html", "<p>"), code: discovery.InvalidResponse, message: `the content type is "text/html", not JSON; is it a Kubernetes API server?`},
		{name: "not JSON", step: reply("true"), code: discovery.InvalidResponse, message: "true or false stands where an object is expected"},
		{name: "204", step: apitest.Reply(204, "", ""), code: discovery.InvalidResponse, message: "204 No Content: a document was asked for"},
		{name: "401", step: apitest.Refuse(401, "Unauthorized", "Unauthorized"), code: discovery.Unauthorized, message: "401 Unauthorized: Unauthorized"},
		{name: "403", step: apitest.Refuse(403, "Forbidden", "secret-token cannot"), code: discovery.Forbidden, message: "403 Forbidden: [token] cannot"},
		{name: "404", step: apitest.Reply(404, "text/plain", "404 page not found"), code: discovery.InvalidResponse, message: `404 Not Found: "404 page not found"`},
		{name: "422", step: apitest.Refuse(422, "Invalid", "no"), code: discovery.InvalidResponse, message: "422 Unprocessable Entity: no"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always(apitest.ReviewPath, test.step)
			got := ask(t, server).fetch(reviews(getPods)).Reviews[getPods]
			if n := server.Count(apitest.ReviewPath); n != 1 {
				t.Errorf("%d requests", n)
			}
			if test.code != "" {
				checkFailure(t, got.Failure, test.code, request+test.message)
				return
			}
			if diff := cmp.Diff(discovery.Known(test.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestReviewsAreAdded: the answers of an earlier round stay.
func TestReviewsAreAdded(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Allow(yes)
	a := ask(t, server)
	s := a.fetch(reviews(getPods))
	a.Fetch(context.Background(), s, reviews(healthz))
	if len(s.Reviews) != 2 {
		t.Errorf("%d reviews", len(s.Reviews))
	}
}

func TestReviewUnasked(t *testing.T) {
	s := &discovery.Snapshot{Reviews: map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{getPods: discovery.Known(yes(getPods))}}
	if f := s.Review(healthz).Unknown(); f == nil || f.Code != discovery.NotRecorded {
		t.Errorf("%v", f)
	}
	s.FailUnasked(&discovery.Failure{Code: discovery.OtherEndpoint, Message: "m"})
	checkFailure(t, s.Review(healthz).Unknown(), discovery.OtherEndpoint, "m")
	if !s.Review(getPods).Known {
		t.Error("what was asked is no longer known")
	}
}

// denials is a server that allows nothing until it has been asked often enough.
func denials(t *testing.T, n int) *apitest.Server {
	server := apitest.New(t, apitest.Stock())
	var count atomic.Int64
	server.Allow(func(discovery.Review) discovery.ReviewAnswer {
		return discovery.ReviewAnswer{Allowed: int(count.Add(1)) > n}
	})
	return server
}
