package run_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/run"
)

// clock is a fake time that passes only during Sleep.
type clock struct{ now time.Time }

func (c *clock) clock() run.Clock {
	return run.Clock{Now: func() time.Time { return c.now }, Sleep: func(ctx context.Context, d time.Duration) error {
		c.now = c.now.Add(d)
		return ctx.Err()
	}}
}

// byTime is an API server that serves apps/v1 only at some seconds.
type byTime struct {
	server *apitest.Server
	clock  *clock
	began  time.Time
	serves func(second int) bool

	mu sync.Mutex
	// fresh counts how often the client closed its connections.
	fresh int
}

func (b *byTime) CloseIdleConnections() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fresh++
}

func (b *byTime) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := apitest.Stock()
	if apps, _ := s.Group("apps"); !b.serves(int(b.clock.now.Sub(b.began).Seconds())) {
		apps.Versions = nil
	}
	b.server.SetSnapshot(s)
	w := httptest.NewRecorder()
	b.server.ServeHTTP(w, r)
	response := w.Result()
	response.ProtoMajor = 2
	return response, nil
}

// TestJudge tests the number of passes, their times and their result.
func TestJudge(t *testing.T) {
	always := func(is bool) func(int) bool { return func(int) bool { return is } }
	tests := []struct {
		name           string
		wait           run.Wait
		serves         func(second int) bool
		status         apply.Status
		passes, streak int
		waited         time.Duration
	}{
		{"once, and it is served", run.Wait{}, always(true), apply.Satisfied, 1, 1, 0},
		{"once, and it is not", run.Wait{}, always(false), apply.Drifted, 1, 0, 0},
		{"it is served at once", run.Wait{For: time.Minute, Interval: 5 * time.Second, Consecutive: 1}, always(true), apply.Satisfied, 1, 1, 0},
		{
			"it comes", run.Wait{For: time.Minute, Interval: 5 * time.Second, Consecutive: 1},
			func(second int) bool { return second > 11 }, apply.Satisfied, 4, 1, 15 * time.Second,
		},
		{"it never comes", run.Wait{For: time.Minute, Interval: 25 * time.Second, Consecutive: 1}, always(false), apply.Drifted, 3, 0, 50 * time.Second},
		{"three in a row", run.Wait{For: time.Minute, Interval: time.Second, Consecutive: 3}, always(true), apply.Satisfied, 3, 3, 2 * time.Second},
		{
			"the row begins again", run.Wait{For: time.Minute, Interval: time.Second, Consecutive: 3},
			func(second int) bool { return second != 1 }, apply.Satisfied, 5, 3, 4 * time.Second,
		},
		{
			"the time ends before the row is complete", run.Wait{For: 3 * time.Second, Interval: time.Second, Consecutive: 3},
			func(second int) bool { return second != 1 }, apply.StatusUndetermined, 3, 1, 2 * time.Second,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
			server := &byTime{server: older(t), clock: c, began: c.now, serves: tt.serves}
			client := &discovery.Client{
				HTTP: &http.Client{Transport: server}, Base: &url.URL{Scheme: "https", Host: "10.96.0.1:443"},
				Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
			}
			var seen, want []int
			out := run.Judge(t.Context(), client, parse(t, both), run.Options{
				Wait: tt.wait, Clock: c.clock(), Waiting: func(s *apply.Series) { seen = append(seen, s.Passes) },
			})
			if v := out.Passes.Verdict(apply.Policy{}, tt.wait.Consecutive); v.Status != tt.status {
				t.Errorf("it is %s, want %s", v.Status, tt.status)
			}
			if out.Passes.Passes != tt.passes || out.Passes.Streak != tt.streak || out.Waited != tt.waited {
				t.Errorf("%d passes, %d in a row, in %s; want %d, %d, %s", out.Passes.Passes, out.Passes.Streak, out.Waited, tt.passes, tt.streak, tt.waited)
			}
			if out.Snapshot == nil || out.Snapshot.Endpoint != "https://10.96.0.1:443" {
				t.Errorf("the snapshot is %+v", out.Snapshot)
			}
			if server.fresh < tt.passes-1 {
				t.Errorf("the connections were given up %d times", server.fresh)
			}
			for pass := range tt.passes {
				// A wait also continues after the last pass if that one is not
				// satisfied.
				if pass < tt.passes-1 || tt.wait.For > 0 && tt.status != apply.Satisfied {
					want = append(want, pass+1)
				}
			}
			if diff := cmp.Diff(want, seen); diff != "" {
				t.Errorf("passes after which it still waits (-want +got):\n%s", diff)
			}
		})
	}
}

// TestJudgeWithinTheCallersTime tests that the caller's deadline ends the wait before
// its own.
func TestJudgeWithinTheCallersTime(t *testing.T) {
	c := &clock{now: time.Now()}
	server := &byTime{server: older(t), clock: c, began: c.now, serves: func(int) bool { return false }}
	client := &discovery.Client{HTTP: &http.Client{Transport: server}, Base: &url.URL{Scheme: "https", Host: "10.96.0.1:443"}}
	ctx, cancel := context.WithDeadline(t.Context(), c.now.Add(time.Minute))
	defer cancel()
	out := run.Judge(ctx, client, parse(t, both), run.Options{
		Wait: run.Wait{For: time.Hour, Interval: 25 * time.Second, Consecutive: 1}, Clock: c.clock(),
	})
	if out.Passes.Passes != 3 || out.Waited != 50*time.Second {
		t.Errorf("%d passes in %s", out.Passes.Passes, out.Waited)
	}
}

// TestJudgeNamesItsLimit tests that an undetermined requirement names the limit that
// was reached.
func TestJudgeNamesItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &discovery.Client{HTTP: &http.Client{Transport: silentFrom{}}, Base: &url.URL{Scheme: "https", Host: "10.96.0.1:443"}}
		out := run.Judge(t.Context(), client, parse(t, both), run.Options{Timeout: 20 * time.Second, Names: run.Names{Timeout: "the limit"}})
		const want = "GET /apis: the time limit of all requests was reached: the limit 20s is over"
		if u := out.Passes.Plan.Findings[0].Undetermined; u == nil || u.Code != discovery.Timeout || u.Message != want {
			t.Errorf("%+v, want %q", u, want)
		}
	})
}

func TestWaitCheck(t *testing.T) {
	names := run.Names{Wait: "--wait", Interval: "--interval", Consecutive: "--consecutive"}
	for _, tt := range []struct {
		name string
		wait run.Wait
		want string
	}{
		{"none", run.Wait{}, ""},
		{"one pass is enough", run.Wait{For: time.Minute, Interval: time.Second, Consecutive: 1}, ""},
		{"just enough time", run.Wait{For: 11 * time.Second, Interval: 5 * time.Second, Consecutive: 3}, ""},
		{"a unit was left out", run.Wait{For: time.Minute, Interval: 5, Consecutive: 1}, "--interval must be 100ms at least"},
		{"no pass", run.Wait{For: time.Minute, Interval: time.Second}, "--consecutive must be 1 at least"},
		{
			"no time for a second pass", run.Wait{For: 5 * time.Second, Interval: 5 * time.Second, Consecutive: 1},
			"--wait 5s is too short for 2 passes that are 5s apart (--interval)",
		},
		{
			"no time for all", run.Wait{For: 10 * time.Second, Interval: 5 * time.Second, Consecutive: 3},
			"--wait 10s is too short for 3 passes that are 5s apart (--interval)",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if err := tt.wait.Check(names); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStrict(t *testing.T) {
	got := run.Strict(apply.Policy{FailOnWarning: true, WarnOnly: true, AllowUndetermined: true})
	if diff := cmp.Diff(apply.Policy{FailOnWarning: true}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestJudgeCutOff tests that a pass which the end of the wait cuts off does not
// count, unless it is the only one.
func TestJudgeCutOff(t *testing.T) {
	for name, tt := range map[string]struct {
		// silent is the second after which nothing answers.
		silent int
		want   apply.Status
		passes int
	}{
		"the third":    {7, apply.Drifted, 2},
		"the only one": {0, apply.StatusUndetermined, 1},
	} {
		t.Run(name, func(t *testing.T) {
			server := older(t)
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				client := &discovery.Client{
					HTTP: &http.Client{Transport: silentFrom{server, began.Add(time.Duration(tt.silent) * time.Second)}},
					Base: &url.URL{Scheme: "https", Host: "10.96.0.1:443"},
				}
				out := run.Judge(t.Context(), client, parse(t, neither), run.Options{
					Wait: run.Wait{For: 20 * time.Second, Interval: 5 * time.Second, Consecutive: 1},
				})
				if v := out.Passes.Verdict(apply.Policy{}, 1); v.Status != tt.want || out.Passes.Passes != tt.passes {
					t.Errorf("it is %s after %d passes, want %s after %d", v.Status, out.Passes.Passes, tt.want, tt.passes)
				}
				if took := time.Since(began); took != 20*time.Second || out.Waited != took {
					t.Errorf("it took %s and says %s", took, out.Waited)
				}
			})
		})
	}
}

// silentFrom is a server that stops answering at some time.
type silentFrom struct {
	server *apitest.Server
	at     time.Time
}

func (s silentFrom) RoundTrip(r *http.Request) (*http.Response, error) {
	if !time.Now().Before(s.at) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	response := w.Result()
	response.ProtoMajor = 2
	return response, nil
}
