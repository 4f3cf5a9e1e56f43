package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// waiting is a running kreconcile apply.
type waiting struct {
	cmd    *exec.Cmd
	stdout strings.Builder
	// lines are the lines of standard error, as they come.
	lines chan string
	said  []string
	began time.Time
}

// wait starts kreconcile apply --wait with the account's folder.
func (a *account) wait(t *testing.T, declaration string, args ...string) *waiting {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	args = append([]string{"apply", "--interval=250ms", "--service-account-dir", a.volume.Dir}, args...)
	w := &waiting{cmd: exec.CommandContext(ctx, suite.programs.Kreconcile, append(args, "-")...), lines: make(chan string, 1000), began: time.Now()}
	w.cmd.Env = a.env
	w.cmd.Stdin = strings.NewReader(declaration)
	w.cmd.Stdout = &w.stdout
	stderr, err := w.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(w.lines)
		for s := bufio.NewScanner(stderr); s.Scan(); {
			w.lines <- s.Text()
		}
	}()
	return w
}

// says waits for a line with the part.
func (w *waiting) says(t *testing.T, part string) {
	t.Helper()
	for line := range w.lines {
		w.said = append(w.said, line)
		if strings.Contains(line, part) {
			return
		}
	}
	t.Fatalf("it never says %q, but\n%s\n%s", part, strings.Join(w.said, "\n"), w.stdout.String())
}

// ends waits for the end of the run, whose report must have the parts.
func (w *waiting) ends(t *testing.T, exit int, parts ...string) {
	t.Helper()
	for line := range w.lines {
		w.said = append(w.said, line)
	}
	err := w.cmd.Wait()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	if code := w.cmd.ProcessState.ExitCode(); code != exit {
		t.Errorf("exit %d, want %d", code, exit)
	}
	expectInOrder(t, w.stdout.String(), parts...)
	if t.Failed() {
		t.Logf("standard error:\n%s\nstandard output:\n%s", strings.Join(w.said, "\n"), w.stdout.String())
	}
}

func (w *waiting) neverSaid(t *testing.T, part string) {
	t.Helper()
	if slices.ContainsFunc(w.said, func(line string) bool { return strings.Contains(line, part) }) {
		t.Errorf("it said %q:\n%s", part, strings.Join(w.said, "\n"))
	}
}

// TestWaitForCustomResource waits for a custom resource definition that is applied
// during the wait, until it is established.
func TestWaitForCustomResource(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	w := a.wait(t, `
api "awaited.example.com/v1" {
  kind "Guest" {
    verbs = ["get", "list", "watch"]
  }
}`, "--wait=1m", "--consecutive=3")
	w.says(t, `api["awaited.example.com/v1"] is not served`)
	err := c.Apply(t.Context(), `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: guests.awaited.example.com}
spec:
  group: awaited.example.com
  scope: Namespaced
  names: {plural: guests, kind: Guest}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
`)
	if err != nil {
		t.Fatal(err)
	}
	w.ends(t, 0, "No drift.", "Waited ", " of 1m0s: ", "; the last 3 were satisfied.")
	// It may come between the two looks of a pass. Nothing else is in doubt.
	w.said = slices.DeleteFunc(w.said, func(line string) bool {
		return strings.Contains(line, "it is drifted over one connection, and satisfied over another")
	})
	w.neverSaid(t, "could not be determined")
}

// TestWaitNotModified tests that the API server answers 304 while nothing changes.
func TestWaitNotModified(t *testing.T) {
	t.Parallel()
	a := newAccount(t, stock(t))
	o := a.apply(t, corePods, "--wait=1m", "--interval=250ms", "--consecutive=4")
	if o.ExitCode != 0 || o.report.Connection.Requests != 8 || o.report.Connection.NotModified != 6 {
		t.Errorf("exit %d, %+v\n%s", o.ExitCode, o.report.Connection, o.Stdout)
	}
}

// TestWaitForAggregatedAPI waits for an APIService whose backend comes up during the
// wait, and then for one that has died.
func TestWaitForAggregatedAPI(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	// The port is known before anything listens on it.
	address := closedAddress(t)
	b := startBackend(t, address, "late.example.org/v1", late)
	b.stop()
	b.register(t, c, "late")
	const declaration = `
api "late.example.org/v1" {
  resource "trains" { verbs = ["get", "list"] }
}`
	// At first, the group may not even be listed.
	w := a.wait(t, declaration, "--wait=1m")
	w.says(t, "could not be determined: ? api[\"late.example.org/v1\"]: GET /apis: late.example.org/v1 is stale")
	b = startBackend(t, address, "late.example.org/v1", late)
	w.ends(t, 0, "No drift.", "Waited ")

	b.stop()
	// Without a change, the API server asks a backend again after a minute.
	eventually(t, 2*time.Minute, func() error {
		if o := a.apply(t, declaration); o.ExitCode != 3 {
			return fmt.Errorf("exit %d: %s", o.ExitCode, o.Stdout)
		}
		return nil
	})
	w = a.wait(t, declaration, "--wait=2s")
	w.ends(t, 3, "Undetermined.", "late.example.org/v1 is stale", "hint: kubectl get apiservices", "Waited ", " of 2s: ")
}

// TestWaitForServer waits for an API server that starts late. What it omits at first
// is never reported as drift.
func TestWaitForServer(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{manifests: []string{"widgets.yaml"}})
	a := newAccount(t, c)
	if err := c.Kill(); err != nil {
		t.Fatal(err)
	}
	w := a.wait(t, corePods+"\napi \"example.com/v1\" {\n  kind \"Widget\" {}\n}", "--wait=90s", "--request-timeout=2s")
	w.says(t, "connection refused")
	if err := c.StartUntil(t.Context(), func() bool { return true }); err != nil {
		t.Fatal(err)
	}
	w.ends(t, 0, "No drift.", "Waited ", " of 1m30s: ")
	w.neverSaid(t, "not as declared")
}

// TestWaitForNobody ends when its time is up.
func TestWaitForNobody(t *testing.T) {
	t.Parallel()
	a := newAccount(t, stock(t))
	address := closedAddress(t)
	w := a.wait(t, corePods, "--wait=3s", "--server=https://"+address)
	w.ends(t, 3, "Undetermined. 2 of 2 requirements could not be determined.", "cannot reach "+address+": connection refused",
		"hint: check that the address is right", "Waited ", " of 3s: ")
	if took := time.Since(w.began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestWaitBehindBalancer asks two API servers of one control plane in turn, as during
// an upgrade. One of them does not serve what is declared.
func TestWaitBehindBalancer(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{})
	a := newAccount(t, c)
	older, err := c.Beside(t.Context(), t.TempDir(), "--runtime-config=autoscaling/v2=false")
	if err != nil {
		t.Fatal(err)
	}
	stopOlder := func() {
		if err := older.Stop(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stopOlder)
	b := balance(t, c.Address, older.Address)
	const declaration = `api "autoscaling/v2" {}`
	server := "--server=https://" + b.address

	w := a.wait(t, declaration, server, "--wait=3s", "--consecutive=2")
	w.ends(t, 3, "the answers differ", `api["autoscaling/v2"]`)
	if n := b.connections.Load(); n < 8 {
		t.Errorf("only %d connections were made", n)
	}

	before := b.connections.Load()
	w = a.wait(t, declaration, server, "--wait=1m", "--consecutive=4")
	eventually(t, 30*time.Second, func() error {
		if n := b.connections.Load() - before; n < 4 {
			return fmt.Errorf("%d connections", n)
		}
		return nil
	})
	b.only.Store(true) // the older one is taken out of service
	w.ends(t, 0, "No drift.", "; the last 4 were satisfied.")
}

// balancer gives each connection to the next of several servers.
type balancer struct {
	address     string
	connections atomic.Int64
	// only makes it give all connections to the first.
	only atomic.Bool
}

func balance(t *testing.T, servers ...string) *balancer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	b := &balancer{address: listener.Addr().String()}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			server := servers[int(b.connections.Add(1))%len(servers)]
			if b.only.Load() {
				server = servers[0]
			}
			go func() {
				defer near.Close()
				far, err := net.Dial("tcp", server)
				if err != nil {
					return
				}
				defer far.Close()
				go func() {
					io.Copy(far, near)
					far.Close()
				}()
				io.Copy(near, far)
			}()
		}
	}()
	return b
}
