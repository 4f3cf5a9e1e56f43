package cli

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/view"
)

// TestHintOfEgress: what a NetworkPolicy has to allow depends on what did not answer: the API
// server, a proxy, or DNS.
func TestHintOfEgress(t *testing.T) {
	for _, test := range []struct {
		code                 discovery.FailureCode
		message, want, never string
	}{
		{discovery.Unreachable, "GET /apis: cannot reach api.example:443: lookup api.example: no such host", "allow DNS", "endpointslices"},
		{discovery.Timeout, "GET /apis: no answer from api.example:443: lookup api.example: i/o timeout", "allow DNS", "endpointslices"},
		{discovery.Unreachable, "GET /apis: the proxy proxy.example:3128 (HTTPS_PROXY) cannot be reached: lookup of proxy.example: no such host", "allow DNS", "endpointslices"},
		{discovery.Timeout, "GET /apis: the proxy proxy.example:3128 (HTTPS_PROXY) cannot be reached: lookup of proxy.example: i/o timeout", "NO_PROXY", "endpointslices"},
		{discovery.Timeout, "GET /apis: the proxy 10.0.0.9:3128 (HTTPS_PROXY) cannot be reached: i/o timeout", "allow the proxy", "endpointslices"},
		{discovery.Unreachable, "GET /apis: the proxy 10.0.0.9:3128 (HTTPS_PROXY) cannot be reached: connection refused", "NO_PROXY", "NetworkPolicy"},
		{discovery.Unreachable, "GET /apis: cannot reach 10.96.0.1:443: connection refused", "endpointslices", "DNS"},
		{discovery.Timeout, "GET /apis: no answer from 10.96.0.1:443: i/o timeout", "endpointslices", "DNS"},
	} {
		got := hint(&apply.Undetermined{Code: test.code, Message: test.message}, &view.Origin{Endpoint: "https://api.example:443"}, "")
		if !strings.Contains(got, test.want) || strings.Contains(got, test.never) {
			t.Errorf("%s: the hint is %q", test.message, got)
		}
	}
}
