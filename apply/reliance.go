package apply

import (
	"slices"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// found returns True for an API that is served, and records its deprecation, which may be nil. It
// returns False if the API counts as absent.
func (w *witness) found(d *Deprecation) config.Truth {
	is := func(other *Deprecation) bool { return *other == *d }
	switch {
	case d == nil:
		return config.True
	case slices.ContainsFunc(w.gone, func(g *Deprecation) bool {
		return g.GroupVersion == d.GroupVersion && (g.Kind == "" || g.Kind == d.Kind)
	}):
		return config.False
	case !slices.ContainsFunc(w.deprecated, is):
		w.deprecated = append(w.deprecated, d)
		for i := len(w.deprecated) - 1; i > 0 && d.goesBefore(w.deprecated[i-1]); i-- {
			w.deprecated[i], w.deprecated[i-1] = w.deprecated[i-1], d
		}
	}
	return config.True
}

// goesBefore reports whether Kubernetes removes d in an earlier release than another one.
func (d *Deprecation) goesBefore(other *Deprecation) bool {
	return d.Removed.Major != 0 && (other.Removed.Major == 0 || d.Removed.Minor < other.Removed.Minor)
}

// reliance returns the deprecation of the API without which a condition does not hold any more: its
// deprecated APIs count as absent, one after the other, as Kubernetes removes them. It is nil if
// the condition holds after each release. It also returns the questions that this leaves open.
func (w *witness) reliance() (*Deprecation, []need) {
	var cause *Deprecation
	var needs []need
	for i, d := range w.deprecated {
		// A second look is for the cluster of today. An API that it may lack is absent here.
		assumed := *w.snapshot
		assumed.Confirmed = discovery.Known(struct{}{})
		without := witness{judge: &judge{&assumed, w.groups}, assert: w.assert, gone: w.deprecated[:i+1]}
		condition, _ := without.evaluate()
		switch {
		case condition.Holds == config.True:
			cause, needs = nil, nil
		case cause == nil:
			cause, needs = d, without.needs
		}
		// The others of the same release go with it.
		if cause != nil && (i+1 == len(w.deprecated) || d.goesBefore(w.deprecated[i+1])) {
			break
		}
	}
	return cause, needs
}
