package apply

import (
	"slices"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// judged is a finding before it is known whether what it rests on may be relied
// upon.
type judged struct {
	Finding
	// absence tells that all of it rests on something that is not there. Where it
	// is false, single differences still may.
	absence bool
}

// settle withholds from a finding what rests on an absence that is not
// confirmed: an API server that is just starting leaves groups out of its
// documents without saying so. What differs in something present stands.
func (j *judge) settle(f judged) Finding {
	if !f.absence && !slices.ContainsFunc(f.Differences, Difference.isAbsence) {
		return f.Finding
	}
	j.absence = true
	failure := j.snapshot.Confirmed.Unknown()
	if failure == nil {
		return f.Finding
	}
	if !f.absence {
		present := slices.DeleteFunc(slices.Clone(f.Differences), Difference.isAbsence)
		if len(present) > 0 {
			return drifted(f.Requirement, present...)
		}
	}
	return unconfirmed(f.Requirement, failure)
}

func unconfirmed(r config.Requirement, failure *discovery.Failure) Finding {
	f := undetermined(r, failure)
	f.Undetermined.Message = "what the documents lack could not be confirmed to be absent: " + failure.Message
	return f
}

// isAbsence tells whether the difference lies in something that the documents
// lack, or may lack.
func (d Difference) isAbsence() bool {
	switch d.Code {
	case GroupVersionNotServed, PreferredMismatch, ResourceNotServed, KindNotServed, VerbNotServed, SubresourceNotServed, FieldNotServed:
		return true
	case EndpointMismatch, ServerAddressMismatch, KubernetesMismatch, GroupVersionServed, ResourceServed, KindServed,
		KindMismatch, ScopeMismatch, SubresourceServed, FieldServed, FieldTypeMismatch, FieldEnumMismatch, FieldRequiredMismatch:
		return false
	}
	panic("apply: unknown code " + string(d.Code))
}
