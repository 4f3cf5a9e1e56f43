package inclusterauth

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What the Python client does in a Pod, under the names of its tests, and what this
// package does with the same input. The tests there use the text "temp_cert" as a
// certificate. Here it is a real one, unless the row is about that difference.
//
// Source:
// https://github.com/kubernetes-client/python/blob/master/kubernetes/base/config/incluster_config_test.py
func TestPythonClientsCases(t *testing.T) {
	ca := newAuthority(t, "ca")
	const certificate, missing = "a certificate", "missing"
	both := []string{"KUBERNETES_SERVICE_HOST=127.0.0.1", "KUBERNETES_SERVICE_PORT=80"}
	tests := []struct {
		source    string
		environ   []string
		token, ca string
		// url is the server's URL. It is empty if Load fails with message.
		url, message string
		// differs says why the Python client's outcome is different.
		differs string
	}{
		{source: "test_join_host_port, IPv4", environ: both, token: "temp_token", ca: certificate, url: "https://127.0.0.1:80"},
		{
			source:  "test_join_host_port, IPv6",
			environ: []string{"KUBERNETES_SERVICE_HOST=::1", "KUBERNETES_SERVICE_PORT=80"}, token: "temp_token", ca: certificate,
			url: "https://[::1]:80",
		},
		{source: "test_load_config", environ: both, token: "temp_token", ca: certificate, url: "https://127.0.0.1:80"},
		{
			source: "test_load_config, with its own certificate", environ: both, token: "temp_token", ca: "temp_cert",
			message: "CA file DIR/ca.crt: it holds no certificate in PEM form: the system's roots are never used in its place",
			differs: "the file is only asked for its name there; a CA that is none fails before a request is made, not by one that cannot be verified",
		},
		{
			source: "test_no_port", environ: both[:1], token: "temp_token", ca: certificate,
			message: "environment variable KUBERNETES_SERVICE_PORT is not set, though KUBERNETES_SERVICE_HOST is; set it, or name the server",
		},
		{
			source: "test_empty_port", environ: []string{both[0], "KUBERNETES_SERVICE_PORT="}, token: "temp_token", ca: certificate,
			message: "environment variable KUBERNETES_SERVICE_PORT is not set, though KUBERNETES_SERVICE_HOST is; set it, or name the server",
		},
		{
			source: "test_no_host", environ: both[1:], token: "temp_token", ca: certificate,
			message: "environment variable KUBERNETES_SERVICE_HOST is not set: this is not a Pod, or its environment was cleared; set it, or name the server",
		},
		{
			source: "test_empty_host", environ: []string{"KUBERNETES_SERVICE_HOST=", both[1]}, token: "temp_token", ca: certificate,
			message: "environment variable KUBERNETES_SERVICE_HOST is not set: this is not a Pod, or its environment was cleared; set it, or name the server",
		},
		{
			source: "test_no_cert_file", environ: both, token: "temp_token", ca: missing,
			message: "CA file DIR/ca.crt: no such file or directory: the system's roots are never used in its place",
		},
		{
			source: "test_empty_cert_file", environ: both, token: "temp_token", ca: "",
			message: "CA file DIR/ca.crt: it is empty: the system's roots are never used in its place",
		},
		{
			source: "test_no_token_file", environ: both, token: missing, ca: certificate,
			message: "token file DIR/token: no such file or directory",
		},
		{
			source: "test_empty_token_file", environ: both, token: "", ca: certificate,
			message: "token file DIR/token: it is empty: requests are never sent without a token",
		},
		{
			source: "test_empty_token_file, with white space", environ: both, token: " \n", ca: certificate,
			message: "token file DIR/token: it is empty: requests are never sent without a token",
			differs: "white space is a token there, and the request would be anonymous or refused",
		},
	}
	for _, test := range tests {
		t.Run(test.source, func(t *testing.T) {
			content := []byte(test.ca)
			if test.ca == certificate {
				content = ca.pem
			}
			dir := mountAccount(t, test.token, content)
			for name, given := range map[string]string{"token": test.token, "ca.crt": test.ca} {
				if given == missing {
					if err := os.Remove(filepath.Join(dir, name)); err != nil {
						t.Fatal(err)
					}
				}
			}
			config, err := Load(Options{Getenv: environment(test.environ...), Dir: dir})
			var url, message string
			if err != nil {
				message = strings.ReplaceAll(err.Error(), dir, "DIR")
			} else {
				url = config.BaseURL().String()
			}
			if diff := cmp.Diff([]string{test.url, test.message}, []string{url, message}); diff != "" {
				t.Errorf("%s\n%s", test.differs, diff)
			}
		})
	}
}

// test_refresh_token and test_load_incluster_sets_request_authorization_header, which
// check what is sent. That client reads the token again after a minute; this one
// after 50 seconds, as client-go does. That client writes "bearer" in lower case, RFC
// 6750 does not.
func TestPythonClientsTokenIsSentAndRefreshed(t *testing.T) {
	ca, gate, clock := newAuthority(t, "ca"), new(gate), newClock()
	server := startServer(t, ca.issue(t, nil), gate.ServeHTTP, nil)
	dir := mountAccount(t, "temp_token", ca.pem)
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Now: clock.Now})
	gate.accepted = "temp_token"
	mustGet(t, config)
	writeFile(t, filepath.Join(dir, "token"), []byte("temp_new_token"))
	mustGet(t, config)
	gate.accepted = "temp_new_token"
	clock.advance(time.Minute)
	mustGet(t, config)
	if diff := cmp.Diff([]string{"Bearer temp_token", "Bearer temp_token", "Bearer temp_new_token"}, gate.take()); diff != "" {
		t.Error(diff)
	}
}
