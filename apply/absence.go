package apply

import (
	"slices"

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
	refused := slices.ContainsFunc(f.Differences, func(d Difference) bool { return d.Code == PermissionDenied })
	return undetermined(f.Requirement, unconfirmed(failure, refused))
}

// unconfirmed is the failure to confirm that something is absent, or refused.
func unconfirmed(f *discovery.Failure, refused bool) *discovery.Failure {
	what := "what the documents lack could not be confirmed to be absent"
	if refused {
		what = "what the server refuses could not be confirmed to be refused"
	}
	return f.Within(what)
}

// isAbsence tells whether the difference lies in something that the documents
// lack, or may lack. A rule that allows something may be lacking, too: a server
// that is just starting has not read all of them.
func (d Difference) isAbsence() bool {
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
