package inclusterauth

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Root may read everything, so the test reads the files as another user.
func TestUnreadableFilesNameFSGroup(t *testing.T) {
	ca := newAuthority(t, "ca")
	tests := []struct{ name, file, message string }{
		{"token", "token", "permission denied"},
		{"CA", "ca.crt", "permission denied"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := mountAccount(t, "token", ca.pem)
			path := filepath.Join(dir, test.file)
			for _, open := range []string{filepath.Dir(dir), dir, filepath.Join(dir, "token"), filepath.Join(dir, "ca.crt")} {
				if err := os.Chmod(open, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(path, 0); err != nil {
				t.Fatal(err)
			}
			done := make(chan error)
			go func() {
				// The thread is never unlocked, so it ends with the goroutine.
				runtime.LockOSThread()
				if os.Geteuid() == 0 {
					if err := syscall.Setfsuid(65532); err != nil {
						done <- err
						return
					}
				}
				_, err := Load(Options{Server: "https://127.0.0.1:1", Getenv: environment(), Dir: dir})
				done <- err
			}()
			err := <-done
			if !errors.Is(err, fs.ErrPermission) {
				t.Fatalf("got %v, want fs.ErrPermission", err)
			}
			tokenError, isToken := errors.AsType[*TokenError](err)
			caError, isCA := errors.AsType[*CAError](err)
			if !(isToken && tokenError.Problem == FileUnreadable) && !(isCA && caError.Problem == FileUnreadable) {
				t.Errorf("got %#v", err)
			}
			kind := map[string]string{"token": "token", "ca.crt": "CA"}[test.file]
			if diff := cmp.Diff(kind+" file "+path+": "+test.message, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
