package inclusterauth

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The rows of client-go's TestCheckCAFileAndRotate, seen from a server whose
// certificate is from the first or the second CA: a CA file is read again once it is
// old, and a file that cannot be used leaves the last good CA.
//
// Source:
// https://github.com/kubernetes/client-go/blob/master/transport/ca_rotation_test.go
func TestClientGosCARotation(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	const unusable = "the CA bundle could not be read again"
	tests := []struct {
		source string
		// content is the new content of the file; nil means no file.
		content []byte
		// trusts is the authority of the server's certificate after the file was
		// written.
		trusts *authority
		logs   string
	}{
		{"no change", first.pem, first, ""},
		{"CA changed", second.pem, second, "the CA bundle has changed"},
		{"CA changed to invalid", []byte("invalid"), first, unusable},
		{"file error", nil, first, unusable},
		{"empty file content", []byte{}, first, unusable},
	}
	for _, test := range tests {
		t.Run(test.source, func(t *testing.T) {
			issued := map[*authority]*apiServer{
				first: startServer(t, first.issue(t, nil), nil, nil), second: startServer(t, second.issue(t, nil), nil, nil),
			}
			dir := mountAccount(t, "token", first.pem)
			clock, log := newClock(), new(recorder)
			config := mustLoad(t, Options{Getenv: podEnvironment(t, issued[test.trusts].URL), Dir: dir, Now: clock.Now, Logger: log.logger()})
			path := filepath.Join(dir, "ca.crt")
			writeFile(t, path, test.content)
			if test.content == nil {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
			clock.advance(freshFor)
			mustGet(t, config)
			if got := log.String(); (got != "") != (test.logs != "") || !strings.Contains(got, test.logs) {
				t.Errorf("logged %q, want %q", got, test.logs)
			}
		})
	}
	t.Run("initially empty CA file updated to valid CA", func(t *testing.T) {
		// Here we differ: client-go starts without a CA and uses the system's roots.
		// We refuse.
		dir := mountAccount(t, "token", nil)
		_, err := Load(Options{Server: "https://127.0.0.1:1", Getenv: environment(), Dir: dir})
		want := "CA file " + filepath.Join(dir, "ca.crt") + ": it is empty: the system's roots are never used in its place"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}

// client-go's TestCachingTokenSourceRace: callers that find the token old at the same
// moment wait for one read. The test counts reads by the looks at the clock.
//
// Source:
// https://github.com/kubernetes/client-go/blob/master/transport/token_source_test.go
func TestClientGosCachingTokenSourceRace(t *testing.T) {
	for range 100 {
		path := filepath.Join(t.TempDir(), "token")
		writeFile(t, path, []byte("first"))
		// The clock is read when a token is asked for, and after each read of the
		// file.
		var mu sync.Mutex
		now, looks := time.Now(), 0
		source, err := newTokenSource(path, func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			looks++
			return now
		}, new(recorder).logger(), new(Redactor))
		if err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		now, looks = now.Add(freshFor), 0
		mu.Unlock()
		writeFile(t, path, []byte("second"))
		var group sync.WaitGroup
		for range 100 {
			group.Go(func() {
				if got := source.current().reveal(); got != "second" {
					t.Errorf("got %q, want the second token", got)
				}
			})
		}
		group.Wait()
		if diff := cmp.Diff(100+1, looks); diff != "" {
			t.Errorf("looks at the clock, one for each caller and one for each read (-want +got):\n%s", diff)
		}
	}
}
