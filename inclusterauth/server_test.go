package inclusterauth

import (
	"errors"
	"io"
	"net"
	"net/url"
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
	dir := mountAccount(t, "token", newAuthority(t, "ca").pem)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := mustLoad(t, Options{Getenv: environment(test.env...), Dir: dir})
			if diff := cmp.Diff(test.want, config.BaseURL().String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The ports that some clients take for plaintext, and so send the token in clear to
// them.
func TestNoPortIsPlaintext(t *testing.T) {
	dir := mountAccount(t, shown, newAuthority(t, "ca").pem)
	for _, port := range []string{"80", "8001", "8080"} {
		t.Run(port, func(t *testing.T) {
			// A loopback address where nothing else has a reason to listen.
			listener, err := net.Listen("tcp", net.JoinHostPort("127.86.103.41", port))
			if err != nil {
				t.Skipf("the port cannot be listened at here: %v", err)
			}
			received := make(chan []byte, 1)
			go func() {
				connection, err := listener.Accept()
				if err != nil {
					received <- nil
					return
				}
				defer connection.Close()
				begin := make([]byte, 5)
				_, _ = io.ReadFull(connection, begin)
				_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				received <- begin
			}()
			config := mustLoad(t, Options{Getenv: environment(hostVariable+"=127.86.103.41", portVariable+"="+port), Dir: dir})
			_, _, err = get(config, "/version")
			want := `Get "https://127.86.103.41:` + port + `/version": http: server gave HTTP response to HTTPS client`
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
			listener.Close()
			// The record of a TLS handshake begins with 22 and the version.
			if begin := <-received; len(begin) == 0 || begin[0] != 22 || begin[1] != 3 {
				t.Errorf("what was sent begins with %q", begin)
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
		return "environment variable KUBERNETES_SERVICE_HOST is " + shown + ", which is not a host: it must be an IP address, without brackets and zone, or a DNS name, and nothing more"
	}
	badPort := func(variable, shown string) string {
		return "environment variable " + variable + " is " + shown + ", which is not a port: it must be a number from 1 to 65535"
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
		{"path", "https://Rancher.example/k8s/clusters/c-m-X1", "https://rancher.example:443/k8s/clusters/c-m-X1"},
		{"path with a slash at its end", "https://a:6443/clusters/root:org:ws/", "https://a:6443/clusters/root:org:ws"},
		{"proxy behind a path", "http://127.0.0.1:8001/k8s/", "http://127.0.0.1:8001/k8s"},
		{"upper case", "HTTPS://Kubernetes.Default.SVC", "https://kubernetes.default.svc:443"},
		{"IPv6", "https://[2001:DB8:0::1]:6443", "https://[2001:db8::1]:6443"},
		{"IPv6 without port", "https://[::1]", "https://[::1]:443"},
		{"proxy by name", "http://localhost:8001", "http://localhost:8001"},
		{"proxy by IPv4", "http://127.1.2.3:8001/", "http://127.1.2.3:8001"},
		{"proxy by IPv6", "http://[::1]:8001", "http://[::1]:8001"},
		{"proxy without port", "http://localhost", "http://localhost:80"},
	}
	dir := mountAccount(t, "token", newAuthority(t, "ca").pem)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := mustLoad(t, Options{Server: test.server, Getenv: environment(), Dir: dir})
			if diff := cmp.Diff(test.want, config.BaseURL().String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The rules are those of package endpoint. This test checks the kind of error, and
// that no credential is shown.
func TestParseServerRefused(t *testing.T) {
	const (
		userInfo = "server URL: it holds an @, as a user name and a password do; write https://host:port, for a credential does not belong in a URL"
		plain    = ": http is for loopback only, where kubectl proxy listens; anywhere else it must be https"
		neither  = ": the host is neither an IP address nor a DNS name"
	)
	tests := []struct {
		name, server string
		problem      ServerProblem
		message      string
	}{
		{"no scheme", "10.0.1.149:443", ServerMalformed, `server "10.0.1.149:443": the scheme is missing`},
		{"no host", "https://:443", ServerMalformed, `server "https://:443": the host is missing`},
		{"port 0", "https://10.0.1.149:0", ServerMalformed, `server "https://10.0.1.149:0": the port is not a number from 1 to 65535`},
		{"user", "https://user@10.0.1.149", ServerUserInfo, userInfo},
		{"user and password", "https://user:hunter2@10.0.1.149", ServerUserInfo, userInfo},
		{"password with a slash", "https://user:hunt/er2@10.0.1.149", ServerUserInfo, userInfo},
		{"dots in the path", "https://10.0.1.149/a/../b", ServerPath, `server "https://10.0.1.149/a/../b": its path holds a segment of dots`},
		{"newline in the path", "https://a/b\n", ServerPath, `server "https://a/b\n": its path holds a character other than letters, digits, and -._~:=+/`},
		{"query", "https://10.0.1.149?token=hunter2", ServerPath, `server "https://10.0.1.149": it has a query; leave it out`},
		{"fragment", "https://10.0.1.149/#hunter2", ServerPath, `server "https://10.0.1.149/": it has a fragment; leave it out`},
		{"query without a scheme", "10.0.1.149?token=hunter2", ServerMalformed, `server "10.0.1.149": the scheme is missing`},
		{"plaintext", "http://10.0.1.149:8001", ServerPlaintext, `server "http://10.0.1.149:8001"` + plain},
		{"plaintext to a name that begins like loopback", "http://localhost.example.com", ServerPlaintext, `server "http://localhost.example.com"` + plain},
		{"plaintext to any address", "http://0.0.0.0:8001", ServerPlaintext, `server "http://0.0.0.0:8001"` + plain},
		{"very long", "https://" + strings.Repeat("a", 300), ServerMalformed, `server "https://` + strings.Repeat("a", 192) + `"…` + neither},
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
		"https://kubernetes.default.svc", "http://127.0.0.1:8001/k8s/", "https://u:p@h", "https://h?x#y", "https://[", "://", "https://h\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, server string) {
		u, err := parseServer(server)
		if err == nil {
			// Package url must read the result in the same way.
			if read, err := url.Parse(u.String()); err != nil || *read != *u {
				t.Fatalf("%q gave %q, which is read as %v, %v", server, u, read, err)
			}
			return
		}
		if _, ok := errors.AsType[*ServerError](err); !ok {
			t.Fatalf("%v is not a *ServerError", err)
		}
		// The text around an @ may be a credential.
		if _, hidden, found := strings.Cut(server, "@"); found && len(hidden) > 20 && strings.Contains(err.Error(), hidden) {
			t.Fatalf("%q is quoted: %v", server, err)
		}
	})
}

func FuzzServerFromEnvironment(f *testing.F) {
	f.Add("10.96.0.1", "443", "")
	f.Add("::1", "6443", "443")
	f.Add("u@evil", "0", "1")
	f.Add("h/path", "65536", "")
	f.Add("api.example.com.", "", "6443")
	f.Add("fe80::1%eth0", "443", "")
	f.Fuzz(func(t *testing.T, host, port, httpsPort string) {
		getenv := environment(hostVariable+"="+host, portVariable+"="+port, httpsPortVariable+"="+httpsPort)
		u, err := serverFromEnvironment(getenv)
		if err != nil {
			typed, ok := errors.AsType[*EnvironmentError](err)
			if !ok || typed.Variable != hostVariable && typed.Variable != portVariable && typed.Variable != httpsPortVariable {
				t.Fatalf("%q, %q and %q gave %#v", host, port, httpsPort, err)
			}
			return
		}
		if port == "" {
			port = httpsPort
		}
		if u.Scheme != "https" || u.Port() != port {
			t.Fatalf("%q, %q and %q gave %q", host, port, httpsPort, u)
		}
		// The URL has the canonical host, so naming it with --server gives the same
		// server.
		again, err := serverFromEnvironment(environment(hostVariable+"="+u.Hostname(), portVariable+"="+u.Port()))
		if err != nil || *again != *u {
			t.Fatalf("%q gave %q, and that %v, %v", host, u, again, err)
		}
		named, err := parseServer(u.String())
		if err != nil || *named != *u {
			t.Fatalf("%q gave %q, and as a server %v, %v", host, u, named, err)
		}
	})
}
