package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
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

// TestSignals: what asks a run to end ends it while it waits for the server, with the
// codes that shells expect, and one whole document, as a report, too.
func TestSignals(t *testing.T) {
	heedHangUp(t)
	program := build(t)
	tests := []struct {
		signal syscall.Signal
		code   int
	}{
		{syscall.SIGINT, 130},
		{syscall.SIGTERM, 143},
		// The runtime ends what these reach with the code for drift, or of the signal.
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
			cmd := exec.Command(program, "apply", "-o", "json", "-o", "json="+report, "--service-account-dir", server.ServiceAccountDir(t), declaration(t))
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
			untilAsked(t, server)
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

// untilAsked waits for the first request of a process.
func untilAsked(t *testing.T, server *apitest.Server) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); len(server.Requests()) == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("it asked nothing")
			return
		}
	}
}

// TestHangUpIgnored: a run that nohup started goes on without its terminal.
func TestHangUpIgnored(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	sent := make(chan struct{})
	server.Script("/apis", func(e *apitest.Exchange) {
		<-sent
		apitest.Usual()(e)
	})
	cmd := exec.Command("/bin/sh", "-c", `trap "" HUP; exec "$@"`, "sh",
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
	untilAsked(t, server)
	err = cmd.Process.Signal(syscall.SIGHUP)
	close(sent)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || stderr.Len() > 0 {
		t.Errorf("it ended with %v and says\n%s%s", err, stdout.String(), stderr.String())
	}
}

// TestSignalWhileWaiting: a wait ends at once, and reports what the last pass came to.
func TestSignalWhileWaiting(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	cmd := exec.Command(build(t), "apply", "--wait=5m", "--interval=1m", "-o", "json", "--service-account-dir", server.ServiceAccountDir(t), "-")
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
	stuck := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
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

// heedHangUp lets the programs that a test starts hear SIGHUP, also where the test itself
// ignores it, as under nohup.
func heedHangUp(t *testing.T) {
	t.Helper()
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(c) })
}

// TestSignalsBesideTheServer: a run ends with the code of the signal although it
// waits for something else than the server: what it reads from a terminal, or a
// pipe that nobody reads its report from.
func TestSignalsBesideTheServer(t *testing.T) {
	program := build(t)
	recorded := filepath.Join("..", "..", "testdata", "snapshots", "kubernetes.json")
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := exec.Command("mkfifo", pipe).Run(); err != nil {
		t.Skip(err)
	}
	tests := []struct {
		name     string
		args     []string
		document bool
		twice    bool
	}{
		{"standard input", []string{"-"}, true, false},
		{"a report to a pipe", []string{"-o", "text=" + pipe, declaration(t)}, false, false},
		{"a report to a pipe, and somebody insists", []string{"-o", "text=" + pipe, declaration(t)}, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(program, append([]string{"apply", "-o", "json", "--snapshot", recorded}, tt.args...)...)
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
			time.Sleep(500 * time.Millisecond)
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if tt.twice {
				// The kernel joins two signals that come at the same moment.
				time.Sleep(100 * time.Millisecond)
				if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
			}
			stuck := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
			defer stuck.Stop()
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != 143 {
				t.Errorf("it exits with %d (%s)", code, cmd.ProcessState)
			}
			if tt.document && document(t, stdout.Bytes()).ExitCode != 143 {
				t.Errorf("the document is\n%s", stdout.String())
			}
		})
	}
}

// TestSignalLeavesSnapshot: a run that a signal ends in the middle does not replace
// a whole snapshot by one with gaps.
func TestSignalLeavesSnapshot(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	server.Always("/version", apitest.Hang())
	environ, err := server.Environ()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "cluster.json")
	if err := os.WriteFile(out, []byte("whole"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(build(t), "snapshot", "--out", out, "--service-account-dir", server.ServiceAccountDir(t))
	cmd.Env = environ
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); server.Count("/version") == 0 || server.Count("/apis") == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("it asked nothing")
			break
		}
	}
	time.Sleep(200 * time.Millisecond)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	content, _ := os.ReadFile(out)
	if code := cmd.ProcessState.ExitCode(); code != 143 || string(content) != "whole" {
		t.Errorf("it exits with %d and leaves %d bytes", code, len(content))
	}
}

// TestBrokenPipe: the runtime's own answer to a pipe that nobody reads is to die of
// a signal, which a process that is PID 1 survives, to exit with the code for drift.
func TestBrokenPipe(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	defer writer.Close()
	cmd := exec.Command(build(t), "version")
	cmd.Stdout = writer
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(stderr.String(), "broken pipe") {
		t.Errorf("it exits with %d (%s)\n%s", code, cmd.ProcessState, stderr.String())
	}
}

type jsonDocument struct {
	ExitCode int `json:"exit_code"`
	Targets  []struct {
		Findings []struct {
			Status       string `json:"status"`
			Undetermined struct {
				Code    string `json:"code"`
				Message string `json:"message"`
			} `json:"undetermined"`
		} `json:"findings"`
		Wait struct {
			Ended string `json:"ended"`
		} `json:"wait"`
	} `json:"targets"`
	Diagnostics []struct {
		Summary string `json:"summary"`
	} `json:"diagnostics"`
}

func document(t *testing.T, b []byte) jsonDocument {
	t.Helper()
	var doc jsonDocument
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatalf("%v:\n%s", err, b)
	}
	return doc
}

func declaration(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "web.hcl")
	if err := os.WriteFile(path, []byte("api \"v1\" {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// build gives the path of the real program, which is static.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kreconcile")
	cmd := exec.Command("go", "build", "-o", path, "github.com/kreconcile/kreconcile/cmd/kreconcile")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}
