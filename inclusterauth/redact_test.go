package inclusterauth

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRedact(t *testing.T) {
	const secret = "abcdefghijklmnopqrstuvwxyz"
	tests := []struct{ name, secret, text, want string }{
		{"no token", secret, "nothing here", "nothing here"},
		{"a token", secret, "you sent " + secret + "!", "you sent [token]!"},
		{"several", secret, secret + secret + " " + secret, "[token][token] [token]"},
		{"one that is cut off", secret, "you sent " + secret[:20] + "…", "you sent [token]…"},
		{"one that goes on otherwise", secret, secret[:8] + "XYZ", "[token]XYZ"},
		{"the end of one", secret, "…" + secret[5:] + "!", "…[token]!"},
		{"one in two lines", secret + secret, secret[:20] + "\n" + secret[20:] + secret, "[token]\n[token]"},
		{"two parts that touch", secret, secret[3:12] + secret[2:11], "[token][token]"},
		{"too little to be one", secret, secret[:7] + "!" + secret[19:], secret[:7] + "!" + secret[19:]},
		{"a short token", "s3cret-y", "s3cret- s3cret-y", "s3cret- [token]"},
		{"a token that is no secret", "t", "a text", "a text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r Redactor
			r.Hide(tt.secret)
			if got := r.Redact(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Two clients of a program hide each other's tokens, both current and earlier ones.
func TestRedactorOfTwoClients(t *testing.T) {
	ca := newAuthority(t, "ca")
	clock := newClock()
	var shared Redactor
	load := func(token string, redactor *Redactor) (*Config, string) {
		dir := mountAccount(t, token, ca.pem)
		return mustLoad(t, Options{Server: "https://127.0.0.1:1", Dir: dir, Getenv: environment(), Now: clock.Now, Redactor: redactor}), dir
	}
	first, dir := load("the-first.8f3kQz2Lm9", &shared)
	second, _ := load("the-second.Wx71bTr0vY", &shared)
	other, _ := load("another.Jn5cPe4HsU", nil)
	for i := range 10 {
		writeFile(t, filepath.Join(dir, "token"), fmt.Appendf(nil, "%d.of-the-first", i))
		clock.advance(freshFor)
		first.token.current()
	}
	const text = "the-first.8f3kQz2Lm9 0.of-the-first 9.of-the-first the-second.Wx71bTr0vY another.Jn5cPe4HsU"
	const want = "[token] [token] [token] [token] another.Jn5cPe4HsU"
	for name, redact := range map[string]func(string) string{"the first": first.Redact, "the second": second.Redact, "what they share": shared.Redact} {
		if got := redact(text); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := other.Redact(text); got != strings.TrimSuffix(text, "another.Jn5cPe4HsU")+"[token]" {
		t.Errorf("one that shares nothing: %q", got)
	}
}

// A redactor keeps a limited number of tokens, however long the program runs.
func TestRedactorForgetsTheOldest(t *testing.T) {
	var r Redactor
	token := func(i int) string { return fmt.Sprintf("%08d", i) }
	for i := range keptTokens + 1 {
		r.Hide(token(i))
	}
	if got := r.Redact(token(1) + " " + token(keptTokens)); got != "[token] [token]" {
		t.Errorf("a token that is kept is shown: %q", got)
	}
	if got := r.Redact(token(0)); got != token(0) {
		t.Errorf("more than %d tokens are kept: %q", keptTokens, got)
	}
}

// A token in use stays hidden, however many other tokens the clients of the program had.
// A program with clients of more clusters says so, and all their tokens are hidden.
func TestRedactorKeepsAsManyAsItMust(t *testing.T) {
	r := Redactor{Keep: 2 * keptTokens}
	token := func(i int) string { return fmt.Sprintf("%08d", i) }
	for i := range 2*keptTokens + 1 {
		r.Hide(token(i))
	}
	for i := range 2*keptTokens + 1 {
		if hidden := r.Redact(token(i)) == redacted; hidden != (i > 0) {
			t.Errorf("token %d is hidden: %t", i, hidden)
		}
	}
}

func TestRedactorKeepsATokenInUse(t *testing.T) {
	const secret = "the-one-in-use.8f3kQz2Lm9"
	ca, clock := newAuthority(t, "ca"), newClock()
	var shared Redactor
	dir := mountAccount(t, secret, ca.pem)
	config := mustLoad(t, Options{Server: "https://127.0.0.1:1", Dir: dir, Getenv: environment(), Now: clock.Now, Redactor: &shared})
	hideOthers := func() {
		for i := range keptTokens - 1 {
			shared.Hide(fmt.Sprintf("%08d", i))
		}
		shared.Hide("00000000") // again
	}
	for _, name := range []string{"read again", "not to be read", "the same as another client's"} {
		hideOthers()
		switch name {
		case "not to be read":
			if err := os.Remove(filepath.Join(dir, "token")); err != nil {
				t.Fatal(err)
			}
		case "the same as another client's":
			shared.Hide(secret)
		}
		clock.advance(freshFor)
		config.token.current()
		shared.Hide("another-" + name)
		if got := config.Redact("you sent " + secret); got != "you sent [token]" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A logger may call the redactor while the client logs.
func TestLoggerMayRedact(t *testing.T) {
	ca, gate, clock := newAuthority(t, "ca"), &gate{accepted: "another-token"}, newClock()
	server := startServer(t, ca.issue(t, nil), gate.ServeHTTP, nil)
	dir := mountAccount(t, "the-first-token-of-all", ca.pem)
	var config *Config
	var logged []string
	logger := slog.New(slog.NewTextHandler(writer(func(line []byte) {
		logged = append(logged, config.Redact(string(line)))
	}), nil))
	config = mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Now: clock.Now, Logger: logger})
	for _, name := range []string{"token", "ca.crt"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	clock.advance(freshFor)
	done := make(chan struct{})
	go func() {
		defer close(done)
		// The token and the CA are old, and the server refuses the token: three reads
		// that fail.
		if status, _, err := get(config, "/apis"); status != http.StatusUnauthorized || err != nil {
			t.Errorf("status %d, error %v", status, err)
		}
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("the request waits for its own log")
	}
	if len(logged) != 3 {
		t.Errorf("logged %q", logged)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

func TestRedactOfAProxyChangesNothing(t *testing.T) {
	config := mustLoad(t, Options{Server: "http://127.0.0.1:1", Dir: t.TempDir(), Getenv: environment()})
	if got := config.Redact("text"); got != "text" {
		t.Errorf("got %q", got)
	}
}
