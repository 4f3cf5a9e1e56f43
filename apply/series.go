package apply

import "slices"

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
	// drifted is how many passes in a row, up to the last, found drift.
	drifted int
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
			c.held, c.drifted = true, 0
		case Drifted:
			c.mixed = c.mixed || c.held && f.Cause == ""
			c.held = false
			c.drifted++
		case StatusUndetermined, Skipped:
			c.drifted = 0
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

// Verdict is that of the last plan, which has to be there. Where it is satisfied and
// too few passes in a row agree on that, it is undetermined, whatever is allowed. So it
// is where it drifted, and no requirement that counts drifted in each of as many passes.
func (s *Series) Verdict(policy Policy, consecutive int) Verdict {
	v := s.Plan.Verdict(policy)
	switch {
	case consecutive <= 1 || policy.WarnOnly:
	case v.Status == Satisfied && s.Streak < consecutive,
		v.Status == Drifted && !s.driftLasts(v, min(consecutive, s.Passes)):
		v.Status, v.Undetermined, v.Unsettled, v.UndeterminedAllowed = StatusUndetermined, true, true, false
	}
	return v
}

// driftLasts tells whether a requirement that fails the gate drifted in each of the
// last passes.
func (s *Series) driftLasts(v Verdict, passes int) bool {
	for i, f := range s.Plan.Findings {
		if f.Status == Drifted && v.Fails(f) && s.requirements[i].drifted >= passes {
			return true
		}
	}
	return false
}
