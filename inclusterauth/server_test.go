package inclusterauth

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestServerFromEnvironment(t *testing.T) {
	tests := []struct {
		name string
		env  []string
		want string
	}{
		{"IPv4", []string{"KUBERNETES_SERVICE_HOST=10.96.0.1", "KUBERNETES_SERVICE_PORT=443"}, "https://10.96.0.1:443"},
		{"IPv6 loopback", []string{"KUBERNETES_SERVICE_HOST=::1", "KUBERNETES_SERVICE_PORT=6443"}, "https://[::1]:6443"},
		{"IPv6", []string{"KUBERNETES_SERVICE_HOST=2001:DB8::1", "KUBERNETES_SERVICE_PORT=443"}, "https://[2001:db8::1]:443"},
		{"host name", []string{"KUBERNETES_SERVICE_HOST=API.example.com", "KUBERNETES_SERVICE_PORT=443"}, "https://api.example.com:443"},
		{"absolute host name", []string{"KUBERNETES_SERVICE_HOST=api.example.com.", "KUBERNETES_SERVICE_PORT=443"}, "https://api.example.com.:443"},
		{"PORT empty, PORT_HTTPS set", []string{"KUBERNETES_SERVICE_HOST=10.96.0.1", "KUBERNETES_SERVICE_PORT=", "KUBERNETES_SERVICE_PORT_HTTPS=6443"}, "https://10.96.0.1:6443"},
		{"PORT wins over a stale PORT_HTTPS", []string{"KUBERNETES_SERVICE_HOST=10.96.0.1", "KUBERNETES_SERVICE_PORT=7445", "KUBERNETES_SERVICE_PORT_HTTPS=443"}, "https://10.96.0.1:7445"},
		{"port 80 is https", []string{"KUBERNETES_SERVICE_HOST=10.96.0.1", "KUBERNETES_SERVICE_PORT=80"}, "https://10.96.0.1:80"},
		{"port 8001 is https", []string{"KUBERNETES_SERVICE_HOST=127.0.0.1", "KUBERNETES_SERVICE_PORT=8001"}, "https://127.0.0.1:8001"},
		{"port 8080 is https", []string{"KUBERNETES_SERVICE_HOST=10.96.0.1", "KUBERNETES_SERVICE_PORT=8080"}, "https://10.96.0.1:8080"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u, err := baseURL(Options{Getenv: environment(test.env...)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, u.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestServerFromEnvironmentRefused(t *testing.T) {
	const (
		noHost = "environment variable KUBERNETES_SERVICE_HOST is not set: this is not a Pod, or its environment was cleared; set it, or name the server"
		noPort = "environment variable KUBERNETES_SERVICE_PORT is not set, though KUBERNETES_SERVICE_HOST is; set it, or name the server"
	)
	badHost := func(shown string) string {
		return "environment variable KUBERNETES_SERVICE_HOST is " + shown + ", which is not a host: it has to be an IP address, without brackets and zone, or a DNS name, and nothing more"
	}
	badPort := func(variable, shown string) string {
		return "environment variable " + variable + " is " + shown + ", which is not a port: it has to be a number from 1 to 65535"
	}
	tests := []struct {
		name, host, port, httpsPort string
		variable, message           string
	}{
		{"no host", "", "443", "443", hostVariable, noHost},
		{"no port", "10.96.0.1", "", "", portVariable, noPort},
		{"path", "h/path", "443", "", hostVariable, badHost(`"h/path"`)},
		{"user", "u@evil", "443", "", hostVariable, badHost("(not shown)")},
		{"user and password", "u:hunter2@evil", "443", "", hostVariable, badHost("(not shown)")},
		{"query", "h?x=y", "443", "", hostVariable, badHost(`"h?x=y"`)},
		{"fragment", "x#y", "443", "", hostVariable, badHost(`"x#y"`)},
		{"brackets", "[::1]", "443", "", hostVariable, badHost(`"[::1]"`)},
		{"zone", "fe80::1%eth0", "443", "", hostVariable, badHost(`"fe80::1%eth0"`)},
		{"space", "10.96.0.1 ", "443", "", hostVariable, badHost(`"10.96.0.1 "`)},
		{"newline", "10.96.0.1\n", "443", "", hostVariable, badHost(`"10.96.0.1\n"`)},
		{"port in the host", "10.96.0.1:443", "443", "", hostVariable, badHost(`"10.96.0.1:443"`)},
		{"scheme", "https://10.96.0.1", "443", "", hostVariable, badHost(`"https://10.96.0.1"`)},
		{"octet too large", "10.96.0.256", "443", "", hostVariable, badHost(`"10.96.0.256"`)},
		{"octal", "010.0.0.1", "443", "", hostVariable, badHost(`"010.0.0.1"`)},
		{"hexadecimal", "0x7f000001", "443", "", hostVariable, badHost(`"0x7f000001"`)},
		{"empty label", "a..b", "443", "", hostVariable, badHost(`"a..b"`)},
		{"only a dot", ".", "443", "", hostVariable, badHost(`"."`)},
		{"percent", "%31", "443", "", hostVariable, badHost(`"%31"`)},
		{"beyond ASCII", "bücher.example", "443", "", hostVariable, badHost(`"bücher.example"`)},
		{"port 0", "10.96.0.1", "0", "", portVariable, badPort(portVariable, `"0"`)},
		{"port 65536", "10.96.0.1", "65536", "", portVariable, badPort(portVariable, `"65536"`)},
		{"port abc", "10.96.0.1", "abc", "", portVariable, badPort(portVariable, `"abc"`)},
		{"port with sign", "10.96.0.1", "+443", "", portVariable, badPort(portVariable, `"+443"`)},
		{"port with zero in front", "10.96.0.1", "0443", "", portVariable, badPort(portVariable, `"0443"`)},
		{"port of a service link", "10.96.0.1", "tcp://10.96.0.1:443", "", portVariable, badPort(portVariable, `"tcp://10.96.0.1:443"`)},
		{"a bad PORT is not skipped for PORT_HTTPS", "10.96.0.1", "abc", "443", portVariable, badPort(portVariable, `"abc"`)},
		{"bad PORT_HTTPS", "10.96.0.1", "", "x", httpsPortVariable, badPort(httpsPortVariable, `"x"`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(Options{
				Getenv: environment(hostVariable+"="+test.host, portVariable+"="+test.port, httpsPortVariable+"="+test.httpsPort),
				Dir:    t.TempDir(),
			})
			typed, ok := errors.AsType[*EnvironmentError](err)
			if !ok {
				t.Fatalf("got %v, want an *EnvironmentError", err)
			}
			if diff := cmp.Diff(test.variable, typed.Variable); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.message, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseServer(t *testing.T) {
	tests := []struct{ name, server, want string }{
		{"the name inside every cluster", "https://kubernetes.default.svc", "https://kubernetes.default.svc:443"},
		{"with port", "https://10.0.1.149:6443", "https://10.0.1.149:6443"},
		{"trailing slash", "https://10.0.1.149:6443/", "https://10.0.1.149:6443"},
		{"upper case", "HTTPS://Kubernetes.Default.SVC", "https://kubernetes.default.svc:443"},
		{"IPv6", "https://[2001:DB8:0::1]:6443", "https://[2001:db8::1]:6443"},
		{"IPv6 without port", "https://[::1]", "https://[::1]:443"},
		{"proxy by name", "http://localhost:8001", "http://localhost:8001"},
		{"proxy by IPv4", "http://127.1.2.3:8001/", "http://127.1.2.3:8001"},
		{"proxy by IPv6", "http://[::1]:8001", "http://[::1]:8001"},
		{"proxy without port", "http://localhost", "http://localhost:80"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u, err := parseServer(test.server)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, u.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseServerRefused(t *testing.T) {
	const (
		scheme   = " is not a URL that begins with https://, or with http:// on loopback"
		apart    = " has no host and port that can be told apart; an IPv6 address is written in brackets"
		badHost  = " has a host that is neither an IP address, without a zone, nor a DNS name"
		badPort  = " has a port that is not a number from 1 to 65535"
		userInfo = "server URL holds an @, as user information does: a credential does not belong in a URL; write scheme://host:port"
		query    = " is followed by a query or a fragment: write scheme://host:port"
		path     = " has a path: write scheme://host:port"
		plain    = " is plaintext: http:// is for a kubectl proxy on loopback only; write https://"
	)
	tests := []struct {
		name, server string
		problem      ServerProblem
		message      string
	}{
		{"no scheme", "10.0.1.149:443", ServerMalformed, `server "10.0.1.149:443"` + scheme},
		{"other scheme", "ftp://10.0.1.149", ServerMalformed, `server "ftp://10.0.1.149"` + scheme},
		{"opaque", "https:10.0.1.149", ServerMalformed, `server "https:10.0.1.149"` + scheme},
		{"no host", "https://", ServerMalformed, `server "https://"` + badHost},
		{"only a port", "https://:443", ServerMalformed, `server "https://:443"` + badHost},
		{"user", "https://user@10.0.1.149", ServerUserInfo, userInfo},
		{"user and password", "https://user:hunter2@10.0.1.149", ServerUserInfo, userInfo},
		{"password with a slash", "https://user:hunt/er2@10.0.1.149", ServerUserInfo, userInfo},
		{"path", "https://10.0.1.149/k8s/clusters/c-1", ServerPath, `server "https://10.0.1.149/k8s/clusters/c-1"` + path},
		{"two slashes", "https://10.0.1.149//", ServerPath, `server "https://10.0.1.149//"` + path},
		{"query", "https://10.0.1.149?token=hunter2", ServerPath, `server "https://10.0.1.149"` + query},
		{"fragment", "https://10.0.1.149/#hunter2", ServerPath, `server "https://10.0.1.149/"` + query},
		{"empty fragment", "https://10.0.1.149#", ServerPath, `server "https://10.0.1.149"` + query},
		{"IPv6 without brackets", "https://2001:db8::1", ServerMalformed, `server "https://2001:db8::1"` + apart},
		{"IPv4 in brackets", "https://[10.0.1.149]", ServerMalformed, `server "https://[10.0.1.149]"` + apart},
		{"bracket not closed", "https://[::1", ServerMalformed, `server "https://[::1"` + apart},
		{"text after the bracket", "https://[::1]x:443", ServerMalformed, `server "https://[::1]x:443"` + apart},
		{"zone", "https://[fe80::1%25eth0]", ServerMalformed, `server "https://[fe80::1%25eth0]"` + badHost},
		{"percent", "https://%31", ServerMalformed, `server "https://%31"` + badHost},
		{"space", "https://10.0.1.149 ", ServerMalformed, `server "https://10.0.1.149 "` + badHost},
		{"colon without port", "https://10.0.1.149:", ServerMalformed, `server "https://10.0.1.149:"` + apart},
		{"port 0", "https://10.0.1.149:0", ServerMalformed, `server "https://10.0.1.149:0"` + badPort},
		{"port 65536", "https://10.0.1.149:65536", ServerMalformed, `server "https://10.0.1.149:65536"` + badPort},
		{"port abc", "https://10.0.1.149:abc", ServerMalformed, `server "https://10.0.1.149:abc"` + badPort},
		{"plaintext", "http://10.0.1.149:8001", ServerPlaintext, `server "http://10.0.1.149:8001"` + plain},
		{"plaintext to a name that begins like loopback", "http://localhost.example.com", ServerPlaintext, `server "http://localhost.example.com"` + plain},
		{"plaintext to any address", "http://0.0.0.0:8001", ServerPlaintext, `server "http://0.0.0.0:8001"` + plain},
		{"very long", "https://" + strings.Repeat("a", 300), ServerMalformed, `server "https://` + strings.Repeat("a", 192) + `"…` + badHost},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(Options{Server: test.server, Getenv: environment(), Dir: t.TempDir()})
			typed, ok := errors.AsType[*ServerError](err)
			if !ok {
				t.Fatalf("got %v, want a *ServerError", err)
			}
			if diff := cmp.Diff(test.problem, typed.Problem); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.message, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTLSServerNameRefused(t *testing.T) {
	for _, name := range []string{"*.example.com", "a b", "https://kubernetes", "kubernetes:443"} {
		_, err := Load(Options{Server: "https://10.0.1.149", TLSServerName: name, Getenv: environment(), Dir: t.TempDir()})
		if _, ok := errors.AsType[*ServerError](err); !ok {
			t.Errorf("%q: got %v, want a *ServerError", name, err)
		}
	}
}

func FuzzParseServer(f *testing.F) {
	for _, seed := range []string{
		"https://kubernetes.default.svc", "https://[::1]:6443/", "http://127.0.0.1:8001", "https://u:p@h", "https://h?x#y", "https://[", "://", "https://a:b:c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, server string) {
		u, err := parseServer(server)
		if err != nil {
			if _, ok := errors.AsType[*ServerError](err); !ok {
				t.Fatalf("%v is not a *ServerError", err)
			}
			return
		}
		if u.Scheme != "https" && !isLoopback(u.Hostname()) || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("%q gave %q", server, u)
		}
		again, err := parseServer(u.String())
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q gave %q, and that %v, %v", server, u, again, err)
		}
	})
}

func FuzzServerFromEnvironment(f *testing.F) {
	f.Add("10.96.0.1", "443")
	f.Add("::1", "6443")
	f.Add("u@evil", "0")
	f.Add("h/path", "65536")
	f.Fuzz(func(t *testing.T, host, port string) {
		u, err := serverFromEnvironment(environment(hostVariable+"="+host, portVariable+"="+port))
		if err != nil {
			return
		}
		if _, err := parseServer(u.String()); err != nil || u.Scheme != "https" {
			t.Fatalf("%q and %q gave %q: %v", host, port, u, err)
		}
	})
}
