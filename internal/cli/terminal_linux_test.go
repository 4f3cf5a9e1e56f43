package cli_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"unsafe"
)

// terminal runs a command with a terminal of its own, which the command can open as
// /dev/tty, and prints what the terminal shows. Unlike ttyin of testscript, it reads
// everything before it closes the terminal.
func terminal() {
	control, tty, err := openTerminal()
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{tty}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	_ = tty.Close()
	// The terminal ends with this error once nobody has it open.
	if _, err := io.Copy(os.Stdout, control); !errors.Is(err, syscall.EIO) {
		panic(err)
	}
	_ = cmd.Wait()
	os.Exit(cmd.ProcessState.ExitCode())
}

// openTerminal opens both ends of a pseudo-terminal.
//
// Source: https://man7.org/linux/man-pages/man2/TIOCGPTN.2const.html
func openTerminal() (control, tty *os.File, err error) {
	if control, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	var number, locked int32
	for request, value := range map[uintptr]*int32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &locked} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, control.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			return nil, nil, errno
		}
	}
	tty, err = os.OpenFile(fmt.Sprint("/dev/pts/", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	return control, tty, err
}
