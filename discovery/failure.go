package discovery

// Failure says why something could not be determined.
type Failure struct {
	Code FailureCode
	// Message says what went wrong, in one line without a final period:
	// "GET /apis: 403 Forbidden: …". It may quote what a server said, and is
	// escaped by whoever prints it.
	Message string
	// Err is the error behind it, where there is one. It is not saved.
	Err error
}

// FailureCode tells failures apart. The codes are part of the JSON output and of
// saved snapshots, and do not change.
type FailureCode string

// The codes.
const (
	// NotRecorded: nobody asked, or the saved snapshot does not hold it.
	NotRecorded FailureCode = "not-recorded"
	// Unreachable: no connection, or one that broke.
	Unreachable FailureCode = "unreachable"
	// Timeout: a time limit ended the request.
	Timeout FailureCode = "timeout"
	// Certificate: the server's certificate does not verify.
	Certificate FailureCode = "certificate"
	// Unauthorized: 401.
	Unauthorized FailureCode = "unauthorized"
	// Forbidden: 403.
	Forbidden FailureCode = "forbidden"
	// Unavailable: 429 or 5xx, from the server or from an aggregated API.
	Unavailable FailureCode = "unavailable"
	// Redirected: 3xx, which is never followed.
	Redirected FailureCode = "redirected"
	// InvalidResponse: an answer that is not what was asked for: another status,
	// another content type, a document that is broken or beyond a limit.
	InvalidResponse FailureCode = "invalid-response"
	// Stale: the server could not reach what serves the group version.
	Stale FailureCode = "stale"
	// NoNamespace: nobody has said which namespace is meant.
	NoNamespace FailureCode = "no-namespace"
	// EvaluationFailed: what was told does not come to a decision: an authorizer of
	// the server failed, or a condition cannot be evaluated.
	EvaluationFailed FailureCode = "evaluation-failed"
	// NoSchema: the server's OpenAPI documents do not tell of the kind, or do not
	// yet.
	NoSchema FailureCode = "no-schema"
	// OpenSchema: the schema takes anything at that place, so that it does not tell
	// what is there.
	OpenSchema FailureCode = "open-schema"
	// UnjudgedRule: the schema has a rule that is not evaluated.
	UnjudgedRule FailureCode = "schema-rule"
	// NotReady: /readyz does not say that the server is ready, so that what its
	// documents lack may yet come.
	NotReady FailureCode = "not-ready"
	// Unsettled: answers given one after the other differ.
	Unsettled FailureCode = "unsettled"
	// OtherEndpoint: nothing was asked, because the connection would not be to
	// the declared endpoint.
	OtherEndpoint FailureCode = "other-endpoint"
	// Canceled: a signal ended the run.
	Canceled FailureCode = "canceled"
)

// FailureCodes lists every code.
func FailureCodes() []FailureCode {
	return []FailureCode{
		NotRecorded, Unreachable, Timeout, Certificate, Unauthorized, Forbidden, Unavailable, Redirected,
		InvalidResponse, Stale, NoSchema, OpenSchema, UnjudgedRule, NoNamespace, EvaluationFailed, NotReady, Unsettled, OtherEndpoint, Canceled,
	}
}

func (f *Failure) Error() string { return f.Message }

func (f *Failure) Unwrap() error { return f.Err }
