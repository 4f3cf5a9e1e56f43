package endpoint

import (
	"net"
	"net/url"
	"strings"
)

// Endpoint is the normalised address of an API server. Two are the same if and only
// if they are equal. The zero value is no address.
type Endpoint struct {
	// Scheme is https, or http on loopback.
	Scheme string
	// Host is a name in lower case, or an IP address in its short form without
	// brackets. A name may end in a dot, which keeps a resolver from adding a domain.
	Host string
	// Port is a number from 1 to 65535.
	Port string
	// Path is the path under which the API is served. It begins with a slash and does
	// not end in one. It is empty if there is none.
	Path string
}

// String returns the address as a URL: scheme://host:port/path.
func (e Endpoint) String() string { return e.Origin() + e.Path }

// Origin returns the address without the path.
func (e Endpoint) Origin() string { return e.Scheme + "://" + e.Address() }

// Address returns host:port.
func (e Endpoint) Address() string { return net.JoinHostPort(e.Host, e.Port) }

// Problem is the kind of error in an address.
type Problem int

// The problems of an address.
const (
	// Malformed: the scheme, host or port is missing or invalid.
	Malformed Problem = iota
	// UserInfo: the address has an @, which follows a user name and password.
	UserInfo
	// Path: the address has a path that cannot be used, a query or a fragment.
	Path
	// Plaintext: the address is http, but not on loopback.
	Plaintext
)

// Error says why an address cannot be used.
type Error struct {
	Problem Problem
	// Reason is a clause about the address. It never holds the address.
	Reason string
}

func (e *Error) Error() string { return e.Reason }

func malformed(reason string) error { return &Error{Malformed, reason} }

// Parse reads https://host[:port][/path], or http:// on loopback. Its errors are of
// type *Error.
//
// It does not use [url.Parse], which accepts more, and whose errors hold the address.
func Parse(s string) (Endpoint, error) {
	if strings.Contains(s, "@") {
		return Endpoint{}, &Error{UserInfo, "it holds an @, as a user name and a password do; write https://host:port, for a credential does not belong in a URL"}
	}
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		return Endpoint{}, malformed("the scheme is missing")
	}
	e := Endpoint{Scheme: strings.ToLower(scheme)}
	if e.Scheme != "https" && e.Scheme != "http" {
		return Endpoint{}, malformed("the scheme is neither https nor http")
	}
	switch i := strings.IndexAny(rest, "?#"); {
	case i < 0:
	case rest[i] == '?':
		return Endpoint{}, &Error{Path, "it has a query; leave it out"}
	default:
		return Endpoint{}, &Error{Path, "it has a fragment; leave it out"}
	}
	authority, path, _ := strings.Cut(rest, "/")
	var err error
	if e.Path, err = parsePath(path); err != nil {
		return Endpoint{}, err
	}
	host, port, err := split(authority)
	if err != nil {
		return Endpoint{}, err
	}
	if e.Host, err = Host(host); err != nil {
		return Endpoint{}, err
	}
	if port == "" {
		port = defaultPort(e.Scheme)
	}
	if e.Port, err = Port(port); err != nil {
		return Endpoint{}, err
	}
	if e.Scheme == "http" && !IsLoopback(e.Host) {
		return Endpoint{}, &Error{Plaintext, "http is for loopback only, where kubectl proxy listens; anywhere else it must be https"}
	}
	return e, nil
}

// Same reports whether two addresses are the same. An invalid one equals only itself.
func Same(a, b string) bool {
	first, err := Parse(a)
	if err != nil {
		return a == b
	}
	second, err := Parse(b)
	return err == nil && first == second
}

// Of returns the address to which a request for the URL goes. It refuses nothing: an
// invalid host or port stays as it is, and equals no [Endpoint] from [Parse]. It stays in
// its case too: the lower case of some letters beyond ASCII is an ASCII letter.
func Of(u *url.URL) Endpoint {
	e := Endpoint{Scheme: strings.ToLower(u.Scheme), Host: u.Hostname(), Port: u.Port(), Path: u.Path}
	if !strings.HasSuffix(e.Path, "//") { // which Parse refuses
		e.Path = strings.TrimSuffix(e.Path, "/")
	}
	if host, err := Host(u.Hostname()); err == nil {
		e.Host = host
	}
	if e.Port == "" {
		e.Port = defaultPort(e.Scheme)
	}
	if e.Path != "" && e.Path[0] != '/' {
		e.Path = "/" + e.Path // as [url.URL.String] has it
	}
	return e
}

func defaultPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// maxPath limits the length of a path.
const maxPath = 512

// parsePath reads what follows the first slash after the host. It resolves and
// decodes nothing. It refuses what another reader of the URL could take for another
// path, because each path of a host may be another cluster.
//
// Source: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
func parsePath(path string) (string, error) {
	if path != "/" {
		path = strings.TrimSuffix(path, "/")
	}
	if path == "" {
		return "", nil
	}
	if len(path) > maxPath {
		return "", &Error{Path, "its path is longer than 512 bytes"}
	}
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "":
			return "", &Error{Path, "its path holds two slashes in a row"}
		case ".", "..":
			return "", &Error{Path, "its path holds a segment of dots"}
		}
	}
	if strings.ContainsFunc(path, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._~:=+/", r)
	}) {
		return "", &Error{Path, "its path holds a character other than letters, digits, and -._~:=+/"}
	}
	return "/" + path, nil
}
