package inclusterauth

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
)

// ProxyError says that there is no connection to the server because of the proxy in
// HTTPS_PROXY: it refused, it cannot be reached, or it did not pass on the TLS
// handshake. No request was sent to the server.
type ProxyError struct {
	// Variable is the environment variable that names the proxy: HTTPS_PROXY or
	// https_proxy.
	Variable string
	// Proxy is the proxy's host and port, without user information.
	Proxy string
	// Server is the host and port that the client asked the proxy for.
	Server string
	// Status is the HTTP status of the refusal, and 0 if there was none.
	Status int
	// Err says what went wrong.
	Err error
}

func (e *ProxyError) Error() string {
	proxy := e.ProxyName()
	if e.Status != 0 {
		return proxy + " refused CONNECT " + e.Server + ": " + e.Err.Error()
	}
	if op, ok := errors.AsType[*net.OpError](e.Err); ok && op.Op == "proxyconnect" {
		return proxy + " cannot be reached: " + connectReason(op.Err)
	}
	return "no connection to " + e.Server + " through " + proxy + ": " + connectReason(e.Err)
}

// Unwrap returns Err.
func (e *ProxyError) Unwrap() error { return e.Err }

// Timeout reports whether a time limit ended the attempt. Package net/url asks for it.
func (e *ProxyError) Timeout() bool {
	timeout, ok := errors.AsType[net.Error](e.Err)
	return ok && timeout.Timeout()
}

// ProxyName names the proxy for use in a sentence, such as "the proxy 10.0.0.1:3128
// (HTTPS_PROXY)".
func (e *ProxyError) ProxyName() string { return "the proxy " + e.Proxy + " (" + e.Variable + ")" }

// ProxyStatus returns Status, for callers that do not import this type.
func (e *ProxyError) ProxyStatus() int { return e.Status }

// Refused reports whether the proxy refused for good. It is false for a status that
// says that the proxy itself could not reach the server.
func (e *ProxyError) Refused() bool {
	switch e.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return false
	case 0:
		return refusedBySOCKS(e.Err)
	}
	return true
}

// refusedBySOCKS reports whether a SOCKS proxy refused the connection. Package
// net/http gives only texts for that.
func refusedBySOCKS(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || !strings.HasPrefix(op.Op, "socks") {
		return false
	}
	text := op.Err.Error()
	return strings.Contains(text, "not allowed by ruleset") || strings.Contains(text, "authentication") ||
		strings.Contains(text, "not supported")
}

// connectReason returns what an error says beyond the addresses, which the message
// already has.
func connectReason(err error) string {
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		return number.Error()
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return "lookup of " + lookup.Name + ": " + lookup.Err
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "dial" || strings.HasPrefix(op.Op, "socks")) {
		err = op.Err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it was closed without an answer"
	}
	return shortened(plain(strings.TrimPrefix(err.Error(), "unknown error ")))
}

// tunnel connects through a proxy.
type tunnel struct {
	proxy  *proxySetting
	server string
}

// through makes the transport use the proxy.
func (t *tunnel) through(transport *http.Transport) {
	transport.Proxy = http.ProxyURL(t.proxy.URL)
	transport.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
		if response.StatusCode == http.StatusOK {
			return nil
		}
		status := strings.TrimSpace(response.Status)
		if !strings.Contains(status, " ") {
			status = strings.TrimSpace(status + " " + http.StatusText(response.StatusCode))
		}
		return t.failed(response.StatusCode, errors.New(shortened(status)))
	}
}

// roundTrip sends a request, and turns an error that comes before there is a
// connection into a [ProxyError]. A certificate that does not verify stays as it is.
func (t *tunnel) roundTrip(request *http.Request, send func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	var connected atomic.Bool
	traced := request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				connected.Store(true)
			}
		},
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	response, err := send(traced)
	if response != nil {
		response.Request = request
	}
	if err == nil || connected.Load() || isCertificateProblem(err) {
		return response, err
	}
	if _, ok := errors.AsType[*ProxyError](err); ok {
		return response, err
	}
	return response, t.failed(0, err)
}

func (t *tunnel) failed(status int, err error) error {
	return &ProxyError{Variable: t.proxy.variable, Proxy: t.proxy.address(), Server: t.server, Status: status, Err: err}
}

// shortened cuts a proxy's text to a limit.
func shortened(text string) string {
	const most = 200
	if len(text) > most {
		text = text[:most] + "…"
	}
	return strings.ToValidUTF8(text, "")
}
