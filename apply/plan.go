package apply

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// Plan says how a cluster differs from a declaration. It has one finding for each
// requirement, in the order of the declaration.
type Plan struct {
	Findings []Finding
	// Unanswered is set if the cluster answered nothing at all. A determined finding,
	// such as an assert about variables, then says nothing about the cluster.
	Unanswered bool
	// Warnings are about requirements that hold but probably do not say what the
	// author meant.
	Warnings hcl.Diagnostics
}

// Finding is the outcome of one requirement.
type Finding struct {
	config.Requirement
	Status Status
	// Cause is the address of the parent requirement whose status this one takes
	// without being judged. It is empty otherwise.
	Cause string
	// Differences are what was declared and what was found instead, in the order of
	// the declaration's facets. There is at least one if the status is drifted and
	// Cause is empty; otherwise there is none.
	Differences []Difference
	// Undetermined says why the requirement could not be determined. It is set if the
	// status is undetermined and Cause is empty; otherwise it is nil.
	Undetermined *Undetermined
	// Held is what holds, with its value. It may be set if the status is satisfied.
	// It is nil if the address says everything.
	Held *Held
	// Deprecation is set if the status is satisfied by an API that Kubernetes has
	// deprecated or removed. It is nil if the parent requirement has the same one.
	Deprecation *Deprecation
}

// Held describes a requirement that holds: what was declared, and what the cluster
// has. Either may be empty.
type Held struct {
	Declared, Found string
	// Absent is set if the requirement holds because the cluster has nothing.
	Absent bool
	// Condition is where the condition of an assert is written, and nil for other
	// requirements.
	Condition *hcl.Range
}

// Undetermined says why a requirement could be neither confirmed nor denied.
type Undetermined struct {
	Code    discovery.FailureCode
	Message string
	// Hint says what to do about it. Diff leaves it empty: only the caller knows how
	// the server was reached.
	Hint string
	// Failure is the source of Code and Message. It is nil if no failed fact is the
	// cause.
	Failure *discovery.Failure
}

// Status is the outcome of a requirement.
type Status string

// The statuses.
const (
	// Satisfied: the cluster serves what is declared.
	Satisfied Status = "satisfied"
	// Drifted: the cluster definitely does not.
	Drifted Status = "drifted"
	// StatusUndetermined: it could not be determined. It is neither absent nor
	// present.
	StatusUndetermined Status = "undetermined"
	// Skipped: the requirement is disabled.
	Skipped Status = "skipped"
)

// Statuses lists every status.
func Statuses() []Status { return []Status{Satisfied, Drifted, StatusUndetermined, Skipped} }

// Difference is one facet of a requirement: what was declared, and what the
// cluster serves.
type Difference struct {
	Code Code
	// Facet is the attribute that differs, such as "scope". It is empty if the
	// difference is about the requirement itself.
	Facet string
	// Declared is the declared value.
	Declared string
	// Found is what the cluster has instead, and empty if it has nothing.
	Found string
	// Hint is the nearest thing that is served, as a sentence without a period:
	// "v1beta1 is served". For a permission it is the server's reason, and callers
	// may add who was refused. For an assert it is the author's error message. It is
	// empty if nothing helps.
	Hint string
	// Range is where the facet is declared.
	Range hcl.Range
}

// Code is the kind of difference. The codes are part of the JSON output and do not
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

// IsFacet reports whether a difference with this code is about a facet.
func (c Code) IsFacet() bool {
	return slices.Contains([]Code{
		PreferredMismatch, KindMismatch, ScopeMismatch, VerbNotServed, FieldTypeMismatch, FieldEnumMismatch, FieldRequiredMismatch,
	}, c)
}
