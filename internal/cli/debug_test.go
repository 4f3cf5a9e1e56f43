package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestDebuggingTheLibraryShowsNoToken covers GODEBUG: with it, net/http logs each
// header that it sends, and the runtime and the resolver have such switches too.
func TestDebuggingTheLibraryShowsNoToken(t *testing.T) {
	const token = "s3cr3t-token"
	program := build(t)
	for _, debug := range []string{"http2debug=1", "http2debug=2", "http2debug=2,netdns=go+2,inittrace=1,gctrace=1"} {
		t.Run(debug, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Token(token))
			environ, err := server.Environ()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), program, "apply", "--debug", "--service-account-dir", server.ServiceAccountDir(t), declaration(t))
			cmd.Env = append(os.Environ(), append(environ, "GODEBUG="+debug)...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v\n%s%s", err, &stdout, &stderr)
			}
			if requests := server.Requests(); len(requests) == 0 || !requests[0].Authorized || requests[0].Proto != "HTTP/2.0" {
				t.Errorf("no token went out over HTTP/2:\n%s", server.DumpRequests())
			}
			if strings.Contains(stdout.String()+stderr.String(), token) {
				t.Errorf("the token is shown:\n%s%s", &stdout, &stderr)
			}
		})
	}
}
