package inclusterauth

import (
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// A listener whose queue is full leaves a SYN unanswered, as a host that drops
// packets does.
func TestDialThatIsNeverAnswered(t *testing.T) {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(socket)
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(socket, 0); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + strconv.Itoa(bound.(*syscall.SockaddrInet4).Port)
	for full := false; !full; {
		filler, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		if full = err != nil; !full {
			defer filler.Close()
		}
	}
	l := defaultLimits()
	l.dial = 50 * time.Millisecond
	expectError(t, newAuthority(t, "ca"), l, "https://"+address, "dial tcp "+address+": i/o timeout")
}
