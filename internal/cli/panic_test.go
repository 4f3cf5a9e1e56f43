package cli_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/live"
)

// TestPanic tests the exit code, because Go's own for a panic means drift.
func TestPanic(t *testing.T) {
	for _, command := range []string{"plan", "apply", "snapshot"} {
		t.Run(command, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := []string{command, declaration(t)}
			if command != "snapshot" {
				args = append(args, "-o", "json")
			}
			code := cli.Run(context.Background(), cli.Process{
				Args: args, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Connector: panicking{},
			})
			if code != 1 {
				t.Errorf("it exits with %d", code)
			}
			if !strings.Contains(stderr.String(), "Error: Internal error\n\nThis is a bug in kreconcile, and says nothing about the cluster: out of cheese.") {
				t.Errorf("it says\n%s", stderr.String())
			}
			if strings.Contains(stderr.String(), "goroutine") {
				t.Errorf("it shows a stack\n%s", stderr.String())
			}
			if command == "snapshot" {
				return
			}
			if doc := document(t, stdout.Bytes()); doc.ExitCode != 1 || doc.Diagnostics[0].Summary != "Internal error" {
				t.Errorf("the document is\n%s", stdout.String())
			}
		})
	}
}

// TestPanicBesideTheCommand tests that a panic while a result is written, or after
// the command is done, is reported like any other.
func TestPanicBesideTheCommand(t *testing.T) {
	recorded := filepath.Join("..", "..", "testdata", "snapshots", "kubernetes.json")
	tests := []struct {
		name  string
		args  []string
		stack bool
	}{
		{"plan", []string{"plan", "--snapshot", recorded, declaration(t)}, false},
		{"apply", []string{"apply", "--snapshot", recorded, declaration(t)}, false},
		{"apply -o json", []string{"apply", "-o", "json", "--snapshot", recorded, declaration(t)}, false},
		{"validate", []string{"validate", declaration(t)}, false},
		{"range", []string{"range", declaration(t)}, false},
		{"test", []string{"test", filepath.Join("..", "..", "examples")}, false},
		{"version", []string{"version"}, false},
		{"version --debug", []string{"version", "--debug"}, true},
		{"help", []string{"help"}, false},
		{"completion", []string{"completion", "bash"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stderr bytes.Buffer
			code := cli.Run(context.Background(), cli.Process{Args: test.args, Stdout: panickingWriter{}, Stderr: &stderr, Connector: live.InCluster{}})
			if code != 1 {
				t.Errorf("it exits with %d", code)
			}
			if !strings.Contains(stderr.String(), "Error: Internal error\n\nThis is a bug in kreconcile, and says nothing about the cluster: out of ink.") {
				t.Errorf("it says\n%s", stderr.String())
			}
			if stack := strings.Contains(stderr.String(), "goroutine"); stack != test.stack {
				t.Errorf("it shows a stack: %v\n%s", stack, stderr.String())
			}
		})
	}
}

// TestPanicWhileReporting tests that the exit code is that of an error even if the
// report of a panic panics.
func TestPanicWhileReporting(t *testing.T) {
	for _, args := range [][]string{{"apply", "nowhere.hcl"}, {"apply", "--bogus"}, {"validate", "nowhere.hcl"}, {"version", "x"}, {"bogus"}} {
		var stdout bytes.Buffer
		code := cli.Run(context.Background(), cli.Process{Args: args, Stdout: &stdout, Stderr: panickingWriter{}, Connector: live.InCluster{}})
		if code != 1 || stdout.Len() > 0 {
			t.Errorf("%v exits with %d and says\n%s", args, code, stdout.String())
		}
	}
}

type panickingWriter struct{}

func (panickingWriter) Write([]byte) (int, error) { panic("out of ink") }

type panicking struct{}

func (panicking) Namespace(live.Target) string { return "" }

func (panicking) Connect(live.Target) (*discovery.Client, error) { panic("out of cheese") }
