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
