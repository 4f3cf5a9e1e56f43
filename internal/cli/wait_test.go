package cli_test

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/cli"
)

func TestWait(t *testing.T) {
	const (
		apps    = `api["apps/v1"]`
		unready = "what the documents lack could not be confirmed to be absent: " +
			"GET /readyz: 500: the server is not ready: poststarthook/crd-informer-synced\n"
	)
	tests := []struct {
		name string
		args []string
		// declared is the declaration, and web if it is empty.
		declared string
		states   map[int]state
		code     int
		// took is in seconds.
		took   int
		passes int
		streak int
		mixed  []string
		stdout string
		stderr string
	}{
		{
			name: "nothing to wait for", args: []string{"--wait=1m"}, states: map[int]state{0: whole},
			code: 0, took: 0, passes: 1, streak: 1,
			stdout: "No drift.",
		},
		{
			name: "drift that goes away", args: []string{"--wait=1m"}, states: map[int]state{0: lacking, 9: whole},
			code: 0, took: 10, passes: 3, streak: 1,
			stdout: "No drift.",
			stderr: "Waiting, 0s of 1m0s: 1 of 2 requirements is not as declared: - api[\"apps/v1\"] is not served\n",
		},
		{
			name: "drift that stays", args: []string{"--wait=1m"}, states: map[int]state{0: lacking},
			code: 2, took: 55, passes: 12,
			stdout: "Drift.",
			stderr: "Waiting, 0s of 1m0s: 1 of 2 requirements is not as declared: - api[\"apps/v1\"] is not served\n",
		},
		{
			name: "undetermined, then drift, then neither", args: []string{"--wait=1m", "--interval=10s"},
			states: map[int]state{0: staled, 15: lacking, 25: whole},
			code:   0, took: 30, passes: 4, streak: 1,
			stdout: "No drift.",
			stderr: "Waiting, 0s of 1m0s: 1 of 2 requirements could not be determined: ? api[\"apps/v1\"]: GET /apis: apps/v1 is stale: " +
				"the API server could not reach what serves it\n" +
				"Waiting, 20s of 1m0s: 1 of 2 requirements is not as declared: - api[\"apps/v1\"] is not served\n",
		},
		{
			// While the server starts, a forbidden API may still appear, and a late
			// one has not drifted.
			name: "a server that starts late", args: []string{"--wait=2m"}, declared: web + "api \"apps/v2\" { served = false }\n",
			states: map[int]state{0: down, 20: forbidden, 30: starting, 40: whole},
			code:   0, took: 41, passes: 7, streak: 1,
			stdout: "No drift. The cluster serves what is declared: all 3 requirements hold.",
			stderr: "Waiting, 3.8s of 2m0s: 3 of 3 requirements could not be determined: ? api[\"v1\"]: GET /api: cannot reach 10.96.0.1:443: connection refused\n" +
				"Waiting, 21s of 2m0s: 3 of 3 requirements could not be determined: ? api[\"v1\"]: GET /api: 403 Forbidden: no rule lets you\n" +
				"Waiting, 31s of 2m0s: 2 of 3 requirements could not be determined: ? api[\"apps/v1\"]: " + unready,
		},
		{
			// If it were absent for a moment, the wait would end there.
			name: "a server that starts late, with what must not be there", args: []string{"--wait=1m"}, declared: "api \"apps/v1\" { served = false }\n",
			states: map[int]state{0: down, 20: forbidden, 30: starting, 40: whole},
			code:   2, took: 56, passes: 10,
			stdout: "Drift.",
			stderr: "Waiting, 3.8s of 1m0s: 1 of 1 requirement could not be determined: ? api[\"apps/v1\"]: GET /apis: cannot reach 10.96.0.1:443: connection refused\n" +
				"Waiting, 21s of 1m0s: 1 of 1 requirement could not be determined: ? api[\"apps/v1\"]: GET /apis: 403 Forbidden: no rule lets you\n" +
				"Waiting, 31s of 1m0s: 1 of 1 requirement could not be determined: ? api[\"apps/v1\"]: " + unready +
				"Waiting, 41s of 1m0s: 1 of 1 requirement is not as declared: + api[\"apps/v1\"] is served, and must not be\n",
		},
		{
			name: "a server that never comes", args: []string{"--wait=1m"}, states: map[int]state{0: down},
			code: 3, took: 56, passes: 7,
			stdout: "Undetermined.",
			stderr: "Waiting, 3.8s of 1m0s: 2 of 2 requirements could not be determined: ? api[\"v1\"]: GET /api: cannot reach 10.96.0.1:443: connection refused\n",
		},
		{
			name: "a pass that the time cuts off says nothing", args: []string{"--wait=1m"}, states: map[int]state{0: lacking, 38: hanging},
			code: 2, took: 60, passes: 8,
			stdout: "Drift.",
			stderr: "Waiting, 0s of 1m0s: 1 of 2 requirements is not as declared: - api[\"apps/v1\"] is not served\n",
		},
		{
			name: "unless it is the only one", args: []string{"--wait=20s"}, states: map[int]state{0: hanging},
			code: 3, took: 20, passes: 1,
			stdout: "Undetermined.",
			stderr: "Waiting, 20s of 20s: 2 of 2 requirements could not be determined: ? api[\"v1\"]: " +
				"GET /api: the time limit of all requests was reached: --wait 20s is over\n",
		},
		{
			name: "several in a row", args: []string{"--wait=1m", "--consecutive=3"}, states: map[int]state{0: whole},
			code: 0, took: 10, passes: 3, streak: 3,
			stdout: "No drift.",
			stderr: "Waiting, 0s of 1m0s: no drift in 1 of 3 passes in a row\nWaiting, 5s of 1m0s: no drift in 2 of 3 passes in a row\n",
		},
		{
			name: "a row begins anew, and mixed answers are reported", args: []string{"--wait=1m", "--consecutive=3"},
			states: map[int]state{0: whole, 8: lacking, 12: whole},
			code:   0, took: 25, passes: 6, streak: 3, mixed: []string{apps},
			stdout: `Mixed answers: api["apps/v1"] held in one pass and drifted in a later one.`,
			stderr: "Waiting, 0s of 1m0s: no drift in 1 of 3 passes in a row\n" +
				"Waiting, 5s of 1m0s: no drift in 2 of 3 passes in a row\n" +
				"Waiting, 10s of 1m0s: 1 of 2 requirements is not as declared: - api[\"apps/v1\"] is not served\n" +
				"Waiting, 15s of 1m0s: no drift in 1 of 3 passes in a row\n" +
				"Waiting, 20s of 1m0s: no drift in 2 of 3 passes in a row\n",
		},
		{
			name: "too few in a row", args: []string{"--wait=16s", "--consecutive=3"}, states: map[int]state{0: lacking, 9: whole},
			code: 3, took: 15, passes: 4, streak: 2,
			stdout: "Undetermined. It takes 3 passes in a row that are satisfied, and the last 2 were.",
			stderr: "Waiting, 0s of 16s: 1 of 2 requirements is not as declared: - api[\"apps/v1\"] is not served\n" +
				"Waiting, 10s of 16s: no drift in 1 of 3 passes in a row\nWaiting, 15s of 16s: no drift in 2 of 3 passes in a row\n",
		},
		{
			name: "which --allow-undetermined does not let pass", args: []string{"--wait=6s", "--consecutive=2", "--allow-undetermined"},
			states: map[int]state{0: lacking, 3: whole},
			code:   3, took: 5, passes: 2, streak: 1,
			stdout: "Undetermined. It takes 2 passes in a row that are satisfied, and the last was.",
			stderr: "Waiting, 0s of 6s: 1 of 2 requirements is not as declared: - api[\"apps/v1\"] is not served\n" +
				"Waiting, 5s of 6s: no drift in 1 of 2 passes in a row\n",
		},
		{
			name: "nor one that could not be determined", args: []string{"--wait=11s", "--consecutive=3", "--allow-undetermined"},
			states: map[int]state{0: whole, 8: staled},
			code:   3, took: 10, passes: 3,
			stdout: "Undetermined. It takes 3 passes in a row that are satisfied, and the last was not.",
			stderr: "Waiting, 0s of 11s: no drift in 1 of 3 passes in a row\nWaiting, 5s of 11s: no drift in 2 of 3 passes in a row\n" +
				"Waiting, 10s of 11s: 1 of 2 requirements could not be determined: ? api[\"apps/v1\"]: GET /apis: apps/v1 is stale: " +
				"the API server could not reach what serves it\n",
		},
		{
			name: "a pass that is cut off says nothing of warnings that count either",
			args: []string{"--wait=1m", "--fail-on-warning", "--var=severity=warning"}, states: map[int]state{0: lacking, 38: hanging},
			code: 2, took: 60, passes: 8,
			stdout: "Drift.",
			stderr: "Waiting, 0s of 1m0s: 1 of 2 requirements is not as declared: - api[\"apps/v1\"] is not served (warning)\n",
		},
		{
			name: "a pass that ends with the time, and is whole, counts", args: []string{"--wait=10500ms"}, states: map[int]state{0: lacking, 9: slow},
			code: 0, took: 11, passes: 3, streak: 1,
			stdout: "No drift.",
			stderr: "Waiting, 0s of 11s: 1 of 2 requirements is not as declared: - api[\"apps/v1\"] is not served\n",
		},
		{
			name: "what could not be determined is waited for before it is allowed", args: []string{"--wait=20s", "--allow-undetermined"},
			states: map[int]state{0: staled},
			code:   0, took: 15, passes: 4,
			stdout: "Allowed. 1 of 2 requirements could not be determined, which --allow-undetermined lets pass.",
			stderr: "Waiting, 0s of 20s: 1 of 2 requirements could not be determined: ? api[\"apps/v1\"]: GET /apis: apps/v1 is stale: " +
				"the API server could not reach what serves it\n",
		},
		{
			name: "so is drift before it is a warning only", args: []string{"--wait=20s", "--warn-only"}, states: map[int]state{0: lacking},
			code: 0, took: 15, passes: 4,
			stdout: "No drift that counts. 1 of 2 requirements does not hold, as a warning only.",
			stderr: "Waiting, 0s of 20s: 1 of 2 requirements is not as declared: - api[\"apps/v1\"] is not served\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			synctest.Test(t, func(t *testing.T) {
				declared := test.declared
				if declared == "" {
					declared = web
				}
				w, c := waitFor(t, declared, server, steps(test.states), test.args...)
				if w.code != test.code {
					t.Errorf("it exits with %d, want %d", w.code, test.code)
				}
				if took := int(w.took / time.Second); took != test.took || int(w.Wait.Duration) != test.took {
					t.Errorf("it took %v and says %vs, want %ds", w.took, w.Wait.Duration, test.took)
				}
				if w.Wait.Passes != test.passes || w.Wait.Streak != test.streak {
					t.Errorf("%d passes, %d in a row, want %d and %d", w.Wait.Passes, w.Wait.Streak, test.passes, test.streak)
				}
				if diff := cmp.Diff(append([]string{}, test.mixed...), w.Wait.Mixed); diff != "" {
					t.Errorf("mixed (-want +got):\n%s", diff)
				}
				if !strings.Contains(w.stdout, test.stdout) {
					t.Errorf("it lacks %q:\n%s", test.stdout, w.stdout)
				}
				if diff := cmp.Diff(test.stderr, w.stderr); diff != "" {
					t.Errorf("standard error (-want +got):\n%s", diff)
				}
				if c.fresh < test.passes-1 {
					t.Errorf("the connections were given up %d times", c.fresh)
				}
			})
		})
	}
}

// TestEndedRunLetsNothingPass tests that no report of a run that a signal ended says
// that the flags let it pass, because the exit code says that it did not pass.
func TestEndedRunLetsNothingPass(t *testing.T) {
	tests := []struct {
		name    string
		args    []string
		states  map[int]state
		verdict string
		stdout  string
	}{
		{
			"what could not be determined, in a wait", []string{"--allow-undetermined", "--wait=1m"}, map[int]state{0: staled},
			"undetermined", "Undetermined. 1 of 2 requirements could not be determined.\n",
		},
		{
			"drift as a warning, in a wait", []string{"--warn-only", "--wait=1m"}, map[int]state{0: lacking},
			"drifted", "Drift. 1 of 2 requirements is not as declared.\n",
		},
		{
			"drift, in a wait, where both are allowed", []string{"--warn-only", "--allow-undetermined", "--wait=1m"},
			map[int]state{0: staled, 5: lacking},
			"drifted", "Drift. 1 of 2 requirements is not as declared.\n",
		},
		{
			"what was not answered, as a warning", []string{"--warn-only"}, map[int]state{0: hanging},
			"undetermined", "Undetermined. 2 of 2 requirements could not be determined.\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			synctest.Test(t, func(t *testing.T) {
				ctx, end := context.WithCancelCause(t.Context())
				defer time.AfterFunc(8*time.Second, func() { end(cli.EndedBy(syscall.SIGTERM)) }).Stop()
				w, _ := waitWithin(ctx, t, web, server, steps(test.states), test.args...)
				if w.code != 143 || w.took != 8*time.Second {
					t.Errorf("it exits with %d after %v", w.code, w.took)
				}
				if w.Verdict != test.verdict || !strings.HasPrefix(w.stdout, test.stdout) {
					t.Errorf("the verdict is %s, and it says\n%s", w.Verdict, w.stdout)
				}
			})
		})
	}
}

// TestWaitNotModified tests that only changed documents are sent again.
func TestWaitNotModified(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	synctest.Test(t, func(t *testing.T) {
		w, _ := wait(t, server, steps(map[int]state{0: whole}), "--wait=1m", "--consecutive=5")
		if w.Connection.Requests != 10 || w.Connection.NotModified != 8 {
			t.Errorf("%+v", w.Connection)
		}
	})
}

// TestWaitSays tests what a person reads at the end.
func TestWaitSays(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	synctest.Test(t, func(t *testing.T) {
		w, _ := wait(t, server, steps(map[int]state{0: lacking, 7: whole, 12: lacking}), "--wait=21s", "--consecutive=2")
		want := `Drift. 1 of 2 requirements is not as declared.

  - api["apps/v1"] is not served
      web.hcl:3: api "apps/v1" { severity = var.severity }

1 satisfied, 1 drifted, 0 undetermined, 0 skipped.
Asked https://10.96.0.1:443: REST
Waited 20s of 21s: 5 passes; the last was not satisfied.
Mixed answers: api["apps/v1"] held in one pass and drifted in a later one. The API servers behind the address may differ, as in the middle of an upgrade.
`
		before, after, _ := strings.Cut(w.stdout, "443: ")
		_, after, _ = strings.Cut(after, "\n")
		if diff := cmp.Diff(want, before+"443: REST\n"+after); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestWaitingPage tests that docs/waiting.md shows the real output.
func TestWaitingPage(t *testing.T) {
	page := read(t, "../../docs/waiting.md")
	server := apitest.New(t, apitest.Stock())
	synctest.Test(t, func(t *testing.T) {
		w, _ := wait(t, server, steps(map[int]state{0: down, 14: lacking, 25: whole}), "--wait=5m", "--consecutive=3")
		if block := "```\n" + w.stderr + "```\n"; !strings.Contains(page, block) {
			t.Errorf("the page lacks\n%s", block)
		}
		_, last, _ := strings.Cut(w.stdout, "\nWaited ")
		if block := "```\nWaited " + last + "```\n"; !strings.Contains(page, block) {
			t.Errorf("the page lacks\n%s", block)
		}
	})
}

// TestWaitNotForErrors tests that an error (exit 1) ends a wait.
func TestWaitNotForErrors(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	synctest.Test(t, func(t *testing.T) {
		w, _ := wait(t, server, steps(map[int]state{0: lacking}), "--wait=1m", "nowhere.hcl")
		if w.code != 1 || w.took != 0 {
			t.Errorf("it exits with %d after %v", w.code, w.took)
		}
	})
}
