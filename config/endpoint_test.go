package config

import (
	"strings"
	"testing"
)

func TestParseEndpoint(t *testing.T) {
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

		{"no scheme", "10.0.1.149:443", "", "the scheme is missing"},
		{"another scheme", "ftp://a", "", "the scheme is neither https nor http"},
		{"http elsewhere", "http://10.0.1.149", "", "http is for loopback only, where kubectl proxy listens; anywhere else it must be https"},
		{"http to what is named like loopback", "http://localhost.example.com", "", "http is for loopback only, where kubectl proxy listens; anywhere else it must be https"},
		{"a user", "https://u:hunter2@a", "", "it holds a user name or a password; whoever kreconcile is comes from the Pod alone"},
		{"two slashes at the end", "https://a//", "", "its path holds two slashes in a row"},
		{"two slashes in the path", "https://a/b//c", "", "its path holds two slashes in a row"},
		{"a path with dots", "https://a/b/../c", "", "its path holds a segment of dots"},
		{"a path with one dot", "https://a/./c", "", "its path holds a segment of dots"},
		{"a path with an escape", "https://a/b%2fc", "", "its path holds a character other than letters, digits, and -._~:=+/"},
		{"a path with a space", "https://a/b c", "", "its path holds a character other than letters, digits, and -._~:=+/"},
		{"a long path", "https://a/" + strings.Repeat("b", 512), "", "its path is longer than 512 bytes"},
		{"a query", "https://a?x", "", "it has a query; leave it out"},
		{"an empty query", "https://a?", "", "it has a query; leave it out"},
		{"a fragment", "https://a#x", "", "it has a fragment; leave it out"},
		{"an empty fragment", "https://a#", "", "it has a fragment; leave it out"},
		{"no host", "https://", "", "the host is missing"},
		{"no host but a port", "https://:443", "", "the host is missing"},
		{"no port after the colon", "https://a:", "", "the port after the colon is missing"},
		{"port 0", "https://a:0", "", "the port is not a number from 1 to 65535"},
		{"port 65536", "https://a:65536", "", "the port is not a number from 1 to 65535"},
		{"a port in words", "https://a:https", "", "it is not a URL"},
		{"a zone", "https://[fe80::1%25eth0]", "", "an address with a zone means something else on every machine"},
		{"IPv4 in brackets", "https://[10.0.1.149]", "", "it is not a URL"},
		{"an old spelling of an address", "https://127.1", "", "the host is neither an IP address nor a DNS name"},
		{"an address in one number", "https://0x7f000001", "", "the host is neither an IP address nor a DNS name"},
		{"a name with a dot at the end", "https://a.", "", "the host is neither an IP address nor a DNS name"},
		{"a letter that is none of ASCII", "https://\u212a8s", "", "the host is neither an IP address nor a DNS name"},
		{"a space", "https://a b", "", "it is not a URL"},
		{"an escape", "https://a%2fb", "", "it is not a URL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseEndpoint(test.given)
			if message := text(err); got != test.want || message != test.err {
				t.Errorf("got %q, %q\nwant %q, %q", got, message, test.want, test.err)
			}
		})
	}
}

func TestParseServerAddress(t *testing.T) {
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
		{"a dot", ".:6443", "", "the host is missing"},
		{"an address with a dot at its end", "10.0.1.149.:443", "", "the host is neither an IP address nor a DNS name"},
		{"IPv6 with a dot at its end", "[fd00::1.]:443", "", "what stands in brackets is not an IPv6 address"},
		{"an address with a zero before a number", "10.0.01.149:443", "", "the host is neither an IP address nor a DNS name"},
		{"a zone", "[fe80::1%eth0]:443", "", "an address with a zone means something else on every machine"},
		{"no port", "10.0.1.149", "", "the port is missing"},
		{"no port after IPv6", "[fd00::1]", "", "the port is missing"},
		{"IPv6 without brackets", "fd00::1:6443", "", "an IPv6 address stands in brackets, and the port follows a colon"},
		{"IPv4 in brackets", "[10.0.1.149]:443", "", "an IPv6 address stands in brackets, and no other does"},
		{"a scheme", "https://a:1", "", "it has a scheme; leave it out"},
		{"no host", ":443", "", "the host is missing"},
		{"port 0", "a:0", "", "the port is not a number from 1 to 65535"},
		{"a path", "a:1/api", "", "the port is not a number from 1 to 65535"},
		{"a user", "u@a:1", "", "the host is neither an IP address nor a DNS name"},
		{"nothing", "", "", "the port is missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseServerAddress(test.given)
			if message := text(err); got != test.want || message != test.err {
				t.Errorf("got %q, %q\nwant %q, %q", got, message, test.want, test.err)
			}
		})
	}
}

// Which of what a server publishes is the declared address.
func TestServerAddressPublishes(t *testing.T) {
	tests := []struct {
		declared, published string
		want                bool
	}{
		{"10.0.1.149:443", "10.0.1.149:443", true},
		{"10.0.1.149:443", "[::ffff:10.0.1.149]:443", true},
		{"[::ffff:10.0.1.149]:443", "10.0.1.149:443", true},
		{"10.0.1.149:443", "10.0.1.149:0443", true},
		{"[fd00::1]:6443", "[FD00:0:0::1]:6443", true},
		{"[fd00:0:0::1]:6443", "[fd00::0001]:6443", true},
		{"[::ffff:a00:1]:443", "[::FFFF:10.0.0.1]:443", true},
		{"api.example.com:6443", "API.Example.com:6443", true},
		{"api.example.com:6443", "api.example.com.:6443", true},
		{"API.example.com.:6443", "api.example.com:6443", true},

		{"10.0.1.149:443", "10.0.1.149:6443", false},
		{"10.0.1.149:443", "10.0.1.14:443", false},
		{"10.0.1.149:443", "10.0.1.149", false},
		{"10.0.1.149:443", "https://10.0.1.149:443", false},
		{"10.0.1.149:443", "10.0.01.149:443", false},
		{"10.0.1.149:443", "[10.0.1.149]:443", false},
		{"10.0.0.1:443", "[::10.0.0.1]:443", false},
		{"[fd00::1]:6443", "fd00::1:6443", false},
		{"[fe80::1]:443", "[fe80::1%eth0]:443", false},
		{"api.example.com:6443", "api.example.com..:6443", false},
		{"k8s:6443", "\u212a8s:6443", false},
		{"a:1", "", false},
	}
	for _, test := range tests {
		t.Run(test.declared+" "+test.published, func(t *testing.T) {
			declared, err := parseServerAddress(test.declared)
			if err != nil {
				t.Fatal(err)
			}
			a := &ServerAddress{Addresses: []string{"10.9.9.9:9", declared}}
			if got := a.Publishes(test.published); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
