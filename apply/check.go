package apply

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// assert judges a condition. It relies on an absence only if that is confirmed, so
// nothing is left to settle.
func (j *judge) assert(a *config.Assert) ruling {
	if !a.Enabled {
		return skipped(a.Requirement)
	}
	w := witness{judge: j, assert: a}
	condition, diags := w.evaluate()
	r := w.ruling(condition, diags)
	r.needs, r.warnings = w.needs, w.warnings
	if r.Status == Satisfied {
		r.Deprecation, r.needs = w.reliance()
	}
	return r
}

// witness answers the questions of one condition, and records what it does not know.
type witness struct {
	*judge
	assert   *config.Assert
	unknown  []*discovery.Failure
	needs    []need
	warnings hcl.Diagnostics
	// deprecated are the deprecated APIs that the condition found, in the order in which Kubernetes removes
	// them. gone are APIs that count as absent.
	deprecated, gone []*Deprecation
}

func (w *witness) evaluate() (config.Condition, hcl.Diagnostics) {
	return w.assert.Evaluate(config.Environment{
		Live: w.live, Kubernetes: w.kubernetes, Served: w.served, ServedKind: w.servedKind, Allowed: w.allowed,
		// The unknown facts so far made no difference.
		Decided: func() { w.unknown, w.needs = nil, nil },
		Round:   len(w.gone),
	})
}

func (w *witness) ruling(condition config.Condition, diags hcl.Diagnostics) ruling {
	a := w.assert
	switch condition.Holds {
	case config.True:
		r := satisfied(a.Requirement)
		at := a.ConditionRange()
		r.Held = &Held{Condition: &at}
		return r
	case config.False:
		return differs(a.Requirement, Difference{Code: AssertFailed, Hint: w.says(condition, diags), Range: a.Range})
	case config.Unknown:
	}
	// The condition cannot be evaluated, whatever the unknown answers are. The known
	// ones may be the cause, so it is not false either.
	if diags.HasErrors() {
		return undetermined(a.Requirement, unanswered(discovery.EvaluationFailed, "the condition cannot be evaluated: "+explained(diags)))
	}
	return undetermined(a.Requirement, w.ignorance())
}

// does returns a known truth.
func does(holds bool) config.Truth {
	if holds {
		return config.True
	}
	return config.False
}

// ignorant records why something is not known, and what would make it known.
func (w *witness) ignorant(f *unknown) config.Truth {
	w.needs = append(w.needs, f.needs...)
	if !slices.ContainsFunc(w.unknown, func(g *discovery.Failure) bool { return g.Message == f.Message }) {
		w.unknown = append(w.unknown, f.Failure)
	}
	return config.Unknown
}

// absent returns False if the absence, or refusal, is confirmed.
func (w *witness) absent(refused bool) config.Truth {
	if f := w.snapshot.Confirmed.Unknown(); f != nil {
		return w.ignorant(unconfirmed(f, refused))
	}
	return config.False
}

// about says what u is about, if nobody asked for it.
func (u *unknown) about(what string) *unknown {
	if u.Code != discovery.NotRecorded {
		return u
	}
	return u.because(what)
}

func (w *witness) live(name string) (string, bool) {
	fact := w.snapshot.Version
	if u := ask(w.snapshot, fact, versionDocument); u != nil {
		w.ignorant(u.about("live." + name))
		return "", false
	}
	var value string
	if w.snapshot.IsRelease && (name == "git_version" || name == "platform") {
		w.ignorant(unanswered(discovery.NotInCatalogue, "live."+name+" depends on the cluster, and not on the release"))
		return "", false
	}
	switch name {
	case "version":
		version, err := fact.Value.Binary()
		var cause discovery.Cause
		if err == nil && version.PatchUnknown {
			cause = discovery.PatchUnknown
			err = fmt.Errorf("no patch version can be read from gitVersion %q", fact.Value.GitVersion)
		}
		if err != nil {
			w.ignorant(unreadable(cause, err))
			return "", false
		}
		value = "v" + version.String()
	case "emulation_version":
		version, err := fact.Value.EmulationVersion()
		if err != nil {
			w.ignorant(unreadable("", err))
			return "", false
		}
		value = version
	case "git_version":
		value = fact.Value.GitVersion
	case "platform":
		value = fact.Value.Platform
	default:
		panic("apply: unknown name live." + name)
	}
	if value == "" {
		w.ignorant(unsaid("live." + name))
	}
	return value, value != ""
}

func (w *witness) kubernetes(constraint config.VersionConstraint) config.Truth {
	holds, u := w.meets(constraint)
	if u != nil {
		return w.ignorant(u.about("the server's version"))
	}
	return does(holds)
}

func (w *witness) served(gv kubeapi.GroupVersion, resource string) config.Truth {
	version, known := w.versionAsked(gv, resource != "")
	switch kinds := catalog.Deprecations(gv); {
	case version == nil:
		return known
	case resource == "":
		return w.found(w.wholly(gv, version, kinds))
	default:
		if _, served := find(resource, version.Resources.Value); !served {
			return w.absent(false)
		}
		return w.found(w.joined(gv, kindsOf(&config.Resource{Name: resource}, kinds)))
	}
}

// servedKind looks for a kind as a kind block does.
func (w *witness) servedKind(gv kubeapi.GroupVersion, kind string) config.Truth {
	version, known := w.versionAsked(gv, true)
	if version == nil {
		return known
	}
	r := &config.Resource{Requirement: config.Requirement{Type: config.TypeKind}, Kind: &config.Value[string]{Value: kind}}
	if len(matching(r, version)) > 0 {
		return w.found(w.joined(gv, kindsOf(r, catalog.Deprecations(gv))))
	}
	if nameless := kindless(r, version); len(nameless) > 0 {
		return w.ignorant(unsaid("the kind of " + nameless[0].Name))
	}
	return w.absent(false)
}

// versionAsked returns a group version and whether it is served. The version is nil
// unless that is true.
func (w *witness) versionAsked(gv kubeapi.GroupVersion, resources bool) (*discovery.Version, config.Truth) {
	group, u := w.group(gv.Group)
	var version *discovery.Version
	if u == nil && group != nil {
		version, u = w.versionOf(group, gv, resources)
	}
	switch {
	case u != nil:
		return nil, w.ignorant(u.about("whether " + gv.String() + " is served"))
	case version == nil:
		return nil, w.absent(false)
	}
	return version, config.True
}

func (w *witness) allowed(verb string, r config.PermissionResource) config.Truth {
	q, difference, u := w.question(verb, &r)
	switch {
	case u != nil:
		return w.ignorant(u)
	case difference != nil && difference.Code == ScopeMismatch:
		// Saying no would satisfy a condition that requires a refusal.
		return w.ignorant(unanswered(discovery.EvaluationFailed,
			"what is allowed in the namespace "+r.Namespace+" cannot be asked: "+difference.Hint))
	case difference != nil:
		return w.absent(false)
	}
	answer, u := w.answer(q.review)
	switch {
	case u != nil:
		return w.ignorant(u.about("whether " + q.text + " is allowed"))
	case answer.Allowed:
		w.warnings = append(w.warnings, w.unserved(verb, &r, q.text, w.assert.Range)...)
		return config.True
	}
	return w.absent(true)
}

// ignorance returns the first reason why a condition is not known, and counts the
// others.
func (w *witness) ignorance() *unknown {
	const most = 3
	if len(w.unknown) == 0 {
		return unanswered(discovery.EvaluationFailed, "the condition came to no value")
	}
	var reasons []string
	for _, f := range w.unknown[:min(most, len(w.unknown))] {
		reasons = append(reasons, f.Message)
	}
	because := strings.Join(reasons, "; ")
	if more := len(w.unknown) - most; more > 0 {
		because += "; and " + strconv.Itoa(more) + " more"
	}
	first := *w.unknown[0]
	first.Message = because
	return &unknown{Failure: first.Within("the condition depends on what is not known")}
}

// says returns the author's error message in one line, or why there is none.
func (w *witness) says(c config.Condition, diags hcl.Diagnostics) string {
	switch {
	case c.Message != "":
		return strings.Join(strings.Fields(c.Message), " ")
	case diags.HasErrors():
		return "the error message cannot be evaluated: " + explained(diags)
	case len(w.unknown) > 0:
		return "the error message depends on what is not known: " + w.unknown[len(w.unknown)-1].Message
	}
	return ""
}

// explained returns the first error of an evaluation in one line.
func explained(diags hcl.Diagnostics) string {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			return strings.TrimSuffix(d.Summary+": "+strings.Join(strings.Fields(d.Detail), " "), ".")
		}
	}
	return ""
}
