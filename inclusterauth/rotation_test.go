package inclusterauth

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The server has a certificate of a new CA, the file holds that CA, and the clock has
// not moved: only the failed handshake makes the client read the file.
func TestCARotatesInMidRun(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	bodies := make(chan string, 10)
	server := startServer(t, first.issue(t, nil), func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- string(body)
		io.WriteString(w, "ok")
	}, nil)
	dir := mountAccount(t, "token", first.pem)
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir})
	mustGet(t, config)
	<-bodies

	rotated := second.issue(t, nil)
	server.certificate.Store(&rotated)
	writeFile(t, filepath.Join(dir, "ca.crt"), second.pem)
	config.Client().CloseIdleConnections()
	response, err := config.Client().Post(config.BaseURL().String(), "text/plain", strings.NewReader("a review"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if got := <-bodies; got != "a review" {
		t.Errorf("the server received %q", got)
	}
}

func TestCARotatesAndBodyCannotBeReplayed(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	server := startServer(t, second.issue(t, nil), nil, nil)
	dir := mountAccount(t, "token", first.pem)
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir})
	writeFile(t, filepath.Join(dir, "ca.crt"), second.pem)
	_, err := config.Client().Post(config.BaseURL().String(), "text/plain", io.NopCloser(strings.NewReader("once")))
	if _, ok := errors.AsType[*CertificateError](err); !ok {
		t.Errorf("got %v, want a *CertificateError", err)
	}
	mustGet(t, config)
}

func TestCAThatIsTakenAwayIsNoLongerTrusted(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	for _, test := range []struct {
		name   string
		adjust func(*httptest.Server)
	}{{"HTTP/2", nil}, {"HTTP/1.1", http1Only}} {
		t.Run(test.name, func(t *testing.T) {
			server := startServer(t, first.issue(t, nil), nil, test.adjust)
			dir := mountAccount(t, "token", first.pem)
			clock := newClock()
			config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Now: clock.Now})
			mustGet(t, config)
			mustGet(t, config)

			writeFile(t, filepath.Join(dir, "ca.crt"), second.pem)
			clock.advance(freshFor - time.Second)
			mustGet(t, config)
			clock.advance(time.Second)
			_, _, err := get(config, "/version")
			if _, ok := errors.AsType[*CertificateError](err); !ok {
				t.Errorf("got %v, want a *CertificateError", err)
			}
		})
	}
}

func TestConnectionLastsAsLongAsTheCABundle(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	closed := make(chan struct{}, 10)
	server := startServer(t, first.issue(t, nil), nil, func(s *httptest.Server) {
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				closed <- struct{}{}
			}
		}
	})
	dir := mountAccount(t, "token", first.pem)
	clock, log := newClock(), new(recorder)
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Now: clock.Now, Logger: log.logger()})
	mustGet(t, config)
	clock.advance(freshFor)
	mustGet(t, config)
	if n := server.handshakes.Load(); n != 1 || log.String() != "" {
		t.Errorf("%d handshakes under an unchanged bundle, want 1; logged %q", n, log)
	}

	path := filepath.Join(dir, "ca.crt")
	writeFile(t, path, slices.Concat(first.pem, second.pem))
	clock.advance(freshFor)
	mustGet(t, config)
	if n := server.handshakes.Load(); n != 2 {
		t.Errorf("%d handshakes after the bundle changed, want 2", n)
	}
	select {
	case <-closed:
	case <-time.After(time.Minute):
		t.Error("the old connection stays open")
	}
	want := `level=INFO msg="the CA bundle has changed; new connections trust the new one" file=` + path + "\n"
	if diff := cmp.Diff(want, log.String()); diff != "" {
		t.Error(diff)
	}
}

func TestBadNewCAKeepsTheOldOne(t *testing.T) {
	ca := newAuthority(t, "ca")
	const kept = `level=WARN msg="the CA bundle could not be read again; the last good one stays in use" error="CA file CAFILE: `
	const never = "the system's roots are never used in its place"
	tests := []struct {
		name    string
		prepare func(t *testing.T, path string)
		reason  string
	}{
		{"missing", func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, "no such file or directory: " + never},
		{"a folder", func(t *testing.T, path string) {
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				t.Fatal(err)
			}
		}, "it is a folder, not a file"},
		// Root may read every file, except a symlink to itself.
		{"unreadable", func(t *testing.T, path string) {
			if err := errors.Join(os.Remove(path), os.Symlink(path, path)); err != nil {
				t.Fatal(err)
			}
		}, "too many levels of symbolic links"},
		{"garbage", func(t *testing.T, path string) { writeFile(t, path, []byte("<html>")) }, "it holds HTML or XML, and no certificate in PEM form: " + never},
		{"empty", func(t *testing.T, path string) { writeFile(t, path, nil) }, "it is empty: " + never},
		{"truncated", func(t *testing.T, path string) { writeFile(t, path, ca.pem[:100]) }, "1 of its PEM blocks begin and 0 are whole: the file is damaged or cut off: " + never},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := startServer(t, ca.issue(t, nil), nil, nil)
			dir := mountAccount(t, "token", ca.pem)
			path := filepath.Join(dir, "ca.crt")
			clock, log := newClock(), new(recorder)
			config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Now: clock.Now, Logger: log.logger()})
			mustGet(t, config)

			test.prepare(t, path)
			clock.advance(freshFor)
			config.Client().CloseIdleConnections()
			mustGet(t, config)
			clock.advance(retryAfter - time.Second)
			mustGet(t, config)
			want := strings.ReplaceAll(kept, "CAFILE", path) + test.reason + "\"\n"
			if diff := cmp.Diff(want, log.String()); diff != "" {
				t.Error(diff)
			}
			clock.advance(time.Second)
			mustGet(t, config)
			if diff := cmp.Diff(want+want, log.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
