package cli_test

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// TestEarlySignals sends a signal at each moment of the program's start. The exit
// code is that of the signal, or the run goes on, because the kernel drops a signal
// that PID 1 has no handler for. It is never that of drift, which the runtime uses.
func TestEarlySignals(t *testing.T) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("internal/signals has no assembly for this architecture")
	}
	made := filepath.Join(t.TempDir(), "kreconcile")
	if out, err := exec.Command("make", "-C", filepath.Join("..", ".."), "build", "binary="+made).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, program := range map[string]string{"make build": made, "go build": build(t)} {
		for signal, code := range map[syscall.Signal]int{
			syscall.SIGTERM: 143, syscall.SIGINT: 130, syscall.SIGHUP: 129, syscall.SIGQUIT: 131, syscall.SIGABRT: 134,
		} {
			run := func(t *testing.T, start func(*testing.T, *exec.Cmd)) {
				for range 4 {
					cmd := exec.Command(program, "version")
					start(t, cmd)
					time.Sleep(rand.N(5 * time.Millisecond))
					_ = cmd.Process.Signal(signal)
					_ = cmd.Wait()
					status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
					died := status.Signaled() && status.Signal() == signal
					if got := cmd.ProcessState.ExitCode(); got != code && got != 0 && !died {
						t.Fatalf("it exits with %d (%s)", got, cmd.ProcessState)
					}
				}
			}
			t.Run(name+"/"+signal.String()+" as PID 1", func(t *testing.T) { run(t, startAsPID1) })
			t.Run(name+"/"+signal.String(), func(t *testing.T) {
				run(t, func(t *testing.T, cmd *exec.Cmd) {
					if err := cmd.Start(); err != nil {
						t.Fatal(err)
					}
				})
			})
		}
	}
}
