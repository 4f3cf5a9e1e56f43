package inclusterauth

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// gate is the handler of an API server. It knows the valid tokens and records the
// requests.
type gate struct {
	mu       sync.Mutex
	accepted string
	seen     []string
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen = append(g.seen, strings.TrimSpace(r.Header.Get("Authorization")+" "+string(body)))
	if r.Header.Get("Authorization") != "Bearer "+g.accepted {
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, "who are you?")
	}
}

func (g *gate) take() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	seen := g.seen
	g.seen = nil
	return seen
}

func TestTokenIsReadAgainAfter50Seconds(t *testing.T) {
	ca, gate, clock := newAuthority(t, "ca"), &gate{accepted: "first"}, newClock()
	server := startServer(t, ca.issue(t, nil), gate.ServeHTTP, nil)
	dir := mountAccount(t, "first", ca.pem)
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Now: clock.Now})
	writeFile(t, filepath.Join(dir, "token"), []byte("second\n"))
	mustGet(t, config)
	clock.advance(50*time.Second - time.Nanosecond)
	mustGet(t, config)
	gate.accepted = "second"
	clock.advance(time.Nanosecond)
	mustGet(t, config)
	if diff := cmp.Diff([]string{"Bearer first", "Bearer first", "Bearer second"}, gate.take()); diff != "" {
		t.Error(diff)
	}
}

func TestClockSetBackReadsTheTokenAgain(t *testing.T) {
	clock := newClock()
	path := filepath.Join(t.TempDir(), "token")
	writeFile(t, path, []byte("first"))
	source, err := newTokenSource(path, clock.Now, new(recorder).logger(), new(Redactor))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, []byte("second"))
	clock.advance(-time.Hour)
	if got := source.current().reveal(); got != "second" {
		t.Errorf("got %q, want the second token", got)
	}
}

// Each read of the broken file warns, so the warnings count the reads.
func TestHundredGoroutinesOneRead(t *testing.T) {
	clock, log := newClock(), new(recorder)
	path := filepath.Join(t.TempDir(), "token")
	writeFile(t, path, []byte("good"))
	source, err := newTokenSource(path, clock.Now, log.logger(), new(Redactor))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, nil)
	all := func() {
		var group sync.WaitGroup
		for range 100 {
			group.Go(func() {
				if got := source.current().reveal(); got != "good" {
					t.Errorf("got %q, want the last good token", got)
				}
			})
		}
		group.Wait()
	}
	const warning = `level=WARN msg="the token could not be read again; the last good one stays in use" error="token file PATH: it is empty: requests are never sent without a token"` + "\n"
	for reads, step := range []time.Duration{0, 50 * time.Second, 10 * time.Second, 10 * time.Second} {
		clock.advance(step)
		all()
		all()
		if diff := cmp.Diff(strings.Repeat(strings.ReplaceAll(warning, "PATH", path), reads), log.String()); diff != "" {
			t.Error(diff)
		}
	}
	writeFile(t, path, []byte("better"))
	clock.advance(retryAfter)
	if got := source.current().reveal(); got != "better" {
		t.Errorf("got %q, want the better token", got)
	}
}

// The kubelet writes a new folder, renames the symlink ..data onto it, and removes
// the old folder; see AtomicWriter in k8s.io/kubernetes/pkg/volume/util. Each request
// comes when the token and the CA are old, so that it reads both.
func TestSymlinkSwapUnderLoad(t *testing.T) {
	ca := newAuthority(t, "ca")
	tokens := []string{"Bearer " + strings.Repeat("a", 1200), "Bearer " + strings.Repeat("b", 900)}
	server := startServer(t, ca.issue(t, nil), func(_ http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); !slices.Contains(tokens, got) {
			t.Errorf("a token of %d bytes came that was never written", len(got))
		}
	}, nil)
	dir := t.TempDir()
	publish := func(n int) {
		folder := fmt.Sprintf("..2026_%d", n)
		old, _ := os.Readlink(filepath.Join(dir, "..data"))
		for _, err := range []error{
			os.Mkdir(filepath.Join(dir, folder), 0o755),
			os.WriteFile(filepath.Join(dir, folder, "token"), []byte(strings.TrimPrefix(tokens[n%2], "Bearer ")), 0o644),
			os.WriteFile(filepath.Join(dir, folder, "ca.crt"), ca.pem, 0o644),
			os.WriteFile(filepath.Join(dir, folder, "namespace"), []byte("web"), 0o644),
			os.Symlink(folder, filepath.Join(dir, "..data_tmp")),
			os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")),
		} {
			if err != nil {
				t.Error(err)
			}
		}
		if old != "" {
			os.RemoveAll(filepath.Join(dir, old))
		}
	}
	publish(0)
	for _, name := range []string{"token", "ca.crt", "namespace"} {
		if err := os.Symlink("..data/"+name, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	clock, log := newClock(), new(recorder)
	options := Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Now: clock.Now, Logger: log.logger()}
	config := mustLoad(t, options)
	tests := []struct {
		name   string
		rounds int
		read   func() error
	}{
		{"first read", 2_000, func() error {
			_, err := Load(options)
			return err
		}},
		{"request", 700, func() error {
			clock.advance(freshFor)
			status, _, err := get(config, "/apis")
			if status != http.StatusOK {
				err = errors.Join(err, fmt.Errorf("status %d", status))
			}
			return err
		}},
	}
	n := 0
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			done := make(chan struct{})
			// A single reader: with more, the writer gets less of the processor, and
			// fewer reads meet the moment between two folders.
			go func() {
				defer close(done)
				for range test.rounds {
					if err := test.read(); err != nil {
						t.Error(err)
						return
					}
				}
			}()
			for {
				select {
				case <-done:
					if log.String() != "" {
						t.Errorf("logged %s", log)
					}
					return
				default:
					n++
					publish(n)
				}
			}
		})
	}
}

// No error of any request may hold the token.
func TestTokenIsNotInErrors(t *testing.T) {
	ca, other := newAuthority(t, "ca"), newAuthority(t, "other")
	for _, certificate := range []*authority{ca, other} {
		server := startServer(t, certificate.issue(t, nil), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, http1Only)
		config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: mountAccount(t, "hunter2", ca.pem)})
		_, _, err := get(config, "/apis")
		if err == nil || strings.Contains(fmt.Sprintf("%v %#v", err, err), "hunter2") {
			t.Errorf("got %v", err)
		}
	}
}
