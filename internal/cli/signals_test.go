package cli_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestSignals tests that a signal ends a run that waits for the server, with the exit
// code that shells expect and one whole document, also in a file.
func TestSignals(t *testing.T) {
	heedHangUp(t)
	program := build(t)
	tests := []struct {
		signal syscall.Signal
		code   int
	}{
		{syscall.SIGINT, 130},
		{syscall.SIGTERM, 143},
		// Without a handler, the runtime exits on these with the code for drift, or
		// of the signal.
		{syscall.SIGHUP, 129},
		{syscall.SIGQUIT, 131},
		{syscall.SIGABRT, 134},
	}
	for _, tt := range tests {
		t.Run(tt.signal.String(), func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
			server.Always("*", apitest.Hang())
			report := filepath.Join(t.TempDir(), "report.json")
			write(t, report, "that of an earlier run")
			cmd := exec.CommandContext(limited(t), program, "apply", "-o", "json", "-o", "json="+report, "--service-account-dir", server.ServiceAccountDir(t), declaration(t))
			environ, err := server.Environ()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Env = environ
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			server.Await(t, "*")
			if err := cmd.Process.Signal(tt.signal); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != tt.code || stderr.Len() > 0 {
				t.Errorf("it exits with %d (%s) and says\n%s", code, cmd.ProcessState, stderr.String())
			}
			doc := document(t, stdout.Bytes())
			if doc.ExitCode != tt.code || doc.Targets[0].Findings[0].Undetermined.Code != "canceled" {
				t.Errorf("the document is\n%s", stdout.String())
			}
			if saved, err := os.ReadFile(report); err != nil || string(saved) != stdout.String() {
				t.Errorf("%v, and the report is\n%s", err, saved)
			}
		})
	}
}

// TestHangUpIgnored tests that a run under nohup continues without its terminal.
func TestHangUpIgnored(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	sent := make(chan struct{})
	server.Script("/apis", func(e *apitest.Exchange) {
		<-sent
		apitest.Usual()(e)
	})
	cmd := exec.CommandContext(limited(t), "/bin/sh", "-c", `trap "" HUP; exec "$@"`, "sh",
		build(t), "apply", "--service-account-dir", server.ServiceAccountDir(t), declaration(t))
	environ, err := server.Environ()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = environ
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		close(sent)
		t.Fatal(err)
	}
	server.Await(t, "*")
	err = cmd.Process.Signal(syscall.SIGHUP)
	close(sent)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || stderr.Len() > 0 {
		t.Errorf("it ended with %v and says\n%s%s", err, stdout.String(), stderr.String())
	}
}

// TestSignalWhileWaiting tests that a wait ends at once, and reports the last pass.
func TestSignalWhileWaiting(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	cmd := exec.CommandContext(limited(t), build(t), "apply", "--wait=5m", "--interval=1m", "-o", "json", "--service-account-dir", server.ServiceAccountDir(t), "-")
	environ, err := server.Environ()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = environ
	cmd.Stdin = strings.NewReader(`api "example.com/v1" {}`)
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stderr).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "Waiting, ") {
		t.Errorf("it says %q: %v", line, err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	doc := document(t, stdout.Bytes())
	if code := cmd.ProcessState.ExitCode(); code != 143 || doc.ExitCode != 143 || doc.Targets[0].Findings[0].Status != "drifted" ||
		doc.Targets[0].Wait.Ended != "ended by SIGTERM" {
		t.Errorf("it exits with %d (%s), and the document is\n%s", code, cmd.ProcessState, stdout.String())
	}
}

// heedHangUp makes SIGHUP end the programs that a test starts, even if the test
// itself ignores it, as under nohup: a program inherits ignored signals, but not
// handled ones.
func heedHangUp(t *testing.T) {
	t.Helper()
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(c) })
}

// TestSignalsBesideTheServer tests that a signal also ends a run that waits for
// something other than the server.
func TestSignalsBesideTheServer(t *testing.T) {
	program := build(t)
	recorded := filepath.Join("..", "..", "testdata", "snapshots", "kubernetes.json")
	t.Run("standard input", func(t *testing.T) {
		cmd := exec.CommandContext(limited(t), program, "apply", "-o", "json", "--snapshot", recorded, "-")
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		defer stdin.Close()
		var stdout bytes.Buffer
		cmd.Stdout = &stdout
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// A pipe does not hold this much, so the run has begun to read once all is
		// written.
		if _, err := io.WriteString(stdin, strings.Repeat("#\n", 512<<10)); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 143 || document(t, stdout.Bytes()).ExitCode != 143 {
			t.Errorf("it exits with %d (%s), and the document is\n%s", code, cmd.ProcessState, stdout.String())
		}
	})
	for name, insist := range map[string]bool{"a report to a pipe without a reader": false, "the same, and a second signal": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unread := filepath.Join(t.TempDir(), "unread")
			if out, err := exec.Command("mkfifo", unread).CombinedOutput(); err != nil {
				t.Skipf("no pipe can be made here: %v\n%s", err, out)
			}
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			cmd := exec.CommandContext(limited(t), program, "apply", "-o", "text=/dev/fd/3", "-o", "text="+unread, "--snapshot", recorded, declaration(t))
			cmd.ExtraFiles = []*os.File{writer}
			err = cmd.Start()
			writer.Close()
			if err != nil {
				t.Fatal(err)
			}
			// Reports are written in the order of the flags: the other one comes
			// after this.
			if line, err := bufio.NewReader(reader).ReadString('\n'); err != nil {
				t.Errorf("the report that is read begins with %q: %v", line, err)
			}
			ended := make(chan error)
			go func() { ended <- cmd.Wait() }()
			signaled := time.Now()
			_ = cmd.Process.Signal(syscall.SIGTERM)
			// The kernel merges two signals that come at the same moment, so the
			// second one is repeated.
			again := time.NewTicker(10 * time.Millisecond)
			defer again.Stop()
			for waiting := true; waiting; {
				select {
				case <-ended:
					waiting = false
				case <-again.C:
					if insist {
						_ = cmd.Process.Signal(syscall.SIGTERM)
					}
				}
			}
			// Without a second signal, the run has 5 seconds to report.
			took := time.Since(signaled)
			if code := cmd.ProcessState.ExitCode(); code != 143 || insist != (took < 5*time.Second) {
				t.Errorf("it exits with %d (%s) after %v", code, cmd.ProcessState, took)
			}
		})
	}
}

// TestSignalLeavesSnapshot tests that a run which a signal ends does not replace a
// complete snapshot with an incomplete one.
func TestSignalLeavesSnapshot(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	server.Always("/version", apitest.Hang())
	environ, err := server.Environ()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "cluster.json")
	write(t, out, "whole")
	cmd := exec.CommandContext(limited(t), build(t), "snapshot", "--out", out, "--service-account-dir", server.ServiceAccountDir(t))
	cmd.Env = environ
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	server.Await(t, "/version", "/apis")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	content, err := os.ReadFile(out)
	if code := cmd.ProcessState.ExitCode(); code != 143 || string(content) != "whole" {
		t.Errorf("it exits with %d and leaves %d bytes: %v", code, len(content), err)
	}
}

// TestBrokenPipe tests a write to a closed pipe. By default the runtime dies of a
// signal then; PID 1 would survive it and exit with the code for drift.
func TestBrokenPipe(t *testing.T) {
	drifts := filepath.Join(t.TempDir(), "drift.hcl")
	write(t, drifts, "api \"example.com/v1\" {}\n")
	for _, args := range [][]string{
		{"version"},
		{"apply", "--snapshot", filepath.Join("..", "..", "testdata", "snapshots", "kubernetes.json"), drifts},
	} {
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		reader.Close()
		cmd := exec.Command(build(t), args...)
		cmd.Stdout = writer
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		_ = cmd.Run()
		writer.Close()
		if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(stderr.String(), "broken pipe") {
			t.Errorf("%s exits with %d (%s)\n%s", args[0], code, cmd.ProcessState, stderr.String())
		}
	}
}
