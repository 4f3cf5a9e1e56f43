package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// tally is what one gate saw.
type tally struct {
	passes int
	// last is set if the rest is only about the last pass.
	last bool
	// statuses counts findings by status and, if undetermined, by code.
	statuses map[string]int
	// excuses counts the passes with something undetermined, by window.
	excuses map[window]int
}

// series is what was counted of a process during the soak.
type series []int

// first and last return the median of the first third, and of the last: a leak moves
// it, and one value that is high or low, such as during a restart, does not. There
// must be three values.
func (s series) first() int { return median(s[:len(s)/3]) }
func (s series) last() int  { return median(s[len(s)-len(s)/3:]) }

func median(s series) int { return slices.Sorted(slices.Values(s))[(len(s)-1)/2] }

// quantity is something that a process must not have more and more of.
type quantity struct {
	name string
	// unit divides the value for display.
	unit int
	// tolerance is how much it may grow, and why is the reason.
	tolerance int
	why       string
}

const (
	goroutines = "goroutines"
	files      = "open files"
	heap       = "heap, KiB"
	resident   = "resident, KiB"
	peak       = "peak resident, KiB"
)

// quantities are all that may leak. A leak in each pass or rotation exceeds the
// tolerance.
func quantities() []quantity {
	return []quantity{
		{goroutines, 1, 2, "a connection that is being closed"},
		{files, 1, 2, "a connection, and a file that is being read"},
		// A closed connection is kept for ten seconds more, by the timer that would
		// ping it.
		{heap, 1 << 10, 8 << 20, "connections that were closed lately, and documents that differ"},
		// The collector decides when to return memory to the system.
		{resident, 1 << 10, 16 << 20, "the heap at its largest, between two collections"},
	}
}

// peakLimit is the peak memory that a process may have on documents like these.
const peakLimit = 64 << 20

// figures collects what all gates saw.
type figures struct {
	mu      sync.Mutex
	tallies map[string]*tally
	// wrong are verdicts that must not occur. All are counted, and some kept.
	wrong      []string
	wrongCount int
	counted    map[string]map[string]series
	traffic    map[string]traffic
}

func newFigures() *figures {
	return &figures{tallies: map[string]*tally{}, counted: map[string]map[string]series{}, traffic: map[string]traffic{}}
}

// pass adds a judged pass.
func (f *figures) pass(gate string, findings []finding, wrong []string, excuses map[window]bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.tallies[gate]
	if t == nil {
		t = &tally{statuses: map[string]int{}, excuses: map[window]int{}}
		f.tallies[gate] = t
	}
	t.passes++
	for _, finding := range findings {
		key := string(finding.Status)
		switch {
		case finding.Cause != "":
			key += " like what it stands under"
		case finding.Unknown != nil:
			key += " " + string(finding.Unknown.Code)
		}
		t.statuses[key]++
	}
	for w := range excuses {
		t.excuses[w]++
	}
	for _, w := range wrong {
		f.fail(gate + ": " + w)
	}
}

// waited records the number of passes of a gate that is judged only by its last pass.
func (f *figures) waited(gate string, passes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.tallies[gate]
	t.passes, t.last = passes, true
}

// accuse adds an error other than the findings of a pass.
func (f *figures) accuse(gate, wrong string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail(gate + ": " + wrong)
}

func (f *figures) fail(wrong string) {
	const kept = 20
	if f.wrongCount++; len(f.wrong) < kept {
		f.wrong = append(f.wrong, time.Now().Format("15:04:05.000 ")+wrong)
	}
}

// count adds a sample of what a process keeps.
func (f *figures) count(gate string, values map[string]int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.counted[gate] == nil {
		f.counted[gate] = map[string]series{}
	}
	for name, value := range values {
		f.counted[gate][name] = append(f.counted[gate][name], value)
	}
}

// saw records what a client did so far.
func (f *figures) saw(gate string, t traffic) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.traffic[gate] = t
}

// problems returns everything for which the soak must fail.
func (f *figures) problems() []string {
	problems := slices.Clone(f.wrong)
	if more := f.wrongCount - len(f.wrong); more > 0 {
		problems = append(problems, fmt.Sprintf("and %d more like these", more))
	}
	for _, gate := range slices.Sorted(maps.Keys(f.counted)) {
		counted := f.counted[gate]
		for _, q := range quantities() {
			s, ok := counted[q.name]
			switch {
			case !ok:
			case len(s) < 3:
				problems = append(problems, fmt.Sprintf("%s: its %s were counted %d times only", gate, q.name, len(s)))
			case s.last() > s.first()+q.tolerance:
				problems = append(problems, fmt.Sprintf("%s leaks: %s from %d to %d, and %d more are tolerated (%s)",
					gate, q.name, s.first()/q.unit, s.last()/q.unit, q.tolerance/q.unit, q.why))
			}
		}
		if s := counted[peak]; len(s) > 0 && slices.Max(s) > peakLimit {
			problems = append(problems, fmt.Sprintf("%s: %d KiB at its peak, at most %d are allowed", gate, slices.Max(s)>>10, peakLimit>>10))
		}
	}
	return problems
}

// print writes the figures.
func (f *figures) print(w io.Writer) {
	for _, gate := range slices.Sorted(maps.Keys(f.tallies)) {
		t := f.tallies[gate]
		fmt.Fprintf(w, "\n%s: %d passes", gate, t.passes)
		if t.last {
			fmt.Fprint(w, ", and of the last")
		}
		fmt.Fprintln(w)
		for _, status := range slices.Sorted(maps.Keys(t.statuses)) {
			fmt.Fprintf(w, "  %8d %s\n", t.statuses[status], status)
		}
		for _, excuse := range slices.Sorted(maps.Keys(t.excuses)) {
			fmt.Fprintf(w, "  %8d passes undetermined in part, while %s\n", t.excuses[excuse], excuse)
		}
		if c, ok := f.traffic[gate]; ok {
			fmt.Fprintf(w, "  %8d requests, %d of them retries, %d answered 304, over %d connections\n", c.Requests, c.Retries, c.NotModified, c.Connections)
		}
	}
	fmt.Fprintf(w, "\n| %-34s | %-18s | %8s | %8s | %8s |\n", "process", "keeps", "at first", "at last", "at most")
	fmt.Fprintf(w, "| :%s | :%s | %s: | %s: | %s: |\n", strings.Repeat("-", 33), strings.Repeat("-", 17), strings.Repeat("-", 7), strings.Repeat("-", 7), strings.Repeat("-", 7))
	for _, gate := range slices.Sorted(maps.Keys(f.counted)) {
		for _, q := range append(quantities(), quantity{name: peak, unit: 1 << 10}) {
			if s, ok := f.counted[gate][q.name]; ok && len(s) >= 3 {
				fmt.Fprintf(w, "| %-34s | %-18s | %8d | %8d | %8d |\n", gate, q.name, s.first()/q.unit, s.last()/q.unit, slices.Max(s)/q.unit)
			}
		}
	}
}
