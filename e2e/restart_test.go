package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/gate"
	"github.com/kreconcile/kreconcile/inclusterauth"
)

// whatIsServed requires what a whole cluster serves, and whatMustNotBe forbids it:
// the first can never drift, and the second can never be satisfied.
const (
	whatIsServed = `
api "example.com/v1" {
  resource "widgets" { subresources = ["status", "scale"] }
}
api "example.com/v1beta1" {
  kind "Widget" {}
}
api "metrics.example.com/v1beta1" {}
api "apps/v1" {
  resource "deployments" {}
}
api "v1" {
  resource "pods" { subresources = ["log"] }
}
cluster { kubernetes = "NEWEST" }
// This absence is real, so it asks for a confirmation each time.
api "policy/v1beta1" { served = false }`
	whatMustNotBe = `
api "example.com/v1" { served = false }
api "example.com/v1beta1" {
  resource "widgets" { served = false }
}
api "metrics.example.com/v1beta1" { served = false }
api "apps/v1" {
  resource "deployments" { served = false }
}
api "v1" {
  resource "pods" {
    subresource "log" { served = false }
  }
}`
)

// TestRestart asks without a pause while the API server restarts, with custom
// resources and an aggregated API. A server that has just started answers 200 without
// their groups. That must never count as their absence.
func TestRestart(t *testing.T) {
	c := unsettled(t, setup{manifests: []string{"widgets.yaml", "stale.yaml"}})
	a := newAccount(t, c)
	served, denied := parse(t, strings.Replace(whatIsServed, "NEWEST", newest(), 1)), parse(t, whatMustNotBe)
	if o := a.apply(t, corePods+"\napi \"example.com/v1\" {}"); o.ExitCode != 0 {
		t.Fatalf("exit %d before the restart\n%s", o.ExitCode, o.Stdout)
	}

	w := watch{tally: map[string]int{}}
	var workers sync.WaitGroup
	defer workers.Wait()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for _, pace := range []struct {
		limit, pause time.Duration
		count        int
	}{
		// No time for another try: the server's first answer counts.
		{limit: 300 * time.Millisecond, pause: 3 * time.Millisecond, count: 2},
		// Time for every retry, and for the confirmations, which take a second.
		{limit: time.Minute, pause: 50 * time.Millisecond, count: 6},
	} {
		for range pace.count {
			config := a.config(t, nil)
			workers.Go(func() {
				for ctx.Err() == nil {
					w.ask(ctx, config, served, apply.Drifted, pace.limit)
					w.ask(ctx, config, denied, apply.Satisfied, pace.limit)
					time.Sleep(pace.pause)
				}
			})
		}
	}
	workers.Go(func() { w.run(ctx, a) })
	config := a.config(t, nil)
	workers.Go(func() {
		for ctx.Err() == nil {
			if served, known := servesWidgets(t, config); known && !served {
				w.Lock()
				w.incomplete++
				w.Unlock()
			}
			time.Sleep(3 * time.Millisecond)
		}
	})

	// The moment that this test is about is short, and may pass between two looks.
	signals := []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL, syscall.SIGTERM}
	for i := 0; i < len(signals) || i < 20 && !w.sawIncomplete(); i++ {
		signal := signals[i%len(signals)]
		if err := c.Restart(t.Context(), signal); err != nil {
			t.Error(err)
		}
		before := w.satisfied()
		eventually(t, 20*time.Second, func() error {
			if w.satisfied() == before {
				return fmt.Errorf("the command is not satisfied after %s", signal)
			}
			return nil
		})
	}
	stop()
	workers.Wait()
	w.report(t)
	expectWhole(t, c, a)
}

// expectWhole waits until the server has everything again.
func expectWhole(t *testing.T, c *cluster.Cluster, a *account) {
	t.Helper()
	eventually(t, 20*time.Second, func() error {
		if o := a.apply(t, `api "example.com/v1" {
  resource "widgets" {}
}`); o.ExitCode != 0 {
			return fmt.Errorf("%s: exit %d: %s", c.Address, o.ExitCode, o.Stdout)
		}
		return nil
	})
}

// TestRestartBetween restarts the API server at the worst moment: just after it said
// that it is ready, so that the next documents are those of a server that is not.
func TestRestartBetween(t *testing.T) {
	c := unsettled(t, setup{manifests: []string{"widgets.yaml", "stale.yaml"}})
	a := newAccount(t, c)
	expectWhole(t, c, a)
	config := a.config(t, nil)
	between := &restarter{next: config.Client().Transport, restart: func() error {
		// On a busy machine, the moment may pass between two looks.
		for missed := true; missed; {
			if err := c.Kill(); err != nil {
				return err
			}
			err := c.StartUntil(t.Context(), func() bool {
				served, known := servesWidgets(t, config)
				missed = served
				return known
			})
			if err != nil {
				return err
			}
		}
		return nil
	}}
	client := discovery.Client{HTTP: &http.Client{Transport: between}, Base: config.BaseURL()}
	result, err := gate.Check(t.Context(), &client, parse(t, strings.Replace(whatIsServed, "NEWEST", newest(), 1)), gate.Options{})
	if between.err != nil {
		t.Fatal(between.err)
	}
	if result == nil {
		t.Fatal(err)
	}
	for _, f := range result.Plan.Findings {
		if f.Status == apply.Drifted {
			t.Errorf("%s is drifted: %+v", f.Address, f.Differences)
		}
	}
}

// restarter is a transport that restarts the server once /readyz was answered.
type restarter struct {
	next    http.RoundTripper
	restart func() error
	once    sync.Once
	err     error
}

func (r *restarter) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.next.RoundTrip(request)
	if err != nil || request.URL.Path != "/readyz" || response.StatusCode != http.StatusOK {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	r.once.Do(func() { r.err = r.restart() })
	return response, nil
}

// servesWidgets reports whether the server serves widgets, and whether it answers at
// all.
func servesWidgets(t *testing.T, config *inclusterauth.Config) (served, known bool) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	client := discovery.Client{HTTP: config.Client(), Base: config.BaseURL()}
	var s discovery.Snapshot
	client.Fetch(ctx, &s, discovery.Needs{Documents: true})
	group, failure := s.Group("example.com")
	return group != nil, failure == nil
}

func parse(t *testing.T, declaration string) *config.Declaration {
	t.Helper()
	d, diags := config.Parse([]config.Source{{Name: "restart.hcl", Bytes: []byte(declaration)}}, config.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return d
}

// watch collects what several workers saw.
type watch struct {
	sync.Mutex
	// tally counts the findings by status and code.
	tally map[string]int
	// incomplete counts the answers with status 200 that lack a served group. This
	// test is about these.
	incomplete int
	// wrong are findings that must not occur.
	wrong []string
}

// ask judges the declaration once, as the command does. No finding may have the
// status never; only a requirement to be served may be satisfied.
func (w *watch) ask(ctx context.Context, config *inclusterauth.Config, d *config.Declaration, never apply.Status, limit time.Duration) {
	client := discovery.Client{HTTP: config.Client(), Base: config.BaseURL()}
	// The findings count here, and not the verdict.
	result, _ := gate.Check(ctx, &client, d, gate.Options{Timeout: limit})
	parents := map[string]bool{}
	if never == apply.Satisfied {
		parents = present(d)
	}

	w.Lock()
	defer w.Unlock()
	for _, f := range result.Plan.Findings {
		key := string(f.Status)
		if f.Undetermined != nil {
			key += " " + string(f.Undetermined.Code)
		}
		w.tally[key]++
		if f.Status == never && !parents[f.Address] {
			w.wrong = append(w.wrong, fmt.Sprintf("%s %s is %s: %+v", time.Now().Format("15:04:05.000"), f.Address, f.Status, f.Differences))
		}
	}
}

// present returns the addresses of what must be served.
func present(d *config.Declaration) map[string]bool {
	addresses := map[string]bool{}
	for _, api := range d.APIs {
		addresses[api.Address] = api.Served
		for _, resource := range api.Resources {
			addresses[resource.Address] = resource.Served
		}
	}
	return addresses
}

// run runs the built command again and again. It may be satisfied or undetermined,
// and nothing else.
func (w *watch) run(ctx context.Context, a *account) {
	for ctx.Err() == nil {
		cmd := exec.Command(suite.programs.Kreconcile, "apply", "--timeout=3s", "--service-account-dir", a.volume.Dir, "-")
		cmd.Env = a.env
		cmd.Stdin = strings.NewReader(`api "example.com/v1" {
  resource "widgets" {}
}`)
		output, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		code := cmd.ProcessState.ExitCode()
		w.Lock()
		w.tally[fmt.Sprintf("exit %d", code)]++
		if (err != nil && !errors.As(err, &exit)) || (code != 0 && code != 3) {
			w.wrong = append(w.wrong, fmt.Sprintf("exit %d: %s", code, output))
		}
		w.Unlock()
	}
}

// satisfied returns how often the command was satisfied until now.
func (w *watch) satisfied() int {
	w.Lock()
	defer w.Unlock()
	return w.tally["exit 0"]
}

// sawIncomplete reports whether an answer has lacked a group until now.
func (w *watch) sawIncomplete() bool {
	w.Lock()
	defer w.Unlock()
	return w.incomplete > 0
}

func (w *watch) report(t *testing.T) {
	t.Helper()
	for _, wrong := range w.wrong[:min(len(w.wrong), 20)] {
		t.Error(wrong)
	}
	for _, key := range slices.Sorted(maps.Keys(w.tally)) {
		t.Logf("%6d %s", w.tally[key], key)
	}
	t.Logf("%6d answers lacked a group that is served", w.incomplete)
	if w.incomplete == 0 {
		t.Error("no answer lacked a group: the server never did what this test is about")
	}
	if w.tally["satisfied"] == 0 {
		t.Error("nothing was ever satisfied: the workers never got through")
	}
}
