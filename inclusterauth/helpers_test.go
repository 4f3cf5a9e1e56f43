package inclusterauth

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// authority is a CA made for a test.
type authority struct {
	*apitest.Authority
	certificate *x509.Certificate
	pem         []byte
}

func newAuthority(t testing.TB, name string) *authority {
	t.Helper()
	a, err := apitest.NewAuthority(name)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{a, a.Certificate, a.CA()}
}

// issue makes a server certificate; adjust may change it before it is signed.
func (a *authority) issue(t testing.TB, adjust func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	certificate, err := a.Issue(apitest.For("kubernetes", "localhost", "127.0.0.1"), func(c *x509.Certificate) {
		if adjust != nil {
			adjust(c)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// apiServer is a TLS server on loopback that counts what reaches it.
type apiServer struct {
	*httptest.Server
	handshakes  atomic.Int32
	requests    atomic.Int32
	certificate atomic.Pointer[tls.Certificate]
}

// startServer answers with handler, or with "ok" where that is nil. It speaks
// HTTP/2 unless adjust says otherwise.
func startServer(t *testing.T, certificate tls.Certificate, handler http.HandlerFunc, adjust func(*httptest.Server)) *apiServer {
	t.Helper()
	s := &apiServer{}
	s.certificate.Store(&certificate)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		if handler == nil {
			io.WriteString(w, "ok")
			return
		}
		handler(w, r)
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{
		VerifyConnection: func(tls.ConnectionState) error {
			s.handshakes.Add(1)
			return nil
		},
	}
	// The certificate is chosen here, so that a test can rotate it.
	s.TLS.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		config := s.Server.TLS.Clone()
		config.Certificates = []tls.Certificate{*s.certificate.Load()}
		return config, nil
	}
	if adjust != nil {
		adjust(s.Server)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func http1Only(s *httptest.Server) { s.EnableHTTP2 = false }

// signedBy starts a server that misbehaves on request, with a certificate of the
// authority.
func signedBy(t *testing.T, ca *authority, options ...apitest.Option) *apitest.Server {
	t.Helper()
	return apitest.New(t, apitest.Stock(), append(options, apitest.SignedBy(ca.Authority))...)
}

// mountAccount writes a service account into a new folder.
func mountAccount(t testing.TB, token string, ca []byte) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "token"), []byte(token))
	writeFile(t, filepath.Join(dir, "ca.crt"), ca)
	writeFile(t, filepath.Join(dir, "namespace"), []byte("shop"))
	return dir
}

func writeFile(t testing.TB, path string, content []byte) {
	t.Helper()
	// Rename, because a reader may be at work.
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// environment is an injected environment, of "NAME=value" items.
func environment(items ...string) func(string) string {
	return func(name string) string {
		for _, item := range items {
			if value, ok := strings.CutPrefix(item, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

// podEnvironment is the environment of a Pod whose API server listens at the URL.
func podEnvironment(t *testing.T, server string, more ...string) func(string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	return environment(append(more, hostVariable+"="+u.Hostname(), portVariable+"="+u.Port())...)
}

func mustLoad(t *testing.T, o Options) *Config {
	t.Helper()
	config, err := Load(o)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	t.Cleanup(config.Client().CloseIdleConnections)
	return config
}

// get requests a path and returns the status and the body.
func get(config *Config, path string) (int, string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, config.BaseURL().JoinPath(path).String(), nil)
	if err != nil {
		return 0, "", err
	}
	response, err := config.Client().Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

func mustGet(t *testing.T, config *Config) {
	t.Helper()
	status, body, err := get(config, "/version")
	if err != nil || status != http.StatusOK {
		t.Fatalf("GET /version: %d %q %v", status, body, err)
	}
}

// clock is a clock that the test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// recorder keeps what is logged, a line for each record, without its time.
type recorder struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buffer.Write(p)
}

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buffer.String()
}

func (r *recorder) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(r, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}
