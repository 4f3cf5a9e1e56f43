package discovery

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/internal/tlsfault"
)

// requestTimeout is the cause for which one request is ended.
type requestTimeout time.Duration

func (t requestTimeout) Error() string {
	return fmt.Sprintf("no complete answer within %v", time.Duration(t))
}

// transportFailure says why no answer came, or only a part of one, and whether it
// is worth asking again. parent is the context of all requests, ctx that of this
// one, request is such as "GET /apis", and address is host and port of the server.
func transportFailure(parent, ctx context.Context, request, address string, err error) (f *Failure, retry bool) {
	// A deadline also ends what waits for the network, by a timer of its own. Where that
	// one is first, the context follows at once.
	if deadline, limited := ctx.Deadline(); limited && !time.Now().Before(deadline) {
		<-ctx.Done()
	}
	proxy, through := errors.AsType[proxyError](err)
	missing := ""
	if through {
		missing = "; there is no connection yet through " + proxy.ProxyName()
	}
	defer func() {
		f.Proxy, f.Cause = goesThroughProxy(err), causeOf(f.Code, err)
	}()
	if parent.Err() != nil {
		f := contextFailure(parent, request, err)
		f.Message += missing
		return f, false
	}
	var timeout requestTimeout
	if ctx.Err() != nil && errors.As(context.Cause(ctx), &timeout) {
		return model.NewFailure(request, Timeout, err, "%v%s", timeout, missing), false
	}
	switch fault := tlsfault.Of(err, time.Now()); {
	case fault != "" && tlsfault.IsUnparsable(err):
		return model.NewFailure(request, Certificate, err, "the certificate of %s cannot be used: %s", address, tlsfault.Plain(tlsfault.Innermost(err).Error())), false
	case fault != "":
		return model.NewFailure(request, Certificate, err, "%s", reason(err)), false
	}
	if isTooMuchHeader(err) {
		return model.NewFailure(request, InvalidResponse, err, "the headers of the answer are larger than the client takes"), false
	}
	if permanent, ok := errors.AsType[permanentError](err); ok && permanent.Permanent() {
		return model.NewFailure(request, Unreachable, err, "%v", permanent), false
	}
	timedOut := false
	if timeout, ok := errors.AsType[net.Error](err); ok {
		timedOut = timeout.Timeout()
	}
	if through {
		return proxyFailure(request, proxy, err, timedOut)
	}
	switch {
	case answersInPlainHTTP(err):
		return model.NewFailure(request, Unreachable, err, "%s speaks plain HTTP, not TLS", address), false
	case isTLSRecord(err):
		return model.NewFailure(request, Unreachable, err, "%s speaks TLS, not plain HTTP", address), false
	}
	if timedOut {
		return model.NewFailure(request, Timeout, err, "no answer from %s: %s", address, reason(err)), false
	}
	verb := "the connection to %s broke: %s"
	switch {
	case isDial(err):
		verb = "cannot reach %s: %s"
	case isProxyDial(err):
		verb = "cannot reach %s through the proxy: %s"
	}
	return model.NewFailure(request, Unreachable, err, verb, address, reason(err)), !isTLS(err)
}

// causeOf gives the cause of a failure of that code, where the error has more to say.
func causeOf(code FailureCode, err error) Cause {
	if code == Certificate {
		switch tlsfault.Of(err, time.Now()) {
		case tlsfault.Expired:
			return CertificateExpired
		case tlsfault.NotYetValid:
			return CertificateNotYetValid
		case tlsfault.OtherName:
			return CertificateOtherName
		case tlsfault.Unusable:
			return CertificateUnusable
		case tlsfault.Untrusted:
		}
		return CertificateUntrusted
	}
	if code != Unreachable && code != Timeout {
		return ""
	}
	refused, ok := errors.AsType[interface {
		error
		ProxyStatus() int
	}](err)
	if ok && refused.ProxyStatus() == proxyAuthRequired {
		return ProxyNeedsCredentials
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return NameNotResolved
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return SpeaksNoTLS
	}
	switch {
	case answersInPlainHTTP(err):
		return SpeaksPlainHTTP
	case isTLSRecord(err):
		return SpeaksTLS
	}
	return ""
}

// goesThroughProxy tells whether the connection went, or was to go, through a proxy.
func goesThroughProxy(err error) bool {
	if _, ok := errors.AsType[proxyError](err); ok {
		return true
	}
	certificate, ok := errors.AsType[interface {
		error
		ThroughProxy() bool
	}](err)
	return ok && certificate.ThroughProxy() || isProxyDial(err)
}

// proxyError is an error of a connection that was to go through a proxy, such as that of
// inclusterauth. Its text names the proxy and the server.
type proxyError interface {
	error
	// ProxyName names the proxy in a sentence.
	ProxyName() string
	// Refused tells whether the proxy said no, and would again.
	Refused() bool
}

// permanentError is an error of a client that would be the same the next time, such as that it has no
// credentials. Its text says everything.
type permanentError interface {
	error
	Permanent() bool
}

// proxyFailure says that a proxy gave no connection to the server, so that nothing is
// known of the server itself.
func proxyFailure(request string, proxy proxyError, err error, timedOut bool) (f *Failure, retry bool) {
	if timedOut {
		return model.NewFailure(request, Timeout, err, "%v", proxy), false
	}
	return model.NewFailure(request, Unreachable, err, "%v", proxy), !proxy.Refused() && !isTLS(err)
}

// contextFailure says that the context of all requests ended. A cause that was
// given to it says more than the context itself.
func contextFailure(ctx context.Context, request string, err error) *Failure {
	code, what := Timeout, "the time limit of all requests was reached"
	if errors.Is(ctx.Err(), context.Canceled) {
		code, what = Canceled, "canceled"
	}
	if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
		what += ": " + cause.Error()
	}
	return model.NewFailure(request, code, err, "%s", what)
}

// isTLS tells whether the two sides do not agree on TLS, which asking again does
// not change.
func isTLS(err error) bool {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	// An alert by which the server says why it does not go on has a type that crypto/tls
	// keeps to itself.
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return true
	}
	return strings.HasPrefix(tlsfault.Innermost(err).Error(), "tls: ")
}

// isTLSRecord tells whether a plaintext request was answered by an alert of TLS, which
// net/http takes for a status line.
func isTLSRecord(err error) bool {
	return strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`)
}

// refusesPlaintext tells whether an answer says that the port speaks TLS. Servers made
// with Go, such as a kube-apiserver, nginx, Apache and Tomcat have a text of their own
// for it each.
func refusesPlaintext(status int, body []byte) bool {
	text := strings.ToLower(string(body))
	return status == badRequest && slices.ContainsFunc([]string{
		"client sent an http request to an https server", "plain http request was sent to https port",
		"speaking plain http to an ssl-enabled server port", "requires tls",
	}, func(said string) bool { return strings.Contains(text, said) })
}

// isTooMuchHeader tells whether the headers are larger than the client reads, for which
// net/http has no type.
func isTooMuchHeader(err error) bool {
	text := err.Error()
	return strings.Contains(text, "server response headers exceeded ") ||
		strings.Contains(text, "response header list larger than advertised limit")
}

// isDial tells whether there was no connection at all.
func isDial(err error) bool {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// isProxyDial tells whether a proxy that net/http itself was to go through could not be
// reached.
func isProxyDial(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "proxyconnect"
}

// reason gives what an error of net/http says beyond the request and the address,
// which the message has already.
func reason(err error) string {
	for {
		switch e := err.(type) { //nolint:errorlint // what wraps an error of net/http may say more than it, and stays
		case *url.Error:
			err = e.Err
			continue
		case *net.OpError:
			// Others are about a proxy, whose address the message does not have.
			if e.Op == "dial" || e.Op == "read" || e.Op == "write" {
				err = e.Err
				continue
			}
		case *os.SyscallError:
			err = e.Err
			continue
		case *net.DNSError:
			return "lookup of " + e.Name + ": " + e.Err
		}
		break
	}
	switch text := err.Error(); text {
	case io.EOF.Error():
		return "it was closed without an answer"
	case io.ErrUnexpectedEOF.Error():
		return "the answer was cut off"
	// Which of the answers under way it was is not told.
	case "connection error: COMPRESSION_ERROR":
		return "headers came that are too large, or not packed as HTTP/2 has it (COMPRESSION_ERROR)"
	default:
		return tlsfault.Plain(text)
	}
}
