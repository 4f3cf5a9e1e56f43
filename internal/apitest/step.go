package apitest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Step replaces the server's answer to one request.
type Step func(*Exchange)

// Exchange is one request and its answer.
type Exchange struct {
	http.ResponseWriter
	Request *http.Request
	// Usual answers as if there were no step.
	Usual http.Handler

	server     *Server
	connection *Conn
}

// Wait waits for d, or until the client or the server goes away. It reports whether
// all of d has passed.
func (e *Exchange) Wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-e.Request.Context().Done():
	case <-e.server.done:
	}
	return false
}

// Flush sends what was written.
func (e *Exchange) Flush() {
	// The only error is that nobody reads it any more.
	_ = http.NewResponseController(e.ResponseWriter).Flush()
}

// Usual answers as if there were no step.
func Usual() Step {
	return func(e *Exchange) { e.Usual.ServeHTTP(e, e.Request) }
}

// Reply answers with a body. headers are pairs of name and value.
func Reply(status int, contentType, body string, headers ...string) Step {
	return func(e *Exchange) {
		h := e.Header()
		if contentType == "" {
			h["Content-Type"] = nil // else net/http guesses one
		} else {
			h.Set("Content-Type", contentType)
		}
		for i := 0; i < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		e.WriteHeader(status)
		// A client that is gone does not concern the server.
		// A piece at a time, because a body may be large.
		_, _ = io.Copy(e, struct{ io.Reader }{strings.NewReader(body)})
	}
}

// Refuse answers with a Status.
func Refuse(code int, reason, message string, headers ...string) Step {
	return Reply(code, "application/json", string(Status(code, reason, message)), headers...)
}

// Redirect answers with a redirection, such as 302.
func Redirect(status int, location string) Step {
	return Reply(status, "text/plain", "", "Location", location)
}

// Delay waits, and then does what next says; nil answers as usual.
func Delay(d time.Duration, next Step) Step {
	return func(e *Exchange) {
		if !e.Wait(d) {
			return
		}
		if next == nil {
			next = Usual()
		}
		next(e)
	}
}

// Hang never answers.
func Hang() Step { return Delay(time.Hour, nil) }

// Reset breaks the connection without an answer, and all other requests on it.
func Reset() Step {
	return func(e *Exchange) {
		e.connection.Reset()
		panic(http.ErrAbortHandler)
	}
}

// Abort breaks off the answer to only this request in HTTP/2, and the connection in
// HTTP/1.1.
func Abort() Step {
	return func(*Exchange) { panic(http.ErrAbortHandler) }
}

// Truncate promises all of the body, sends its first n bytes and breaks off.
func Truncate(n int, contentType, body string) Step {
	return func(e *Exchange) {
		e.Header().Set("Content-Type", contentType)
		e.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = e.Write([]byte(body[:n]))
		e.Flush()
		panic(http.ErrAbortHandler)
	}
}

// CutOff sends the first n bytes of a body without a length, and breaks off: in the
// middle of a chunk's size in HTTP/1.1, and with a reset of the stream in HTTP/2.
func CutOff(n int, contentType, body string) Step {
	return func(e *Exchange) {
		e.Header().Set("Content-Type", contentType)
		_, _ = e.Write([]byte(body[:n]))
		e.Flush()
		panic(http.ErrAbortHandler)
	}
}

// Short promises all of the body, but ends the answer properly after its first n
// bytes.
func Short(n int, contentType, body string) Step {
	return func(e *Exchange) {
		e.Header().Set("Content-Type", contentType)
		e.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = e.Write([]byte(body[:n]))
	}
}

// Packed sends the body in the encoding gzip without its last cut bytes.
func Packed(cut int, contentType, body string) Step {
	return func(e *Exchange) {
		e.Header().Set("Content-Type", contentType)
		e.Header().Set("Content-Encoding", "gzip")
		packed := pack(body)
		_, _ = e.Write(packed[:len(packed)-cut])
	}
}

// LastOfConnection does what next says, nil being as usual, and then ends the
// connection, with a GOAWAY frame in HTTP/2, as an API server with --goaway-chance
// does.
//
// Source:
// https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
func LastOfConnection(next Step) Step {
	return func(e *Exchange) {
		e.Header().Set("Connection", "close")
		if next == nil {
			next = Usual()
		}
		next(e)
	}
}

// Then does what next says, nil being as usual, and calls f before the answer ends.
func Then(next Step, f func()) Step {
	return func(e *Exchange) {
		if next == nil {
			next = Usual()
		}
		next(e)
		f()
	}
}

// Drip sends the body byte by byte, with a pause before each.
func Drip(pause time.Duration, contentType, body string) Step {
	return func(e *Exchange) {
		e.Header().Set("Content-Type", contentType)
		for i := range len(body) {
			e.Flush()
			if !e.Wait(pause) {
				return
			}
			_, _ = e.Write([]byte(body[i : i+1]))
		}
	}
}

// Bomb sends a small body that unpacks to prefix and size bytes of white space.
func Bomb(contentType, prefix string, size int) Step {
	return func(e *Exchange) {
		e.Header().Set("Content-Type", contentType)
		e.Header().Set("Content-Encoding", "gzip")
		_, _ = e.Write(pack(prefix))
		// Compressed texts may be concatenated, so one block is compressed only once.
		const block = 1 << 20
		packed := pack(strings.Repeat(" ", block))
		left := size
		for ; left >= block; left -= block {
			if _, err := e.Write(packed); err != nil {
				return
			}
		}
		_, _ = e.Write(pack(strings.Repeat(" ", left)))
	}
}

func pack(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	// Writing to a buffer never fails.
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}
