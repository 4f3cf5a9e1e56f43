package budget

import (
	"errors"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/internal/stack"
)

const (
	// maxTime leaves some of 10 seconds for starting, reading files and printing the error.
	maxTime = 7 * time.Second
	// interval is how often time and memory are looked at. A program allocates a few megabytes in it.
	interval = 2 * time.Millisecond
	// unlimited is the memory of a program that set no limit, beyond what it had before, in bytes.
	unlimited = 512 << 20
	// least may be taken even where the program itself fills its memory.
	least = 16 << 20
)

// ErrStopped is the error of a step that is not made any more.
var ErrStopped = errors.New("stopped, because the declaration takes too much time or memory")

// Limits are what some work may take.
type Limits struct {
	// Time is the limit of the clock. It counts only once the program has also taken CPU of
	// processor time.
	Time, CPU time.Duration
	// Memory is the limit of the program's heap and stacks, in bytes. Live is that of the
	// part that the garbage collector found in use.
	Memory, Live uint64
	// Later is what the work may claim for later, in bytes.
	Later int
}

// Default gives the limits of this program at this moment. Memory follows the memory limit of
// the Go runtime, which GOMEMLIMIT sets. Where there is none, it is 512 MiB beyond what is
// taken now.
func Default() Limits {
	all, live := measure()
	limit := uint64(max(debug.SetMemoryLimit(-1), 0))
	if limit > 1<<50 {
		limit = all + unlimited
	}
	// The collector keeps all below the limit as long as what is live leaves it room to
	// work. Beyond 60 % it needs more and more of the time.
	part := max(limit/5*3, least)
	return Limits{
		Time: maxTime, CPU: leastCPU, Memory: max(limit, all+least), Live: max(part, live+least),
		Later: int(part), //nolint:gosec // It is far from what an int holds.
	}
}

// Budget watches the work on one declaration. Nil allows everything and cannot Run.
type Budget struct {
	// Limits are chosen by tests. Without them, they are the default ones where work begins.
	Limits *Limits

	// running is held while work runs, and guards what follows.
	running sync.Mutex
	done    map[any]bool
	spent   time.Duration
	// cpu is the processor time when the count of time began.
	cpu    time.Duration
	limits Limits
	// calls is held while the work calls back to whoever waits for it.
	calls sync.Mutex
	// stopped is set for good. claimed is set where the work asks for more memory than it may.
	stopped, claimed atomic.Bool
	// under is where the step under way is written, and first what was exceeded.
	under atomic.Pointer[hcl.Range]
	first atomic.Pointer[hcl.Diagnostic]
}

// Run does a piece of work, one at a time. If the pieces together exceed the limits, Run returns
// at once a diagnostic that names the step under way. The work goes on until it sees that it was
// stopped, and what it made must not be used. No other piece is done. A panic of the work is a
// panic of Run. A name that comes again begins a new count of time.
func (b *Budget) Run(name any, work func()) *hcl.Diagnostic {
	b.running.Lock()
	defer b.running.Unlock()
	if first := b.first.Load(); first != nil {
		return first
	}
	if b.done[name] || b.done == nil {
		b.done, b.spent, b.cpu = map[any]bool{}, 0, processorTime()
	}
	b.done[name] = true
	if b.Limits != nil {
		b.limits = *b.Limits
	} else {
		b.limits = Default()
	}
	begin := time.Now().Add(-b.spent)
	defer func() { b.spent = time.Since(begin) }()

	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		stack.Grow()
		work()
	}()
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for {
		select {
		case panicked := <-done:
			if panicked != nil && panicked != any(ErrStopped) {
				panic(panicked)
			}
			if !b.claimed.Load() {
				return nil
			}
		case <-ticks.C:
		}
		if d := b.exceeded(begin); d != nil {
			b.first.Store(d)
			b.stop()
			return d
		}
	}
}

// exceeded says what is exceeded, or is nil.
func (b *Budget) exceeded(begin time.Time) *hcl.Diagnostic {
	at := hcl.Range{}
	if under := b.under.Load(); under != nil {
		at = *under
	}
	all, live := measure()
	switch {
	case b.claimed.Load(), live > b.limits.Live, all > b.limits.Memory:
		return diag.New(hcl.DiagError, at, "Declaration takes too much memory",
			"It was read up to here, which takes more of the %d MiB that kreconcile may use than can be spared. "+
				"Shorten what stands here, or divide the declaration into several. "+
				"The limit follows GOMEMLIMIT, which the manifests set to the container's limits.memory.", b.limits.Memory>>20)
	case time.Since(begin) > b.limits.Time && processorTime()-b.cpu >= b.limits.CPU:
		return diag.New(hcl.DiagError, at, "Declaration takes too much time",
			"It was read up to here, and %s have passed. Shorten what stands here, such as lists and the for expressions over them, "+
				"or divide the declaration into several.", b.limits.Time)
	}
	return nil
}

// stop stops the work, and waits until it calls back no more.
func (b *Budget) stop() {
	b.calls.Lock()
	defer b.calls.Unlock()
	b.stopped.Store(true)
}

// Stopped tells whether the work must end. It is for the work to ask between its steps.
func (b *Budget) Stopped() bool { return b != nil && b.stopped.Load() }

// Step names the step that begins, and tells whether it may.
func (b *Budget) Step(at hcl.Range) bool {
	if b == nil {
		return true
	}
	b.under.Store(&at)
	return !b.stopped.Load()
}

// Claim stops the work where it will need that many bytes later, beside what it takes now,
// and there are fewer.
func (b *Budget) Claim(bytes int) {
	if b != nil && bytes > b.limits.Later {
		b.claimed.Store(true)
		b.stopped.Store(true)
	}
}

// Call calls back to whoever waits for the work, unless the work was stopped: Run never
// returns while a call is under way.
func (b *Budget) Call(f func()) {
	if b == nil {
		f()
		return
	}
	b.calls.Lock()
	defer b.calls.Unlock()
	if !b.stopped.Load() {
		f()
	}
}

// measure gives what the program takes: its heap and stacks, and how much of it is live.
func measure() (all, live uint64) {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}, {Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(samples)
	stacks := samples[1].Value.Uint64()
	return samples[0].Value.Uint64() + stacks, samples[2].Value.Uint64() + stacks
}

// Exceeded gives what was exceeded, or nil.
func (b *Budget) Exceeded() *hcl.Diagnostic { return b.first.Load() }
