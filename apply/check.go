package apply

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func (j *judge) check(c *config.Check) {
	for _, a := range c.Asserts {
		j.put(j.assert(a))
	}
}

// assert judges a condition. What an answer rests on that is not there is not
// known until it is confirmed, so that nothing is left to settle.
func (j *judge) assert(a *config.Assert) Finding {
	if !a.Enabled {
		return skipped(a.Requirement)
	}
	w := witness{judge: j, assert: a}
	before := j.needs
	condition, diags := a.Evaluate(config.Environment{
		Live: w.live, Kubernetes: w.kubernetes, Served: w.served, ServedKind: w.servedKind, Allowed: w.allowed,
		Decided: func() {
			// Whatever else it looked for would change nothing.
			j.needLess(before)
			w.unknown = nil
		},
	})
	switch condition.Holds {
	case config.True:
		condition := a.ConditionRange()
		return Finding{Requirement: a.Requirement, Status: Satisfied, Held: &Held{Condition: &condition}}
	case config.False:
		return j.drifted(a.Requirement, Difference{Code: AssertFailed, Hint: w.says(condition, diags), Range: a.Range})
	case config.Unknown:
	}
	// It fails whatever is still unknown. What is known makes it fail, which another
	// answer might not, so that it is not false either.
	if diags.HasErrors() {
		return undetermined(a.Requirement, &discovery.Failure{
			Code: discovery.EvaluationFailed, Message: "the condition cannot be evaluated: " + explained(diags),
		})
	}
	return undetermined(a.Requirement, w.ignorance())
}

// witness answers what a condition asks, and remembers what it does not know.
type witness struct {
	*judge
	assert  *config.Assert
	unknown []*discovery.Failure
}

// does gives a truth that is known.
func does(holds bool) config.Truth {
	if holds {
		return config.True
	}
	return config.False
}

// ignorant remembers why something is not known.
func (w *witness) ignorant(f *discovery.Failure) config.Truth {
	if !slices.ContainsFunc(w.unknown, func(g *discovery.Failure) bool { return g.Message == f.Message }) {
		w.unknown = append(w.unknown, f)
	}
	return config.Unknown
}

// absent is False where what is lacking, or refused, is confirmed to be.
func (w *witness) absent(refused bool) config.Truth {
	if f := w.snapshot.Confirmed.Unknown(); f != nil {
		return w.ignorant(unconfirmed(f, refused))
	}
	return config.False
}

// unasked says of what nobody asked for what it is.
func unasked(what string, f *discovery.Failure) *discovery.Failure {
	if f.Code != discovery.NotRecorded {
		return f
	}
	return f.Within(what)
}

func (w *witness) live(name string) (string, bool) {
	fact := w.version()
	if f := fact.Unknown(); f != nil {
		w.ignorant(unasked("live."+name, f))
		return "", false
	}
	var value string
	switch name {
	case "version":
		version, err := fact.Value.Binary()
		var cause discovery.Cause
		if err == nil && version.PatchUnknown {
			cause = discovery.PatchUnknown
			err = fmt.Errorf("no patch version can be read from gitVersion %q", shown(fact.Value.GitVersion))
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
		w.ignorant(untold("live." + name))
	}
	return value, value != ""
}

func (w *witness) kubernetes(constraint config.VersionConstraint) config.Truth {
	holds, f := w.meets(constraint)
	if f != nil {
		return w.ignorant(unasked("the server's version", f))
	}
	return does(holds)
}

func (w *witness) served(gv kubeapi.GroupVersion, resource string) config.Truth {
	version, known := w.versionAsked(gv, resource != "")
	if version == nil || resource == "" {
		return known
	}
	if _, served := find(resource, version.Resources.Value); served {
		return config.True
	}
	return w.absent(false)
}

// servedKind looks for a kind as a kind block does.
func (w *witness) servedKind(gv kubeapi.GroupVersion, kind string) config.Truth {
	version, known := w.versionAsked(gv, true)
	if version == nil {
		return known
	}
	r := &config.Resource{Requirement: config.Requirement{Type: config.TypeKind}, Kind: &config.Value[string]{Value: kind}}
	if len(matching(r, version)) > 0 {
		return config.True
	}
	if nameless := kindless(r, version); len(nameless) > 0 {
		return w.ignorant(untold("the kind of " + nameless[0].Name))
	}
	return w.absent(false)
}

// versionAsked gives a group version, and whether it is served. It is nil unless that is
// true.
func (w *witness) versionAsked(gv kubeapi.GroupVersion, resources bool) (*discovery.Version, config.Truth) {
	group, f := w.group(gv.Group)
	var version *discovery.Version
	if f == nil && group != nil {
		version, f = w.versionOf(group, gv, resources)
	}
	switch {
	case f != nil:
		return nil, w.ignorant(unasked("whether "+gv.String()+" is served", f))
	case version == nil:
		return nil, w.absent(false)
	}
	return version, config.True
}

func (w *witness) allowed(verb string, r config.PermissionResource) config.Truth {
	q, difference, f := w.question(verb, &r)
	switch {
	case f != nil:
		return w.ignorant(f)
	case difference != nil && difference.Code == ScopeMismatch:
		// To say no would let a condition hold that is about its not being allowed.
		return w.ignorant(&discovery.Failure{
			Code: discovery.EvaluationFailed, Message: "what is allowed in the namespace " + r.Namespace + " cannot be asked: " + difference.Hint,
		})
	case difference != nil:
		return w.absent(false)
	}
	answer, f := w.answer(q.review)
	switch {
	case f != nil:
		return w.ignorant(unasked("whether "+q.text+" is allowed", f))
	case answer.Allowed:
		w.warnUnserved(verb, &r, q.text, w.assert.Range)
		return config.True
	}
	return w.absent(true)
}

// ignorance is the first reason for which a condition is not known, and names more.
func (w *witness) ignorance() *discovery.Failure {
	const most = 3
	if len(w.unknown) == 0 {
		return &discovery.Failure{Code: discovery.EvaluationFailed, Message: "the condition came to no value"}
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
	return first.Within("the condition depends on what is not known")
}

// says gives the author's error message in one line, or why there is none.
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

// explained gives the first error of an evaluation in one line.
func explained(diags hcl.Diagnostics) string {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			return strings.TrimSuffix(d.Summary+": "+strings.Join(strings.Fields(d.Detail), " "), ".")
		}
	}
	return ""
}
