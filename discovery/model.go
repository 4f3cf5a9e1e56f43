package discovery

import (
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/openapi"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

// What a server answered, and what it is asked for. Each is described where it is declared.
type (
	// Snapshot is what one API server answered. Its zero value knows nothing, and says
	// so of everything.
	Snapshot = model.Snapshot
	// Fact is something that a server was asked for. Its zero value was not asked for.
	Fact[T any] = model.Fact[T]
	// Group is an API group, the core one without a name.
	Group = model.Group
	// Version is one version of a group.
	Version = model.Version
	// Resource is a top-level resource of a group version.
	Resource = model.Resource
	// Subresource is a subresource, such as log of pods.
	Subresource = model.Subresource
	// ServerVersion is the answer of GET /version.
	ServerVersion = model.ServerVersion
	// FieldQuery asks for a field in the schema of a kind.
	FieldQuery = model.FieldQuery
	// Field is what a schema says of a field.
	Field = model.Field
	// Schemas has every field of some kinds of a group version.
	Schemas = model.Schemas
	// Object is an object with fields, in Schemas.
	Object = model.Object
	// SchemaField is a field of an Object.
	SchemaField = model.SchemaField
	// SchemaRule is a rule of a schema that is not evaluated.
	SchemaRule = model.SchemaRule
	// Presence tells whether a schema has a field.
	Presence = model.Presence
	// Review asks whether the identity that asks may do something.
	Review = model.Review
	// ReviewAnswer is what the server says of a review.
	ReviewAnswer = model.ReviewAnswer
	// Needs says what of a snapshot is to be asked for.
	Needs = model.Needs
	// Failure says why something could not be determined.
	Failure = model.Failure
	// FailureCode tells failures apart, in JSON output and in saved snapshots.
	FailureCode = model.FailureCode
	// Cause narrows down the code of a failure.
	Cause = model.Cause
)

// The values of presence.
const (
	FieldPresent = model.FieldPresent
	FieldAbsent  = model.FieldAbsent
	FieldOpen    = model.FieldOpen
)

// The forms of a type in [Schemas].
const (
	ArrayOf     = model.ArrayOf
	MapOf       = model.MapOf
	FieldsOf    = model.FieldsOf
	AnyFields   = model.AnyFields
	AnyType     = model.AnyType
	IntOrString = model.IntOrString
)

// The codes of failures.
const (
	NotRecorded      = model.NotRecorded
	NotInCatalogue   = model.NotInCatalogue
	Unreachable      = model.Unreachable
	Timeout          = model.Timeout
	Certificate      = model.Certificate
	Unauthorized     = model.Unauthorized
	Forbidden        = model.Forbidden
	Unavailable      = model.Unavailable
	Redirected       = model.Redirected
	InvalidResponse  = model.InvalidResponse
	Stale            = model.Stale
	NoNamespace      = model.NoNamespace
	EvaluationFailed = model.EvaluationFailed
	NoSchema         = model.NoSchema
	OpenSchema       = model.OpenSchema
	UnjudgedRule     = model.UnjudgedRule
	NotReady         = model.NotReady
	Unsettled        = model.Unsettled
	OtherEndpoint    = model.OtherEndpoint
	Canceled         = model.Canceled
)

// The causes of failures.
const (
	NameNotResolved        = model.NameNotResolved
	ProxyNeedsCredentials  = model.ProxyNeedsCredentials
	SpeaksPlainHTTP        = model.SpeaksPlainHTTP
	SpeaksTLS              = model.SpeaksTLS
	SpeaksNoTLS            = model.SpeaksNoTLS
	CertificateUntrusted   = model.CertificateUntrusted
	CertificateOtherName   = model.CertificateOtherName
	CertificateExpired     = model.CertificateExpired
	CertificateNotYetValid = model.CertificateNotYetValid
	CertificateUnusable    = model.CertificateUnusable
	CertificateUnverified  = model.CertificateUnverified
	VersionNotStamped      = model.VersionNotStamped
	PatchUnknown           = model.PatchUnknown
	NotBuiltIn             = model.NotBuiltIn
	AuthorizerFailed       = model.AuthorizerFailed
)

// ErrVersionNotStamped is in the error about a server that was built without its version.
var ErrVersionNotStamped = model.ErrVersionNotStamped

// ErrManyFields is in the failure of schemas that have more fields, all together, than
// [Client.Fetch] reads.
var ErrManyFields = openapi.ErrManyFields

// FailureCodes lists every code.
func FailureCodes() []FailureCode { return model.FailureCodes() }

// Known makes a fact of an answer.
func Known[T any](value T) Fact[T] { return model.Known(value) }

// Failed makes a fact of a failure to learn it.
func Failed[T any](f *Failure) Fact[T] { return model.Failed[T](f) }

// SameAnswers tells whether two snapshots have the same groups, with the same
// resources and fields or the same kind of failure to learn them, the same version,
// and allow the same.
func SameAnswers(a, b *Snapshot) bool { return model.SameAnswers(a, b) }

// Cut shortens a text to at most limit bytes, with its mark, and shows that it did. It cuts
// no character, and keeps nothing of a text that it cuts alive.
func Cut(s string, limit int) string { return text.Cut(s, limit) }
