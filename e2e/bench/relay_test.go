package main

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"
)

func TestParseNetwork(t *testing.T) {
	for text, want := range map[string]network{
		"10ms":        {rtt: 10 * time.Millisecond},
		"10Mbit":      {rate: 1.25e6},
		"10ms+10Mbit": {rtt: 10 * time.Millisecond, rate: 1.25e6},
	} {
		if got, err := parseNetwork(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "10", "0Mbit", "-1ms", "10ms+"} {
		if n, err := parseNetwork(text); err == nil {
			t.Errorf("%q: %+v, want an error", text, n)
		}
	}
}

// TestWindow: ten segments leave at once, and each acknowledgement lets as many more
// leave as it acknowledges, and as many again.
func TestWindow(t *testing.T) {
	const rtt = 10 * time.Millisecond
	w := newWindow(rtt)
	begin := time.Now()
	var flights []int
	for range 70 {
		at := w.send(begin, segment)
		w.acknowledge(at.Add(rtt), segment)
		flight := int(at.Sub(begin) / rtt)
		for len(flights) <= flight {
			flights = append(flights, 0)
		}
		flights[flight]++
	}
	if want := []int{10, 20, 40}; len(flights) != 3 || flights[0] != want[0] || flights[1] != want[1] || flights[2] != want[2] {
		t.Errorf("segments in each round trip: %v, want %v", flights, want)
	}
}

func TestWindowWithoutDelay(t *testing.T) {
	w, begin := newWindow(0), time.Now()
	if at := w.send(begin, 100*firstWindow); !at.Equal(begin) {
		t.Errorf("sent %s later", at.Sub(begin))
	}
}

// TestLink: what two connections send at the same time leaves one after the other.
func TestLink(t *testing.T) {
	l, begin := link{rate: 1000}, time.Now()
	for i, want := range []time.Duration{time.Second, 2 * time.Second} {
		if got := l.pass(begin, 1000).Sub(begin); got != want {
			t.Errorf("packet %d: %s, want %s", i, got, want)
		}
	}
	if got := l.pass(begin.Add(time.Minute), 1000).Sub(begin); got != time.Minute+time.Second {
		t.Errorf("after a pause: %s", got)
	}
}

func TestCRDs(t *testing.T) {
	const count = 3000
	names := make(map[string]bool)
	for _, c := range crds(count) {
		names[c.plural+"."+c.group] = true
	}
	if len(names) != count {
		t.Errorf("%d names for %d CRDs", len(names), count)
	}
	if groups := len(discoveryGroups(crds(count))); groups != count/perGroup {
		t.Errorf("%d groups", groups)
	}
	if a, b := crds(100), crds(200); a[99] != b[99] {
		t.Errorf("more CRDs change the others: %v, %v", a[99], b[99])
	}
}

// TestRelay: all bytes arrive in order, and so does the end of what each side sends.
func TestRelay(t *testing.T) {
	server, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() {
		if c, err := server.Accept(); err == nil {
			_, _ = io.Copy(c, c)
			c.Close()
		}
	}()
	r, err := startRelay(t.Context(), server.Addr().String(), network{rtt: time.Millisecond, rate: 1e9})
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	sent := make([]byte, 1<<20)
	for i := range sent {
		sent[i] = byte(i / 251)
	}
	go func() {
		_, _ = c.Write(sent)
		_ = closeWrite(c)
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes of %d came back, %v", len(got), len(sent), err)
	}
	c.Close()
	if err := r.close(); err != nil {
		t.Error(err)
	}
	if n := r.received.Load(); n != int64(len(sent)) {
		t.Errorf("counted %d bytes of %d", n, len(sent))
	}
}
