package parallel

import (
	"sync"
	"sync/atomic"

	"github.com/kreconcile/kreconcile/internal/stack"
)

// Do runs the tasks at once and waits for all. A panic of one of them becomes one of the caller, which
// can recover from it. Otherwise it would end the process, with a status that is not ours.
func Do(tasks ...func()) {
	var (
		wait     sync.WaitGroup
		once     sync.Once
		panicked any
	)
	for _, task := range tasks {
		wait.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					once.Do(func() { panicked = p })
				}
			}()
			stack.Grow()
			task()
		})
	}
	wait.Wait()
	if panicked != nil {
		panic(panicked)
	}
}

// Each calls do with each number below n, at most atOnce at once, and waits for all. They begin in
// rising order.
func Each(atOnce, n int, do func(int)) {
	var next atomic.Int64
	workers := make([]func(), min(atOnce, n))
	for i := range workers {
		workers[i] = func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		}
	}
	Do(workers...)
}
