package pod

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// failureFile is the descriptor through which Init reports an error, apart from the
// output of the process.
const failureFile = 3

// Init does nothing, unless [Run] started this program. Then it sets up the
// namespaces, runs the process in them, and ends the program with its exit code.
func Init() {
	if os.Getenv(Role) != roleInit {
		return
	}
	failure := os.NewFile(failureFile, "failure")
	code, err := runInside()
	if err != nil {
		fmt.Fprintln(failure, err)
		code = 1
	}
	os.Exit(code)
}

func runInside() (int, error) {
	syscall.CloseOnExec(failureFile)
	var p plan
	if err := json.NewDecoder(os.Stdin).Decode(&p); err != nil {
		return 0, err
	}
	if err := p.network(); err != nil {
		return 0, err
	}
	root, err := p.root()
	if err != nil {
		return 0, err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command(p.Args[0], p.Args[1:]...)
	cmd.Env, cmd.Dir = p.Env, "/"
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Pdeathsig: syscall.SIGKILL}
	if p.User != 0 && !inUserNamespace() {
		credential := &syscall.Credential{Uid: uint32(p.User), Gid: uint32(p.Group)}
		for _, group := range p.Groups {
			credential.Groups = append(credential.Groups, uint32(group))
		}
		cmd.SysProcAttr.Credential = credential
	}
	// The path is one of the new root, so it is not looked up in the old one.
	cmd.Path, cmd.Err = p.Args[0], nil
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}

// network gives the namespace, which has only a loopback device that is down, the
// address of the API server.
func (p *plan) network() error {
	reach := []string{"addr", "add", cluster.ServiceIP + "/32", "dev", "lo"}
	if p.Drops {
		// The kernel drops packets for an address that is not the device's own.
		reach = []string{"route", "add", cluster.ServiceIP + "/32", "dev", "lo"}
	}
	for _, args := range [][]string{{"link", "set", "lo", "up"}, reach} {
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	// All of these end with this process.
	if p.Port != "" {
		if _, err := forward("unix", p.Inward, "tcp", "127.0.0.1:"+p.Port); err != nil {
			return err
		}
	}
	for _, port := range p.Loopback {
		if _, err := forward("tcp", "127.0.0.1:"+port, "unix", loopbackSocket(p.Scratch, port)); err != nil {
			return err
		}
	}
	if p.APIServer == "" || p.Drops {
		return nil
	}
	_, err := forward("tcp", cluster.ServiceIP+":443", "unix", p.Socket)
	return err
}

// root makes the file system of the process, and returns its path.
func (p *plan) root() (string, error) {
	// No mount from here on may be visible outside.
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return "", fmt.Errorf("make mounts private: %w", err)
	}
	root := filepath.Join(p.Scratch, "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		return "", err
	}
	readOnly, writable, err := p.base(root)
	if err != nil {
		return "", err
	}
	maps.Copy(readOnly, p.Mounts)
	if p.HostTools {
		for _, dir := range []string{"/usr", "/bin", "/lib", "/lib64", "/etc/alternatives"} {
			if _, err := os.Stat(dir); err == nil {
				readOnly[dir] = dir
			}
		}
	}
	maps.Copy(writable, p.Writable)
	for inside, outside := range writable {
		if err := bind(outside, filepath.Join(root, inside), 0); err != nil {
			return "", err
		}
	}
	for inside, outside := range readOnly {
		if err := bind(outside, filepath.Join(root, inside), syscall.MS_RDONLY); err != nil {
			return "", err
		}
	}
	return root, remount(root, syscall.MS_RDONLY|syscall.MS_NOSUID|syscall.MS_NODEV)
}

// base mounts the root of the process, and returns what every process gets in
// addition to its own files: an empty root gets what a network needs and two devices,
// and a root from the test is left as it is.
func (p *plan) base(root string) (readOnly, writable map[string]string, err error) {
	if p.Root != "" {
		return map[string]string{}, map[string]string{}, bind(p.Root, root, 0)
	}
	if err := syscall.Mount("tmpfs", root, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, "mode=755"); err != nil {
		return nil, nil, fmt.Errorf("mount the root: %w", err)
	}
	hosts := filepath.Join(p.Scratch, "hosts")
	content := "127.0.0.1 localhost\n" + cluster.ServiceIP +
		" kubernetes.default.svc.cluster.local kubernetes.default.svc kubernetes.default kubernetes\n"
	if err := os.WriteFile(hosts, []byte(content), 0o644); err != nil {
		return nil, nil, err
	}
	return map[string]string{"/etc/hosts": hosts}, map[string]string{"/dev/null": "/dev/null", "/dev/urandom": "/dev/urandom"}, nil
}

// bind mounts a file or folder at another path, which it makes.
func bind(source, target string, flags uintptr) error {
	info, err := os.Stat(source)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	if info.IsDir() {
		err = os.Mkdir(target, 0o755)
	} else {
		err = os.WriteFile(target, nil, 0o644)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syscall.Mount(source, target, "", syscall.MS_BIND|syscall.MS_REC, ""); err != nil {
		return fmt.Errorf("mount %s on %s: %w", source, target, err)
	}
	if flags == 0 {
		return nil
	}
	return remount(target, flags)
}

// remount changes the flags of a mount. Outside the first user namespace, the
// existing flags must be repeated.
func remount(target string, flags uintptr) error {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(target, &stat); err != nil {
		return err
	}
	const kept = syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC | syscall.MS_NOATIME | syscall.MS_NODIRATIME | syscall.MS_RELATIME
	flags |= uintptr(stat.Flags) & kept
	// statfs and mount have different values for relatime.
	const statRelatime = 0x1000
	if stat.Flags&statRelatime != 0 {
		flags |= syscall.MS_RELATIME
	}
	if err := syscall.Mount("", target, "", syscall.MS_REMOUNT|syscall.MS_BIND|flags, ""); err != nil {
		return fmt.Errorf("remount %s: %w", target, err)
	}
	return nil
}

// inUserNamespace reports whether this program's only user is the one outside.
func inUserNamespace() bool {
	content, err := os.ReadFile("/proc/self/uid_map")
	return err == nil && strings.TrimSpace(string(content)) != "" && strings.Fields(string(content))[2] == "1"
}
