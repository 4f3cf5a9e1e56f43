package advice

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
)

// TestHints tests that a hint depends on the failure's values, and never on the words
// of a message.
func TestHints(t *testing.T) {
	const server = "https://api.example:443"
	for _, test := range []struct {
		name     string
		failure  discovery.Failure
		endpoint string
		// want must be in the hint, and never must not.
		want, never string
	}{
		{"no route", discovery.Failure{Code: discovery.Unreachable}, server, "endpointslices", "DNS"},
		{"no answer", discovery.Failure{Code: discovery.Timeout}, server, "endpointslices", "DNS"},
		{"no address", discovery.Failure{Code: discovery.Unreachable, Cause: discovery.NameNotResolved}, server, "allow DNS", "endpointslices"},
		{"no address in time", discovery.Failure{Code: discovery.Timeout, Cause: discovery.NameNotResolved}, server, "allow DNS", "endpointslices"},
		{"a proxy", discovery.Failure{Code: discovery.Unreachable, Proxy: true}, server, "NO_PROXY", "NetworkPolicy"},
		{"a proxy, no answer", discovery.Failure{Code: discovery.Timeout, Proxy: true}, server, "allow the proxy", "endpointslices"},
		{"a proxy, no address", discovery.Failure{Code: discovery.Unreachable, Proxy: true, Cause: discovery.NameNotResolved}, server, "allow DNS", "endpointslices"},
		{"a proxy, 407", discovery.Failure{Code: discovery.Unreachable, Proxy: true, Cause: discovery.ProxyNeedsCredentials}, server, "user and password", "endpointslices"},
		{"plain HTTP", discovery.Failure{Code: discovery.Unreachable, Cause: discovery.SpeaksPlainHTTP}, server, "port is right", "NetworkPolicy"},
		{"plain HTTP here", discovery.Failure{Code: discovery.Unreachable, Cause: discovery.SpeaksPlainHTTP}, "https://127.0.0.1:8001", "--server http://127.0.0.1:8001", "NetworkPolicy"},
		{"TLS", discovery.Failure{Code: discovery.Unreachable, Cause: discovery.SpeaksTLS}, "http://127.0.0.1:6443", "--server https://127.0.0.1:6443", "NetworkPolicy"},
		{"neither", discovery.Failure{Code: discovery.Unreachable, Cause: discovery.SpeaksNoTLS}, server, "port is right", "NetworkPolicy"},
		{"unknown authority", discovery.Failure{Code: discovery.Certificate, Cause: discovery.CertificateUntrusted}, server, "--ca-file", "NO_PROXY"},
		{"unknown authority, through a proxy", discovery.Failure{Code: discovery.Certificate, Cause: discovery.CertificateUntrusted, Proxy: true}, server, "NO_PROXY", "clock"},
		{"expired", discovery.Failure{Code: discovery.Certificate, Cause: discovery.CertificateExpired}, server, "renew", "--ca-file"},
		{"too early", discovery.Failure{Code: discovery.Certificate, Cause: discovery.CertificateNotYetValid}, server, "wait until then", "renew"},
		{"other name", discovery.Failure{Code: discovery.Certificate, Cause: discovery.CertificateOtherName}, server, "--tls-server-name", "--ca-file"},
		{"faulty", discovery.Failure{Code: discovery.Certificate, Cause: discovery.CertificateUnusable}, server, "another certificate", "--ca-file"},
		{"403", discovery.Failure{Code: discovery.Forbidden, Request: "GET /apis"}, server, "system:discovery to the identity that asks", "kubectl proxy"},
		{"403 of a user", discovery.Failure{Code: discovery.Forbidden, Request: "GET /apis", User: "jane"}, server, "system:discovery to jane", "kubectl proxy"},
		{"403 of a review", discovery.Failure{Code: discovery.Forbidden, Request: "POST /apis/x"}, server, "system:basic-user", "kubectl proxy"},
		{"403 of kubectl proxy", discovery.Failure{Code: discovery.Forbidden, Request: "POST /apis/x"}, "http://127.0.0.1:8001", "--reject-methods", "bind"},
		{"404 of a review", discovery.Failure{Code: discovery.InvalidResponse, Request: "POST /apis/x", Status: 404}, server, "authorization.k8s.io/v1", "login"},
		{"404", discovery.Failure{Code: discovery.InvalidResponse, Request: "GET /apis", Status: 404}, server, "login", "authorization.k8s.io/v1"},
		{"a condition", discovery.Failure{Code: discovery.EvaluationFailed}, server, "condition itself", "authorizer"},
		{"an authorizer", discovery.Failure{Code: discovery.EvaluationFailed, Cause: discovery.AuthorizerFailed}, server, "authorizer", "condition"},
		{"no version", discovery.Failure{Code: discovery.InvalidResponse, Cause: discovery.VersionNotStamped}, server, "stamped", "login"},
		{"no patch version", discovery.Failure{Code: discovery.InvalidResponse, Cause: discovery.PatchUnknown}, server, "minor version", "login"},
	} {
		// A server's message may say anything.
		test.failure.Message = `POST /x: 407 : lookup the proxy expired on orbidden: User "x" cannot `
		got := hint(undetermined(&test.failure), &report.Origin{Endpoint: test.endpoint}, "")
		if !strings.Contains(got, test.want) || strings.Contains(got, test.never) {
			t.Errorf("%s: the hint is %q", test.name, got)
		}
	}
}

// TestHintsOfContexts tests that a hint about a context names what is in a kubeconfig, and no flag of a Pod.
func TestHintsOfContexts(t *testing.T) {
	for want, failure := range map[string]discovery.Failure{
		"kubectl version":              {Code: discovery.Unreachable},
		"proxy-url":                    {Code: discovery.Timeout, Proxy: true},
		"log in again":                 {Code: discovery.Unauthorized},
		"set certificate-authority in": {Code: discovery.Certificate, Cause: discovery.CertificateUnverified},
		"names the CA that":            {Code: discovery.Certificate, Cause: discovery.CertificateUntrusted},
		"tls-server-name in":           {Code: discovery.Certificate, Cause: discovery.CertificateOtherName},
		"renew":                        {Code: discovery.Certificate, Cause: discovery.CertificateExpired},
		"choose a context":             {Code: discovery.OtherEndpoint},
		"system:discovery":             {Code: discovery.Forbidden, Request: "GET /apis"},
	} {
		got := hint(undetermined(&failure), &report.Origin{Endpoint: "https://api.example:443", Context: "prod"}, "")
		if !strings.Contains(got, want) || strings.Contains(got, "--ca-file") || strings.Contains(got, "--server") {
			t.Errorf("%s: the hint is %q", want, got)
		}
	}
}
