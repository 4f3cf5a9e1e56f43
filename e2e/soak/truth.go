package main

import (
	"maps"
	"sync"
)

// fact is something that a cluster serves or does not.
type fact struct {
	// settled tells that it is not being changed; present is then what is so.
	settled, present bool
	// changes is how often it began to be changed.
	changes int
}

// window is a time in which a gate may be unable to tell.
type window string

const (
	// restarting is from before the API server is ended until it serves all again.
	restarting window = "the API server restarts"
	// untrusted is while the certificate is by an authority that the CA file does
	// not hold yet.
	untrusted window = "the CA file is behind the certificate"
	// changing is while a CRD is created or deleted.
	changing window = "a CRD changes"
)

// truth is what is so at each moment. Whoever changes something says so before
// and after.
type truth struct {
	mu    sync.Mutex
	facts map[string]fact
	// open is how many windows of a kind are open, opened how many ever were.
	open, opened map[window]int
}

const (
	// always is a fact that is so.
	always = "always"
	// unknowable is what the server itself cannot determine, because the backend of an
	// aggregated API does not answer.
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

// unsettle says that a fact is about to be changed.
func (t *truth) unsettle(name string) {
	t.begin(changing)
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.facts[name]
	t.facts[name] = fact{changes: f.changes + 1}
}

// settle says what a fact has come to be.
func (t *truth) settle(name string, present bool) {
	t.mu.Lock()
	f := t.facts[name]
	t.facts[name] = fact{settled: true, present: present, changes: f.changes}
	t.mu.Unlock()
	t.end(changing)
}

// moment is the truth of one moment.
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

// settled reports whether a fact was the same all the time, and what it was.
func (s span) settled(name string) (present, settled bool) {
	before, after := s.before.facts[name], s.after.facts[name]
	return before.present, before.settled && before == after
}

// within reports whether a window was open at any time.
func (s span) within(w window) bool {
	return s.before.open[w] > 0 || s.before.opened[w] != s.after.opened[w]
}
