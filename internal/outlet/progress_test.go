package outlet_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/outlet"
)

func head(elapsed time.Duration) string { return "Waiting, " + elapsed.String() + " of 1m0s" }

// same hides nothing.
func same(text string) string { return text }

// TestProgressOnATerminal is the one line that a terminal shows.
func TestProgressOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown bytes.Buffer
		g := outlet.NewGuard(&shown, same)
		p := outlet.StartProgress(g, func() int { return 40 }, head)
		time.Sleep(1500 * time.Millisecond)
		p.Say("1 of 2 requirements is not as declared")
		synctest.Wait()
		_, _ = io.WriteString(g, "msg=warning\n")
		time.Sleep(time.Second)
		p.Close()
		_, _ = io.WriteString(g, "msg=after\n")
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

// TestProgressShowsNoToken tests that a terminal's line passes the guard like all
// other output.
func TestProgressShowsNoToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown bytes.Buffer
		hide := func(text string) string { return strings.ReplaceAll(text, "s3cr3t-token", "[token]") }
		p := outlet.StartProgress(outlet.NewGuard(&shown, hide), func() int { return 200 }, head)
		p.Say("GET /apis: 403 Forbidden: s3cr3t-token")
		time.Sleep(2 * time.Second)
		p.Close()
		if text := shown.String(); strings.Contains(text, "s3cr3t") || !strings.Contains(text, "403 Forbidden: [token]") {
			t.Errorf("it shows %q", text)
		}
	})
}

// TestProgressPanic tests that a panic while a line is written becomes one of the
// run, so that the exit code is not Go's own.
func TestProgressPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := outlet.StartProgress(outlet.NewGuard(io.Discard, same), func() int { panic("out of columns") }, head)
		defer func() {
			if value := recover(); value != "out of columns" {
				t.Errorf("the panic is %v", value)
			}
		}()
		p.Close()
	})
}

// TestProgressUnread tests that a wait ends even if nobody reads standard error.
func TestProgressUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe()
		defer reader.Close()
		p := outlet.StartProgress(outlet.NewGuard(writer, same), nil, head)
		began := time.Now()
		for range 3 {
			p.Say("nobody reads this")
			time.Sleep(time.Second)
		}
		p.Close()
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
