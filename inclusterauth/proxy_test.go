package inclusterauth

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

func TestHTTPSProxy(t *testing.T) {
	ca := newAuthority(t, "ca")
	server := signedBy(t, ca, apitest.Names("api.example.com"))
	proxy := apitest.NewProxy(t, server)
	proxy.Want("user", "hunter2")
	address := strings.TrimPrefix(proxy.URL(), "http://")
	o := Options{Server: "https://api.example.com:6443", Dir: mountAccount(t, "token", ca.pem)}

	o.Getenv = environment("HTTPS_PROXY=http://user:hunter2@"+address, "NO_PROXY=example.org")
	mustGet(t, mustLoad(t, o))
	if diff := cmp.Diff([]string{"CONNECT api.example.com:6443"}, proxy.Asked()); diff != "" {
		t.Error(diff)
	}
	t.Run("a refusal", func(t *testing.T) {
		o.Getenv = environment("https_proxy=" + address)
		_, _, err := get(mustLoad(t, o), "/version")
		want := `Get "https://api.example.com:6443/version": the proxy ` + address +
			" (https_proxy) refused CONNECT api.example.com:6443: 407 Proxy Authentication Required"
		if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a password is not shown", func(t *testing.T) {
		unreachable := "the proxy " + apitest.UnusedAddress + " (HTTPS_PROXY) cannot be reached: connection refused"
		for proxy, want := range map[string]string{
			"http://user:hunter2@" + apitest.UnusedAddress:   unreachable,
			"socks5://user:hunter2@" + apitest.UnusedAddress: unreachable,
			"http://user:hunter3@" + address: "the proxy " + address +
				" (HTTPS_PROXY) refused CONNECT api.example.com:6443: 407 Proxy Authentication Required",
		} {
			o.Getenv = environment("HTTPS_PROXY=" + proxy)
			_, _, err := get(mustLoad(t, o), "/version")
			if diff := cmp.Diff(`Get "https://api.example.com:6443/version": `+want, fmt.Sprint(err)); diff != "" {
				t.Error(diff)
			}
		}
	})
	t.Run("NO_PROXY leads past it", func(t *testing.T) {
		base, err := url.Parse(server.URL())
		if err != nil {
			t.Fatal(err)
		}
		// This address reaches the machine itself, though it is not a loopback
		// address.
		host := net.JoinHostPort("0.0.0.0", base.Port())
		for exceptions, want := range map[string][]string{
			"example.org": {"CONNECT " + host}, "example.org,0.0.0.0": {}, host: {}, "0.0.0.0/8": {}, "*": {},
		} {
			asked, connections := len(proxy.Asked()), server.Connections()
			mustGet(t, mustLoad(t, Options{
				Server: "https://" + host, TLSServerName: "api.example.com", Dir: o.Dir,
				Getenv: environment("HTTPS_PROXY=http://user:hunter2@"+address, "NO_PROXY="+exceptions),
			}))
			if diff := cmp.Diff(want, proxy.Asked()[asked:]); diff != "" {
				t.Errorf("NO_PROXY=%s: the proxy was asked (-want +got):\n%s", exceptions, diff)
			}
			if n := server.Connections() - connections; n != 1 {
				t.Errorf("NO_PROXY=%s: %d connections", exceptions, n)
			}
		}
	})
	t.Run("loopback is never proxied", func(t *testing.T) {
		local := startServer(t, ca.issue(t, nil), nil, nil)
		mustGet(t, mustLoad(t, Options{
			Getenv: podEnvironment(t, local.URL, "HTTPS_PROXY=http://127.0.0.1:1"),
			Dir:    o.Dir,
		}))
	})
}

func TestProxyRefused(t *testing.T) {
	ca := newAuthority(t, "ca")
	const (
		noURL   = "environment variable HTTPS_PROXY is not the URL of a proxy, such as http://proxy.example:3128"
		tls     = "environment variable HTTPS_PROXY names a proxy that is reached over https, which is not supported because the cluster's CA would judge its certificate; name an http or socks5 proxy, or add the server to NO_PROXY"
		unknown = "environment variable HTTPS_PROXY names a proxy of an unknown kind: its scheme must be http, socks5 or socks5h"
	)
	tests := []struct{ name, value, message string }{
		{"over TLS", "https://user:hunter2@proxy.example:3128", tls},
		{"unknown scheme", "ftp://user:hunter2@proxy.example", unknown},
		{"no host", "http://", noURL},
		{"bad port", "http://user:hunter2@proxy.example:hunter2", noURL},
		{"control character", "http://user:hunter2@\x7f", noURL},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(Options{Server: "https://10.0.1.149", Getenv: environment("HTTPS_PROXY=" + test.value), Dir: mountAccount(t, "token", ca.pem)})
			if _, ok := errors.AsType[*EnvironmentError](err); !ok {
				t.Fatalf("got %v, want an *EnvironmentError", err)
			}
			if diff := cmp.Diff(test.message, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNoProxy(t *testing.T) {
	tests := []struct {
		list, base string
		bypassed   bool
	}{
		{"", "https://10.96.0.1:443", false},
		{"*", "https://10.96.0.1:443", true},
		{"10.96.0.1", "https://10.96.0.1:443", true},
		{"10.96.0.2", "https://10.96.0.1:443", false},
		{"10.96.0.1:443", "https://10.96.0.1:443", true},
		{"10.96.0.1:6443", "https://10.96.0.1:443", false},
		{"a, 10.96.0.0/12 ,b", "https://10.96.0.1:443", true},
		{"192.168.0.0/16", "https://10.96.0.1:443", false},
		{"2001:db8::/32", "https://[2001:db8::1]:443", true},
		{"2001:db8::1", "https://[2001:db8::1]:443", true},
		{"[2001:db8::1]:443", "https://[2001:db8::1]:443", true},
		{"[2001:db8::1]:444", "https://[2001:db8::1]:443", false},
		{".svc", "https://kubernetes.default.svc:443", true},
		{"svc", "https://kubernetes.default.svc:443", true},
		{"*.SVC", "https://kubernetes.default.svc.:443", true},
		{"kubernetes.default.svc", "https://kubernetes.default.svc:443", true},
		{".kubernetes.default.svc", "https://kubernetes.default.svc:443", false},
		{"default.svc:444", "https://kubernetes.default.svc:443", false},
		{"fault.svc", "https://kubernetes.default.svc:443", false},
		{"0.1", "https://10.96.0.1:443", false},
		{",,", "https://kubernetes.default.svc:443", false},
	}
	for _, test := range tests {
		t.Run(test.list+" for "+test.base, func(t *testing.T) {
			base, err := url.Parse(test.base)
			if err != nil {
				t.Fatal(err)
			}
			proxy, err := proxyFor(environment("HTTPS_PROXY=proxy.example:3128", "NO_PROXY="+test.list), base)
			if err != nil {
				t.Fatal(err)
			}
			if bypassed := proxy == nil; bypassed != test.bypassed {
				t.Errorf("bypassed is %t, want %t", bypassed, test.bypassed)
			}
		})
	}
}

func FuzzProxyFor(f *testing.F) {
	f.Add("http://user:hunter2@proxy:3128", "10.0.0.0/8,.svc")
	f.Add("socks5://[::1]:1", "[::1]:443,*")
	f.Add("proxy.example:3128", "10.96.0.1:6443")
	f.Add("https://proxy", "")
	f.Add("%zz", ":")
	base := &url.URL{Scheme: "https", Host: "10.96.0.1:443"}
	reasons := []string{"is not the URL of a proxy", "names a proxy that is reached over https", "names a proxy of an unknown kind"}
	f.Fuzz(func(t *testing.T, value, exceptions string) {
		proxy, err := proxyFor(environment("HTTPS_PROXY="+value, "NO_PROXY="+exceptions), base)
		if err != nil {
			// A fixed text for each reason quotes no password.
			typed, ok := errors.AsType[*EnvironmentError](err)
			if !ok || typed.Variable != "HTTPS_PROXY" || !slices.ContainsFunc(reasons, func(r string) bool { return strings.HasPrefix(typed.Reason, r) }) {
				t.Fatalf("%q gave %#v", value, err)
			}
			return
		}
		if local, err := proxyFor(environment("HTTPS_PROXY="+value), &url.URL{Scheme: "https", Host: "127.0.0.1:443"}); local != nil || err != nil {
			t.Fatalf("loopback goes through %v, %v", local, err)
		}
		if proxy == nil {
			return
		}
		if !slices.Contains([]string{"http", "socks5", "socks5h"}, proxy.Scheme) || proxy.Hostname() == "" {
			t.Fatalf("%q gave %q", value, proxy)
		}
		again, err := proxyFor(environment("HTTPS_PROXY="+proxy.String(), "NO_PROXY="+exceptions), base)
		if err != nil || again == nil || again.String() != proxy.String() {
			t.Fatalf("%q gave %q, and that %v, %v", value, proxy, again, err)
		}
	})
}
