package inclusterauth

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The URLs that kube-rs makes of host and port, under the names of its tests. It
// omits port 443. Here the port is always there, because the credentials are bound to
// scheme, host and port. Both are the same server.
//
// Source:
// https://github.com/kube-rs/kube/blob/main/kube-client/src/config/incluster_config.rs
func TestKubeRsCases(t *testing.T) {
	tests := []struct{ source, host, port, theirs, ours string }{
		{"test_kube_name", "fake.io", "8080", "https://fake.io:8080/", "https://fake.io:8080"},
		{"test_kube_name_default_port", "kubernetes.default.svc", "443", "https://kubernetes.default.svc/", "https://kubernetes.default.svc:443"},
		{"test_kube_ipv4", "10.11.12.13", "6443", "https://10.11.12.13:6443/", "https://10.11.12.13:6443"},
		{"test_kube_ipv4_default_port", "10.11.12.13", "443", "https://10.11.12.13/", "https://10.11.12.13:443"},
		{"test_kube_ipv6", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", "6443", "https://[2001:db8:85a3::8a2e:370:7334]:6443/", "https://[2001:db8:85a3::8a2e:370:7334]:6443"},
		{"test_kube_ipv6_default_port", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", "443", "https://[2001:db8:85a3::8a2e:370:7334]/", "https://[2001:db8:85a3::8a2e:370:7334]:443"},
	}
	dir := mountAccount(t, "token", newAuthority(t, "ca").pem)
	for _, test := range tests {
		t.Run(test.source, func(t *testing.T) {
			config := mustLoad(t, Options{Getenv: environment(hostVariable+"="+test.host, portVariable+"="+test.port), Dir: dir})
			if diff := cmp.Diff(test.ours, config.BaseURL().String()); diff != "" {
				t.Error(diff)
			}
			theirs, err := url.Parse(test.theirs)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(originOf(theirs), originOf(config.BaseURL())); diff != "" {
				t.Errorf("another server than theirs:\n%s", diff)
			}
		})
	}
}
