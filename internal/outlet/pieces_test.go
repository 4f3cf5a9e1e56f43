package outlet_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// TestPieces tests that a text in pieces is the same as the whole text.
func TestPieces(t *testing.T) {
	const token = "s3cr3t-s3cr3t"
	hide := func(text string) string { return strings.ReplaceAll(text, token, "[token]") }
	lines := []string{"an ordinary line\n", "::error ::x\n", " \t::x, ##[x] \x1b[2J\n", "ä\u202e\xff\n", token + " and ##" + token + "\n", "\n"}
	long := strings.Repeat("x", 200_000) + token + "\n"
	text := strings.Repeat(strings.Join(lines, ""), 3000) + long + strings.Repeat(strings.Join(lines, ""), 3000) + "the end"
	raw := []byte(text)
	for _, form := range []safe.Form{safe.Plain, safe.Painted, safe.Commands, safe.Document} {
		for _, size := range []int{7, 100, 70_001, len(text)} {
			var b bytes.Buffer
			g := outlet.NewGuard(&b, hide)
			write := func(w *outlet.Pieces) error {
				for i := 0; i < len(text); i += size {
					end := min(i+size, len(text))
					var err error
					if i%2 == 0 {
						_, err = w.WriteString(text[i:end])
					} else {
						_, err = w.Write(raw[i:end])
					}
					if err != nil {
						return err
					}
				}
				return nil
			}
			if err := g.PutBy(form, write); err != nil || b.String() != g.Seal(text, form) {
				t.Errorf("form %d, writes of %d bytes: %d bytes, %v", form, size, b.Len(), err)
			}
		}
	}
}

// TestPiecesOfAFailure tests that a text which could not be made leaves nothing behind if it is small.
func TestPiecesOfAFailure(t *testing.T) {
	var b bytes.Buffer
	failure := errors.New("no text")
	err := outlet.NewGuard(&b, same).PutBy(safe.Plain, func(w *outlet.Pieces) error {
		_, _ = w.WriteString("a line\n")
		return failure
	})
	if !errors.Is(err, failure) || b.Len() > 0 {
		t.Errorf("%v, %q", err, b.String())
	}
	g := outlet.NewGuard(broken{}, same)
	write := func(w *outlet.Pieces) error {
		_, err := w.WriteString("a line\n")
		return err
	}
	if err := g.PutBy(safe.Plain, write); err == nil || !g.Failed() {
		t.Errorf("%v, failed %t", err, g.Failed())
	}
}
