package inclusterauth

import (
	"encoding/base64"
	"io/fs"
	"strings"
	"testing"
)

// contentKinds are all recognised kinds of content that are not a token.
var contentKinds = []string{
	"a kubeconfig", "a Kubernetes object", "a certificate", "a private key", "PEM data", "JSON", "HTML or XML",
	"a certificate or key in DER form", "a token in base64", "a certificate in base64", "a private key in base64", "PEM data in base64",
}

func TestContentKind(t *testing.T) {
	ca := newAuthority(t, "ca")
	const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2ln"
	encoded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) + "\n" }
	key := strings.ReplaceAll(string(ca.pem), "CERTIFICATE", "EC PRIVATE KEY")
	tests := []struct{ name, content, want string }{
		{"kubeconfig", "apiVersion: v1\nkind: Config\nusers: []\n", "a kubeconfig"},
		{"kubeconfig in quotes", "\"kind\": \"Config\"\r\n", "a kubeconfig"},
		{"kubeconfig with a byte order mark", "\ufeffkind: Config\r\nclusters: []", "a kubeconfig"},
		{"kubeconfig without a kind", "clusters: []\ncontexts: []\n", "a kubeconfig"},
		{"kubeconfig in JSON", `{"apiVersion":"v1","kind":"Config"}`, "a kubeconfig"},
		{"kubeconfig in JSON with lines", "{\n  \"kind\": \"Config\",\n  \"users\": []\n}", "a kubeconfig"},
		{"token request", `{"kind":"TokenRequest","status":{}}`, "a Kubernetes object"},
		{"secret", "apiVersion: v1\nkind: Secret\n", "a Kubernetes object"},
		{"config map", "apiVersion: v1\nkind: ConfigMap\n", "a Kubernetes object"},
		{"certificate", string(ca.pem), "a certificate"},
		{"private key", key, "a private key"},
		{"public key", strings.ReplaceAll(string(ca.pem), "CERTIFICATE", "PUBLIC KEY"), "PEM data"},
		{"DER", string(ca.certificate.Raw), "a certificate or key in DER form"},
		{"certificate in base64", encoded(string(ca.pem)), "a certificate in base64"},
		{"private key in base64", encoded(key), "a private key in base64"},
		{"token in base64", encoded(jwt), "a token in base64"},
		{"token", jwt + "\n", "a token"},
		{"JSON", `{"a":1}`, "JSON"},
		{"HTML", "<html>", "HTML or XML"},
		{"another token", "abcdef.0123456789abcdef", ""},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := contentKind([]byte(test.content)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Advice about Pods is only for the files that the kubelet mounts.
func TestAdviceAboutPods(t *testing.T) {
	tests := []struct {
		name string
		err  func(path string) error
		want string
	}{
		{"no token", func(p string) error { return &TokenError{p, FileMissing, fs.ErrNotExist} }, "automountServiceAccountToken"},
		{"unreadable token", func(p string) error { return &TokenError{p, FileUnreadable, fs.ErrPermission} }, "fsGroup"},
		{"no CA", func(p string) error { return &CAError{p, FileMissing, fs.ErrNotExist} }, "mount the ConfigMap"},
		{"unreadable CA", func(p string) error { return &CAError{p, FileUnreadable, fs.ErrPermission} }, "fsGroup"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.err(DefaultDir + "/file").Error(); !strings.Contains(got, test.want) {
				t.Errorf("in the default folder: %q", got)
			}
			if got := test.err("/home/me/file").Error(); strings.Contains(got, test.want) || strings.Contains(got, "Pod") {
				t.Errorf("elsewhere: %q", got)
			}
		})
	}
}
