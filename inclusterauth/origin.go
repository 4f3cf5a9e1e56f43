package inclusterauth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// originTransport lets requests for one origin through and, where it has a token
// source, attaches the token to them.
type originTransport struct {
	origin string
	// path is that of the base URL, below which all requests must be: beside it may be
	// another cluster, or a server that is none.
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
	// What the server said of the old token is not read: it may drip.
	response.Body.Close()
	return t.send(request, again, token)
}

// isBelow reports whether path is base or below it. A segment of dots leads out of base
// for a server that resolves it.
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

// CloseIdleConnections is what http.Client.CloseIdleConnections calls.
func (t *originTransport) CloseIdleConnections() { closeIdle(t.next) }

// send sends a copy that carries the token. The response names the request that
// the caller made, so that nobody who prints it prints the token.
func (t *originTransport) send(original, request *http.Request, token secret) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+token.reveal())
	response, err := t.next.RoundTrip(request)
	if response != nil {
		response.Request = original
	}
	return response, err
}

// replay gives a request that can be sent after r was. It is false where r has a
// body that cannot be read twice.
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
