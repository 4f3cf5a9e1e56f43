package apply

// Series sums up several passes over one declaration. Its zero value has none.
type Series struct {
	// Plan is that of the last pass, and nil before the first.
	Plan *Plan
	// Passes is how many there were.
	Passes int
	// Streak is how many of them in a row, up to the last, were satisfied.
	Streak int

	// held and mixed have an entry for each requirement: whether it held when the
	// cluster last told, and whether it drifted after it had held.
	held, mixed []bool
}

// Add adds the plan of one more pass. It counts for the streak where it would
// satisfy a gate that lets nothing pass that could not be told: what a policy
// allows is no reason to stop waiting for something better.
func (s *Series) Add(p *Plan, policy Policy) {
	s.Plan = p
	s.Passes++
	if p.Verdict(Policy{FailOnWarning: policy.FailOnWarning}).Status == Satisfied {
		s.Streak++
	} else {
		s.Streak = 0
	}
	if s.held == nil {
		s.held, s.mixed = make([]bool, len(p.Findings)), make([]bool, len(p.Findings))
	}
	for i, f := range p.Findings {
		switch f.Status {
		case Satisfied:
			s.held[i] = true
		case Drifted:
			s.mixed[i] = s.mixed[i] || s.held[i] && f.Cause == ""
			s.held[i] = false
		case StatusUndetermined, Skipped:
		default:
			panic("apply: unknown status " + string(f.Status))
		}
	}
}

// Mixed gives the addresses of the requirements that held in one pass and drifted
// in a later one, in declaration order: API servers behind one address may differ,
// as in the middle of an upgrade.
func (s *Series) Mixed() []string {
	var addresses []string
	for i, mixed := range s.mixed {
		if mixed {
			addresses = append(addresses, s.Plan.Findings[i].Address)
		}
	}
	return addresses
}

// Verdict is that of the last plan, which has to be there. Where that is satisfied
// and too few passes in a row were, it could not be told, whatever is allowed.
func (s *Series) Verdict(policy Policy, consecutive int) Verdict {
	v := s.Plan.Verdict(policy)
	if consecutive > 1 && s.Streak < consecutive && v.Status == Satisfied && !policy.WarnOnly {
		v.Status, v.Undetermined, v.Unsettled, v.UndeterminedAllowed = StatusUndetermined, true, true, false
	}
	return v
}
