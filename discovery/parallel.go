package discovery

import "sync"

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
			task()
		})
	}
	wait.Wait()
	if panicked != nil {
		panic(panicked)
	}
}
