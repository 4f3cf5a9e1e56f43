package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAvailable kills the process behind an aggregated API. The API server continues
// to report it as current for some seconds. That must not satisfy a declaration that
// asks for the API itself.
func TestAvailable(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{manifests: []string{"widgets.yaml"}})
	a := newAccount(t, c)
	s := newAdapter(t, c, a)
	const plain, available = `api "custom.metrics.k8s.io/v1beta2" {}`, `api "custom.metrics.k8s.io/v1beta2" { available = true }`
	eventually(t, time.Minute, func() error {
		s.expectRunning(t)
		if o := a.apply(t, plain+"\napi \"external.metrics.k8s.io/v1beta1\" { available = true }"); o.ExitCode != 0 {
			return fmt.Errorf("exit %d: %s", o.ExitCode, o.Stdout)
		}
		return nil
	})
	t.Run("names", func(t *testing.T) {
		for _, api := range []string{"custom.metrics.k8s.io/v1beta2", "external.metrics.k8s.io/v1beta1"} {
			// The document of all group versions has none of its resources, because
			// the adapter adds them only to its own list.
			if o := a.apply(t, declareAll(api, rawResources(t, c, api))); o.ExitCode != 0 {
				t.Errorf("%s: exit %d for what it lists\n%s%s", api, o.ExitCode, o.Stdout, o.Stderr)
			}
		}
	})
	current := 0
	for range 3 {
		eventually(t, time.Minute, func() error {
			s.expectRunning(t)
			o := a.apply(t, available)
			if o.ExitCode == 1 {
				t.Fatal(o.Stderr)
			}
			if o.ExitCode != 0 {
				return fmt.Errorf("exit %d: %s%s", o.ExitCode, o.Stdout, o.Stderr)
			}
			return nil
		})
		s.stop()
		o := a.apply(t, available)
		if o.ExitCode != 3 || !strings.Contains(o.Stdout, "503") && !strings.Contains(o.Stdout, "stale") {
			t.Errorf("exit %d right after the kill, want 3 for a 503\n%s%s", o.ExitCode, o.Stdout, o.Stderr)
		}
		// A look may come at that very moment.
		if a.apply(t, plain).ExitCode == 0 {
			current++
			break
		}
		s.start(t)
	}
	if current == 0 {
		t.Error("the API server never called the API current once its process was dead: this was about nothing")
	}
	for declaration, exit := range map[string]int{
		`api "v1" { available = true }`:             0,
		`api "apps/v1" { available = true }`:        0,
		`api "example.com/v1" { available = true }`: 0,
		`api "policy/v1beta1" { available = true }`: 2,
		"api \"external.metrics.k8s.io/v1beta1\" {\n  available = true\n  resource \"externalmetrics\" {}\n}": 3,
	} {
		if o := a.apply(t, declaration); o.ExitCode != exit {
			t.Errorf("%s: exit %d, want %d\n%s%s", declaration, o.ExitCode, exit, o.Stdout, o.Stderr)
		}
	}
}

// TestAvailableAnswers makes the process behind an aggregated API answer with
// something other than its document, while the API server reports it as current or
// not.
func TestAvailableAnswers(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{})
	a := newAccount(t, c)
	const api = "answers.example.org/v1"
	list := strings.ReplaceAll(late, "late.", "answers.")
	b := startBackend(t, "127.0.0.1:0", api, list)
	b.register(t, c, "answers")
	const available = `api "` + api + `" { available = true }`
	expect := func(t *testing.T, exit int) {
		t.Helper()
		eventually(t, time.Minute, func() error {
			o := a.apply(t, available)
			if o.ExitCode == 1 {
				t.Fatal(o.Stderr)
			}
			if o.ExitCode != exit {
				return fmt.Errorf("exit %d: %s%s", o.ExitCode, o.Stdout, o.Stderr)
			}
			return nil
		})
	}
	status := func(code int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(code)
			fmt.Fprint(w, body)
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"500":                   status(500, "text/plain", "out of order"),
		"503":                   status(503, "text/plain", "out of order"),
		"403":                   status(403, "text/plain", "no"),
		"401":                   status(401, "text/plain", "who"),
		"404":                   status(404, "text/plain", "404 page not found"),
		"a page":                status(200, "text/html", "<html>Sign in</html>"),
		"nothing":               status(200, "application/json", ""),
		"another group version": status(200, "application/json", strings.ReplaceAll(late, "late.", "other.")),
		"half of it":            status(200, "application/json", list[:len(list)/2]),
		"no answer":             func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, 0)
			b.instead.Store(&handler)
			o := a.apply(t, available, "--request-timeout=2s")
			b.instead.Store(nil)
			if o.ExitCode != 3 && (name != "404" || o.ExitCode != 2) {
				t.Errorf("exit %d, want 3\n%s%s", o.ExitCode, o.Stdout, o.Stderr)
			}
		})
	}
}
