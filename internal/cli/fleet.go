package cli

import (
	"slices"
	"sync"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

// fleet shows how far a run over several clusters is: on a terminal in one line that it updates,
// elsewhere in a line for each cluster. Nil shows nothing.
type fleet struct {
	app *app
	// line is nil without a terminal.
	line *outlet.Progress

	mu     sync.Mutex
	asking []string
	counts view.FleetCounts
}

// startFleet is nil for a single cluster, and with --quiet.
func (a *app) startFleet(f *planFlags, targets []aTarget) *fleet {
	if len(targets) < 2 || targets[0].cluster == nil || f.loud.Quiet {
		return nil
	}
	t := &fleet{app: a, counts: view.FleetCounts{All: len(targets)}}
	if width := a.stderr.Width(a.getenv("TERM")); width != nil {
		t.line = outlet.StartProgress(a.stderr, width, func(elapsed time.Duration) string { return "After " + report.Span(elapsed) })
	}
	return t
}

func (t *fleet) begin(name string) {
	if t == nil || t.line == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asking = append(t.asking, name)
	t.line.Say(view.Fleet(&t.counts, t.asking))
}

func (t *fleet) end(name string, passes *apply.Series, f *planFlags) {
	if t == nil {
		return
	}
	status := passes.Verdict(f.policy, f.Consecutive).Status
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Add(status)
	if t.line == nil {
		t.app.stderr.Mention(view.FleetMember(&t.counts, name, status))
		return
	}
	if i := slices.Index(t.asking, name); i >= 0 {
		t.asking = slices.Delete(t.asking, i, i+1)
	}
	t.line.Say(view.Fleet(&t.counts, t.asking))
}

func (t *fleet) close() {
	if t != nil && t.line != nil {
		t.line.Close()
	}
}
