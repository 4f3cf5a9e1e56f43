package budget

import (
	"cmp"
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

// ErrStopped is the error of a step that is not made any more.
var ErrStopped = errors.New("stopped, because the declaration takes too much time or memory")

// Limits are what some work may take.
type Limits struct {
	// Time is the limit of the clock. It counts only if two thirds of it were processor time, because
	// little work takes long on a busy machine.
	Time time.Duration
	// Memory is the limit of the program's heap and stacks, in bytes, and Live that of the part
	// that the garbage collector found in use. Later is what the work may claim.
	Memory, Live uint64
	Later        int
}

// Default gives the limits of this program at this moment. Memory follows the memory limit of
// the Go runtime, which GOMEMLIMIT sets. Where there is none, it is 512 MiB beyond what is
// taken now. At least 16 MiB may be taken, even where the program itself fills its memory.
func Default() Limits {
	const least = 16 << 20
	all, live := measure()
	limit := uint64(max(debug.SetMemoryLimit(-1), 0))
	if limit > 1<<50 {
		limit = all + 512<<20
	}
	// The collector keeps all below the limit as long as what is live leaves it room to
	// work. Beyond 60 % it needs more and more of the time.
	part := max(limit/5*3, least)
	return Limits{
		Time:   7 * time.Second, // of 10, as starting, reading files and printing the error take some
		Memory: max(limit, all+least), Live: max(part, live+least),
		Later: int(part), //nolint:gosec // It is far from what an int holds.
	}
}

// Budget watches the work on one declaration. Nil allows everything and cannot Run.
type Budget struct {
	// Limits are chosen by tests. Without them, they are the default ones where work begins.
	Limits *Limits
	// running is held while work runs. It guards the time spent, counted from the processor time cpu.
	running    sync.Mutex
	done       map[any]bool
	spent, cpu time.Duration
	limits     Limits
	// calls is held while the work calls back to whoever waits for it.
	calls sync.Mutex
	// under is where the step under way is written, and exceeded what stopped the work for good.
	under    atomic.Pointer[hcl.Range]
	exceeded atomic.Pointer[hcl.Diagnostic]
}

// Run does a piece of work, one at a time. If the pieces together exceed the limits, Run returns at once a diagnostic
// that names the step under way, and no other piece is done. The work goes on until it notices, and what it made must
// not be used. A panic of the work becomes a panic of Run. A name that comes again begins a new count of time.
func (b *Budget) Run(name any, work func()) *hcl.Diagnostic {
	b.running.Lock()
	defer b.running.Unlock()
	if b.Stopped() {
		return b.Exceeded()
	}
	if b.done[name] || b.done == nil {
		b.done, b.spent, b.cpu = map[any]bool{}, 0, processorTime()
	}
	b.done[name] = true
	if b.limits = Default(); b.Limits != nil {
		b.limits = *b.Limits
	}
	begin := time.Now().Add(-b.spent)
	defer func() { b.spent = time.Since(begin) }()
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		stack.Grow()
		work()
	}()
	ticks := time.NewTicker(2 * time.Millisecond) // in which a program allocates a few megabytes
	defer ticks.Stop()
	for !b.Stopped() {
		select {
		case panicked := <-done:
			if panicked != nil && panicked != any(ErrStopped) {
				panic(panicked)
			}
			return b.Exceeded()
		case <-ticks.C:
			b.look(begin)
		}
	}
	return b.Exceeded()
}

func (b *Budget) look(begin time.Time) {
	all, live := measure()
	switch {
	case live > b.limits.Live, all > b.limits.Memory:
		b.tooMuchMemory()
	case time.Since(begin) > b.limits.Time && processorTime()-b.cpu >= b.limits.Time*2/3:
		b.exceed("Declaration takes too much time",
			"It was read up to here, and %s have passed. Shorten this part, such as lists and the for expressions over them, "+
				"or divide the declaration into several.", b.limits.Time)
	}
}

func (b *Budget) tooMuchMemory() {
	b.exceed("Declaration takes too much memory",
		"It was read up to here, which takes more of the %d MiB that kreconcile may use than can be spared. "+
			"Shorten this part, or divide the declaration into several. "+
			"The limit follows GOMEMLIMIT, which the manifests set to the container's limits.memory.", b.limits.Memory>>20)
}

// exceed stops the work, and waits until it calls back no more.
func (b *Budget) exceed(summary, detail string, args ...any) {
	b.calls.Lock()
	defer b.calls.Unlock()
	at := cmp.Or(b.under.Load(), &hcl.Range{})
	b.exceeded.CompareAndSwap(nil, diag.New(hcl.DiagError, *at, summary, detail, args...))
}

// Stopped tells whether the work must end. It is for the work to ask between its steps.
func (b *Budget) Stopped() bool { return b != nil && b.exceeded.Load() != nil }

// Exceeded gives what was exceeded, or nil.
func (b *Budget) Exceeded() *hcl.Diagnostic { return b.exceeded.Load() }

// Step names the step that begins, and tells whether it may.
func (b *Budget) Step(at hcl.Range) bool {
	if b != nil {
		b.under.Store(&at)
	}
	return !b.Stopped()
}

// Claim stops the work if it will need more bytes later than it may claim.
func (b *Budget) Claim(bytes int) {
	if b != nil && bytes > b.limits.Later {
		b.tooMuchMemory()
	}
}

// Call calls back to whoever waits for the work, unless it was stopped. Run never returns meanwhile.
func (b *Budget) Call(f func()) {
	if b != nil {
		b.calls.Lock()
		defer b.calls.Unlock()
	}
	if !b.Stopped() {
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
