package discovery

import (
	"sync"
	"sync/atomic"

	"github.com/kreconcile/kreconcile/internal/stack"
)

// parallel runs the tasks at once and waits for all. A panic of one of them
// becomes one of the caller, which can recover from it; it would end the process
// otherwise, with a status that is not ours.
func parallel(tasks ...func()) {
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

// parallelEach calls do with each number below n, at most atOnce at once, and
// waits for all.
func parallelEach(atOnce, n int, do func(int)) {
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
	parallel(workers...)
}

// askEach asks for each key, at most atOnce at once, and gives the answers.
func askEach[K comparable, T any](atOnce int, keys []K, ask func(K) T) map[K]T {
	list := make([]T, len(keys))
	parallelEach(atOnce, len(keys), func(i int) { list[i] = ask(keys[i]) })
	answers := make(map[K]T, len(keys))
	for i, key := range keys {
		answers[key] = list[i]
	}
	return answers
}
