package cli_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestUnauthorized tests that a refused token is read again. If it has changed, it is
// sent once more; otherwise the run gives up. The file changes after the token was
// sent and before it is refused.
func TestUnauthorized(t *testing.T) {
	const (
		undetermined = "could not be determined: GET /api: 401 Unauthorized: Unauthorized\n" +
			"      hint: the token is expired, revoked, from another cluster, or for another audience than the API server's"
		kept = `level=WARN msg="the token could not be read again; the last good one stays in use" error="token file SA/token: `
	)
	tests := []struct {
		name string
		// change changes the folder before the first requests are refused.
		change func(sa string, files map[string]string) error
		code   int
		// refused and answered count the requests.
		refused, answered int
		text, stderr      string
	}{
		{
			name:   "the token was replaced: one retry",
			change: func(sa string, files map[string]string) error { return replaceToken(sa, files, "s3cr3t-new") },
			code:   0, refused: 2, answered: 2, text: "No drift.",
		},
		{
			name:   "the token is the same: no retry",
			change: func(string, map[string]string) error { return nil },
			code:   3, refused: 2, text: undetermined,
		},
		{
			name:   "the token was replaced by another wrong one: one retry, and no more",
			change: func(sa string, files map[string]string) error { return replaceToken(sa, files, "s3cr3t-wrong") },
			code:   3, refused: 4, text: undetermined,
		},
		{
			name:   "the file is gone: the last good token, and a warning",
			change: func(sa string, _ map[string]string) error { return os.Remove(filepath.Join(sa, "token")) },
			code:   3, refused: 2, text: undetermined, stderr: kept + "no such file or directory",
		},
		{
			name:   "the file is empty: the last good token, and a warning",
			change: func(sa string, files map[string]string) error { return replaceToken(sa, files, "") },
			code:   3, refused: 2, text: undetermined, stderr: kept + "it is empty: requests are never sent without a token",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Token("s3cr3t-new"))
			sa := filepath.Join(t.TempDir(), "sa")
			files := map[string]string{"token": "s3cr3t-old", "ca.crt": string(server.CA()), "namespace": "default"}
			if err := apitest.WriteVolume(sa, files); err != nil {
				t.Fatal(err)
			}
			change := sync.OnceValue(func() error { return tt.change(sa, files) })
			// Both documents are asked for before either is refused.
			var both sync.WaitGroup
			both.Add(2)
			first := func(e *apitest.Exchange) {
				both.Done()
				both.Wait()
				if err := change(); err != nil {
					t.Error(err)
				}
				e.Usual.ServeHTTP(e, e.Request)
			}
			server.Script("/api", first)
			server.Script("/apis", first)
			result := filepath.Join(t.TempDir(), "result.json")
			// Nothing waits here; a run that does is stuck.
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, os.Args[0])
			cmd.Args = []string{"kreconcile", "apply", "--service-account-dir", sa, "-o", "text", "-o", "json=" + result, declaration(t)}
			environ, err := server.Environ()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Env = environ
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != tt.code {
				t.Errorf("it exits with %d (%s)", code, cmd.ProcessState)
			}
			content, err := os.ReadFile(result)
			if err != nil {
				t.Fatal(err)
			}
			code := ""
			if tt.code != 0 {
				code = "unauthorized"
			}
			if doc := document(t, content); doc.ExitCode != tt.code || doc.Targets[0].Findings[0].Undetermined.Code != code {
				t.Errorf("the document is\n%s", content)
			}
			if !strings.Contains(stdout.String(), tt.text) {
				t.Errorf("it does not say %q", tt.text)
			}
			said := strings.ReplaceAll(regexp.MustCompile(`(?m)^time=\S+ `).ReplaceAllString(stderr.String(), ""), sa, "SA")
			if tt.stderr == "" && said != "" || !strings.HasPrefix(said, tt.stderr) {
				t.Errorf("it warns of %q", said)
			}
			statuses := map[int]int{}
			for _, r := range server.Requests() {
				statuses[r.Status]++
			}
			want := map[int]int{http.StatusUnauthorized: tt.refused}
			if tt.answered > 0 {
				want[http.StatusOK] = tt.answered
			}
			if diff := cmp.Diff(want, statuses); diff != "" {
				t.Errorf("how often the server gave which status (-want +got):\n%s", diff)
			}
			if strings.Contains(stdout.String()+stderr.String()+string(content), "s3cr3t") {
				t.Error("a token is shown")
			}
			if t.Failed() {
				t.Logf("%s%s%s", &stdout, &stderr, server.DumpRequests())
			}
		})
	}
}

func replaceToken(sa string, files map[string]string, token string) error {
	files["token"] = token
	return apitest.WriteVolume(sa, files)
}
