package apply

import (
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Policy says which findings decide a gate.
type Policy struct {
	// FailOnWarning treats requirements of severity warning like errors.
	FailOnWarning bool
	// WarnOnly treats requirements of severity error like warnings, so that no answer
	// of the cluster fails the gate.
	WarnOnly bool
	// AllowUndetermined lets undetermined requirements pass, if the cluster answered
	// something and at least one requirement other than the endpoint was determined.
	AllowUndetermined bool
	// FailOnDeprecated treats requirements that hold by a deprecated API as drifted.
	FailOnDeprecated bool
	// RemovedBy limits FailOnDeprecated to APIs that this release, or an earlier
	// one, removes. The zero Version is no limit.
	RemovedBy kubeapi.Version
}

// gates reports whether a finding that does not hold counts.
func (p Policy) gates(f Finding) bool {
	return (f.Severity != config.SeverityWarning || p.FailOnWarning) && !p.WarnOnly
}

// rejects reports whether a finding counts because it holds by a deprecated API.
func (p Policy) rejects(f Finding) bool {
	if !p.FailOnDeprecated || f.Deprecation == nil || !p.gates(f) {
		return false
	}
	removed := f.Deprecation.Removed
	return p.RemovedBy.Major == 0 || removed.Major != 0 && removed.Minor <= p.RemovedBy.Minor
}

// Verdict is the summary of a plan.
type Verdict struct {
	// Policy is the policy of the verdict.
	Policy Policy
	// Status decides the gate: Satisfied, Drifted or StatusUndetermined. Drift
	// outweighs undetermined.
	Status Status
	// Undetermined is set if a requirement that counts could not be determined and
	// the policy does not allow that, whatever Status is.
	Undetermined bool
	// Deprecated is set if Status is Drifted only because the policy counts deprecated
	// APIs.
	Deprecated bool
	// UndeterminedAllowed is set if Status is Satisfied only because the policy
	// allows undetermined requirements.
	UndeterminedAllowed bool
	// Unsettled is set if Status is StatusUndetermined only because too few passes in
	// a row were satisfied.
	Unsettled bool
	Counts    Counts
}

// Counts is the number of findings of each status.
type Counts struct {
	Total, Satisfied, Drifted, Undetermined, Skipped int
	// Warnings counts the drifted and undetermined findings that do not count,
	// because of their severity or the policy.
	Warnings int
	// Deprecated counts the satisfied findings that hold by a deprecated API.
	Deprecated int
}

// Verdict sums up the findings. A plan with no finding, or only skipped ones, is
// satisfied: the declaration's diagnostics decide whether such a plan is allowed.
func (p *Plan) Verdict(policy Policy) Verdict {
	v := Verdict{Policy: policy, Status: Satisfied, Counts: Counts{Total: len(p.Findings)}}
	// determined is whether any requirement is, except the endpoint, which is known
	// without the cluster.
	determined, rejected := false, false
	for _, f := range p.Findings {
		determined = determined || f.Type != config.TypeEndpoint && (f.Status == Satisfied || f.Status == Drifted)
		gates := policy.gates(f)
		switch f.Status {
		case Satisfied:
			v.Counts.Satisfied++
			if f.Deprecation != nil {
				v.Counts.Deprecated++
			}
			rejected = rejected || policy.rejects(f)
			continue
		case Skipped:
			v.Counts.Skipped++
			continue
		case Drifted:
			v.Counts.Drifted++
			if gates {
				v.Status = Drifted
			}
		case StatusUndetermined:
			v.Counts.Undetermined++
			v.Undetermined = v.Undetermined || gates
		default:
			panic("apply: unknown status " + string(f.Status))
		}
		if !gates {
			v.Counts.Warnings++
		}
	}
	if rejected && v.Status == Satisfied {
		v.Status, v.Deprecated = Drifted, true
	}
	if v.Undetermined && policy.AllowUndetermined && determined && !p.Unanswered {
		v.Undetermined = false
		v.UndeterminedAllowed = v.Status == Satisfied
	}
	if v.Undetermined && v.Status == Satisfied {
		v.Status = StatusUndetermined
	}
	return v
}

// Settled returns the verdict on the last of several passes. Streak is how many passes in a row were
// satisfied at the end. A satisfied verdict after fewer than consecutive ones is undetermined, whatever
// the policy allows.
func (v Verdict) Settled(streak, consecutive int) Verdict {
	if consecutive > 1 && streak < consecutive && v.Status == Satisfied && !v.Policy.WarnOnly {
		v.Status, v.Undetermined, v.Unsettled, v.UndeterminedAllowed = StatusUndetermined, true, true, false
	}
	return v
}

// Fails reports whether the gate fails because of this finding of the plan.
func (v Verdict) Fails(f Finding) bool {
	switch f.Status {
	case Drifted:
		return v.Policy.gates(f)
	case StatusUndetermined:
		return v.Policy.gates(f) && v.Undetermined
	case Satisfied:
		return v.Policy.rejects(f)
	case Skipped:
		return false
	}
	panic("apply: unknown status " + string(f.Status))
}
