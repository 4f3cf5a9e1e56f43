package apply

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// ruling is the result of judging one requirement.
type ruling struct {
	// Finding has no differences yet: Diff makes them from differences below.
	Finding
	differences []difference
	// needs are the questions that the finding depends on and that were not asked
	// yet.
	needs []need
	// absence is set if the whole finding depends on something absent. If not, single
	// differences still may.
	absence bool
	// warnings are about a requirement that holds but is probably not what was meant.
	warnings hcl.Diagnostics
}

// difference is a Difference whose hint is computed only when it is needed.
type difference struct {
	Difference
	// hint computes the hint. It is nil if the Difference has its hint, or has none.
	hint func(*hinter) string
}

// unknown says why a fact is not known.
type unknown struct {
	*discovery.Failure
	// needs are the questions whose answers would make it known. There are none if
	// they were asked in vain.
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

// holds is satisfied, with what was declared and what was found.
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

// differs is drift with one difference, which has its hint or needs none.
func differs(r config.Requirement, d Difference) ruling { return drifted(r, difference{Difference: d}) }

func undetermined(r config.Requirement, u *unknown) ruling {
	return ruling{
		Finding: Finding{
			Requirement: r, Status: StatusUndetermined, Undetermined: &Undetermined{Code: u.Code, Message: u.Message, Failure: u.Failure},
		},
		needs: u.needs,
	}
}

// inherit returns the outcome of the parent requirement, which is skipped,
// undetermined or absent.
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

// settle makes a finding undetermined if it depends on an unconfirmed absence: an API
// server that is starting omits groups from its documents without a word. A
// difference in something that is present stays.
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

// unconfirmed is the failure to confirm an absence, or a refusal.
func unconfirmed(f *discovery.Failure, refused bool) *unknown {
	what := "what the documents lack could not be confirmed to be absent"
	if refused {
		what = "what the server refuses could not be confirmed to be refused"
	}
	return (&unknown{Failure: f}).because(what)
}

// isAbsence reports whether the difference is about something that the documents
// lack, or may lack. That includes a refused permission: a server that is starting
// has not read all its rules.
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
