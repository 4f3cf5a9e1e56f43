package apitest_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

func get(t *testing.T, server *apitest.Server, path, accept string) (status int, contentType string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type")
}

func TestServerNegotiates(t *testing.T) {
	const (
		v2      = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
		v2beta1 = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"
		plain   = "application/json"
	)
	tests := []struct {
		name, accept, want string
		options            []apitest.Option
	}{
		{"all", v2 + "," + v2beta1 + "," + plain, v2, nil},
		{"the server has no v2", v2 + "," + v2beta1 + "," + plain, v2beta1, []apitest.Option{apitest.Forms(apitest.V2Beta1, apitest.Plain)}},
		{"the server has plain only", v2 + "," + v2beta1 + "," + plain, plain, []apitest.Option{apitest.Forms(apitest.Plain)}},
		{"the client wants plain", plain, plain, nil},
		{"the client takes anything", "*/*", plain, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), test.options...)
			for _, path := range []string{"/api", "/apis"} {
				if _, got := get(t, server, path, test.accept); got != test.want {
					t.Errorf("GET %s: %s, want %s", path, got, test.want)
				}
			}
		})
	}
}

func TestServerWantsToken(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("secret"), apitest.Plaintext())
	if status, _ := get(t, server, "/version", "application/json"); status != 200 {
		t.Errorf("with the token: %d", status)
	}
	resp, err := http.Get(server.URL() + "/version")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("without it: %d", resp.StatusCode)
	}
	var authorized []bool
	for _, r := range server.Requests() {
		authorized = append(authorized, r.Authorized)
	}
	if diff := cmp.Diff([]bool{true, false}, authorized); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestServerScript(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Script("/version", apitest.Reply(503, "text/plain", "later"), nil, apitest.Refuse(403, "Forbidden", "no"))
	server.Always("*", apitest.Reply(418, "text/plain", ""))
	var got []int
	for range 4 {
		status, _ := get(t, server, "/version", "*/*")
		got = append(got, status)
	}
	if diff := cmp.Diff([]int{503, 200, 403, 418}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := server.Connections(); n != 4 || server.Handshakes() != 4 {
		t.Errorf("%d connections for 4 clients", n)
	}
}

func TestServerResets(t *testing.T) {
	for _, options := range [][]apitest.Option{nil, {apitest.HTTP1()}, {apitest.Plaintext()}} {
		server := apitest.New(t, apitest.Stock(), options...)
		server.Always("/version", apitest.Reset())
		resp, err := server.Client().Get(server.URL() + "/version")
		if err == nil {
			resp.Body.Close()
			t.Error("the server answered")
		}
		if requests := server.Requests(); requests[0].Status != 0 {
			t.Errorf("requests %+v", requests)
		}
	}
}

// TestServerCutsAnswersShort tests that a truncated body is never read as a complete
// one.
func TestServerCutsAnswersShort(t *testing.T) {
	for name, step := range map[string]apitest.Step{
		"Truncate": apitest.Truncate(3, "text/plain", "whole"),
		"CutOff":   apitest.CutOff(3, "text/plain", "whole"),
		"Short":    apitest.Short(3, "text/plain", "whole"),
		"Packed":   apitest.Packed(8, "text/plain", "who"),
	} {
		for protocol, options := range map[string][]apitest.Option{"HTTP/2.0": nil, "HTTP/1.1": {apitest.HTTP1()}} {
			t.Run(name+" "+protocol, func(t *testing.T) {
				server := apitest.New(t, apitest.Stock(), options...)
				server.Always("/version", step)
				resp, err := server.Client().Get(server.URL() + "/version")
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				text, err := io.ReadAll(resp.Body)
				if err == nil || string(text) != "who" {
					t.Errorf("read %q, error %v", text, err)
				}
				if got := server.Requests()[0].Proto; got != protocol {
					t.Errorf("over %s", got)
				}
			})
		}
	}
}

// TestServerEndsConnections tests that the request is answered, and that the next one
// needs a new connection.
func TestServerEndsConnections(t *testing.T) {
	for _, options := range [][]apitest.Option{nil, {apitest.HTTP1()}} {
		server := apitest.New(t, apitest.Stock(), options...)
		swapped := false
		server.Script("/version", apitest.LastOfConnection(nil), apitest.Then(nil, func() { swapped = true }))
		client := server.Client()
		for range 2 {
			resp, err := client.Get(server.URL() + "/version")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("%s, error %v", resp.Status, err)
			}
			resp.Body.Close()
		}
		if n := server.Connections(); n != 2 || !swapped {
			t.Errorf("%d connections", n)
		}
	}
}

func TestServiceAccount(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("secret"))
	dir := server.ServiceAccountDir(t)
	if err := apitest.WriteVolume(dir, map[string]string{"token": "new", "ca.crt": string(server.CA()), "namespace": "default"}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"token": "new", "ca.crt": string(server.CA()), "namespace": "default"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, error %v", name, got, err)
		}
		if link, err := os.Readlink(filepath.Join(dir, name)); err != nil || link != "..data/"+name {
			t.Errorf("%s: link %q, error %v", name, link, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 5 {
		t.Errorf("%d entries, error %v: the old folder is still there", len(entries), err)
	}
	environ, err := server.Environ()
	if err != nil || len(environ) != 2 || !slices.Contains(environ, "KUBERNETES_SERVICE_HOST=127.0.0.1") {
		t.Errorf("environment %q, error %v", environ, err)
	}
}

func TestServerEndsWhileItHangs(t *testing.T) {
	server, err := apitest.Start(apitest.Stock())
	if err != nil {
		t.Fatal(err)
	}
	begun := make(chan struct{})
	server.Always("/version", func(e *apitest.Exchange) { close(begun); apitest.Hang()(e) })
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		// The error depends on which end closes the connection first.
		if resp, err := server.Client().Get(server.URL() + "/version"); err == nil {
			resp.Body.Close()
		}
	}()
	<-begun
	server.Close()
	<-ended
}
