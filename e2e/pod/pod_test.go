package pod

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) {
	Init()
	os.Exit(m.Run())
}

// run runs a shell script in a sandbox with the machine's own tools.
func run(t *testing.T, s Sandbox, script string) *Result {
	t.Helper()
	s.HostTools = true
	s.Args = []string{"/bin/sh", "-c", script}
	r, err := Run(t.Context(), s)
	if errors.Is(err, ErrForbidden) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSandbox(t *testing.T) {
	mounted := t.TempDir()
	if err := os.WriteFile(filepath.Join(mounted, "file"), []byte("content\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	writable := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(writable, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		sandbox Sandbox
		script  string
		want    Result
	}{
		"exit code":      {script: "exit 42", want: Result{ExitCode: 42}},
		"killed":         {script: "kill -TERM $$", want: Result{ExitCode: 143}},
		"output":         {script: "echo out; echo err >&2", want: Result{Stdout: "out\n", Stderr: "err\n"}},
		"environment":    {sandbox: Sandbox{Env: []string{"A=b"}}, script: "echo $A$HOME", want: Result{Stdout: "b\n"}},
		"mount":          {sandbox: Sandbox{Mounts: map[string]string{"/etc/x": mounted}}, script: "cat /etc/x/file", want: Result{Stdout: "content\n"}},
		"writable":       {sandbox: Sandbox{Writable: map[string]string{"/dev/log": writable}}, script: "echo x > /dev/log && cat /dev/log", want: Result{Stdout: "x\n"}},
		"address":        {script: "grep -c '^10.96.0.1 .*kubernetes.default.svc ' /etc/hosts", want: Result{Stdout: "1\n"}},
		"drops":          {sandbox: Sandbox{Drops: true}, script: "curl -sk --connect-timeout 1 https://10.96.0.1", want: Result{ExitCode: 28}},
		"no other hosts": {script: "getent hosts example.com", want: Result{ExitCode: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, test.sandbox, test.script)
			if diff := cmp.Diff(test.want, *r); diff != "" {
				t.Errorf("result differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSandboxReadOnly(t *testing.T) {
	mounts := map[string]string{"/mounted": t.TempDir()}
	for _, file := range []string{"/file", "/etc/file", "/etc/hosts", "/mounted/file"} {
		r := run(t, Sandbox{Mounts: mounts}, "touch "+file)
		if r.ExitCode == 0 || !strings.Contains(r.Stderr, "Read-only file system") {
			t.Errorf("touch %s: %+v, want a refusal", file, *r)
		}
	}
}

// TestSandboxRoot tests that a custom root has only what is in the folder and what is
// mounted, and that none of it is writable.
func TestSandboxRoot(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "file"), []byte("content\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := Sandbox{Root: root, Mounts: map[string]string{"/mounted/here": t.TempDir()}}
	r := run(t, s, "cat /file; ls -d /[!bul]* /etc/[!a]* /dev/*; touch /new || touch /mounted/here/new || touch /mounted/new")
	if r.Stdout != "content\n/etc\n/file\n/mounted\n" || strings.Count(r.Stderr, "Read-only file system") != 3 {
		t.Errorf("%+v, want the file and the mount, and refusals", *r)
	}
	if _, err := os.Stat(filepath.Join(root, "new")); err == nil {
		t.Error("the folder was written to")
	}
}

// TestSandboxUser tests that root switches to another user. In a user namespace with
// a single user, it stays.
func TestSandboxUser(t *testing.T) {
	const show = "echo $(id -u) $(id -g) $(id -G)"
	for want, s := range map[string]Sandbox{
		"65532 65532 65532\n":        {User: 65532, Group: 65532},
		"65532 0 0\n":                {User: 65532},
		"1000650000 0 0 2000 3000\n": {User: 1000650000, Groups: []int{2000, 3000}},
	} {
		if os.Getuid() != 0 {
			want = "0 0 0\n"
		}
		if r := run(t, s, show); r.Stdout != want {
			t.Errorf("user %q, want %q", r.Stdout, want)
		}
	}
}

func TestVolume(t *testing.T) {
	dir := t.TempDir()
	volume, err := NewVolume(dir, map[string]string{"token": "first", "ca.crt": "ca"})
	if err != nil {
		t.Fatal(err)
	}
	expectFiles(t, dir, map[string]string{"token": "first", "ca.crt": "ca"})
	if err := volume.Update(map[string]string{"token": "second", "namespace": "default"}); err != nil {
		t.Fatal(err)
	}
	expectFiles(t, dir, map[string]string{"token": "second", "namespace": "default"})
	if target, err := os.Readlink(filepath.Join(dir, "token")); err != nil || target != "..data/token" {
		t.Errorf("token links to %q, %v, want ..data/token", target, err)
	}
}

// expectFiles compares the files that a reader of the folder sees.
func expectFiles(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "..") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[entry.Name()] = string(content)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files differ (-want +got):\n%s", diff)
	}
}
