package discovery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/internal/endpoint"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Client asks one API server what it serves. HTTP and Base must be set. It may
// be used by several goroutines at once, and not be copied once it is used.
type Client struct {
	// HTTP has the credentials. Redirects are not followed, whatever it says.
	HTTP *http.Client
	// Base gives scheme and host of the server, and the path that its API is behind. The
	// rest of it is not used, nor is a slash at the end of the path.
	Base *url.URL
	// RequestTimeout limits one request with its body; each attempt has it anew.
	// Zero means 32 s.
	RequestTimeout time.Duration
	// UserAgent is sent with each request. Empty means "kreconcile".
	UserAgent string
	// Redact hides in a text of the server what must not be shown, such as the
	// token that came with the request. Nil means that there is nothing to hide.
	Redact func(string) string
	// Logger is told of each attempt: method, path, attempt, status, bytes and
	// duration, never of headers. Nil means none.
	Logger *slog.Logger
	// Retrying is called with what failed before a request is tried again, also by
	// several goroutines at once. Nil means that nobody wants to know.
	Retrying func(*Failure)
	// Sleep waits, and gives the error of the context where that ends first. Nil
	// means a real timer.
	Sleep func(ctx context.Context, d time.Duration) error
	// Rand gives a number of at least 0 and less than 1, which spreads retries.
	// Nil means a random one.
	Rand func() float64
	// Now gives the time of the snapshot, and that to which the date of a
	// Retry-After is compared. Nil means the real one.
	Now func() time.Time

	requests, retries, notModified, bytes atomic.Int64
	// http1 is set once the server has answered over HTTP/1, where each request takes
	// its turn.
	http1      atomic.Bool
	turn       turn
	kept       kept[string, []Group]
	keptFields kept[kubeapi.GroupVersion, schemaAnswers]
	large      largeSchemas
}

// Stats counts what a [Client] did so far.
type Stats struct {
	// Requests is how many were sent, retries included.
	Requests int
	// Retries is how many of them repeated one that had failed.
	Retries int
	// NotModified is how many of them were answered by 304, because the document
	// is the one that the client has already.
	NotModified int
	// Bytes is how much of the bodies was read, after decompression.
	Bytes int64
}

// Stats gives what was counted so far.
func (c *Client) Stats() Stats {
	return Stats{
		Requests: int(c.requests.Load()), Retries: int(c.retries.Load()), NotModified: int(c.notModified.Load()),
		Bytes: c.bytes.Load(),
	}
}

const defaultRequestTimeout = 32 * time.Second

// request is one question to the server. None changes anything there, so that each
// may be sent again.
type request struct {
	// method is "GET", or "POST" for a question that is an object itself.
	method string
	path   string
	// query is what stands behind the question mark, and no message shows it.
	query  string
	accept string
	// body is what a POST carries, as JSON.
	body []byte
	// tag is the entity tag of the document that need not come again, and empty
	// where it has to come.
	tag string
	// limit is how many bytes the body may have, after decompression.
	limit int64
	// read reads the body of a 200, or of a 201 to a POST, to its end. It is called
	// again for each attempt.
	read func(contentType string, body io.Reader) error
	// final is a status that would be tried again, but not for this request.
	final int
}

// String names the request in messages.
func (q request) String() string { return q.method + " " + q.path }

// answered tells whether the status is that of an answer. A POST is answered as if
// it had created something.
func (q request) answered(status int) bool {
	return status == http.StatusOK || status == http.StatusCreated && q.method == http.MethodPost
}

// result is how a request ended.
type result struct {
	// failure is nil where the server answered and the body could be read, or said
	// 304 as it may.
	failure *Failure
	// notModified tells that it is the document with the tag of the request.
	notModified bool
	// tag is the entity tag that came, and empty where none did.
	tag string
	// status is zero where no answer came.
	status int
	// refusal is the body of what is no answer, as far as it was read.
	refusal []byte
	// bytes is how long the body was, after decompression.
	bytes int64
	// connection names the connection that the request went over, by its two
	// addresses. It is empty where there was none.
	connection string
	// http1 is set where an answer came over HTTP/1.
	http1 bool
	// foreign is set where what is no answer is of a type that no API server sends,
	// such as a page of a proxy.
	foreign bool

	// needsTLS is set where a plaintext request came to a port that speaks TLS.
	needsTLS bool

	// retry tells whether it may end otherwise next time, which the server asks
	// not to be before after.
	retry bool
	after time.Duration
}

// attempt sends the request once.
func (c *Client) attempt(parent context.Context, q request, number int) (res result) {
	// Without TLS, it speaks nothing else.
	if c.http1.Load() || c.Base.Scheme == "http" {
		release := c.turn.take(parent)
		defer release()
	}
	begin := time.Now()
	defer func() { c.log(parent, q, number, begin, res) }()

	timeout := c.RequestTimeout
	if timeout <= 0 {
		timeout = defaultRequestTimeout
	}
	ctx, cancel := context.WithTimeoutCause(parent, timeout, requestTimeout(timeout))
	defer cancel()

	// A path is made of names that were checked, so that this cannot fail unless
	// Base is broken, which is a bug of the caller.
	// A bytes.Reader can be read once more where the client sends the request again
	// with another token.
	r, err := http.NewRequestWithContext(ctx, q.method, c.url(q.path, q.query), bytes.NewReader(q.body))
	if err != nil {
		panic("discovery: " + err.Error())
	}
	if q.body != nil {
		r.Header.Set("Content-Type", acceptPlain)
	}
	r.Header.Set("Accept", q.accept)
	r.Header.Set("User-Agent", c.userAgent())
	if q.tag != "" {
		r.Header.Set("If-None-Match", q.tag)
	}

	var connection string
	defer func() { res.connection = connection }()
	r = r.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		connection = info.Conn.LocalAddr().String() + " " + info.Conn.RemoteAddr().String()
	}}))

	client := *c.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.requests.Add(1)
	if number > 1 {
		c.retries.Add(1)
	}
	resp, err := client.Do(r)
	if err != nil {
		return c.broken(parent, ctx, q, err)
	}
	defer resp.Body.Close()

	http1 := resp.ProtoMajor < 2
	c.http1.Store(http1)
	body := &limitedBody{from: resp.Body, left: q.limit}
	defer func() {
		res.status, res.http1, res.bytes = resp.StatusCode, http1, body.n
		c.bytes.Add(body.n)
	}()
	if resp.StatusCode == http.StatusNotModified && q.tag != "" {
		// A cache in between may mix what several servers say.
		if tag := resp.Header.Get("ETag"); tag != "" && tag != q.tag {
			return result{failure: model.NewFailure(q.String(), InvalidResponse, nil, "304 Not Modified, and of another document than the one asked for")}
		}
		c.notModified.Add(1)
		return result{notModified: true}
	}
	if !q.answered(resp.StatusCode) {
		body.left = maxErrorBody
		return c.refused(q, resp, body)
	}
	if encoding := resp.Header.Get("Content-Encoding"); encoding != "" {
		return result{failure: model.NewFailure(q.String(), InvalidResponse, nil,
			"the answer has the content encoding %s, which was not asked for", text.Quote(c.redact(encoding)))}
	}
	err = q.read(resp.Header.Get("Content-Type"), body)
	switch {
	case errors.Is(body.err, errTooLarge):
		return result{failure: model.NewFailure(q.String(), InvalidResponse, err, "the answer is larger than %s", text.Size(q.limit))}
	case body.err != nil:
		return c.broken(parent, ctx, q, body.err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		// The end of the body is not always marked, so that one that is cut off
		// may look whole until it is read.
		return result{retry: true, failure: model.NewFailure(q.String(), Unreachable, err, "the answer was cut off: %s", c.redact(err.Error()))}
	case err != nil:
		return result{failure: model.NewFailure(q.String(), InvalidResponse, err, "%s", c.redact(err.Error()))}
	}
	return result{tag: resp.Header.Get("ETag")}
}

// broken makes a result of a request that no answer came to, or only a part of one.
func (c *Client) broken(parent, ctx context.Context, q request, err error) result {
	f, retry := transportFailure(parent, ctx, q.String(), endpoint.Of(c.Base).Address(), err)
	// It may quote what came in place of an answer.
	f.Message = c.redact(f.Message)
	return result{failure: f, retry: retry, needsTLS: isTLSRecord(err)}
}

// refused makes a result of a status that is no answer.
func (c *Client) refused(q request, resp *http.Response, body io.Reader) result {
	// What could be read of the body is all that there is to say.
	said, _ := io.ReadAll(body)

	if c.Base.Scheme == "http" && refusesPlaintext(resp.StatusCode, said) {
		f := model.NewFailure(q.String(), Unreachable, nil, "%s speaks TLS, not plain HTTP", endpoint.Of(c.Base).Address())
		f.Cause = SpeaksTLS
		return result{failure: f, needsTLS: true}
	}
	line := strings.TrimSuffix(fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode)), " ")
	res := result{refusal: said, foreign: isForeign(resp.Header.Get("Content-Type"))}
	code := InvalidResponse
	// A token may be spelt in JSON's escapes, so that it is looked for in what they
	// stand for.
	message := c.redact(wire.RefusalMessage(said))
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized:
		code = Unauthorized
	case status == http.StatusForbidden:
		code = Forbidden
	case status == http.StatusTooManyRequests || status >= 500 && status <= 599:
		code = Unavailable
	case status == http.StatusNotModified:
		message = "nothing was asked that could be unmodified"
	case status == http.StatusNoContent:
		message = "a document was asked for"
	case status >= 300 && status <= 399:
		code = Redirected
		message = "redirects are not followed"
		if location := resp.Header.Get("Location"); location != "" {
			message += ", here to " + text.Quote(c.redact(location))
		}
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		res.retry = resp.StatusCode != q.final
		res.after = retryAfter(resp.Header.Get("Retry-After"), c.now())
	}
	if message != "" {
		line += ": " + message
	}
	res.failure = model.NewFailure(q.String(), code, nil, "%s", line)
	res.failure.Status = resp.StatusCode
	if code == Forbidden {
		res.failure.User = wire.RefusedUser(message)
	}
	return res
}

func (c *Client) log(ctx context.Context, q request, attempt int, begin time.Time, res result) {
	if c.Logger == nil {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", q.method), slog.String("path", q.path), slog.Int("attempt", attempt),
		slog.Int("status", res.status), slog.Int64("bytes", res.bytes), slog.Duration("duration", time.Since(begin)),
	}
	if res.failure != nil {
		attrs = append(attrs, slog.String("failure", res.failure.Message))
	}
	c.Logger.LogAttrs(ctx, slog.LevelInfo, "request", attrs...)
}

// badRequest is what servers say of plain HTTP on a port that speaks TLS.
const badRequest = http.StatusBadRequest

const proxyAuthRequired = http.StatusProxyAuthRequired

// answersInPlainHTTP tells whether a server answered a TLS handshake in plain HTTP.
func answersInPlainHTTP(err error) bool { return errors.Is(err, http.ErrSchemeMismatch) }
