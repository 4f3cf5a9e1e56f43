package view

import (
	"slices"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// The codes of diagnostics, beside those of differences and of failures.
const (
	mistake = "error"
	notice  = "notice"
)

// codes lists the codes of everything that can be in a report.
func codes() []string {
	var list []string
	for _, code := range apply.Codes() {
		list = append(list, string(code))
	}
	for _, code := range discovery.FailureCodes() {
		list = append(list, string(code))
	}
	return append(list, mistake, notice)
}

// described says in a sentence what a code means.
func described(code string) string {
	switch code {
	case mistake:
		return "The declaration, the command line or the run itself is at fault, which exits with 1."
	case notice:
		return "Something is worth knowing that does not prevent a verdict."
	}
	if slices.Contains(apply.Codes(), apply.Code(code)) {
		return describedDifference(apply.Code(code))
	}
	return "It could not be determined whether the requirement is met: " + describedFailure(discovery.FailureCode(code))
}

// explained says what a code means, and what follows from it.
func explained(code string) string {
	follows := "The requirement is neither met nor missed, and kreconcile exits with 3 unless --allow-undetermined is given."
	switch {
	case code == mistake:
		follows = "There is no verdict on the cluster."
	case code == notice:
		follows = "The exit code is the same without it."
	case slices.Contains(apply.Codes(), apply.Code(code)):
		follows = "This is drift: what was found differs from the declaration."
	}
	return described(code) + " " + follows
}

func describedDifference(code apply.Code) string {
	switch code {
	case apply.EndpointMismatch:
		return "The connection is not to the declared endpoint."
	case apply.ServerAddressMismatch:
		return "The server publishes none of the declared addresses."
	case apply.KubernetesMismatch:
		return "The server's version is outside the declared range."
	case apply.GroupVersionNotServed:
		return "A required group version is not served."
	case apply.GroupVersionServed:
		return "A group version is served that must not be."
	case apply.PreferredMismatch:
		return "A group version is the preferred one of its group and must not be, or the reverse."
	case apply.ResourceNotServed:
		return "A required resource is not served."
	case apply.ResourceServed:
		return "A resource is served that must not be."
	case apply.KindNotServed:
		return "A required kind is not served."
	case apply.KindServed:
		return "A kind is served that must not be."
	case apply.KindMismatch:
		return "A resource has another kind than the declared one."
	case apply.ScopeMismatch:
		return "A resource is namespaced and must not be, or the reverse."
	case apply.VerbNotServed:
		return "A resource lacks a required verb."
	case apply.SubresourceNotServed:
		return "A required subresource is not served."
	case apply.SubresourceServed:
		return "A subresource is served that must not be."
	case apply.PermissionDenied:
		return "The identity that asks lacks a required permission."
	case apply.AssertFailed:
		return "The condition of an assert does not hold."
	case apply.FieldNotServed:
		return "The schema of a kind lacks a required field."
	case apply.FieldServed:
		return "The schema of a kind has a field that it must not have."
	case apply.FieldTypeMismatch:
		return "A field has another type than the declared one."
	case apply.FieldEnumMismatch:
		return "A field does not allow a required value."
	case apply.FieldRequiredMismatch:
		return "The schema requires a field and must not, or the reverse."
	}
	panic("view: unknown code " + string(code))
}

func describedFailure(code discovery.FailureCode) string {
	switch code {
	case discovery.NotRecorded:
		return "the snapshot does not hold it."
	case discovery.Unreachable:
		return "there was no connection to the server, or it broke."
	case discovery.Timeout:
		return "a time limit ended the request."
	case discovery.Certificate:
		return "the server's certificate does not verify."
	case discovery.Unauthorized:
		return "the server answered 401."
	case discovery.Forbidden:
		return "the server answered 403."
	case discovery.Unavailable:
		return "the server, or what serves an aggregated API, answered 429 or 5xx."
	case discovery.Redirected:
		return "the server answered with a redirect, which kreconcile never follows."
	case discovery.InvalidResponse:
		return "the answer is not what kreconcile asked for, or exceeds a limit."
	case discovery.Stale:
		return "the API server cannot reach what serves the group version."
	case discovery.NoNamespace:
		return "the namespace is not known."
	case discovery.EvaluationFailed:
		return "an authorizer of the server failed, or a condition cannot be evaluated."
	case discovery.NoSchema:
		return "the server's OpenAPI documents do not describe the kind, or not yet."
	case discovery.OpenSchema:
		return "the schema takes anything at that place."
	case discovery.UnjudgedRule:
		return "the schema has a rule that kreconcile does not evaluate."
	case discovery.NotReady:
		return "the server is not ready, so what is missing may still come."
	case discovery.Unsettled:
		return "answers that came one after the other differ."
	case discovery.OtherEndpoint:
		return "nothing was asked, because the connection would not be to the declared endpoint."
	case discovery.Canceled:
		return "a signal ended the run."
	}
	panic("view: unknown code " + string(code))
}
