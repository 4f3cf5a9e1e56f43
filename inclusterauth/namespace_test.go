package inclusterauth

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamespace(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(t *testing.T, path string)
		want    string
		warning string
	}{
		{"missing", func(*testing.T, string) {}, "", ""},
		{"plain", func(t *testing.T, path string) { writeFile(t, path, []byte("shop")) }, "shop", ""},
		{"white space around", func(t *testing.T, path string) { writeFile(t, path, []byte(" shop\r\n")) }, "shop", ""},
		{"empty", func(t *testing.T, path string) { writeFile(t, path, nil) }, "", "it is empty"},
		{"no name", func(t *testing.T, path string) { writeFile(t, path, []byte("a/b")) }, "", "it does not hold the name of a namespace"},
		{"digits", func(t *testing.T, path string) { writeFile(t, path, []byte("007")) }, "007", ""},
		{"an underscore", func(t *testing.T, path string) { writeFile(t, path, []byte("a_b")) }, "", "it does not hold the name of a namespace"},
		{"a dash at the end", func(t *testing.T, path string) { writeFile(t, path, []byte("a-")) }, "", "it does not hold the name of a namespace"},
		{"too long", func(t *testing.T, path string) { writeFile(t, path, []byte(strings.Repeat("a", 64))) }, "", "it does not hold the name of a namespace"},
		{"FIFO", makeFIFO, "", "it is a pipe, which can be read only once; write its content to a file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "namespace")
			test.prepare(t, path)
			var log recorder
			if diff := cmp.Diff(test.want, Namespace(Options{Dir: dir, Logger: log.logger()})); diff != "" {
				t.Error(diff)
			}
			want := ""
			if test.warning != "" {
				want = `level=WARN msg="the namespace of the service account cannot be determined" error="namespace file ` + path + ": " + test.warning + "\"\n"
			}
			if diff := cmp.Diff(want, log.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNamespaceFileMissingGoesOn(t *testing.T) {
	ca := newAuthority(t, "ca")
	server := startServer(t, ca.issue(t, nil), nil, nil)
	dir := mountAccount(t, "token", ca.pem)
	if got := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir}).Namespace(); got != "shop" {
		t.Errorf("namespace %q, want shop", got)
	}
	if err := os.Remove(filepath.Join(dir, "namespace")); err != nil {
		t.Fatal(err)
	}
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir})
	mustGet(t, config)
	if got := config.Namespace(); got != "" {
		t.Errorf("namespace %q, want none", got)
	}
}
