package cluster

import (
	"os"
	"strconv"
	"syscall"
)

// ReservePort returns a port of loopback that the kernel gives to nobody else until it is released. A socket
// holds it and does not listen, so that connections are refused, until a server listens on just this port.
func ReservePort() (port string, release func(), err error) {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", nil, os.NewSyscallError("socket", err)
	}
	release = func() { _ = syscall.Close(socket) }
	// The server that listens has this option, too: so the kernel lets it, where the port is named.
	err = os.NewSyscallError("setsockopt", syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	if err == nil {
		err = os.NewSyscallError("bind", syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	}
	var address syscall.Sockaddr
	if err == nil {
		address, err = syscall.Getsockname(socket)
	}
	if err != nil {
		release()
		return "", nil, err
	}
	return strconv.Itoa(address.(*syscall.SockaddrInet4).Port), release, nil
}
