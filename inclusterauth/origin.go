package inclusterauth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// originTransport passes on requests for one origin, with the token if it has a token
// source.
type originTransport struct {
	origin string
	// path is the path of the base URL. All requests must be under it: beside it may
	// be another cluster, or something that is no API server.
	path string
	// token is nil for a kubectl proxy, which has credentials of its own.
	token *tokenSource
	next  http.RoundTripper
}

func (t *originTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if requested := originOf(request.URL); requested != t.origin || request.URL.User != nil {
		closeBody(request)
		return nil, &OriginError{Requested: requested, Base: t.origin}
	}
	if path := request.URL.EscapedPath(); !isBelow(path, t.path) {
		closeBody(request)
		return nil, &OriginError{Requested: t.origin + path, Base: t.origin + t.path}
	}
	if t.token == nil || request.Header.Get("Authorization") != "" {
		return t.next.RoundTrip(request)
	}
	token := t.token.current()
	response, err := t.send(request, request, token)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	token, changed := t.token.afterRefusal(token)
	if !changed {
		return response, nil
	}
	again, ok := replay(request)
	if !ok {
		return response, nil
	}
	// The body of the refusal is not read: it may come a byte at a time.
	response.Body.Close()
	return t.send(request, again, token)
}

// isBelow reports whether path is base or under it. It is not with a segment of dots,
// which a server may resolve to a place outside base.
func isBelow(path, base string) bool {
	if base == "" {
		return true
	}
	rest, found := strings.CutPrefix(path, base)
	if !found || rest != "" && rest[0] != '/' {
		return false
	}
	decoded, err := url.PathUnescape(rest)
	return err == nil && !slices.Contains(strings.Split(decoded, "/"), "..")
}

// CloseIdleConnections is called by http.Client.CloseIdleConnections.
func (t *originTransport) CloseIdleConnections() { closeIdle(t.next) }

// send sends a copy of the request with the token. The response refers to the
// caller's own request, so that printing it does not print the token.
func (t *originTransport) send(original, request *http.Request, token secret) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+token.reveal())
	response, err := t.next.RoundTrip(request)
	if response != nil {
		response.Request = original
	}
	return response, err
}

// replay returns a request that can be sent after r was. It is false if r has a body
// that cannot be read twice.
func replay(r *http.Request) (*http.Request, bool) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, true
	}
	if r.GetBody == nil {
		return nil, false
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, false
	}
	again := *r
	again.Body = body
	return &again, true
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		r.Body.Close()
	}
}

func closeIdle(t http.RoundTripper) {
	if closer, ok := t.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}
