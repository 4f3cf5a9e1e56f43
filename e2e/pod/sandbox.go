package pod

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// ErrForbidden says that the kernel, or a policy of the machine, does not let this
// user make namespaces.
var ErrForbidden = errors.New("this machine does not allow network and mount namespaces")

// Sandbox says how one process is run.
type Sandbox struct {
	// APIServer is host and port of the API server on loopback. Inside, it is at
	// 10.96.0.1:443, which /etc/hosts calls kubernetes.default.svc and so on.
	APIServer string
	// Loopback are ports of this machine's loopback that are reached at the same address
	// inside.
	Loopback []string
	// Drops drops what is sent to the API server, as a NetworkPolicy that denies
	// egress does.
	Drops bool
	// Mounts are files and folders of this machine by their absolute path inside.
	// They are read-only, except those in Writable.
	Mounts   map[string]string
	Writable map[string]string
	// Root is a folder to use as root file system, such as an unpacked image. It gets
	// only Mounts and Writable, and the folders and empty files to mount them on: no
	// /etc/hosts and no device. If Root is empty, the root file system has only
	// these.
	Root string
	// HostTools adds /usr and related folders, for programs that need shared
	// libraries.
	HostTools bool
	// User runs the process as this user, with the group Group and the supplementary
	// Groups. All three are ignored if User is 0, or if this program is not root.
	User   int
	Group  int
	Groups []int
	// Listener, if it is not nil, is one of this machine, whose connections go to
	// Port of the loopback inside. It is closed once the process has ended.
	Listener net.Listener `json:"-"`
	Port     string
	// Env is the whole environment.
	Env  []string
	Args []string
}

// Result is the result of a process.
type Result struct {
	ExitCode       int
	Stdout, Stderr string
}

// Env is the environment that every Pod has.
func Env() []string {
	return []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=preflight",
		"KUBERNETES_SERVICE_HOST=" + cluster.ServiceIP, "KUBERNETES_SERVICE_PORT=443", "KUBERNETES_SERVICE_PORT_HTTPS=443",
		"KUBERNETES_PORT=tcp://" + cluster.ServiceIP + ":443", "KUBERNETES_PORT_443_TCP_PROTO=tcp",
		"KUBERNETES_PORT_443_TCP=tcp://" + cluster.ServiceIP + ":443", "KUBERNETES_PORT_443_TCP_PORT=443",
		"KUBERNETES_PORT_443_TCP_ADDR=" + cluster.ServiceIP,
	}
}

// Role is the environment variable that says what a program with [Init] was started
// as.
const Role = "KRECONCILE_E2E_ROLE"

const roleInit = "pod-init"

// plan is what the program outside passes to the one inside.
type plan struct {
	Sandbox
	Scratch string
	// Socket leads out to the API server, and Inward in to the process's port.
	Socket, Inward string
}

// Run runs the process and waits for it. An exit code other than 0 is not an error.
// The program must call [Init] before anything else.
func Run(ctx context.Context, s Sandbox) (*Result, error) {
	// The path of a Unix socket is limited to about a hundred bytes, which a test's
	// temporary folder may exceed.
	scratch, err := os.MkdirTemp("", "pod")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	socket, inward := filepath.Join(scratch, "api.sock"), filepath.Join(scratch, "in.sock")
	if s.APIServer != "" {
		forwarder, err := forward("unix", socket, "tcp", s.APIServer)
		if err != nil {
			return nil, err
		}
		defer forwarder.Close()
	}
	for _, port := range s.Loopback {
		forwarder, err := forward("unix", loopbackSocket(scratch, port), "tcp", "127.0.0.1:"+port)
		if err != nil {
			return nil, err
		}
		defer forwarder.Close()
	}
	if s.Listener != nil {
		defer s.Listener.Close()
		go serve(s.Listener, "unix", inward)
	}
	input, err := json.Marshal(plan{Sandbox: s, Scratch: scratch, Socket: socket, Inward: inward})
	if err != nil {
		return nil, err
	}
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}

	var stdout, stderr, failure bytes.Buffer
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	cmd := exec.CommandContext(ctx, executable)
	cmd.Env = append(os.Environ(), Role+"="+roleInit)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &stdout, &stderr
	cmd.ExtraFiles = []*os.File{write}
	cmd.SysProcAttr = namespaces()
	// The process inside dies with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err = cmd.Start()
	write.Close()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) {
		return nil, fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	if err != nil {
		return nil, err
	}
	if _, err := failure.ReadFrom(read); err != nil {
		return nil, err
	}
	err = cmd.Wait()
	if failure.Len() > 0 {
		return nil, fmt.Errorf("pod: %s", strings.TrimSpace(failure.String()))
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	return &Result{ExitCode: cmd.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}, nil
}

func loopbackSocket(scratch, port string) string { return filepath.Join(scratch, port+".sock") }

func namespaces() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS,
		Pdeathsig:  syscall.SIGKILL,
	}
	if uid := os.Getuid(); uid != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return attr
}
