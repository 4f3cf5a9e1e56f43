package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Truth is what is known of a proposition. Its zero value is Unknown.
type Truth = eval.Truth

// The three values of truth.
const (
	Unknown = eval.Unknown
	False   = eval.False
	True    = eval.True
)

// Environment answers what an assert asks of a cluster. Each function is called only for what an
// expression refers to, with known and valid arguments, so that it can also record what to ask. A nil
// function knows nothing, and neither does the zero value.
type Environment struct {
	// Live gives live.version, live.git_version, live.emulation_version and live.platform, by the
	// name behind the dot. It is false where it is not known.
	Live func(name string) (value string, known bool)
	// Kubernetes tells whether the server's version meets a constraint.
	Kubernetes func(VersionConstraint) Truth
	// Served tells whether a resource of a group version is served, such as "pods" or "pods/log".
	// The empty resource is for the group version itself.
	Served func(gv kubeapi.GroupVersion, resource string) Truth
	// ServedKind tells whether a group version serves a resource of a kind.
	ServedKind func(gv kubeapi.GroupVersion, kind string) Truth
	// Allowed answers an access review. Of the resource, the ObjectName is empty.
	Allowed func(verb string, resource PermissionResource) Truth
	// Decided is called once the condition, or the error message after it, is decided: nothing that is
	// still unknown matters to it. It may be nil.
	Decided func()
	// Round tells evaluations of one assert apart whose time counts together. The first one has 0.
	Round int
}

// Condition is the outcome of an assert. Message is the author's if Holds is False, and empty if a part of it is not known.
type Condition struct {
	Holds   Truth
	Message string
}

// Evaluate evaluates the condition by what env knows. It is True or False if every combination of answers to what env
// does not know gives this, and if all that it uses of live is known. Otherwise, or if there are too many combinations,
// it is Unknown. If every combination fails, it is Unknown with diagnostics, which never quote a sensitive value.
func (a *Assert) Evaluate(env Environment) (c Condition, diags hcl.Diagnostics) {
	exceeded := a.scope.Budget.Run([2]any{a, env.Round}, func() {
		c.Holds, c.Message, diags = a.scope.Judge(a.condition, a.message, eval.Answers{Live: env.Live, Truth: env.answer, Decided: env.Decided})
	})
	if exceeded != nil {
		return Condition{}, hcl.Diagnostics{exceeded}
	}
	return c, diags
}

// ConditionRange is where the condition is written. It is empty if the Assert was not parsed.
func (a *Assert) ConditionRange() hcl.Range {
	if a.condition == nil {
		return hcl.Range{}
	}
	return a.condition.Range()
}
