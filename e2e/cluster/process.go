package cluster

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// process is a server that this program started.
type process struct {
	name string
	pid  int
	log  string
	// done is closed once the process has ended. state then says how.
	done  chan struct{}
	state string
}

// Frugal is in the environment of servers and clients. Several tests run at once, and there are more processes
// than processors: with one for each, a process takes a fifth less of their time. Most processes end before they
// have as much garbage as this limit, and need not collect it.
var Frugal = []string{"GOMAXPROCS=1", "GOGC=off", "GOMEMLIMIT=400MiB"}

// startProcess starts a server whose output is appended to the file log. The kernel
// kills it when this program ends, even by a panic or SIGKILL.
func startProcess(name, log, path string, args ...string) (*process, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p := &process{name: name, log: log, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// The kernel reacts to the death of the thread that forked, so this one must
		// live until the process has ended (https://go.dev/issue/27505).
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.done)
		defer file.Close()
		cmd := exec.Command(path, args...)
		cmd.Env = append(os.Environ(), Frugal...)
		cmd.Stdout, cmd.Stderr = file, file
		// In a process group of its own, it gets no interrupt from a terminal: Stop
		// ends it.
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
		if err := cmd.Start(); err != nil {
			started <- fmt.Errorf("start %s: %w", name, err)
			return
		}
		p.pid = cmd.Process.Pid
		started <- nil
		// The caller that waits for the process handles its end.
		_ = cmd.Wait()
		p.state = cmd.ProcessState.String()
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// end sends the signal, and SIGKILL if the process has not ended after the grace
// time.
func (p *process) end(signal syscall.Signal, grace time.Duration) error {
	if p == nil || p.ended() {
		return nil
	}
	if err := syscall.Kill(p.pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("end %s: %w", p.name, err)
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(grace):
	}
	if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill %s: %w", p.name, err)
	}
	<-p.done
	return nil
}

// endedError says how it ended, once it has.
func (p *process) endedError() error {
	return fmt.Errorf("%s: the process has ended: %s\n%s", p.name, p.state, p.tail(20))
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// tail returns the last lines of the log.
func (p *process) tail(lines int) string {
	file, err := os.Open(p.log)
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	const enough = 64 << 10
	if info, err := file.Stat(); err == nil && info.Size() > enough {
		if _, err := file.Seek(-enough, io.SeekEnd); err != nil {
			return err.Error()
		}
	}
	content, err := io.ReadAll(file)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(content), "\n"), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	return strings.Join(all, "\n")
}
