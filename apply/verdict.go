package apply

import "github.com/kreconcile/kreconcile/config"

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
}

// gates reports whether a finding that does not hold counts.
func (p Policy) gates(f Finding) bool {
	return (f.Severity != config.SeverityWarning || p.FailOnWarning) && !p.WarnOnly
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
}

// Verdict sums up the findings. A plan with no finding, or only skipped ones, is
// satisfied: the declaration's diagnostics decide whether such a plan is allowed.
func (p *Plan) Verdict(policy Policy) Verdict {
	v := Verdict{Policy: policy, Status: Satisfied, Counts: Counts{Total: len(p.Findings)}}
	// determined is whether any requirement is, except the endpoint, which is known
	// without the cluster.
	determined := false
	for _, f := range p.Findings {
		determined = determined || f.Type != config.TypeEndpoint && (f.Status == Satisfied || f.Status == Drifted)
		gates := policy.gates(f)
		switch f.Status {
		case Satisfied:
			v.Counts.Satisfied++
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
	if v.Undetermined && policy.AllowUndetermined && determined && !p.Unanswered {
		v.Undetermined = false
		v.UndeterminedAllowed = v.Status == Satisfied
	}
	if v.Undetermined && v.Status == Satisfied {
		v.Status = StatusUndetermined
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
	case Satisfied, Skipped:
		return false
	}
	panic("apply: unknown status " + string(f.Status))
}
