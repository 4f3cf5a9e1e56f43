package apply

import (
	"slices"

	"github.com/kreconcile/kreconcile/discovery"
)

// Series sums up several passes over one declaration. Its zero value has no pass.
type Series struct {
	// Plan is the plan of the last pass, and nil before the first.
	Plan *Plan
	// Passes counts the passes.
	Passes int
	// Streak is the number of last passes in a row that were satisfied and agree on
	// every requirement.
	Streak int

	// requirements has what the passes found for each requirement.
	requirements []course
}

// course is the history of one requirement.
type course struct {
	// held is whether it held when it was last determined. mixed is whether it
	// drifted after it had held.
	held, mixed bool
	// satisfied is the number of the last pass that found it satisfied. differs is
	// the number of the last pass that a later outcome contradicts, or that was
	// unsettled itself. Each is 0 if there is none.
	satisfied, differs int
}

// Add adds the plan of the next pass. The pass counts for the streak if a policy
// without exceptions would accept it: an outcome that only the policy allows is no
// reason to stop waiting for a better one. A pass that disagrees with the one before
// begins a new streak.
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

// Mixed returns the addresses of the requirements that held in one pass and drifted
// in a later one, in declaration order. The API servers behind one address may
// differ, for example during an upgrade.
func (s *Series) Mixed() []string {
	var addresses []string
	for i, c := range s.requirements {
		if c.mixed {
			addresses = append(addresses, s.Plan.Findings[i].Address)
		}
	}
	return addresses
}

// Conclude ends the series. What the last passes, as many as must agree, do not agree
// on becomes undetermined in Plan. There must be at least one pass.
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

// Verdict is the verdict of the last plan. There must be at least one pass. If it is
// satisfied, but too few passes in a row agree on that, it is undetermined, whatever
// the policy allows.
func (s *Series) Verdict(policy Policy, consecutive int) Verdict {
	return s.Plan.Verdict(policy).Settled(s.Streak, consecutive)
}
