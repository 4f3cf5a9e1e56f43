package inclusterauth

import (
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/kreconcile/kreconcile/internal/endpoint"
)

const (
	hostVariable      = "KUBERNETES_SERVICE_HOST"
	portVariable      = "KUBERNETES_SERVICE_PORT"
	httpsPortVariable = "KUBERNETES_SERVICE_PORT_HTTPS"
)

// baseURL returns the URL of the server to connect to: scheme://host:port, and a path
// if it has one.
func baseURL(o Options) (*url.URL, error) {
	if o.Server != "" {
		return parseServer(o.Server)
	}
	return serverFromEnvironment(o.Getenv)
}

// serverFromEnvironment always uses https: a client that guesses http from the port
// sends the token in clear.
func serverFromEnvironment(getenv func(string) string) (*url.URL, error) {
	host := getenv(hostVariable)
	if host == "" {
		return nil, &EnvironmentError{hostVariable, "is not set: this is not a Pod, or its environment was cleared; " +
			"set it, or name the server"}
	}
	canonical, err := endpoint.Host(host)
	if err != nil {
		return nil, &EnvironmentError{hostVariable, "is " + quoted(host) + ", which is not a host: " +
			"it must be an IP address, without brackets and zone, or a DNS name, and nothing more"}
	}
	// The other variable counts only if this one is empty: a user who overrides HOST
	// and PORT often leaves the other one stale.
	variable, port := portVariable, getenv(portVariable)
	if port == "" {
		if value := getenv(httpsPortVariable); value != "" {
			variable, port = httpsPortVariable, value
		}
	}
	if port == "" {
		return nil, &EnvironmentError{portVariable, "is not set, though " + hostVariable + " is; set it, or name the server"}
	}
	if exact, err := endpoint.Port(port); err != nil || exact != port {
		return nil, &EnvironmentError{variable, "is " + quoted(port) + ", which is not a port: " +
			"it must be a number from 1 to 65535"}
	}
	return &url.URL{Scheme: "https", Host: net.JoinHostPort(canonical, port)}, nil
}

// parseServer reads Options.Server.
func parseServer(server string) (*url.URL, error) {
	e, err := endpoint.Parse(server)
	if err == nil {
		return &url.URL{Scheme: e.Scheme, Host: e.Address(), Path: e.Path}, nil
	}
	problem, name := ServerMalformed, server
	// A query or a fragment may be a credential.
	if i := strings.IndexAny(name, "?#"); i >= 0 {
		name = name[:i]
	}
	name = "server " + quoted(name)
	if typed, ok := errors.AsType[*endpoint.Error](err); ok {
		switch typed.Problem {
		case endpoint.UserInfo:
			problem, name = ServerUserInfo, "server URL"
		case endpoint.Path:
			problem = ServerPath
		case endpoint.Plaintext:
			problem = ServerPlaintext
		case endpoint.Malformed:
		}
	}
	return nil, &ServerError{problem, name + ": " + err.Error()}
}

// checkTLSServerName accepts the names that a certificate can hold: a DNS name or an
// IP address.
func checkTLSServerName(name string) error {
	if name == "" {
		return nil
	}
	if _, err := endpoint.Host(name); err != nil {
		return &ServerError{ServerMalformed, "TLS server name " + quoted(name) + " is neither an IP address nor a DNS name"}
	}
	return nil
}

// originOf returns scheme, host and port of a request. A token is bound to these.
func originOf(u *url.URL) string { return endpoint.Of(u).Origin() }
