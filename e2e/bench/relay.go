package main

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// segment is what one TCP segment carries on Ethernet. A new connection may have
	// firstWindow bytes on their way: ten segments (RFC 6928).
	segment     = 1448
	firstWindow = 10 * segment
	// lastWindow is about what Linux lets the window grow to by default.
	lastWindow = 4 << 20
)

// relay passes TCP connections on to a server, as slowly as a network would: it delays
// connections and bytes, limits the rate, and starts slowly. It loses nothing.
type relay struct {
	address  string
	network  network
	listener net.Listener
	server   string
	up, down link
	// received counts the bytes from the server.
	received    atomic.Int64
	connections sync.WaitGroup
}

func startRelay(ctx context.Context, server string, n network) (*relay, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{address: listener.Addr().String(), network: n, listener: listener, server: server}
	r.up.rate, r.down.rate = n.rate, n.rate
	r.connections.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			r.connections.Go(func() { r.connect(ctx, client) })
		}
	})
	return r, nil
}

// close ends the relay once all connections have ended.
func (r *relay) close() error {
	err := r.listener.Close()
	r.connections.Wait()
	return err
}

func (r *relay) connect(ctx context.Context, client net.Conn) {
	defer client.Close()
	// On loopback the client believes at once that it is connected. Its first bytes
	// leave when the handshake would be over.
	connected := time.Now().Add(r.network.rtt)
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", r.server)
	if err != nil {
		return
	}
	defer server.Close()
	var up sync.WaitGroup
	defer up.Wait()
	up.Go(func() { r.pump(server, client, &r.up, connected, nil) })
	r.pump(client, server, &r.down, connected, &r.received)
}

// packet is bytes that arrive at a time.
type packet struct {
	bytes []byte
	due   time.Time
}

// pump passes on what from sends until it ends, or until to takes no more.
func (r *relay) pump(to, from net.Conn, l *link, begin time.Time, count *atomic.Int64) {
	w := newWindow(r.network.rtt)
	packets := make(chan packet, lastWindow/segment)
	var writer sync.WaitGroup
	defer writer.Wait()
	writer.Go(func() {
		var failure error
		for p := range packets {
			time.Sleep(time.Until(p.due))
			if failure == nil {
				_, failure = to.Write(p.bytes)
			}
		}
		failure = errors.Join(failure, closeWrite(to))
		if failure != nil {
			from.Close()
		}
	})
	defer close(packets)
	for {
		buffer := make([]byte, 8*segment)
		n, err := from.Read(buffer)
		if n > 0 {
			if count != nil {
				count.Add(int64(n))
			}
			sent := w.send(later(time.Now(), begin), n)
			due := l.pass(sent, n).Add(r.network.rtt / 2)
			w.acknowledge(due.Add(r.network.rtt/2), n)
			packets <- packet{buffer[:n], due}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				from.Close()
			}
			return
		}
	}
}

func closeWrite(c net.Conn) error {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c.Close()
	}
	return tcp.CloseWrite()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// link is one direction of a network, which all connections share.
type link struct {
	mu   sync.Mutex
	rate float64
	free time.Time
}

// pass returns when n bytes that are ready at a time have left the sender.
func (l *link) pass(ready time.Time, n int) time.Time {
	if l.rate == 0 {
		return ready
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = later(l.free, ready).Add(time.Duration(float64(n) / l.rate * float64(time.Second)))
	return l.free
}

// window is how many bytes a connection may have on their way: it begins small and
// grows by what was acknowledged, as TCP's slow start does.
type window struct {
	rtt    time.Duration
	size   int
	flying int
	// last is when the last bytes left: others cannot leave before them.
	last time.Time
	acks []ack
}

type ack struct {
	at time.Time
	n  int
}

func newWindow(rtt time.Duration) *window { return &window{rtt: rtt, size: firstWindow} }

// send returns when n more bytes may be sent, at the earliest at the given time.
func (w *window) send(at time.Time, n int) time.Time {
	if w.rtt == 0 {
		return at
	}
	at = later(at, w.last)
	for len(w.acks) > 0 && (w.flying+n > w.size || !w.acks[0].at.After(at)) {
		at = later(at, w.acks[0].at)
		w.flying -= w.acks[0].n
		w.size = min(w.size+w.acks[0].n, lastWindow)
		w.acks = w.acks[1:]
	}
	w.flying += n
	w.last = at
	return at
}

func (w *window) acknowledge(at time.Time, n int) { w.acks = append(w.acks, ack{at, n}) }
