package endpoint

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseAddress reads host:port, as API servers publish it, and normalises it: a name
// in lower case without a final dot, or an IP address, in IPv4 form if it is an IPv4
// address in IPv6 form.
func ParseAddress(s string) (string, error) {
	if strings.Contains(s, "://") {
		return "", malformed("it has a scheme; leave it out")
	}
	host, port, err := split(s)
	if err != nil {
		return "", err
	}
	if port == "" {
		return "", malformed("the port is missing")
	}
	if host, err = Host(host); err != nil {
		return "", err
	}
	if address, err := netip.ParseAddr(host); err == nil {
		host = address.Unmap().String()
	}
	if port, err = Port(port); err != nil {
		return "", err
	}
	return net.JoinHostPort(strings.TrimSuffix(host, "."), port), nil
}

// split reads host, host:port, [ipv6] and [ipv6]:port. The port is empty if there is
// no colon.
func split(authority string) (host, port string, err error) {
	host, after := authority, ""
	if inner, bracketed := strings.CutPrefix(authority, "["); bracketed {
		var closed bool
		if host, after, closed = strings.Cut(inner, "]"); !closed {
			return "", "", malformed("the bracket before the address is not closed")
		}
		if !strings.Contains(host, ":") {
			return "", "", malformed("only an IPv6 address is written in brackets")
		}
	} else if i := strings.IndexByte(authority, ':'); i >= 0 {
		host, after = authority[:i], authority[i:]
	}
	if after == "" {
		return host, "", nil
	}
	port, colon := strings.CutPrefix(after, ":")
	switch {
	case !colon:
		return "", "", malformed("a colon and a port are all that may follow the bracket")
	case port == "":
		return "", "", malformed("the port after the colon is missing")
	case strings.Contains(port, ":"):
		return "", "", malformed("an IPv6 address is written in brackets")
	}
	return host, port, nil
}

// Host reads an IP address or a DNS name, without brackets and port. It returns a
// name in lower case, and an address in its short form.
func Host(s string) (string, error) {
	if s == "" {
		return "", malformed("the host is missing")
	}
	if address, err := netip.ParseAddr(s); err == nil {
		if address.Zone() != "" {
			return "", malformed("an address with a zone means something else on every machine")
		}
		return address.String(), nil
	}
	neither := malformed("the host is neither an IP address nor a DNS name")
	if len(s) > 253 || strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		// Some letters outside ASCII have a lower case in ASCII.
		return "", neither
	}
	name := strings.ToLower(s)
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	for _, label := range labels {
		if !isLabel(label) {
			return "", neither
		}
	}
	// Some resolvers read a name that ends in a number as an address: 10.0.0.256,
	// 10.1.
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "", neither
	}
	return name, nil
}

// isLabel accepts the underscore. Host names should not have one, but some networks
// use it, and it is harmless in a URL.
func isLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

// Port reads a number from 1 to 65535, and returns it without leading zeros.
func Port(s string) (string, error) {
	port, err := strconv.ParseUint(s, 10, 16)
	if err != nil || port == 0 {
		return "", malformed("the port is not a number from 1 to 65535")
	}
	return strconv.FormatUint(port, 10), nil
}

// IsLoopback reports whether a host is this machine: "localhost", or a loopback
// address.
func IsLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}
