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

// slow is an input of which each read takes a while.
type slow struct {
	from io.Reader
	read time.Duration
}

func (s slow) Read(p []byte) (int, error) {
	time.Sleep(s.read)
	return s.from.Read(p)
}

// TestMeter tests the line of a terminal, which is updated once a second, and that there is none elsewhere.
func TestMeter(t *testing.T) {
	const erase = "\r\x1b[K"
	for name, test := range map[string]struct {
		width func() int
		each  time.Duration
		want  string
	}{
		"a terminal": {
			func() int { return 40 }, 400 * time.Millisecond,
			erase + "Read 300 B of manifests, in a.yaml" + erase + "Read 500 B of manifests, in b.yaml" + erase,
		},
		"a narrow one":   {func() int { return 20 }, 3 * time.Second / 4, erase + "Read 200 B of mani…" + erase + "Read 300 B of mani…" + erase + "Read 500 B of mani…" + erase + "Read 600 B of mani…" + erase},
		"a short input":  {func() int { return 40 }, time.Millisecond, ""},
		"not a terminal": {nil, time.Minute, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var shown bytes.Buffer
				m := outlet.NewMeter(outlet.NewGuard(&shown, same), test.width)
				for _, file := range []string{"a.yaml", "b.yaml"} {
					r := m.Of(file, slow{strings.NewReader(strings.Repeat("x", 300)), test.each})
					for part := make([]byte, 100); ; {
						if _, err := r.Read(part); err == io.EOF {
							break
						} else if err != nil {
							t.Fatal(err)
						}
					}
				}
				m.Close()
				if diff := cmp.Diff(fmt.Sprintf("%q", test.want), fmt.Sprintf("%q", shown.String())); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}
