package apply

import (
	"slices"

	"github.com/kreconcile/kreconcile/discovery"
)

// Series sums up several passes over one declaration. Its zero value has none.
type Series struct {
	// Plan is that of the last pass, and nil before the first.
	Plan *Plan
	// Passes is how many there were.
	Passes int
	// Streak is how many of them in a row, up to the last, were satisfied and agree
	// on every requirement.
	Streak int

	// requirements has what the passes found of each.
	requirements []course
}

// course is how the outcome of one requirement went.
type course struct {
	// held is whether it held when that was last determined, and mixed whether it
	// drifted after it had held.
	held, mixed bool
	// satisfied is the number of the last pass that found it so, and differs that of
	// the last pass that another one of a later outcome contradicts, or that was
	// unsettled itself. Each is 0 where there is none.
	satisfied, differs int
}

// Add adds the plan of one more pass. It counts for the streak where it would
// satisfy a gate that lets nothing pass that could not be determined: what a policy
// allows is no reason to stop waiting for something better. Where it does not agree
// with the pass before, a new streak begins.
func (s *Series) Add(p *Plan, policy Policy) {
	before := s.Plan
	s.Plan = p
	s.Passes++
	switch {
	case p.Verdict(Policy{FailOnWarning: policy.FailOnWarning}).Status != Satisfied:
		s.Streak = 0
	case s.Streak > 0 && !sameStatuses(before, p):
		s.Streak = 1
	default:
		s.Streak++
	}
	if s.requirements == nil {
		s.requirements = make([]course, len(p.Findings))
	}
	for i, f := range p.Findings {
		c := &s.requirements[i]
		switch f.Status {
		case Satisfied:
			c.held, c.satisfied = true, s.Passes
		case Drifted:
			c.mixed = c.mixed || c.held && f.Cause == ""
			c.held, c.differs = false, max(c.differs, c.satisfied)
		case StatusUndetermined:
			if f.Undetermined != nil && f.Undetermined.Code == discovery.Unsettled {
				c.differs = s.Passes
			}
		case Skipped:
		default:
			panic("apply: unknown status " + string(f.Status))
		}
	}
}

func sameStatuses(a, b *Plan) bool {
	return slices.EqualFunc(a.Findings, b.Findings, func(a, b Finding) bool { return a.Status == b.Status })
}

// Mixed gives the addresses of the requirements that held in one pass and drifted
// in a later one, in declaration order: API servers behind one address may differ,
// as in the middle of an upgrade.
func (s *Series) Mixed() []string {
	var addresses []string
	for i, c := range s.requirements {
		if c.mixed {
			addresses = append(addresses, s.Plan.Findings[i].Address)
		}
	}
	return addresses
}

// Conclude ends the series: what the last passes, as many as have to agree, do not
// agree on becomes undetermined in Plan. There must be one.
func (s *Series) Conclude(consecutive int) {
	joined := *s.Plan
	joined.Findings = slices.Clone(joined.Findings)
	for i, c := range s.requirements {
		if before := max(s.Passes-consecutive, 0); consecutive > 1 && c.differs > before && joined.Findings[i].Status != StatusUndetermined {
			joined.Findings[i] = unsettled(joined.Findings[i], "it is satisfied in one pass, and not in another")
		}
	}
	s.Plan = &joined
}

// Verdict is that of the last plan. There must be one. Where it is satisfied and
// too few passes in a row agree on that, it is undetermined, whatever is allowed.
func (s *Series) Verdict(policy Policy, consecutive int) Verdict {
	v := s.Plan.Verdict(policy)
	if consecutive > 1 && s.Streak < consecutive && v.Status == Satisfied && !policy.WarnOnly {
		v.Status, v.Undetermined, v.Unsettled, v.UndeterminedAllowed = StatusUndetermined, true, true, false
	}
	return v
}
