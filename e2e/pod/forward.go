package pod

import (
	"fmt"
	"io"
	"net"
)

// forward accepts connections at one address and joins each to a new connection to
// another address. It does not look into the data: TLS is between the ends.
func forward(fromNetwork, from, toNetwork, to string) (io.Closer, error) {
	listener, err := net.Listen(fromNetwork, from)
	if err != nil {
		return nil, fmt.Errorf("forward: %w", err)
	}
	go serve(listener, toNetwork, to)
	return listener, nil
}

// serve is forward for an existing listener, until that is closed.
func serve(listener net.Listener, network, address string) {
	for {
		near, err := listener.Accept()
		if err != nil {
			return
		}
		go join(near, network, address)
	}
}

func join(near net.Conn, network, address string) {
	defer near.Close()
	far, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer far.Close()
	ended := make(chan struct{}, 2)
	pass := func(to, from net.Conn) {
		// Either end may go at any time, and the other will notice.
		_, _ = io.Copy(to, from)
		ended <- struct{}{}
	}
	go pass(near, far)
	go pass(far, near)
	<-ended
}
