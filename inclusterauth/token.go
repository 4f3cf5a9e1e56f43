package inclusterauth

import (
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// tokenSource caches the token of a file that the kubelet replaces from time to time.
// It holds the mutex while it reads the file, so that concurrent requests with an old
// token share one read.
type tokenSource struct {
	path     string
	now      func() time.Time
	logger   *slog.Logger
	redactor *Redactor

	mu       sync.Mutex
	token    secret
	schedule schedule
}

func newTokenSource(path string, now func() time.Time, logger *slog.Logger, redactor *Redactor) (*tokenSource, error) {
	token, err := readToken(path)
	if err != nil {
		return nil, err
	}
	redactor.hide(token)
	return &tokenSource{
		path: path, now: now, logger: logger, redactor: redactor,
		token: token, schedule: schedule{checked: now(), wait: freshFor},
	}, nil
}

// current returns the token to send now.
func (s *tokenSource) current() secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.schedule.due(s.now()) {
		s.read()
	}
	return s.token
}

// afterRefusal returns the token to send after a 401 for used, and whether it is a
// different one. It reads the file unless another request has already found a new
// token.
func (s *tokenSource) afterRefusal(used secret) (secret, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token.equals(used) {
		s.read()
	}
	return s.token, !s.token.equals(used)
}

func (s *tokenSource) read() {
	// Clients that share the redactor may have given it many tokens since.
	defer func() { s.redactor.hide(s.token) }()
	token, err := readToken(s.path)
	if err != nil {
		s.schedule = schedule{checked: s.now(), wait: retryAfter}
		s.logger.Warn("the token could not be read again; the last good one stays in use", "error", err)
		return
	}
	s.schedule = schedule{checked: s.now(), wait: freshFor}
	s.token = token
}

func readToken(path string) (secret, error) {
	content, problem, err := readFile(path, maxTokenBytes)
	if err != nil {
		return secret{}, &TokenError{path, problem, err}
	}
	token, err := parseToken(content)
	if err != nil {
		return secret{}, &TokenError{path, FileMalformed, err}
	}
	return token, nil
}

// parseToken trims white space and refuses content that cannot be a token. Otherwise
// net/http would refuse it later, the server would see a different token, or the
// content of another file, such as JSON, would be sent. RFC 6750 allows fewer
// characters, but API servers accept more, such as a colon. No error quotes the
// content.
func parseToken(content []byte) (secret, error) {
	token := strings.Trim(string(content), " \t\r\n")
	if token == "" {
		return secret{}, errors.New("it is empty")
	}
	const alone = "the file has to hold the token alone"
	if isJWT(token) {
		return newSecret(token), nil
	}
	if kind := contentKind(content); kind != "" && kind != "a token" {
		return secret{}, errors.New("it holds " + kind + ", not a token")
	}
	if scheme, _, found := strings.Cut(token, " "); found && strings.EqualFold(scheme, "Bearer") {
		return secret{}, errors.New("it begins with Bearer; " + alone)
	}
	if strings.Contains(token, "\ufeff") {
		return secret{}, errors.New("it holds a byte order mark; write it as plain ASCII")
	}
	switch i := strings.IndexFunc(token, notOfToken); {
	case i < 0:
		return newSecret(token), nil
	case token[i] == '\n' || token[i] == '\r':
		return secret{}, errors.New("it holds a newline inside; " + alone)
	case token[i] == 0:
		return secret{}, errors.New("it holds a NUL; " + alone)
	case token[i] == ' ' || token[i] == '\t':
		return secret{}, errors.New("it holds a space inside; " + alone)
	case token[i] == '"' || token[i] == '\'' || token[i] == '`':
		return secret{}, errors.New("it holds a quote; " + alone)
	}
	return secret{}, errors.New("it holds a character that no token has; " + alone)
}

// notOfToken reports whether a token may not hold the character. JSON, HTML and XML
// escape some of these, so a token that a server echoes could not be found and
// hidden.
func notOfToken(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'`\\<>&", r) }
