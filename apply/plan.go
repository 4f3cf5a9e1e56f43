package apply

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// Plan is how a cluster differs from a declaration: one finding for each
// requirement, in declaration order.
type Plan struct {
	Findings []Finding
	// Unanswered says that the cluster answered nothing at all, so that what is
	// determined, such as an assert about variables, says nothing about it.
	Unanswered bool
	// Warnings are about what is no drift, and yet hardly meant.
	Warnings hcl.Diagnostics
}

// Finding is the outcome of one requirement.
type Finding struct {
	config.Requirement
	Status Status
	// Cause is the address of the requirement that this one is under, where
	// it takes that one's status without being judged itself. It is empty
	// otherwise.
	Cause string
	// Differences are what was declared and what was found instead, in the order
	// of the declaration's facets. There is at least one where the status is
	// drifted and there is no cause; else there is none.
	Differences []Difference
	// Undetermined says why it could not be determined. It is set where the status is
	// undetermined and there is no cause; else it is nil.
	Undetermined *Undetermined
	// Held is what holds, with its value. It may be set where the status is satisfied, and
	// is nil where the address says everything.
	Held *Held
}

// Held is a requirement that holds: what was declared, and what the cluster has. Either
// may be empty.
type Held struct {
	Declared, Found string
	// Absent is set where it holds because the cluster has nothing.
	Absent bool
	// Condition is where the condition of an assert is written, and nil for all others.
	Condition *hcl.Range
}

// Undetermined says why a requirement could be neither confirmed nor denied.
type Undetermined struct {
	Code    discovery.FailureCode
	Message string
	// Hint says what to do about it. Diff leaves it empty; it is for whoever
	// knows how the server was reached.
	Hint string
	// Failure is what Code and Message are of, and nil where no fact is to blame.
	Failure *discovery.Failure
}

// Status is the outcome of a requirement.
type Status string

// The statuses.
const (
	// Satisfied: the cluster serves what is declared.
	Satisfied Status = "satisfied"
	// Drifted: it definitely does not.
	Drifted Status = "drifted"
	// StatusUndetermined: it could not be determined. Never read as absent, never as
	// present.
	StatusUndetermined Status = "undetermined"
	// Skipped: the requirement is switched off.
	Skipped Status = "skipped"
)

// Statuses lists every status.
func Statuses() []Status { return []Status{Satisfied, Drifted, StatusUndetermined, Skipped} }

// Difference is one facet of a requirement: what was declared, and what the
// cluster serves.
type Difference struct {
	Code Code
	// Facet is the attribute that the difference is about, such as "scope", and
	// empty where it is about the requirement itself.
	Facet string
	// Declared is what the declaration asks for.
	Declared string
	// Found is what the cluster has instead, and empty where it has nothing.
	Found string
	// Hint is the nearest thing that is served, as a sentence without a period:
	// "v1beta1 is served". Of a permission it is the server's reason, to which
	// whoever asked the server may add who was refused, and of an assert
	// the author's error message. It is empty where nothing helps.
	Hint string
	// Range is where the facet is declared.
	Range hcl.Range
}

// Code says what kind of difference it is. The codes are part of the JSON output and do not
// change.
type Code string

// The codes.
const (
	EndpointMismatch      Code = "endpoint-mismatch"
	ServerAddressMismatch Code = "server-address-mismatch"
	KubernetesMismatch    Code = "kubernetes-version-mismatch"
	GroupVersionNotServed Code = "group-version-not-served"
	GroupVersionServed    Code = "group-version-served"
	PreferredMismatch     Code = "preferred-version-mismatch"
	ResourceNotServed     Code = "resource-not-served"
	ResourceServed        Code = "resource-served"
	KindNotServed         Code = "kind-not-served"
	KindServed            Code = "kind-served"
	KindMismatch          Code = "kind-mismatch"
	ScopeMismatch         Code = "scope-mismatch"
	VerbNotServed         Code = "verb-not-served"
	SubresourceNotServed  Code = "subresource-not-served"
	SubresourceServed     Code = "subresource-served"
	FieldNotServed        Code = "field-not-served"
	FieldServed           Code = "field-served"
	FieldTypeMismatch     Code = "field-type-mismatch"
	FieldEnumMismatch     Code = "field-enum-mismatch"
	FieldRequiredMismatch Code = "field-required-mismatch"
	PermissionDenied      Code = "permission-denied"
	AssertFailed          Code = "assert-failed"
)

// Codes lists every code.
func Codes() []Code {
	return []Code{
		EndpointMismatch, ServerAddressMismatch, KubernetesMismatch, GroupVersionNotServed, GroupVersionServed,
		PreferredMismatch, ResourceNotServed, ResourceServed, KindNotServed, KindServed, KindMismatch, ScopeMismatch,
		VerbNotServed, SubresourceNotServed, SubresourceServed,
		FieldNotServed, FieldServed, FieldTypeMismatch, FieldEnumMismatch, FieldRequiredMismatch,
		PermissionDenied, AssertFailed,
	}
}
