package inclusterauth

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const shown = "hunter2-hunter3-hunter4"

func TestSecretIsShownAsAPlaceholder(t *testing.T) {
	token := newSecret(shown)
	tests := []struct{ name, got, want string }{
		{"%v", fmt.Sprintf("%v", token), "[token]"},
		{"%+v", fmt.Sprintf("%+v", token), "[token]"},
		{"%#v", fmt.Sprintf("%#v", token), "[token]"},
		{"%s", fmt.Sprintf("%s", token), "[token]"},
		{"%q", fmt.Sprintf("%q", token), "[token]"},
		{"%x", fmt.Sprintf("%x", token), "[token]"},
		{"%X", fmt.Sprintf("%X", token), "[token]"},
		{"%d", fmt.Sprintf("%d", token), "[token]"},
		{"%t", fmt.Sprintf("%t", token), "[token]"},
		{"%.3s", fmt.Sprintf("%.3s", token), "[token]"},
		{"%w", fmt.Errorf("refused: %w", fmt.Errorf("%v", token)).Error(), "refused: [token]"},
		{"of a pointer", fmt.Sprintf("%v %+v %#v %s", &token, &token, &token, &token), "[token] [token] [token] [token]"},
		{"in a slice", fmt.Sprintf("%v %q", []secret{token, token}, []secret{token}), "[[token] [token]] [[token]]"},
		{"in an exported field", fmt.Sprintf("%+v", struct{ Token secret }{token}), "{Token:[token]}"},
		{"Print", fmt.Sprint("Bearer ", token), "Bearer [token]"},
		{"String", token.String(), "[token]"},
		{"GoString", token.GoString(), "[token]"},
		{"slog text", logged(token, func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewTextHandler(w, o) }), `msg=sent token=[token] group.tokens=[[token]]`},
		{"slog JSON", logged(token, func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewJSONHandler(w, o) }), `{"msg":"sent","token":"[token]","group":{"tokens":["[token]"]}}`},
		{"JSON", encoded(t, json.Marshal, map[string]any{"token": token, "tokens": []secret{token}}), `{"token":"[token]","tokens":["[token]"]}`},
		{"JSON key", encoded(t, json.Marshal, map[secret]int{token: 1}), `{"[token]":1}`},
		{"XML", encoded(t, xml.Marshal, token), "<secret>[token]</secret>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if token.reveal() != shown {
		t.Errorf("%q is revealed", token.reveal())
	}
}

func logged(token secret, handler func(io.Writer, *slog.HandlerOptions) slog.Handler) string {
	var b bytes.Buffer
	o := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}}
	slog.New(handler(&b, o)).Info("sent", "token", token, slog.Group("group", "tokens", []secret{token}))
	return strings.TrimSpace(b.String())
}

func encoded(t *testing.T, marshal func(any) ([]byte, error), value any) string {
	t.Helper()
	b, err := marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Package fmt calls no method of a value in an unexported field.
func TestWhatHoldsASecretDoesNotShowIt(t *testing.T) {
	ca := newAuthority(t, "ca")
	config := mustLoad(t, Options{Server: "https://127.0.0.1:1", Getenv: environment(), Dir: mountAccount(t, shown, ca.pem)})
	transport, ok := config.transport.(*originTransport)
	if !ok {
		t.Fatalf("the transport is a %T", config.transport)
	}
	values := map[string]any{
		"secret":           newSecret(shown),
		"*secret":          &transport.token.token,
		"unexported field": struct{ token secret }{newSecret(shown)},
		"slice":            struct{ tokens []secret }{config.redactor.known.newest},
		"map":              struct{ tokens map[string]secret }{map[string]secret{"a": newSecret(shown)}},
		"*Redactor":        config.redactor,
		"*Config":          config,
		"Config":           *config,
		"*originTransport": transport,
		"*tokenSource":     config.token,
		"*http.Client":     config.Client(),
		"bundle":           transport.next,
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%t", "%c", "%p", "%T"} {
				got := fmt.Sprintf(verb, value)
				if got == "" || strings.Contains(got, "hunter") || strings.Contains(strings.ToLower(got), fmt.Sprintf("%x", "hunter")) {
					t.Errorf("%s shows %s", verb, got)
				}
			}
		})
	}
}

// The runtime prints the value of a panic.
func TestPanicShowsNoToken(t *testing.T) {
	values := map[string]any{
		"secret":  newSecret(shown),
		"struct":  struct{ token secret }{newSecret(shown)},
		"pointer": &tokenSource{token: newSecret(shown)},
		"error":   fmt.Errorf("the token is %v", newSecret(shown)),
	}
	const variable = "INCLUSTERAUTH_TEST_PANIC"
	if name := os.Getenv(variable); name != "" {
		panic(values[name])
	}
	for name := range values {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPanicShowsNoToken$")
			cmd.Env = append(os.Environ(), variable+"="+name, "GOTRACEBACK=all")
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "panic: ") {
				t.Fatalf("no panic: %v\n%s", err, out)
			}
			if strings.Contains(string(out), "hunter") {
				t.Errorf("the token is shown:\n%s", out)
			}
		})
	}
}

// The token is revealed only where it is sent.
func TestTokenIsRevealedInOnePlace(t *testing.T) {
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	var revealed []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			where := name
			if f, ok := declaration.(*ast.FuncDecl); ok {
				where += ": " + f.Name.Name
			}
			ast.Inspect(declaration, func(n ast.Node) bool {
				selector, ok := n.(*ast.SelectorExpr)
				// Other files must not read the content of a secret either.
				if ok && (selector.Sel.Name == "reveal" || selector.Sel.Name == "value" && name != "secret.go") {
					revealed = append(revealed, where)
				}
				return true
			})
		}
	}
	if diff := cmp.Diff([]string{"origin.go: send"}, revealed); diff != "" {
		t.Errorf("where a token is revealed (-want +got):\n%s", diff)
	}
}

// The caller's request is never changed, so it does not show the token.
func TestTokenIsInNoHeaderOfTheCaller(t *testing.T) {
	ca := newAuthority(t, "ca")
	for _, status := range []int{http.StatusOK, http.StatusFound, http.StatusUnauthorized, http.StatusForbidden} {
		server := startServer(t, ca.issue(t, nil), func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer "+shown {
				t.Errorf("the server got %q", r.Header.Get("Authorization"))
			}
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}, nil)
		config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: mountAccount(t, shown, ca.pem)})
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, config.BaseURL().String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := config.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		for _, value := range []any{request, response, response.Request, response.Header, response.Request.Header} {
			if got := fmt.Sprintf("%v %+v %#v", value, value, value); strings.Contains(got, "hunter") {
				t.Errorf("%d: %T shows %s", status, value, got)
			}
		}
	}
}
