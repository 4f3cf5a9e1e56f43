package endpoint_test

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/internal/endpoint"
)

const userInfo = "it holds an @, as a user name and a password do; write https://host:port, for a credential does not belong in a URL"

func TestParse(t *testing.T) {
	tests := []struct{ name, given, want, err string }{
		{"an address", "https://10.0.1.149:443", "https://10.0.1.149:443", ""},
		{"the port of https", "https://10.0.1.149", "https://10.0.1.149:443", ""},
		{"another port", "https://10.0.1.149:6443", "https://10.0.1.149:6443", ""},
		{"a port with zeros before it", "https://a:0443", "https://a:443", ""},
		{"upper case", "HTTPS://API.Example.COM:6443", "https://api.example.com:6443", ""},
		{"the name within every cluster", "https://kubernetes.default.svc", "https://kubernetes.default.svc:443", ""},
		{"IPv6", "https://[FD00:0::1]", "https://[fd00::1]:443", ""},
		{"kubectl proxy", "http://127.0.0.1:8001", "http://127.0.0.1:8001", ""},
		{"kubectl proxy by name", "http://localhost:8001", "http://localhost:8001", ""},
		{"a path", "https://Rancher.example/k8s/clusters/c-m-X1", "https://rancher.example:443/k8s/clusters/c-m-X1", ""},
		{"a path with a slash at its end", "https://a:6443/clusters/root:org:ws/", "https://a:6443/clusters/root:org:ws", ""},
		{"a slash", "https://a/", "https://a:443", ""},
		{"kubectl proxy behind a path", "http://127.0.0.1:8001/k8s/", "http://127.0.0.1:8001/k8s", ""},
		{"the port of http", "http://[::1]", "http://[::1]:80", ""},
		{"kubectl proxy by another address of loopback", "http://127.1.2.3:8001/", "http://127.1.2.3:8001", ""},
		{"a name with a dot at its end", "https://API.example.com.", "https://api.example.com.:443", ""},
		{"a name with an underscore", "https://api_1.example.com", "https://api_1.example.com:443", ""},
		{"IPv4 in IPv6 is another address", "https://[::ffff:10.0.1.149]", "https://[::ffff:10.0.1.149]:443", ""},

		{"no scheme", "10.0.1.149:443", "", "the scheme is missing"},
		{"another scheme", "ftp://a", "", "the scheme is neither https nor http"},
		{"http elsewhere", "http://10.0.1.149", "", "http is for loopback only, where kubectl proxy listens; anywhere else it must be https"},
		{"http to what is named like loopback", "http://localhost.example.com", "", "http is for loopback only, where kubectl proxy listens; anywhere else it must be https"},
		{"a user", "https://u:hunter2@a", "", userInfo},
		{"two slashes at the end", "https://a//", "", "its path holds two slashes in a row"},
		{"two slashes in the path", "https://a/b//c", "", "its path holds two slashes in a row"},
		{"a path with dots", "https://a/b/../c", "", "its path holds a segment of dots"},
		{"a path with one dot", "https://a/./c", "", "its path holds a segment of dots"},
		{"a path with an escape", "https://a/b%2fc", "", "its path holds a character other than letters, digits, and -._~:=+/"},
		{"a path with a space", "https://a/b c", "", "its path holds a character other than letters, digits, and -._~:=+/"},
		{"a long path", "https://a/" + strings.Repeat("b", 513), "", "its path is longer than 512 bytes"},
		{"a query", "https://a?x", "", "it has a query; leave it out"},
		{"an empty query", "https://a?", "", "it has a query; leave it out"},
		{"a fragment", "https://a#x", "", "it has a fragment; leave it out"},
		{"an empty fragment", "https://a#", "", "it has a fragment; leave it out"},
		{"no host", "https://", "", "the host is missing"},
		{"no host but a port", "https://:443", "", "the host is missing"},
		{"no port after the colon", "https://a:", "", "the port after the colon is missing"},
		{"port 0", "https://a:0", "", "the port is not a number from 1 to 65535"},
		{"port 65536", "https://a:65536", "", "the port is not a number from 1 to 65535"},
		{"a port in words", "https://a:https", "", "the port is not a number from 1 to 65535"},
		{"a port with a sign", "https://a:+443", "", "the port is not a number from 1 to 65535"},
		{"a password with a slash", "https://u:hunt/er2@a", "", userInfo},
		{"a bracket that is not closed", "https://[::1", "", "the bracket before the address is not closed"},
		{"text after the bracket", "https://[::1]x:443", "", "a colon and a port are all that may follow the bracket"},
		{"IPv6 without brackets", "https://2001:db8::1", "", "an IPv6 address is written in brackets"},
		{"no slashes", "https:10.0.1.149", "", "the scheme is missing"},
		{"a newline in the path", "https://a/b\n", "", "its path holds a character other than letters, digits, and -._~:=+/"},
		{"a number above an octet", "https://10.0.0.256", "", "the host is neither an IP address nor a DNS name"},
		{"an octal number", "https://010.0.0.1", "", "the host is neither an IP address nor a DNS name"},
		{"only a dot", "https://.", "", "the host is neither an IP address nor a DNS name"},
		{"an empty label", "https://a..b", "", "the host is neither an IP address nor a DNS name"},
		{"a label that begins with a dash", "https://-a", "", "the host is neither an IP address nor a DNS name"},
		{"a name that is too long", "https://" + strings.Repeat("a.", 126) + "aa", "", "the host is neither an IP address nor a DNS name"},
		{"http to any address", "http://0.0.0.0:8001", "", "http is for loopback only, where kubectl proxy listens; anywhere else it must be https"},
		{"a zone", "https://[fe80::1%25eth0]", "", "an address with a zone means something else on every machine"},
		{"IPv4 in brackets", "https://[10.0.1.149]", "", "only an IPv6 address is written in brackets"},
		{"an old spelling of an address", "https://127.1", "", "the host is neither an IP address nor a DNS name"},
		{"an address in one number", "https://0x7f000001", "", "the host is neither an IP address nor a DNS name"},
		{"a letter that is none of ASCII", "https://\u212a8s", "", "the host is neither an IP address nor a DNS name"},
		{"a space", "https://a b", "", "the host is neither an IP address nor a DNS name"},
		{"an escape", "https://a%2fb", "", "the host is neither an IP address nor a DNS name"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, err := endpoint.Parse(test.given)
			got := ""
			if err == nil {
				got = e.String()
			}
			if message := text(err); got != test.want || message != test.err {
				t.Errorf("got %q, %q\nwant %q, %q", got, message, test.want, test.err)
			}
		})
	}
}

func TestParseAddress(t *testing.T) {
	tests := []struct{ name, given, want, err string }{
		{"an address", "10.0.1.149:443", "10.0.1.149:443", ""},
		{"a name", "API.Example.com:6443", "api.example.com:6443", ""},
		{"IPv6", "[FD00::1]:6443", "[fd00::1]:6443", ""},
		{"IPv6 with zeros", "[fd00:0:0:0:0:0:0:0001]:6443", "[fd00::1]:6443", ""},
		{"IPv6 that ends as IPv4 does", "[fd00::10.0.0.1]:6443", "[fd00::a00:1]:6443", ""},
		{"IPv4 in IPv6", "[::ffff:10.0.1.149]:443", "10.0.1.149:443", ""},
		{"IPv4 in IPv6 in hexadecimal", "[::FFFF:a00:195]:443", "10.0.1.149:443", ""},
		{"a name with a dot at its end", "api.example.com.:6443", "api.example.com:6443", ""},
		{"a port with a zero before it", "10.0.1.149:0443", "10.0.1.149:443", ""},
		{"two dots at the end of a name", "api..:6443", "", "the host is neither an IP address nor a DNS name"},
		{"a dot", ".:6443", "", "the host is neither an IP address nor a DNS name"},
		{"an address with a dot at its end", "10.0.1.149.:443", "", "the host is neither an IP address nor a DNS name"},
		{"IPv6 with a dot at its end", "[fd00::1.]:443", "", "the host is neither an IP address nor a DNS name"},
		{"an address with a zero before a number", "10.0.01.149:443", "", "the host is neither an IP address nor a DNS name"},
		{"a zone", "[fe80::1%eth0]:443", "", "an address with a zone means something else on every machine"},
		{"no port", "10.0.1.149", "", "the port is missing"},
		{"no port after IPv6", "[fd00::1]", "", "the port is missing"},
		{"IPv6 without brackets", "fd00::1:6443", "", "an IPv6 address is written in brackets"},
		{"IPv4 in brackets", "[10.0.1.149]:443", "", "only an IPv6 address is written in brackets"},
		{"a scheme", "https://a:1", "", "it has a scheme; leave it out"},
		{"no host", ":443", "", "the host is missing"},
		{"port 0", "a:0", "", "the port is not a number from 1 to 65535"},
		{"a path", "a:1/api", "", "the port is not a number from 1 to 65535"},
		{"a user", "u@a:1", "", "the host is neither an IP address nor a DNS name"},
		{"nothing", "", "", "the port is missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := endpoint.ParseAddress(test.given)
			if message := text(err); got != test.want || message != test.err {
				t.Errorf("got %q, %q\nwant %q, %q", got, message, test.want, test.err)
			}
		})
	}
}

// TestSame tests that the spelling of an address does not matter, and everything else
// does.
func TestSame(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"https://A.example", "https://a.example:443/", true},
		{"https://[fd00:0::1]:6443", "HTTPS://[FD00::1]:06443", true},
		{"http://localhost:8001/k8s/", "http://localhost:8001/k8s", true},
		{"https://a/b", "https://a/B", false},
		{"https://a", "https://a:6443", false},
		{"https://a", "https://a.", false},
		{"https://localhost", "http://localhost:443", false},
		{"https://127.0.0.1", "https://localhost", false},
		{"https://a", "a", false},
		{"a", "https://a", false},
		{"a", "a", true},
	} {
		if got := endpoint.Same(test.a, test.b); got != test.want {
			t.Errorf("%s and %s: %t", test.a, test.b, got)
		}
	}
}

// TestOf compares where a request goes with what was parsed.
func TestOf(t *testing.T) {
	for given, want := range map[string]string{
		"https://A.example":           "https://a.example:443",
		"HTTPS://A.example:443/b/":    "https://a.example:443/b",
		"http://[::1]/x?y#z":          "http://[::1]:80/x",
		"https://[FD00:0::1]:6443/":   "https://[fd00::1]:6443",
		"https://u:p@a.example/":      "https://a.example:443",
		"https://[fe80::1%25eth0]:1/": "https://[fe80::1%eth0]:1",
		"https://a%2Cb":               "https://a,b:443",
	} {
		u, err := url.Parse(given)
		if err != nil {
			continue // Go's rules for what is in a host change
		}
		if got := endpoint.Of(u).String(); got != want {
			t.Errorf("%s is %s, want %s", given, got, want)
		}
	}
}

// TestOfIsNoOtherServer: a letter whose lower case is one of ASCII does not make a host
// another one, and a path without a slash does not make a port another one. A request for
// the first host here goes to xn--api-bec.example.com.
func TestOfIsNoOtherServer(t *testing.T) {
	for other, u := range map[string]*url.URL{
		"https://api.example.com": {Scheme: "https", Host: "ap\u0130.example.com"},
		"https://k8s.example.com": {Scheme: "https", Host: "\u212a8s.example.com"},
		"https://a:4430":          {Scheme: "https", Host: "a", Path: "0"},
		"https://a/k8s":           {Scheme: "https", Host: "a", Path: "/k8s//"},
	} {
		if got := endpoint.Of(u).String(); endpoint.Same(got, other) {
			t.Errorf("%s is the same as %s", u, other)
		}
	}
}

// FuzzParse tests that a parsed address is normalised, and means the same to
// [url.Parse].
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"https://kubernetes.default.svc", "https://[::1]:6443/", "http://127.0.0.1:8001", "https://u:p@h", "https://h?x#y", "https://[", "://",
		"https://a:b:c", "http://localhost", "https://[::ffff:7f00:1]:1", "HTTPS://A_b.:65535", "https://h\n", "https://h/%2e", "https://\u212a8s",
		"https://a:0443/b/", "https://a//",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := endpoint.Parse(s)
		if err != nil {
			if strings.Contains(err.Error(), s) && len(s) > 20 {
				t.Fatalf("the error holds the address: %v", err)
			}
			return
		}
		again, err := endpoint.Parse(e.String())
		if err != nil || again != e {
			t.Fatalf("%q gave %q, and that %q, %v", s, e, again, err)
		}
		if !endpoint.Same(s, e.String()) {
			t.Fatalf("%q is not the same as %q", s, e)
		}
		if e.Scheme != "https" && !endpoint.IsLoopback(e.Host) {
			t.Fatalf("%q gave %q", s, e)
		}
		if strings.ContainsFunc(e.Address(), func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("/\\@?#%", r) }) {
			t.Fatalf("%q gave the address %q", s, e.Address())
		}
		u, err := url.Parse(e.String())
		if err != nil || u.String() != e.String() || endpoint.Of(u) != e {
			t.Fatalf("%q gave %q, which another reader takes for %v, %v", s, e, u, err)
		}
		// Only letter case, a default port and the form of an address may differ.
		if address, err := netip.ParseAddr(e.Host); err == nil && address.String() != e.Host {
			t.Fatalf("%q gave %q, which is not canonical", s, e)
		} else if err != nil && !strings.Contains(strings.ToLower(s), e.Host) {
			t.Fatalf("%q gave %q, another host", s, e)
		}
	})
}

// FuzzParseAddress tests that a parsed address is normalised.
func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{"10.0.1.149:443", "[::FFFF:a00:195]:0443", "API.example.com.:6443", "a..:1", ":443", "[fe80::1%eth0]:443", "\u212a8s:6443"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		address, err := endpoint.ParseAddress(s)
		if err != nil {
			return
		}
		if again, err := endpoint.ParseAddress(address); err != nil || again != address {
			t.Fatalf("%q gave %q, and that %q, %v", s, address, again, err)
		}
	})
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
