package apply

import "github.com/kreconcile/kreconcile/config"

// Policy says which findings a gate goes by.
type Policy struct {
	// FailOnWarning treats requirements of severity warning like errors.
	FailOnWarning bool
	// WarnOnly treats requirements of severity error like warnings, so that
	// nothing that the cluster says fails the gate.
	WarnOnly bool
	// AllowUndetermined lets what could not be determined pass, if the cluster
	// answered something and at least one requirement other than the endpoint was
	// determined.
	AllowUndetermined bool
}

// gates is true where a finding that does not hold counts.
func (p Policy) gates(f Finding) bool {
	return (f.Severity != config.SeverityWarning || p.FailOnWarning) && !p.WarnOnly
}

// Verdict is what a plan comes to.
type Verdict struct {
	// Policy is the one that it was made by.
	Policy Policy
	// Status is what the gate goes by: Satisfied, Drifted or
	// StatusUndetermined. Drift outweighs what could not be determined.
	Status Status
	// Undetermined is set where a requirement that counts could not be determined, and
	// that the policy does not allow it, whatever Status is.
	Undetermined bool
	// UndeterminedAllowed is set where Status is Satisfied only because the policy
	// allows what could not be determined.
	UndeterminedAllowed bool
	// Unsettled is set where Status is StatusUndetermined only because too few
	// passes in a row were satisfied.
	Unsettled bool
	Counts    Counts
}

// Counts says how many findings have each status.
type Counts struct {
	Total, Satisfied, Drifted, Undetermined, Skipped int
	// Warnings is how many of the drifted and undetermined ones the gate does not
	// go by, because of their severity or the policy.
	Warnings int
}

// Verdict sums the findings up. A plan whose findings are all skipped, or that
// has none, is satisfied: whether that may be is decided before, by the
// declaration's diagnostics.
func (p *Plan) Verdict(policy Policy) Verdict {
	v := Verdict{Policy: policy, Status: Satisfied, Counts: Counts{Total: len(p.Findings)}}
	// determined is whether any requirement is, other than the endpoint, which is known
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

// Fails is true where the gate fails because of this finding of the plan.
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
