package inclusterauth

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// proxySetting is the proxy that an environment variable names.
type proxySetting struct {
	*url.URL
	variable string
}

// address is host and port, without user information.
func (p *proxySetting) address() string {
	port := p.Port()
	if port == "" {
		port = "80"
		if p.Scheme != "http" {
			port = "1080"
		}
	}
	return net.JoinHostPort(p.Hostname(), port)
}

// proxyFor returns the proxy for an https base URL, or nil for none. Package net/http
// would read the process's own variables, and only once; this package takes the
// environment as a parameter.
func proxyFor(getenv func(string) string, base *url.URL) (*proxySetting, error) {
	variable, value := firstSet(getenv, "HTTPS_PROXY", "https_proxy")
	if value == "" || endpoint.IsLoopback(base.Hostname()) {
		return nil, nil
	}
	_, exceptions := firstSet(getenv, "NO_PROXY", "no_proxy")
	if bypasses(exceptions, base.Hostname(), base.Port()) {
		return nil, nil
	}
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	// Neither the value nor the error of url.Parse is quoted: a proxy's URL often
	// holds a password.
	proxy, err := url.Parse(value)
	if err != nil || proxy.Hostname() == "" {
		return nil, &EnvironmentError{variable, "is not the URL of a proxy, such as http://proxy.example:3128"}
	}
	switch proxy.Scheme {
	case "http", "socks5", "socks5h":
		return &proxySetting{proxy, variable}, nil
	case "https":
		return nil, &EnvironmentError{variable, "names a proxy that is reached over https, which is not supported " +
			"because the cluster's CA would judge its certificate; name an http or socks5 proxy, or add the server to NO_PROXY"}
	}
	return nil, &EnvironmentError{variable, "names a proxy of an unknown kind: its scheme must be http, socks5 or socks5h"}
}

func firstSet(getenv func(string) string, names ...string) (name, value string) {
	for _, name := range names {
		if value := getenv(name); value != "" {
			return name, value
		}
	}
	return "", ""
}

// bypasses reports whether a NO_PROXY list names the host. An entry is "*", an IP
// address, a CIDR range, "example.com" with its subdomains, or ".example.com" for its
// subdomains alone. All but the range may have a port. Package net/http reads the
// list in the same way.
//
// Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
func bypasses(list, host, port string) bool {
	addr, err := netip.ParseAddr(host)
	isAddr := err == nil
	addr = addr.Unmap()
	host = strings.TrimSuffix(host, ".")
	for item := range strings.SplitSeq(list, ",") {
		item = strings.ToLower(strings.TrimSpace(item))
		if item == "*" {
			return true
		}
		if prefix, err := netip.ParsePrefix(item); err == nil {
			if isAddr && prefix.Contains(addr) {
				return true
			}
			continue
		}
		if h, p, err := net.SplitHostPort(item); err == nil {
			if p != port {
				continue
			}
			item = h
		}
		item = strings.Trim(item, "[]")
		if exception, err := netip.ParseAddr(item); err == nil {
			if isAddr && exception.Unmap() == addr {
				return true
			}
			continue
		}
		domain := strings.TrimPrefix(item, "*")
		if isAddr || domain == "" {
			continue
		}
		if domain == host || strings.HasSuffix(host, "."+strings.TrimPrefix(domain, ".")) {
			return true
		}
	}
	return false
}
