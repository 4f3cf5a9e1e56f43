package parallel_test

import (
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/kreconcile/kreconcile/internal/parallel"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDoPassesAPanicOn(t *testing.T) {
	defer func() {
		if p := recover(); p != "broken" {
			t.Errorf("recovered %v", p)
		}
	}()
	parallel.Do(func() {}, func() { panic("broken") })
	t.Error("no panic")
}

// Each of two tasks waits for the other.
func TestEachRunsSeveralAtOnce(*testing.T) {
	var met atomic.Int64
	both := make(chan bool)
	parallel.Each(2, 2, func(int) {
		if met.Add(1) == 2 {
			close(both)
		}
		<-both
	})
}

func TestEachIsBounded(t *testing.T) {
	var running, sum atomic.Int64
	var tooMany atomic.Bool
	parallel.Each(3, 100, func(i int) {
		if running.Add(1) > 3 {
			tooMany.Store(true)
		}
		sum.Add(int64(i))
		running.Add(-1)
	})
	if tooMany.Load() || sum.Load() != 99*100/2 {
		t.Errorf("too many at once: %t; sum %d", tooMany.Load(), sum.Load())
	}
}
