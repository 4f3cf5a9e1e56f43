package inclusterauth

import (
	"context"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// limits bound what a peer can make the client wait for or keep. Tests shorten them;
// all other code uses defaultLimits.
type limits struct {
	dial, handshake, responseHeader time.Duration
	// An HTTP/2 connection on which nothing comes for silence is pinged, and closed if no
	// answer comes within pong.
	silence, pong time.Duration
	headerBytes   int64
}

func defaultLimits() limits {
	return limits{
		dial:           5 * time.Second,
		handshake:      10 * time.Second,
		responseHeader: 15 * time.Second,
		silence:        10 * time.Second,
		pong:           5 * time.Second,
		headerBytes:    64 << 10,
	}
}

// newTransport speaks HTTP/1.1 and uses no proxy. Its callers add to it.
func newTransport(l limits) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: l.dial}).DialContext,
		TLSHandshakeTimeout:    l.handshake,
		ResponseHeaderTimeout:  l.responseHeader,
		MaxResponseHeaderBytes: l.headerBytes,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        90 * time.Second,
		Protocols:              protocols,
		HTTP2: &http.HTTP2Config{
			SendPingTimeout: l.silence,
			PingTimeout:     l.pong,
		},
	}
}

// newPlainTransport speaks to a kubectl proxy on loopback.
func newPlainTransport(l limits) *http.Transport {
	t := newTransport(l)
	dialer := &net.Dialer{Timeout: l.dial, ControlContext: loopbackOnly}
	t.DialContext = dialer.DialContext
	return t
}

// loopbackOnly refuses an address that is not loopback. A resolver may return one for
// "localhost".
func loopbackOnly(_ context.Context, _, address string, _ syscall.RawConn) error {
	// What is not an address is no loopback address either.
	host, _, _ := net.SplitHostPort(address)
	if !endpoint.IsLoopback(host) {
		return &ServerError{ServerPlaintext, "plaintext connection to " + address +
			" refused: http:// is for a kubectl proxy on loopback only"}
	}
	return nil
}
