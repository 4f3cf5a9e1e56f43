package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/cli"
)

// TestWaitTerminal is the one line that a terminal shows.
func TestWaitTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown bytes.Buffer
		p := cli.StartProgress(&shown, func() int { return 40 }, time.Minute)
		time.Sleep(1500 * time.Millisecond)
		p.Tell("1 of 2 requirements is not as declared")
		synctest.Wait()
		p.Log("msg=warning\n")
		time.Sleep(time.Second)
		p.Close()
		p.Log("msg=after\n")
		const erase = "\r\x1b[K"
		want := ""
		for _, line := range []string{
			"Waiting, 0s of 1m0s: asking", "Waiting, 1s of 1m0s: asking", "Waiting, 1.5s of 1m0s: 1 of 2 requirem…",
		} {
			want += erase + line
		}
		want += erase + "msg=warning\nWaiting, 1.5s of 1m0s: 1 of 2 requirem…" +
			erase + "Waiting, 2s of 1m0s: 1 of 2 requiremen…" + erase + "msg=after\n"
		if diff := cmp.Diff(fmt.Sprintf("%q", want), fmt.Sprintf("%q", shown.String())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestWaitTerminalShowsNoToken: what is kept on a terminal passes the guard like all
// else.
func TestWaitTerminalShowsNoToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown bytes.Buffer
		p := cli.StartProgress(&shown, func() int { return 200 }, time.Minute)
		p.Redact(func(text string) string { return strings.ReplaceAll(text, "s3cr3t", "[token]") })
		p.Tell("GET /apis: 403 Forbidden: s3cr3t")
		time.Sleep(2 * time.Second)
		p.Close()
		if text := shown.String(); strings.Contains(text, "s3cr3t") || !strings.Contains(text, "403 Forbidden: [token]") {
			t.Errorf("it shows %q", text)
		}
	})
}

// TestWaitPanic: a panic while the line is written is one of the run, whose exit code
// is not Go's own.
func TestWaitPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := cli.StartProgress(io.Discard, func() int { panic("out of columns") }, time.Minute)
		defer func() {
			if value := recover(); value != "out of columns" {
				t.Errorf("the panic is %v", value)
			}
		}()
		p.Close()
	})
}

// TestWaitUnread: where nobody reads standard error, a wait ends all the same.
func TestWaitUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe()
		defer reader.Close()
		p := cli.StartProgress(writer, nil, time.Minute)
		began := time.Now()
		for range 3 {
			p.Tell("nobody reads this")
			time.Sleep(time.Second)
		}
		p.Close()
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
