package cli_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// inPIDNamespace makes a command PID 1 of a namespace.
func inPIDNamespace(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	if uid := os.Getuid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
}

func startAsPID1(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	inPIDNamespace(cmd)
	if err := cmd.Start(); errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) {
		t.Skipf("this machine does not allow PID namespaces: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// TestPID1 covers PID 1: the kernel does not deliver a signal to it without a
// handler, and the runtime, which cannot die of the signal, exits with the code for
// drift.
func TestPID1(t *testing.T) {
	heedHangUp(t)
	program := build(t)
	for signal, code := range map[syscall.Signal]int{
		syscall.SIGTERM: 143, syscall.SIGINT: 130, syscall.SIGHUP: 129, syscall.SIGQUIT: 131, syscall.SIGABRT: 134,
	} {
		t.Run(signal.String(), func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
			server.Always("*", apitest.Hang())
			cmd := exec.CommandContext(limited(t), program, "apply", "-o", "json", "--server", server.URL(), "--service-account-dir", server.ServiceAccountDir(t), declaration(t))
			cmd.Env = []string{}
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			startAsPID1(t, cmd)
			server.Await(t, "*")
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != code || stderr.Len() > 0 || document(t, stdout.Bytes()).ExitCode != code {
				t.Errorf("it exits with %d (%s)\n%s%s", got, cmd.ProcessState, stdout.String(), stderr.String())
			}
		})
	}
	t.Run("a broken pipe", func(t *testing.T) {
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		reader.Close()
		defer writer.Close()
		cmd := exec.Command(program, "version")
		cmd.Stdout = writer
		startAsPID1(t, cmd)
		_ = cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != 1 {
			t.Errorf("it exits with %d (%s)", got, cmd.ProcessState)
		}
	})
}

// tree returns every file under a folder, with all properties that a write would
// change.
func tree(t *testing.T, root string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s %s %s", path, info.Mode(), info.ModTime().Format(time.RFC3339Nano))
		if info.Mode().IsRegular() {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %x", sha256.Sum256(content))
		}
		files = append(files, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestNothingIsWrittenThatWasNotAskedFor tests that no command leaves anything
// behind: not in its folder, at home, or among temporary files.
func TestNothingIsWrittenThatWasNotAskedFor(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	root := t.TempDir()
	for _, dir := range []string{"work", "home", "tmp", "reports"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(root, "work", "a.hcl"), "api \"v1\" {}\napi \"example.com/v1\" {}\n")
	write(t, filepath.Join(root, "work", "b.hcl"), "locals { a =   1 }\n")
	if err := server.WriteServiceAccount(filepath.Join(root, "sa")); err != nil {
		t.Fatal(err)
	}
	connected := []string{"--server", server.URL(), "--service-account-dir", filepath.Join(root, "sa")}
	run := func(args ...string) int {
		a, err := runInWorker(job{Args: args, Dir: filepath.Join(root, "work"), Environ: []string{
			"HOME=" + filepath.Join(root, "home"), "TMPDIR=" + filepath.Join(root, "tmp"), "XDG_CACHE_HOME=" + filepath.Join(root, "home"),
		}})
		if err != nil {
			t.Fatal(err)
		}
		return a.Code
	}
	tests := []struct {
		code int
		args []string
	}{
		{0, append([]string{"plan"}, connected...)},
		{2, append([]string{"apply", "--debug"}, connected...)},
		{2, append([]string{"apply", "--wait", "6s", "--interval", "3s"}, connected...)},
		{0, append([]string{"snapshot"}, connected...)},
		{1, []string{"apply", "--snapshot", "nowhere.json"}},
		{1, []string{"apply", "--bogus"}},
		{0, []string{"validate"}},
		{3, []string{"fmt", "--check", "--diff"}},
		{0, []string{"fmt", "--write=false"}},
		{0, []string{"version"}},
		{0, []string{"help", "plan"}},
		{0, []string{"completion", "bash"}},
		{0, []string{"__complete", "plan", ""}},
		{1, []string{"bogus"}},
	}
	before := tree(t, root)
	for _, tt := range tests {
		if code := run(tt.args...); code != tt.code {
			t.Errorf("%v exits with %d", tt.args, code)
		}
		if diff := cmp.Diff(before, tree(t, root)); diff != "" {
			t.Fatalf("%v leaves (-before +after):\n%s", tt.args, diff)
		}
	}
	// Then only what was asked for is there.
	reports := filepath.Join(root, "reports")
	if code := run(append([]string{"apply", "-o", "json=" + reports + "/r.json", "--termination-log", reports + "/t"}, connected...)...); code != 2 {
		t.Errorf("it exits with %d", code)
	}
	var left []string
	for _, line := range tree(t, reports)[1:] {
		name, _, _ := strings.Cut(line, " ")
		left = append(left, filepath.Base(name))
	}
	if diff := cmp.Diff([]string{"r.json", "t"}, left); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

// TestReadOnlyRoot runs the program as in the image: with a foreign user, no home, no
// folder for temporary files, and a read-only root.
func TestReadOnlyRoot(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
	program := build(t)
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	root := t.TempDir()
	binary, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "kreconcile"), binary, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "a.hcl"), "api \"v1\" {}\napi \"example.com/v1\" {}\n")
	write(t, filepath.Join(root, "b.hcl"), "locals { a =   1 }\n")
	if err := server.WriteServiceAccount(filepath.Join(root, "sa")); err != nil {
		t.Fatal(err)
	}
	makeReadable(t, root)
	run := func(args ...string) (int, string, string) {
		const mount = `mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" "$0" || exit 125
			exec chroot --userspec=65532:65532 --groups= "$0" /kreconcile "$@"`
		cmd := exec.Command("unshare", append([]string{"--mount", "--pid", "--fork", "--kill-child", "sh", "-c", mount, root}, args...)...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		_ = cmd.Run()
		return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
	}
	if code, _, stderr := run("version"); code == 125 || strings.Contains(stderr, "unshare:") || strings.Contains(stderr, "Operation not permitted") {
		t.Skipf("this machine does not allow mount namespaces: %s", stderr)
	}
	connected := []string{"--server", server.URL(), "--service-account-dir", "/sa"}
	before := tree(t, root)
	tests := []struct {
		name   string
		code   int
		args   []string
		stdout string
		stderr string
	}{
		{"apply", 2, append([]string{"apply", "/a.hcl"}, connected...), "Drift. 1 of 2 requirements is not as declared.", ""},
		{"validate", 0, []string{"validate", "/a.hcl"}, "Success!", ""},
		{"snapshot", 0, append([]string{"snapshot"}, connected...), `"format_version"`, ""},
		{"version", 0, []string{"version"}, "kreconcile ", ""},
		{
			"a report in a read-only folder", 1, append([]string{"apply", "-o", "text", "-o", "json=/r.json", "/a.hcl"}, connected...),
			"Drift.", "Error: Operation failed\n\nThe result could not be written: /r.json: read-only file system.\n",
		},
		{
			"a termination message in a read-only folder", 1, append([]string{"apply", "--termination-log", "/t", "/a.hcl"}, connected...),
			"Drift.", "Error: Operation failed\n\nThe termination message could not be written: /t: read-only file system.\n",
		},
		{
			"fmt of a read-only file", 1, []string{"fmt", "/b.hcl"}, "",
			"Error: Operation failed\n\nThe file could not be written: /b.hcl: read-only file system.\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := run(tt.args...)
			if code != tt.code || !strings.HasPrefix(strings.TrimLeft(stdout, "{\n "), tt.stdout) || tt.stderr != "" && stderr != tt.stderr {
				t.Errorf("it exits with %d and says\n%s%s", code, stdout, stderr)
			}
		})
	}
	if diff := cmp.Diff(before, tree(t, root)); diff != "" {
		t.Errorf("it leaves (-before +after):\n%s", diff)
	}
}

// makeReadable lets everybody read the files under a folder.
func makeReadable(t *testing.T, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		if entry.IsDir() || entry.Name() == "kreconcile" {
			return os.Chmod(path, 0o755)
		}
		return os.Chmod(path, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}
