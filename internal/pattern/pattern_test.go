package pattern_test

import (
	"sync"
	"testing"

	"github.com/kreconcile/kreconcile/internal/pattern"
)

func TestGet(t *testing.T) {
	p := pattern.New(`^v([0-9]+)$`)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if m := p.Get().FindStringSubmatch("v12"); len(m) != 2 || m[1] != "12" {
				t.Errorf("got %q", m)
			}
		})
	}
	group.Wait()
	if first, second := p.Get(), p.Get(); first != second {
		t.Error("it is compiled twice")
	}
}

func TestWrongText(t *testing.T) {
	p := pattern.New("(")
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression is accepted")
		}
	}()
	p.Get()
}
