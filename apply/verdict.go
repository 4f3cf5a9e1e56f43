package apply

import "github.com/kreconcile/kreconcile/config"

// Policy says which findings a gate goes by.
type Policy struct {
	// FailOnWarning treats requirements of severity warning like errors.
	FailOnWarning bool
	// AllowUndetermined lets what could not be told pass, as long as at least
	// one requirement could be.
	AllowUndetermined bool
}

// Verdict is what a plan comes to.
type Verdict struct {
	// Status is what the gate goes by: Satisfied, Drifted or
	// StatusUndetermined. Drift outweighs what could not be told.
	Status Status
	// UndeterminedAllowed tells that Status is Satisfied only because the policy
	// allows what could not be told.
	UndeterminedAllowed bool
	Counts              Counts
}

// Counts says how many findings have each status.
type Counts struct {
	Total, Satisfied, Drifted, Undetermined, Skipped int
	// Warnings is how many of the drifted and undetermined ones the gate does not
	// go by, because of their severity.
	Warnings int
}

// Verdict sums the findings up. A plan whose findings are all skipped, or that
// has none, is satisfied: whether that may be is decided before, by the
// declaration's diagnostics.
func (p *Plan) Verdict(policy Policy) Verdict {
	v := Verdict{Status: Satisfied, Counts: Counts{Total: len(p.Findings)}}
	for _, f := range p.Findings {
		gates := f.Severity != config.SeverityWarning || policy.FailOnWarning
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
			if gates && v.Status == Satisfied {
				v.Status = StatusUndetermined
			}
		default:
			panic("apply: unknown status " + string(f.Status))
		}
		if !gates {
			v.Counts.Warnings++
		}
	}
	determined := v.Counts.Satisfied+v.Counts.Drifted > 0
	if v.Status == StatusUndetermined && policy.AllowUndetermined && determined {
		v.Status = Satisfied
		v.UndeterminedAllowed = true
	}
	return v
}
