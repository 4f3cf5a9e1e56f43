package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestFilesOfAnotherUser runs the binary as a user who may not read the mounted
// files, as in a Pod without fsGroup. Root may read everything, so root runs the
// binary as another user.
func TestFilesOfAnotherUser(t *testing.T) {
	program := build(t)
	server := apitest.New(t, apitest.Stock(), apitest.Token("s3cr3t-token"))
	environ, err := server.Environ()
	if err != nil {
		t.Fatal(err)
	}
	path := declaration(t)
	run := func(args ...string) (int, string, string, error) {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Env, cmd.Dir = environ, "/"
		if os.Geteuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
		}
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Start(); err != nil {
			return 0, "", "", err
		}
		_ = cmd.Wait()
		return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), nil
	}
	sa := server.ServiceAccountDir(t)
	// The test's parent folders are closed to other users.
	for _, folder := range []string{filepath.Dir(filepath.Dir(sa)), filepath.Dir(sa), filepath.Dir(path)} {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, stderr, err := run("validate", path); err != nil || code != 0 {
		t.Skipf("no program can be run as another user here: %v, exit code %d\n%s", err, code, stderr)
	}
	data, err := filepath.EvalSymlinks(filepath.Join(sa, "..data"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(data, 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ file, summary, detail string }{
		{
			"token", "No token to authenticate with", "Token file SA/token: permission denied. kreconcile runs as a user who may not read it.",
		},
		{
			"ca.crt", "No CA to verify the API server by", "CA file SA/ca.crt: permission denied. kreconcile runs as a user who may not read it.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			for _, name := range []string{"token", "ca.crt", "namespace"} {
				mode := os.FileMode(0o644)
				if name == tt.file {
					mode = 0
				}
				if err := os.Chmod(filepath.Join(data, name), mode); err != nil {
					t.Fatal(err)
				}
			}
			code, stdout, stderr, err := run("apply", "--service-account-dir", sa, "-o", "json", path)
			if err != nil {
				t.Fatal(err)
			}
			want := "Error: " + tt.summary + "\n\n" + tt.detail + "\n"
			if diff := cmp.Diff(want, strings.ReplaceAll(stderr, sa, "SA")); diff != "" {
				t.Error(diff)
			}
			if doc := document(t, []byte(stdout)); code != 1 || doc.ExitCode != 1 || len(doc.Diagnostics) != 1 || doc.Diagnostics[0].Summary != tt.summary {
				t.Errorf("it exits with %d, and the document is\n%s", code, stdout)
			}
		})
	}
	if n := server.Connections(); n != 0 {
		t.Errorf("the server saw %d connections", n)
	}
}
