package inclusterauth

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

func TestRedirectsAreNotFollowed(t *testing.T) {
	ca := newAuthority(t, "ca")
	other, plain := signedBy(t, ca), signedBy(t, ca, apitest.Plaintext())
	server := signedBy(t, ca)
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL()), Dir: mountAccount(t, "token", ca.pem)})
	targets := map[string]string{
		"the same host":      "/elsewhere",
		"another host":       other.URL() + "/apis",
		"from https to http": plain.URL() + "/apis",
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, target := range targets {
			t.Run(http.StatusText(status)+" to "+name, func(t *testing.T) {
				server.Always("/apis", apitest.Redirect(status, target))
				for _, method := range []string{http.MethodGet, http.MethodPost} {
					request, err := http.NewRequestWithContext(t.Context(), method, config.BaseURL().JoinPath("/apis").String(), strings.NewReader("body"))
					if err != nil {
						t.Fatal(err)
					}
					response, err := config.Client().Do(request)
					if err != nil {
						t.Fatal(err)
					}
					response.Body.Close()
					if response.StatusCode != status {
						t.Errorf("%s: status %d, want %d", method, response.StatusCode, status)
					}
				}
				if n := server.Count("/elsewhere") + other.Connections() + plain.Connections(); n != 0 {
					t.Errorf("the target received something %d times", n)
				}
			})
		}
	}
}

func TestTokenIsBoundToOneOrigin(t *testing.T) {
	ca := newAuthority(t, "ca")
	server := startServer(t, ca.issue(t, nil), nil, nil)
	other := startServer(t, ca.issue(t, nil), nil, nil)
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("plaintext was sent") }))
	defer plain.Close()
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: mountAccount(t, "token", ca.pem)})
	base := config.BaseURL()
	tests := []struct{ name, url, message string }{
		{"another port", other.URL, "request to " + other.URL + " refused: the credentials are for " + base.String() + " only"},
		{"another scheme", "http://" + base.Host, "request to http://" + base.Host + " refused: the credentials are for " + base.String() + " only"},
		{"another host", "https://localhost:" + base.Port(), "request to https://localhost:" + base.Port() + " refused: the credentials are for " + base.String() + " only"},
		{"plaintext elsewhere", plain.URL, "request to " + plain.URL + " refused: the credentials are for " + base.String() + " only"},
		{"user information", "https://user:hunter2@" + base.Host, "request refused: its URL holds user information"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := &closeRecorder{Reader: strings.NewReader("body")}
			_, err := config.Client().Post(test.url, "text/plain", body)
			typed, ok := errors.AsType[*OriginError](err)
			if !ok {
				t.Fatalf("got %v, want an *OriginError", err)
			}
			if diff := cmp.Diff(test.message, typed.Error()); diff != "" {
				t.Error(diff)
			}
			if !body.closed {
				t.Error("the body stays open")
			}
		})
	}
	if n := server.requests.Load() + other.requests.Load(); n != 0 {
		t.Errorf("the servers received %d requests", n)
	}

	// The same origin, spelled in another way.
	response, err := config.Client().Get(strings.Replace(base.String(), "https", "HTTPS", 1) + "/version")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}

func TestBaseURLIsACopy(t *testing.T) {
	ca := newAuthority(t, "ca")
	config := mustLoad(t, Options{Server: "https://127.0.0.1", Getenv: environment(), Dir: mountAccount(t, "token", ca.pem)})
	config.BaseURL().Host = "evil"
	if diff := cmp.Diff("https://127.0.0.1:443", config.BaseURL().String()); diff != "" {
		t.Error(diff)
	}
}

// Beside the path of the base URL there may be another cluster.
func TestRequestsStayBelowThePath(t *testing.T) {
	ca := newAuthority(t, "ca")
	server := startServer(t, ca.issue(t, nil), nil, nil)
	config := mustLoad(t, Options{Server: server.URL + "/k8s/c-1/", Getenv: environment(), Dir: mountAccount(t, "token", ca.pem)})
	tests := []struct {
		path    string
		allowed bool
	}{
		{"/k8s/c-1/version", true},
		{"/k8s/c-1", true},
		{"/k8s/c-1/api/v1/namespaces/a..b", true},
		{"/version", false},
		{"/k8s/c-12/version", false},
		{"/k8s/c-1/../c-2/version", false},
		{"/k8s/c-1/%2e%2e/c-2/version", false},
		{"/k8s/c-1%2f../c-2/version", false},
	}
	sent := int32(0)
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			response, err := config.Client().Get(server.URL + test.path)
			if err == nil {
				response.Body.Close()
				sent++
			}
			if _, refused := errors.AsType[*OriginError](err); refused == test.allowed || err == nil != test.allowed {
				t.Errorf("got %v", err)
			}
		})
	}
	if got := server.requests.Load(); got != sent || sent != 3 {
		t.Errorf("the server received %d requests, and %d were answered", got, sent)
	}
	want := "request to " + server.URL + "/version refused: the credentials are for " + server.URL + "/k8s/c-1 only"
	if _, err := config.Client().Get(server.URL + "/version"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}
