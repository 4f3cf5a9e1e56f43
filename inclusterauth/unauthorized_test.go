package inclusterauth

import (
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestUnauthorized(t *testing.T) {
	ca := newAuthority(t, "ca")
	withBody := func(body io.Reader) func(*http.Request) {
		return func(r *http.Request) {
			made, err := http.NewRequestWithContext(r.Context(), http.MethodPost, r.URL.String(), body)
			if err != nil {
				panic(err)
			}
			*r = *made
		}
	}
	tests := []struct {
		name, file, accepted string
		adjust               func(*http.Request)
		status               int
		seen                 []string
		warns                bool
	}{
		{name: "changed: one retry", file: "new", accepted: "new", status: 200, seen: []string{"Bearer old", "Bearer new"}},
		{name: "unchanged: fails at once", file: "old", accepted: "new", status: 401, seen: []string{"Bearer old"}},
		{name: "twice 401", file: "new", accepted: "newer", status: 401, seen: []string{"Bearer old", "Bearer new"}},
		{name: "the file is broken", file: "", accepted: "new", status: 401, seen: []string{"Bearer old"}, warns: true},
		{
			name: "a body that can be replayed", file: "new", accepted: "new", adjust: withBody(strings.NewReader("review")),
			status: 200, seen: []string{"Bearer old review", "Bearer new review"},
		},
		{
			name: "a body that cannot be replayed", file: "new", accepted: "new", adjust: withBody(io.LimitReader(strings.NewReader("review"), 10)),
			status: 401, seen: []string{"Bearer old review"},
		},
		{
			name: "a body that fails to be replayed", file: "new", accepted: "new",
			adjust: func(r *http.Request) {
				withBody(strings.NewReader("review"))(r)
				r.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("it is gone") }
			},
			status: 401, seen: []string{"Bearer old review"},
		},
		{
			name: "credentials of the caller", file: "new", accepted: "new",
			adjust: func(r *http.Request) { r.Header.Set("Authorization", "Bearer mine") },
			status: 401, seen: []string{"Bearer mine"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			gate, log := &gate{accepted: test.accepted}, new(recorder)
			server := startServer(t, ca.issue(t, nil), gate.ServeHTTP, nil)
			dir := mountAccount(t, "old", ca.pem)
			config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Logger: log.logger()})
			writeFile(t, filepath.Join(dir, "token"), []byte(test.file))
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, config.BaseURL().JoinPath("/apis").String(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if test.adjust != nil {
				test.adjust(request)
			}
			own := request.Header.Get("Authorization")
			response, err := config.Client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d", response.StatusCode, test.status)
			}
			if test.status == 401 && string(body) != "who are you?" {
				t.Errorf("the caller does not see the refusal, but %q", body)
			}
			if diff := cmp.Diff(test.seen, gate.take()); diff != "" {
				t.Error(diff)
			}
			if got := response.Request.Header.Get("Authorization"); got != own {
				t.Errorf("the response's request shows %q", got)
			}
			if got := log.String(); (got != "") != test.warns {
				t.Errorf("logged %q", got)
			}
			if strings.Contains(log.String(), "old") {
				t.Errorf("the log shows the token: %s", log)
			}
		})
	}
}

func TestManyUnauthorizedAtOnce(t *testing.T) {
	ca, gate := newAuthority(t, "ca"), &gate{accepted: "new"}
	server := startServer(t, ca.issue(t, nil), gate.ServeHTTP, nil)
	dir := mountAccount(t, "old", ca.pem)
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir})
	writeFile(t, filepath.Join(dir, "token"), []byte("new"))
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if status, _, err := get(config, "/apis"); status != 200 || err != nil {
				t.Errorf("status %d, error %v", status, err)
			}
		})
	}
	group.Wait()
}

func TestRefusalAfterSomebodyElseFoundTheNewToken(t *testing.T) {
	log := new(recorder)
	path := filepath.Join(t.TempDir(), "token")
	writeFile(t, path, []byte("new"))
	source, err := newTokenSource(path, time.Now, log.logger(), new(Redactor))
	if err != nil {
		t.Fatal(err)
	}
	// Another read would log a warning.
	writeFile(t, path, nil)
	if token, changed := source.afterRefusal(newSecret("old")); token.reveal() != "new" || !changed || log.String() != "" {
		t.Errorf("got %q, %t; logged %q", token, changed, log)
	}
}

func TestRefusalIsClosedBeforeTheRetry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	writeFile(t, path, []byte("old"))
	source, err := newTokenSource(path, time.Now, new(recorder).logger(), new(Redactor))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, []byte("new"))
	refusal := &closeRecorder{Reader: strings.NewReader("who are you?")}
	request, err := http.NewRequest(http.MethodGet, "https://10.96.0.1/apis", nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &originTransport{origin: originOf(request.URL), token: source, next: roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") == "Bearer old" {
			return &http.Response{StatusCode: http.StatusUnauthorized, Body: refusal}, nil
		}
		if !refusal.closed {
			t.Error("the refusal is still open")
		}
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	})}
	response, err := transport.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("got %v, %v", response, err)
	}
	if len(request.Header) != 0 {
		t.Errorf("the caller's request was changed: %v", request.Header)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
