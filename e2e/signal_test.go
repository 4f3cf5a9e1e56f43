package e2e

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSignal ends kreconcile as PID 1 in the middle of a request that is never
// answered. The kernel ignores every signal that PID 1 does not handle.
func TestSignal(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		signal syscall.Signal
		exit   int
	}{
		"SIGTERM": {syscall.SIGTERM, 143},
		"SIGINT":  {syscall.SIGINT, 130},
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			if err := listener.(*net.TCPListener).SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), suite.programs.Kreconcile, "apply", "--server=http://"+listener.Addr().String(), "-")
			cmd.Env = []string{}
			cmd.Stdin = strings.NewReader(corePods)
			var output strings.Builder
			cmd.Stdout, cmd.Stderr = &output, &output
			cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
			if uid := os.Getuid(); uid != 0 {
				cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
				cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
				cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
			}
			if err := cmd.Start(); errors.Is(err, syscall.EPERM) {
				t.Skip("this machine does not allow PID namespaces: ", err)
			} else if err != nil {
				t.Fatal(err)
			}
			asked, err := listener.Accept()
			if err != nil {
				t.Fatalf("it asked nothing: %v\n%s", err, output.String())
			}
			defer asked.Close()
			if _, err := asked.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			if err := cmd.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			err = cmd.Wait()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != test.exit {
				t.Errorf("%v, want exit code %d\n%s", err, test.exit, output.String())
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Error(fmt.Errorf("it took %s to end", took))
			}
		})
	}
}
