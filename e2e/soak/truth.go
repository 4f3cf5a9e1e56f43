package main

import (
	"maps"
	"sync"
)

// fact is something that a cluster serves or does not.
type fact struct {
	// settled is false while it is being changed. present is its state.
	settled, present bool
	// changes counts how often a change began.
	changes int
}

// window is a time in which a gate may be unable to determine something.
type window string

const (
	// restarting lasts from before the API server ends until it serves everything
	// again.
	restarting window = "the API server restarts"
	// untrusted is while the server's certificate is from an authority that the CA
	// file does not have yet.
	untrusted window = "the CA file is behind the certificate"
	// changing is while a CRD is created or deleted.
	changing window = "a CRD changes"
)

// truth is what is true at each moment. Every change is recorded before and after it
// happens.
type truth struct {
	mu    sync.Mutex
	facts map[string]fact
	// open counts the open windows of a kind, and opened all so far.
	open, opened map[window]int
}

const (
	// always is a fact that is always true.
	always = "always"
	// unknowable is a fact that the server itself cannot determine, because the
	// backend of an aggregated API does not answer.
	unknowable = "unknowable"
)

func newTruth(absent ...string) *truth {
	t := &truth{facts: map[string]fact{always: {settled: true, present: true}, unknowable: {settled: true}}, open: map[window]int{}, opened: map[window]int{}}
	for _, name := range absent {
		t.facts[name] = fact{settled: true}
	}
	return t
}

// begin opens a window.
func (t *truth) begin(w window) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[w]++
	t.opened[w]++
}

// end closes a window.
func (t *truth) end(w window) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[w]--
}

// unsettle says that a fact is about to change.
func (t *truth) unsettle(name string) {
	t.begin(changing)
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.facts[name]
	t.facts[name] = fact{changes: f.changes + 1}
}

// settle sets the new state of a fact.
func (t *truth) settle(name string, present bool) {
	t.mu.Lock()
	f := t.facts[name]
	t.facts[name] = fact{settled: true, present: present, changes: f.changes}
	t.mu.Unlock()
	t.end(changing)
}

// moment is the truth at one moment.
type moment struct {
	facts        map[string]fact
	open, opened map[window]int
}

func (t *truth) look() moment {
	t.mu.Lock()
	defer t.mu.Unlock()
	return moment{facts: maps.Clone(t.facts), open: maps.Clone(t.open), opened: maps.Clone(t.opened)}
}

// span is the time between two moments.
type span struct{ before, after moment }

// settled reports whether a fact did not change in the span, and its state.
func (s span) settled(name string) (present, settled bool) {
	before, after := s.before.facts[name], s.after.facts[name]
	return before.present, before.settled && before == after
}

// within reports whether a window was open at any time in the span.
func (s span) within(w window) bool {
	return s.before.open[w] > 0 || s.before.opened[w] != s.after.opened[w]
}
