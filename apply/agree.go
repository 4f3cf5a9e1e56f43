package apply

import (
	"slices"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// Provisional judges d by one look at a cluster, and takes what s lacks for absent.
// Again is true if the plan must be compared with that of another look (see
// [discovery.Client.LookAgain] and [Agree]): something drifts, or depends on an
// absence that another look may not confirm.
func Provisional(d *config.Declaration, s *discovery.Snapshot) (plan *Plan, again bool) {
	plan = Diff(d, s)
	if EndpointDrifts(d, s.Endpoint) {
		// Nothing was asked, so another look would not help.
		return plan, false
	}
	again = slices.ContainsFunc(plan.Findings, func(f Finding) bool { return f.Status == Drifted })
	if !again && !slices.ContainsFunc(plan.Findings, func(f Finding) bool { return f.Status == StatusUndetermined }) {
		return plan, false
	}
	assumed := *s
	assumed.Confirmed = discovery.Known(struct{}{})
	believed := Diff(d, &assumed)
	for i := range plan.Findings {
		again = again || plan.Findings[i].Status != believed.Findings[i].Status
	}
	return believed, again
}

// Agree joins the plans of several looks at one address. It returns the last plan,
// with every finding that the looks disagree on undetermined: it may have changed in
// between, or each look reached another of several API servers behind the address.
func Agree(plans ...*Plan) *Plan {
	last := plans[len(plans)-1]
	joined := *last
	joined.Findings = slices.Clone(last.Findings)
	for _, earlier := range slices.Backward(plans[:len(plans)-1]) {
		for i, f := range joined.Findings {
			joined.Findings[i] = agree(earlier.Findings[i], f)
		}
	}
	return &joined
}

// agree joins what two looks found.
func agree(earlier, later Finding) Finding {
	switch {
	case earlier.Status == later.Status || later.Status == StatusUndetermined:
		return later
	case earlier.Status == StatusUndetermined:
		return earlier
	}
	if later.Cause == "" {
		later.Cause = earlier.Cause
	}
	return unsettled(later, "it is "+string(earlier.Status)+" over one connection, and "+string(later.Status)+" over another")
}

// unsettled returns an undetermined finding for a requirement whose answers differ.
// Requirements under it still take its status.
func unsettled(f Finding, how string) Finding {
	f.Status, f.Differences, f.Held, f.Deprecation = StatusUndetermined, nil, nil, nil
	if f.Cause == "" {
		f.Undetermined = &Undetermined{Code: discovery.Unsettled, Message: "the answers differ: " + how}
	}
	return f
}
