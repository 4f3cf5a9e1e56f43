package discovery_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

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

func TestReviewRetries(t *testing.T) {
	whole := string(apitest.ReviewResult(getPods, yes(getPods)))
	later := apitest.Reply(503, "text/plain", "later")
	for name, steps := range map[string][]apitest.Step{
		"503":          {later, later},
		"429":          {apitest.Reply(429, "text/plain", "later", "Retry-After", "1")},
		"reset":        {apitest.Reset()},
		"aborted":      {apitest.Abort()},
		"cut off":      {apitest.Truncate(20, plainJSON, whole)},
		"cut off, 201": {apitest.Reply(201, plainJSON, whole[:20])},
	} {
		for _, protocol := range []string{"HTTP/1.1", "HTTP/2"} {
			t.Run(name+" "+protocol, func(t *testing.T) {
				var options []apitest.Option
				if protocol == "HTTP/1.1" {
					options = append(options, apitest.HTTP1())
				}
				server := apitest.New(t, apitest.Stock(), options...)
				server.Allow(yes)
				server.Script(apitest.ReviewPath, steps...)
				a := ask(t, server)
				s := a.fetch(reviews(getPods))
				if diff := cmp.Diff(discovery.Known(yes(getPods)), s.Reviews[getPods]); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if n := server.Count(apitest.ReviewPath); n != len(steps)+1 || len(a.waits) != len(steps) {
					t.Errorf("%d requests, waits %v", n, a.waits)
				}
				for _, r := range server.Requests() {
					if !strings.Contains(r.Body, `"resource":"pods"`) {
						t.Errorf("%+v", r)
					}
				}
			})
		}
	}
}

func TestReviewGivesUp(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always(apitest.ReviewPath, apitest.Reply(503, "text/plain", "later"))
	s := ask(t, server).fetch(reviews(getPods))
	checkFailure(t, s.Reviews[getPods].Failure, discovery.Unavailable, "POST "+apitest.ReviewPath+`: 503 Service Unavailable: "later"`)
	if n := server.Count(apitest.ReviewPath); n != 5 {
		t.Errorf("%d attempts", n)
	}
}

// TestReviewsAreAskedOnce holds it for each, and that one which fails does not take
// others with it.
func TestReviewsAreAskedOnce(t *testing.T) {
	var asked []discovery.Review
	for i := range 40 {
		asked = append(asked, discovery.Review{Verb: "get", Resource: "pods", Name: strconv.Itoa(i)})
	}
	server := apitest.New(t, apitest.Stock())
	server.Allow(func(r discovery.Review) discovery.ReviewAnswer {
		return discovery.ReviewAnswer{Allowed: r.Name != "7", Reason: r.Name}
	})
	server.Always(apitest.ReviewPath, func(e *apitest.Exchange) {
		body, err := io.ReadAll(e.Request.Body)
		if err != nil || strings.Contains(string(body), `"name":"9"`) {
			apitest.Refuse(403, "Forbidden", "no")(e)
			return
		}
		e.Request.Body = io.NopCloser(bytes.NewReader(body))
		e.Usual.ServeHTTP(e, e.Request)
	})
	s := ask(t, server).fetch(reviews(append(asked, asked...)...))
	if n := len(server.Requests()); n != 40 || len(s.Reviews) != 40 {
		t.Errorf("%d requests, %d answers", n, len(s.Reviews))
	}
	if n := server.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
	for i, r := range asked {
		answer := s.Reviews[r]
		if i == 9 {
			checkFailure(t, answer.Failure, discovery.Forbidden, "POST "+apitest.ReviewPath+": 403 Forbidden: no")
		} else if want := (discovery.ReviewAnswer{Allowed: i != 7, Reason: strconv.Itoa(i)}); answer.Value != want || !answer.Known {
			t.Errorf("%d: %+v", i, answer)
		}
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

// TestReviewLog holds that the log names the method.
func TestReviewLog(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("secret-token"))
	a := ask(t, server)
	var log bytes.Buffer
	a.Logger = slog.New(slog.NewTextHandler(&log, nil))
	a.fetch(reviews(getPods))
	if !strings.Contains(log.String(), "method=POST path="+apitest.ReviewPath+" attempt=1 status=201") || strings.Contains(log.String(), "secret") {
		t.Errorf("%s", log.String())
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

// TestLookAgainAsksReviewsAgain: a server that has not read all roles yet may refuse
// what it allows a moment later.
func TestLookAgainAsksReviewsAgain(t *testing.T) {
	server := denials(t, 1)
	a := ask(t, server)
	if s, _ := a.Look(t.Context(), wanting(reviews(getPods))); s.Reviews[getPods].Value.Allowed {
		t.Fatal("it is allowed at once")
	}
	s := a.again(wanting(reviews(getPods)))[0]
	if !s.Reviews[getPods].Value.Allowed || !s.Confirmed.Known || s.Core.Asked() {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff([]string{apitest.ReviewPath, apitest.ReviewPath, "/readyz"}, server.Paths()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestReviewEndsWithItsContext(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	ctx, cancel := context.WithCancelCause(context.Background())
	server.Always(apitest.ReviewPath, func(e *apitest.Exchange) {
		cancel(errors.New("interrupted"))
		e.Wait(time.Hour)
	})
	s := &discovery.Snapshot{}
	ask(t, server).Fetch(ctx, s, reviews(getPods, healthz))
	for _, r := range []discovery.Review{getPods, healthz} {
		checkFailure(t, s.Reviews[r].Failure, discovery.Canceled, "POST "+apitest.ReviewPath+": canceled: interrupted")
	}
}

// TestReviewCanBeReplayed holds that a client which has a new token can send the
// review once more.
func TestReviewCanBeReplayed(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Allow(yes)
	server.Script(apitest.ReviewPath, apitest.Refuse(401, "Unauthorized", "old token"))
	a := ask(t, server)
	next := a.HTTP.Transport
	a.HTTP.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err != nil || resp.StatusCode != http.StatusUnauthorized {
			return resp, err
		}
		resp.Body.Close()
		again := r.Clone(r.Context())
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
		return next.RoundTrip(again)
	})
	if got := a.fetch(reviews(getPods)).Reviews[getPods]; !got.Known || a.Stats().Requests != 1 {
		t.Errorf("%+v, %+v", got, a.Stats())
	}
	if bodies := server.Requests(); len(bodies) != 2 || bodies[0].Body != bodies[1].Body || bodies[0].Body == "" {
		t.Errorf("%+v", bodies)
	}
}

// TestReviewsAtOnceAreBounded holds the bound itself, where no ninth can come late.
func TestReviewsAtOnceAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []discovery.Review
		for i := range 20 {
			asked = append(asked, discovery.Review{Verb: "get", Path: "/" + strconv.Itoa(i)})
		}
		var now atomic.Int64
		release := make(chan struct{})
		client := &discovery.Client{
			Base: &url.URL{Scheme: "https", Host: "server"},
			HTTP: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				var body struct {
					Spec struct{ NonResourceAttributes struct{ Path string } }
				}
				if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
					return nil, err
				}
				path := discovery.Review{Verb: "get", Path: body.Spec.NonResourceAttributes.Path}
				now.Add(1)
				<-release
				now.Add(-1)
				return &http.Response{
					StatusCode: http.StatusCreated, Header: http.Header{"Content-Type": {plainJSON}},
					Body: io.NopCloser(bytes.NewReader(apitest.ReviewResult(path, yes(path)))),
				}, nil
			})},
		}
		s := &discovery.Snapshot{}
		done := make(chan struct{})
		go func() {
			defer close(done)
			client.Fetch(t.Context(), s, reviews(asked...))
		}()
		synctest.Wait()
		if n := now.Load(); n != 8 {
			t.Errorf("%d at once", n)
		}
		close(release)
		<-done
		if len(s.Reviews) != 20 {
			t.Errorf("%d answers", len(s.Reviews))
		}
	})
}
