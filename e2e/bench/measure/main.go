// Command measure runs a command and prints its cost as one line of numbers: exit
// code, wall time and CPU time in microseconds, and peak resident memory in
// kilobytes.
//
// It is a program of its own because Linux counts the parent's memory at the fork
// towards the peak of the child. The peak is at least this program's own few
// megabytes; a benchmark that forked by itself would hide much more. The command's
// standard output is discarded.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

func run(args []string) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return err
	}
	attr := &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{null.Fd(), null.Fd(), os.Stderr.Fd()}}
	began := time.Now()
	pid, err := syscall.ForkExec(path, args, attr)
	if err != nil {
		return err
	}
	var status syscall.WaitStatus
	var usage syscall.Rusage
	for {
		_, err = syscall.Wait4(pid, &status, 0, &usage)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	wall := time.Since(began)
	if err != nil {
		return err
	}
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	_, err = fmt.Println(status.ExitStatus(), wall.Microseconds(), cpu.Microseconds(), usage.Maxrss)
	return err
}
