package inclusterauth

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const (
	hostVariable      = "KUBERNETES_SERVICE_HOST"
	portVariable      = "KUBERNETES_SERVICE_PORT"
	httpsPortVariable = "KUBERNETES_SERVICE_PORT_HTTPS"
)

// baseURL is scheme://host:port of the server to connect to, with its path where it
// has one.
func baseURL(o Options) (*url.URL, error) {
	if o.Server != "" {
		return parseServer(o.Server)
	}
	return serverFromEnvironment(o.Getenv)
}

// serverFromEnvironment is always https: whoever guesses http from a port sends
// the token in clear.
func serverFromEnvironment(getenv func(string) string) (*url.URL, error) {
	host := getenv(hostVariable)
	if host == "" {
		return nil, &EnvironmentError{hostVariable, "is not set: this is not a Pod, or its environment was cleared; " +
			"set it, or name the server"}
	}
	canonical, ok := canonicalHost(host)
	if !ok {
		return nil, &EnvironmentError{hostVariable, "is " + quoted(host) + ", which is not a host: " +
			"it must be an IP address, without brackets and zone, or a DNS name, and nothing more"}
	}
	// The other variable counts only where this one is empty, because whoever
	// overrides HOST and PORT leaves it stale.
	variable, port := portVariable, getenv(portVariable)
	if port == "" {
		if value := getenv(httpsPortVariable); value != "" {
			variable, port = httpsPortVariable, value
		}
	}
	if port == "" {
		return nil, &EnvironmentError{portVariable, "is not set, though " + hostVariable + " is; set it, or name the server"}
	}
	if !isPort(port) {
		return nil, &EnvironmentError{variable, "is " + quoted(port) + ", which is not a port: " +
			"it must be a number from 1 to 65535"}
	}
	return &url.URL{Scheme: "https", Host: net.JoinHostPort(canonical, port)}, nil
}

// parseServer takes the URL apart by itself, because url.Parse forgives what has
// to be refused here, and quotes in its errors what must not be shown.
func parseServer(server string) (*url.URL, error) {
	malformed := func(reason string) error {
		return &ServerError{ServerMalformed, "server " + quoted(server) + " " + reason}
	}
	if strings.Contains(server, "@") {
		return nil, &ServerError{ServerUserInfo, "server URL holds an @, as user information does: " +
			"a credential does not belong in a URL; write https://host:port"}
	}
	bare, _, _ := strings.Cut(server, "?")
	bare, _, _ = strings.Cut(bare, "#")
	if bare != server {
		return nil, &ServerError{ServerPath, "server " + quoted(bare) + " is followed by a query or a fragment: " +
			"leave it out"}
	}
	scheme, rest, found := strings.Cut(server, "://")
	scheme = strings.ToLower(scheme)
	if !found || scheme != "https" && scheme != "http" {
		return nil, malformed("is not a URL that begins with https://, or with http:// on loopback")
	}
	authority, path, _ := strings.Cut(rest, "/")
	if path != "/" {
		path = strings.TrimSuffix(path, "/")
	}
	if reason := faultOfPath(path); reason != "" {
		return nil, &ServerError{ServerPath, "server " + quoted(server) + " has a path that " + reason}
	}
	if path != "" {
		path = "/" + path
	}
	host, port, ok := splitAuthority(authority)
	if !ok {
		return nil, malformed("has no host and port that can be determined apart; an IPv6 address is written in brackets")
	}
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[scheme]
	}
	canonical, ok := canonicalHost(host)
	if !ok {
		return nil, malformed("has a host that is neither an IP address, without a zone, nor a DNS name")
	}
	if !isPort(port) {
		return nil, malformed("has a port that is not a number from 1 to 65535")
	}
	if scheme == "http" && !isLoopback(canonical) {
		return nil, &ServerError{ServerPlaintext, "server " + quoted(server) + " is plaintext: " +
			"http:// is for a kubectl proxy on loopback only; write https://"}
	}
	return &url.URL{Scheme: scheme, Host: net.JoinHostPort(canonical, port), Path: path}, nil
}

// maxPath is how long the path of a server may be.
const maxPath = 512

// faultOfPath says why a path, without the slashes around it, cannot be used, and is
// empty where it can. What another reader of the URL could take for another path is
// refused: behind one host there may be a cluster behind each path.
func faultOfPath(path string) string {
	if path == "" {
		return ""
	}
	if len(path) > maxPath {
		return "is longer than 512 bytes"
	}
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "":
			return "holds two slashes in a row"
		case ".", "..":
			return "holds a segment of dots"
		}
	}
	if strings.ContainsFunc(path, notOfPath) {
		return "holds a character other than letters, digits, and -._~:=+/"
	}
	return ""
}

// notOfPath refuses escapes, and what two readers of a URL may write in two ways.
//
// Source: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
func notOfPath(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._~:=+/", r)
}

// splitAuthority splits host, host:port, [ipv6] and [ipv6]:port. The port is empty
// where there is no colon for it.
func splitAuthority(s string) (host, port string, ok bool) {
	after := ""
	if inner, bracketed := strings.CutPrefix(s, "["); bracketed {
		var closed bool
		if host, after, closed = strings.Cut(inner, "]"); !closed || !strings.Contains(host, ":") {
			return "", "", false
		}
	} else if i := strings.IndexByte(s, ':'); i >= 0 {
		host, after = s[:i], s[i:]
	} else {
		host = s
	}
	if after == "" {
		return host, "", true
	}
	port, colon := strings.CutPrefix(after, ":")
	return host, port, colon && port != "" && !strings.Contains(port, ":")
}

// checkTLSServerName accepts what can stand in a certificate: a DNS name or an
// IP address.
func checkTLSServerName(name string) error {
	if name == "" {
		return nil
	}
	if _, ok := canonicalHost(name); !ok {
		return &ServerError{ServerMalformed, "TLS server name " + quoted(name) + " is neither an IP address nor a DNS name"}
	}
	return nil
}

// canonicalHost writes a DNS name in lower case and an IP address in its one
// canonical form. It is false for everything else.
func canonicalHost(host string) (string, bool) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.String(), addr.Zone() == ""
	}
	name := strings.ToLower(host)
	// A final dot, which makes the name absolute, is kept for the resolver.
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	if len(name) > 253 {
		return "", false
	}
	for _, label := range labels {
		if !isLabel(label) {
			return "", false
		}
	}
	// Names that end in a number are addresses to some resolvers: 10.0.0.256, 10.1.
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "", false
	}
	return name, true
}

// isLabel admits the underscore, which DNS has and host names should not have,
// because some networks use it all the same and it is harmless in a URL.
func isLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '-' && c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 1 && n <= 65535 && strconv.Itoa(n) == s
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// origin is what a credential is bound to.
type origin struct{ scheme, host, port string }

func originOf(u *url.URL) origin {
	o := origin{scheme: strings.ToLower(u.Scheme), host: strings.ToLower(u.Hostname()), port: u.Port()}
	if canonical, ok := canonicalHost(o.host); ok {
		o.host = canonical
	}
	if o.port == "" {
		o.port = map[string]string{"https": "443", "http": "80"}[o.scheme]
	}
	return o
}

func (o origin) String() string { return o.scheme + "://" + net.JoinHostPort(o.host, o.port) }
