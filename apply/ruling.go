package apply

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// ruling is what judging one requirement gives.
type ruling struct {
	// Finding has no differences yet: Diff makes them of the differences of the ruling.
	Finding
	differences []difference
	// needs are the questions that nobody asked yet and that the finding depends on.
	needs []need
	// absence is set where the whole finding rests on something that is not there. Where
	// it is not set, single differences still may.
	absence bool
	// warnings are about what holds, and yet hardly meant.
	warnings hcl.Diagnostics
}

// difference is a Difference whose hint is looked for only where somebody reads it.
type difference struct {
	Difference
	// hint gives the hint. It is nil where the Difference has it, or has none.
	hint func(*hinter) string
}

// unknown says why a fact is not known.
type unknown struct {
	*discovery.Failure
	// needs are the questions whose answers would make it known. There are none where
	// it was asked in vain.
	needs []need
}

// unanswered is a fact that was asked for in vain, or that no question makes known.
func unanswered(code discovery.FailureCode, message string) *unknown {
	return &unknown{Failure: &discovery.Failure{Code: code, Message: message}}
}

// because puts words before the message.
func (u *unknown) because(what string) *unknown {
	return &unknown{u.Within(what), u.needs}
}

func satisfied(r config.Requirement) ruling {
	return ruling{Finding: Finding{Requirement: r, Status: Satisfied}}
}

// holds is satisfied with what was declared, and what was found.
func holds(r config.Requirement, declared, found string) ruling {
	f := satisfied(r)
	if declared != "" || found != "" {
		f.Held = &Held{Declared: declared, Found: found}
	}
	return f
}

// holdsAbsent is satisfied because the cluster has nothing.
func holdsAbsent(r config.Requirement) ruling {
	f := satisfied(r)
	f.Held, f.absence = &Held{Absent: true}, true
	return f
}

func skipped(r config.Requirement) ruling {
	return ruling{Finding: Finding{Requirement: r, Status: Skipped}}
}

func drifted(r config.Requirement, differences ...difference) ruling {
	return ruling{Finding: Finding{Requirement: r, Status: Drifted}, differences: differences}
}

// differs is drift by one difference, which has its hint or needs none.
func differs(r config.Requirement, d Difference) ruling { return drifted(r, difference{Difference: d}) }

func undetermined(r config.Requirement, u *unknown) ruling {
	return ruling{
		Finding: Finding{
			Requirement: r, Status: StatusUndetermined, Undetermined: &Undetermined{Code: u.Code, Message: u.Message, Failure: u.Failure},
		},
		needs: u.needs,
	}
}

// inherit gives a requirement the outcome of the one above it, which is skipped,
// undetermined, or not there.
func inherit(r config.Requirement, served bool, parent Finding) ruling {
	switch {
	case !r.Enabled:
		f := skipped(r)
		if parent.Status == Skipped && parent.Address != r.Address {
			f.Cause = parent.Address
		}
		return f
	case !served && parent.Status == Drifted:
		f := holdsAbsent(r)
		f.absence = false // the parent's absence is confirmed
		return f
	}
	return ruling{Finding: Finding{Requirement: r, Status: parent.Status, Cause: parent.Address}}
}

// settle makes undetermined what rests on an absence that is not confirmed: an API
// server that is just starting leaves groups out of its documents without saying so.
// A difference in something that is present stays.
func (j *judge) settle(r ruling) ruling {
	if j.snapshot.Confirmed.Known || !r.absence && !slices.ContainsFunc(r.differences, difference.isAbsence) {
		return r
	}
	if !r.absence {
		present := slices.DeleteFunc(slices.Clone(r.differences), difference.isAbsence)
		if len(present) > 0 {
			return drifted(r.Requirement, present...)
		}
	}
	refused := slices.ContainsFunc(r.differences, func(d difference) bool { return d.Code == PermissionDenied })
	return undetermined(r.Requirement, unconfirmed(j.snapshot.Confirmed.Unknown(), refused))
}

// unconfirmed is the failure to confirm that something is absent, or refused.
func unconfirmed(f *discovery.Failure, refused bool) *unknown {
	what := "what the documents lack could not be confirmed to be absent"
	if refused {
		what = "what the server refuses could not be confirmed to be refused"
	}
	return (&unknown{Failure: f}).because(what)
}

// isAbsence is true where the difference is in something that the documents lack, or
// may lack. That includes a permission: a server that is just starting has not read
// all rules.
func (d difference) isAbsence() bool {
	switch d.Code {
	case GroupVersionNotServed, PreferredMismatch, ResourceNotServed, KindNotServed, VerbNotServed, SubresourceNotServed,
		FieldNotServed, PermissionDenied:
		return true
	case EndpointMismatch, ServerAddressMismatch, KubernetesMismatch, GroupVersionServed, ResourceServed, KindServed,
		KindMismatch, ScopeMismatch, SubresourceServed, FieldServed, FieldTypeMismatch, FieldEnumMismatch, FieldRequiredMismatch,
		AssertFailed:
		return false
	}
	panic("apply: unknown code " + string(d.Code))
}
