package cli

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/view"
)

// TestHintOfLookups: a name that does not resolve is a matter of DNS, whatever else the
// failure is.
func TestHintOfLookups(t *testing.T) {
	for _, test := range []struct {
		code                 discovery.FailureCode
		message, want, never string
	}{
		{discovery.Unreachable, "GET /apis: cannot reach api.example:443: lookup api.example: no such host", "allow DNS", "endpointslices"},
		{discovery.Timeout, "GET /apis: no answer from api.example:443: lookup api.example: i/o timeout", "allow DNS", "endpointslices"},
		{discovery.Unreachable, "GET /apis: the proxy proxy.example:3128 (HTTPS_PROXY) cannot be reached: lookup of proxy.example: no such host", "allow DNS", "endpointslices"},
		{discovery.Timeout, "GET /apis: the proxy proxy.example:3128 (HTTPS_PROXY) cannot be reached: lookup of proxy.example: i/o timeout", "NO_PROXY", "endpointslices"},
		{discovery.Unreachable, "GET /apis: cannot reach 10.96.0.1:443: connection refused", "endpointslices", "DNS"},
		{discovery.Timeout, "GET /apis: no answer from 10.96.0.1:443: i/o timeout", "endpointslices", "DNS"},
	} {
		got := hint(&apply.Undetermined{Code: test.code, Message: test.message}, &view.Origin{Endpoint: "https://api.example:443"})
		if !strings.Contains(got, test.want) || strings.Contains(got, test.never) {
			t.Errorf("%s: the hint is %q", test.message, got)
		}
	}
}
