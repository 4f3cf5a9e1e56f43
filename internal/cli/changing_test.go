package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// state is the state of an API server at some time.
type state string

const (
	whole    state = "whole"
	slow     state = "slow"     // whole, but it takes its time, and heeds no other
	lacking  state = "lacking"  // apps/v1 is not served
	staled   state = "staled"   // it is, but cannot be reached
	down     state = "down"     // nothing answers
	hanging  state = "hanging"  // nothing ever will
	starting state = "starting" // apps/v1 is not served yet, and /readyz says so
	// The server has not read its access rules yet.
	forbidden state = "forbidden"
)

// changing is a cluster that goes through several states. It is reached without a
// network, so that tests can use a fake clock.
type changing struct {
	server *apitest.Server
	// at returns the state after a time.
	at    func(time.Duration) state
	began time.Time
	// fresh counts how often the client closed its connections.
	fresh int
}

func (c *changing) Namespace(live.Target) string { return "default" }

func (c *changing) Connect(live.Target) (*discovery.Client, error) {
	c.began = time.Now()
	return &discovery.Client{
		HTTP: &http.Client{Transport: c}, Base: &url.URL{Scheme: "https", Host: "10.96.0.1:443"},
		Rand: func() float64 { return 0 },
	}, nil
}

func (c *changing) CloseIdleConnections() { c.fresh++ }

func (c *changing) RoundTrip(r *http.Request) (*http.Response, error) {
	s := apitest.Stock()
	apps, _ := s.Group("apps")
	switch c.at(time.Since(c.began)) {
	case whole:
	case slow:
		time.Sleep(time.Second)
	case lacking:
		apps.Versions = nil
	case starting:
		apps.Versions = nil
		s.Confirmed = discovery.Failed[struct{}](&discovery.Failure{Code: discovery.NotReady})
	case forbidden:
		refused := &discovery.Failure{Code: discovery.Forbidden, Message: "no rule lets you"}
		s.Core, s.Named = discovery.Failed[discovery.Group](refused), discovery.Failed[[]discovery.Group](refused)
		s.Confirmed = discovery.Failed[struct{}](refused)
	case staled:
		apps.Versions[0].Freshness = kubeapi.FreshnessStale
	case down:
		return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case hanging:
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	c.server.SetSnapshot(s)
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, r)
	response := w.Result()
	response.ProtoMajor = 2
	return response, nil
}

// waited is the result of a run.
type waited struct {
	code           int
	took           time.Duration
	stdout, stderr string
	waitedFor
}

// waitedFor is the JSON document's part about the only target.
type waitedFor struct {
	Verdict string
	Wait    struct {
		Limit       float64 `json:"limit_seconds"`
		Duration    float64 `json:"duration_seconds"`
		Passes      int
		Consecutive int
		Streak      int `json:"satisfied_in_a_row"`
		Mixed       []string
	}
	Connection struct {
		Requests    int
		NotModified int `json:"not_modified"`
	}
	Findings []struct{ Status string }
}

// web is the default declaration of the tests.
const web = "variable \"severity\" { default = \"error\" }\napi \"v1\" { severity = var.severity }\napi \"apps/v1\" { severity = var.severity }\n"

func wait(t *testing.T, server *apitest.Server, at func(time.Duration) state, args ...string) (waited, *changing) {
	t.Helper()
	return waitFor(t, web, server, at, args...)
}

func waitFor(t *testing.T, declared string, server *apitest.Server, at func(time.Duration) state, args ...string) (waited, *changing) {
	t.Helper()
	return waitWithin(t.Context(), t, declared, server, at, args...)
}

func waitWithin(
	ctx context.Context, t *testing.T, declared string, server *apitest.Server, at func(time.Duration) state, args ...string,
) (w waited, c *changing) {
	t.Helper()
	c = &changing{server: server, at: at}
	file := filepath.Join(t.TempDir(), "web.hcl")
	if err := os.WriteFile(file, []byte(declared), 0o644); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "report.json")
	var stdout, stderr bytes.Buffer
	began := time.Now()
	w.code = cli.RunWithoutSignals(ctx, cli.Process{
		Args:   append([]string{"apply", "-o", "text", "-o", "json=" + report, file}, args...),
		Stdout: &stdout, Stderr: &stderr, Connector: c,
	})
	w.took = time.Since(began)
	w.stdout, w.stderr = strings.ReplaceAll(stdout.String(), file, "web.hcl"), stderr.String()
	content, err := os.ReadFile(report)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var document struct{ Targets []waitedFor }
	if err := json.Unmarshal(content, &document); err != nil || len(document.Targets) > 1 {
		t.Fatalf("%v:\n%s", err, content)
	}
	// A run that ends in an error has no target.
	for _, target := range document.Targets {
		w.waitedFor = target
	}
	return w, c
}

// steps returns the states of a cluster, each from some second on.
func steps(states map[int]state) func(time.Duration) state {
	return func(d time.Duration) state {
		for s := int(d / time.Second); ; s-- {
			if state, ok := states[s]; ok {
				return state
			}
		}
	}
}
