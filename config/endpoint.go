package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// parseEndpoint reads the address of an API server and gives it in the one
// spelling that endpoints are compared in: scheme, lower-case host and port, and the
// path that the API is behind, without a slash at its end.
// Its errors never quote the address, which may hold a password.
func parseEndpoint(s string) (string, error) {
	scheme, _, found := strings.Cut(s, "://")
	if !found {
		return "", errors.New("the scheme is missing")
	}
	u, err := url.Parse(s)
	if err != nil {
		return "", errors.New("it is not a URL")
	}
	var port string
	switch strings.ToLower(scheme) {
	case "https":
		port = "443"
	case "http":
		port = "80"
	default:
		return "", errors.New("the scheme is neither https nor http")
	}
	switch {
	case u.User != nil:
		return "", errors.New("it holds a user name or a password; whoever kreconcile is comes from the Pod alone")
	case u.RawQuery != "" || u.ForceQuery:
		return "", errors.New("it has a query; leave it out")
	case u.Fragment != "" || strings.Contains(s, "#"):
		return "", errors.New("it has a fragment; leave it out")
	}
	path, err := parsePath(u.EscapedPath())
	if err != nil {
		return "", err
	}
	host, err := parseHost(u.Hostname(), strings.HasPrefix(u.Host, "["))
	if err != nil {
		return "", err
	}
	if strings.HasSuffix(u.Host, ":") {
		return "", errors.New("the port after the colon is missing")
	}
	if u.Port() != "" {
		port = u.Port()
	}
	if port, err = parsePort(port); err != nil {
		return "", err
	}
	if u.Scheme == "http" && !isLoopback(host) {
		return "", errors.New("http is for loopback only, where kubectl proxy listens; anywhere else it must be https")
	}
	return u.Scheme + "://" + net.JoinHostPort(host, port) + path, nil
}

// maxEndpointPath is how long a path may be.
const maxEndpointPath = 512

// parsePath reads a path such as /k8s/clusters/c-1, behind which there may be a
// cluster of its own. It is the path that is sent, as --server has it, so that nothing
// is resolved or decoded.
func parsePath(s string) (string, error) {
	path := strings.TrimSuffix(s, "/")
	switch segments := strings.Split(strings.TrimPrefix(path, "/"), "/"); {
	case path == "" && s != "//":
		return "", nil
	case len(path) > maxEndpointPath:
		return "", errors.New("its path is longer than 512 bytes")
	case slices.Contains(segments, ""):
		return "", errors.New("its path holds two slashes in a row")
	case slices.Contains(segments, "."), slices.Contains(segments, ".."):
		return "", errors.New("its path holds a segment of dots")
	case strings.ContainsFunc(path, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._~:=+/", r)
	}):
		return "", errors.New("its path holds a character other than letters, digits, and -._~:=+/")
	}
	return path, nil
}

// Publishes tells whether an address that a server publishes is one of a. Both are
// compared as addresses, however they are spelled. One that cannot be read as
// host:port is only what is spelled the same.
func (a *ServerAddress) Publishes(published string) bool {
	if address, err := parseServerAddress(published); err == nil {
		published = address
	}
	return slices.Contains(a.Addresses, published)
}

// parseServerAddress reads host:port, and gives it in the one spelling that server
// addresses are compared in: a lower-case name without a dot at its end, or an IP
// address, which is IPv4 where it is that in IPv6's form.
func parseServerAddress(s string) (string, error) {
	if strings.Contains(s, "://") {
		return "", errors.New("it has a scheme; leave it out")
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		if strings.Contains(err.Error(), "missing port") {
			return "", errors.New("the port is missing")
		}
		return "", errors.New("an IPv6 address stands in brackets, and the port follows a colon")
	}
	if name, rooted := strings.CutSuffix(host, "."); rooted && !isAddress(name) {
		host = name
	}
	if host, err = parseHost(host, strings.HasPrefix(s, "[")); err != nil {
		return "", err
	}
	if address, err := netip.ParseAddr(host); err == nil {
		host = address.Unmap().String()
	}
	if port, err = parsePort(port); err != nil {
		return "", err
	}
	return net.JoinHostPort(host, port), nil
}

// parseHost reads an IP address or a DNS name, without brackets.
func parseHost(s string, bracketed bool) (string, error) {
	if s == "" {
		return "", errors.New("the host is missing")
	}
	if address, err := netip.ParseAddr(s); err == nil {
		switch {
		case address.Zone() != "":
			return "", errors.New("an address with a zone means something else on every machine")
		case bracketed == address.Is4():
			return "", errors.New("an IPv6 address stands in brackets, and no other does")
		}
		return address.String(), nil
	}
	if bracketed {
		return "", errors.New("what stands in brackets is not an IPv6 address")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		// Some have a lower case that is a letter of ASCII.
		return "", errors.New("the host is neither an IP address nor a DNS name")
	}
	name := strings.ToLower(s)
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if !kubeapi.IsLabel(label) {
			return "", errors.New("the host is neither an IP address nor a DNS name")
		}
	}
	if _, err := strconv.ParseUint(labels[len(labels)-1], 0, 64); err == nil || len(name) > 253 {
		return "", errors.New("the host is neither an IP address nor a DNS name")
	}
	return name, nil
}

func parsePort(s string) (string, error) {
	port, err := strconv.ParseUint(s, 10, 16)
	if err != nil || port == 0 || strings.HasPrefix(s, "+") {
		return "", errors.New("the port is not a number from 1 to 65535")
	}
	return fmt.Sprint(port), nil
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}
