package budget_test

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/budget"
)

func generous() budget.Limits {
	return budget.Limits{Time: time.Hour, Memory: 1 << 50, Live: 1 << 50, Later: 1 << 50}
}

func run(b *budget.Budget, name any, limits budget.Limits, work func()) *hcl.Diagnostic {
	b.Limits = &limits
	return b.Run(name, work)
}

// endless works until it is stopped, and then closes ended.
func endless(b *budget.Budget, ended chan<- bool) func() {
	return func() {
		for b.Step(hcl.Range{Filename: "main.hcl", Start: hcl.Pos{Line: 7}}) {
			runtime.Gosched()
		}
		close(ended)
	}
}

func TestWorkWithinItsLimits(t *testing.T) {
	b := &budget.Budget{}
	worked := false
	if d := run(b, 1, generous(), func() { worked = b.Step(hcl.Range{}) }); d != nil || !worked || b.Stopped() || b.Exceeded() != nil {
		t.Errorf("worked %t, and %v", worked, d)
	}
}

func TestWorkIsStopped(t *testing.T) {
	for name, test := range map[string]struct {
		limits  budget.Limits
		summary string
	}{
		"time":        {budget.Limits{Time: 1, Memory: 1 << 50, Live: 1 << 50}, "Declaration takes too much time"},
		"memory":      {budget.Limits{Time: time.Hour, Memory: 1, Live: 1 << 50}, "Declaration takes too much memory"},
		"live memory": {budget.Limits{Time: time.Hour, Memory: 1 << 50, Live: 1}, "Declaration takes too much memory"},
	} {
		t.Run(name, func(t *testing.T) {
			b, ended := &budget.Budget{}, make(chan bool)
			d := run(b, 1, test.limits, endless(b, ended))
			if d == nil || d.Summary != test.summary || d.Detail == "" || d.Subject == nil {
				t.Fatalf("got %v", d)
			}
			<-ended
			// Nothing is done any more.
			if again := run(b, 2, generous(), func() { t.Error("it works again") }); again != d || b.Exceeded() != d {
				t.Errorf("got %v", again)
			}
		})
	}
}

// The step under way is named.
func TestStepIsNamed(t *testing.T) {
	b, ended := &budget.Budget{}, make(chan bool)
	d := run(b, 1, budget.Limits{Time: 20 * time.Millisecond, Memory: 1 << 50, Live: 1 << 50}, func() {
		b.Step(hcl.Range{Filename: "main.hcl", Start: hcl.Pos{Line: 7}})
		for !b.Stopped() {
			runtime.Gosched()
		}
		close(ended)
	})
	<-ended
	if d == nil || d.Subject.Filename != "main.hcl" || d.Subject.Start.Line != 7 {
		t.Errorf("got %v", d)
	}
}

// A busy machine does not stop work that takes little processor time.
func TestTimeCountsOnceTheProcessorWorked(t *testing.T) {
	b := &budget.Budget{}
	limits := generous()
	limits.Time = 200 * time.Millisecond
	if d := run(b, 1, limits, func() { time.Sleep(250 * time.Millisecond) }); d != nil {
		t.Error(d)
	}
}

// Pieces of work share their time, until one comes again.
func TestPiecesShareTheirTime(t *testing.T) {
	b := &budget.Budget{}
	limits := generous()
	if d := run(b, 1, limits, func() {}); d != nil {
		t.Fatal(d)
	}
	b.Spend(2 * limits.Time)
	if d := run(b, 1, limits, func() { time.Sleep(20 * time.Millisecond) }); d != nil {
		t.Fatalf("a piece that came again does not begin a new count: %v", d)
	}
	b.Spend(2 * limits.Time)
	ended := make(chan bool)
	if d := run(b, 2, limits, endless(b, ended)); d == nil {
		t.Error("it is not stopped")
	}
	<-ended
}

func TestClaims(t *testing.T) {
	b := &budget.Budget{}
	limits := generous()
	limits.Later = 100 << 20
	if d := run(b, 1, limits, func() { b.Claim(100 << 20) }); d != nil {
		t.Fatal(d)
	}
	d := run(b, 2, limits, func() { b.Claim(100<<20 + 1) })
	if d == nil || d.Summary != "Declaration takes too much memory" || !b.Stopped() {
		t.Errorf("got %v", d)
	}
}

func TestCalls(t *testing.T) {
	b, called := &budget.Budget{}, 0
	_ = run(b, 1, generous(), func() { b.Call(func() { called++ }) })
	_ = run(b, 2, generous(), func() {
		b.Claim(1 << 60)
		b.Call(func() { called++ })
	})
	if called != 1 {
		t.Errorf("%d calls, want 1: none once it is stopped", called)
	}
}

func TestPanics(t *testing.T) {
	defer func() {
		if v := recover(); v != "a bug" {
			t.Errorf("recovered %v", v)
		}
	}()
	b := &budget.Budget{}
	_ = run(b, 1, generous(), func() { panic("a bug") })
}

// Work that was stopped may end itself by a panic of ErrStopped.
func TestStoppedWorkPanics(t *testing.T) {
	b := &budget.Budget{}
	d := run(b, 1, generous(), func() {
		b.Claim(1 << 60)
		panic(budget.ErrStopped)
	})
	if d == nil {
		t.Error("it is not stopped")
	}
}

func TestNoBudget(t *testing.T) {
	var b *budget.Budget
	called := false
	b.Claim(1 << 62)
	b.Call(func() { called = true })
	if !b.Step(hcl.Range{}) || b.Stopped() || !called {
		t.Error("without a budget, something is not allowed")
	}
}

func TestDefaultFollowsTheMemoryLimit(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	debug.SetMemoryLimit(1 << 40)
	if l := budget.Default(); l.Memory != 1<<40 || l.Live != 1<<40/5*3 || l.Time >= 10*time.Second {
		t.Errorf("got %v", l)
	}
	debug.SetMemoryLimit(1 << 62)
	if l := budget.Default(); l.Memory < 512<<20 || l.Memory > 8<<30 || l.Live >= l.Memory {
		t.Errorf("without a limit: %v", l)
	}
	// A program that is full already has some room left.
	debug.SetMemoryLimit(1)
	if l := budget.Default(); l.Memory < 16<<20 || l.Live < 16<<20 {
		t.Errorf("with no room: %v", l)
	}
}
