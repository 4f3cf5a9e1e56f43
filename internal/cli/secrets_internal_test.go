package cli

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// TestTokensOfEveryClientAreHidden tests that a run over several API servers shows no
// token, in any stream or file, whichever server it asked last.
func TestTokensOfEveryClientAreHidden(t *testing.T) {
	var stdout, stderr bytes.Buffer
	a := newApp(Process{Stdout: &stdout, Stderr: &stderr, Connector: live.InCluster{}})
	ca, err := apitest.NewAuthority("ca")
	if err != nil {
		t.Fatal(err)
	}
	const first, second, third = "first.8f3kQz2Lm9", "second.Wx71bTr0vY", "third.Jn5cPe4HsU"
	for _, token := range []string{first, second, third} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "token"), []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "ca.crt"), ca.CA(), 0o600); err != nil {
			t.Fatal(err)
		}
		connection := &live.Connection{Server: "https://192.0.2.1", ServiceAccountDir: dir}
		if _, err := a.access().Connect(connection, nil, nil, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
	}
	text := "you sent " + first + ", " + second + " and " + third[len(third)-9:] + "\n"
	_, _ = io.WriteString(a.stdout, text)
	_, _ = io.WriteString(a.stderr, text)
	a.stderr.Show(strings.TrimSpace(text))
	file := a.stdout.Seal(text, safe.Plain)
	for name, got := range map[string]string{"standard output": stdout.String(), "standard error": stderr.String(), "a file": file} {
		if !strings.Contains(got, "you sent [token], [token] and [token]") {
			t.Errorf("%s shows %q", name, got)
		}
	}
}
