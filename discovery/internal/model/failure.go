package model

import (
	"fmt"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

// Failure says why something could not be determined. Code, Message and Request are for
// everyone; Status, Cause, Proxy and User are for whoever gives advice.
type Failure struct {
	Code FailureCode
	// Message says what went wrong, in one line without a final period:
	// "GET /apis: 403 Forbidden: …". It may quote what a server said, and is
	// escaped by whoever prints it.
	Message string
	// Request is method and path of the request that failed: "GET /apis". It is empty
	// where no request was sent. It is not saved, nor is what follows.
	Request string
	// Status is the HTTP status that the server answered, and zero where it did not.
	Status int
	// Cause is set where more is known than the code says.
	Cause Cause
	// Proxy tells that the connection went, or was to go, through a proxy.
	Proxy bool
	// User is whom the server refused, where it says so.
	User string
	// Err is the error behind it, where there is one.
	Err error
}

// NewFailure makes a Failure of a request, which is empty where none was sent. Its message
// is one line of bounded length, whatever a server put into it.
func NewFailure(request string, code FailureCode, err error, format string, args ...any) *Failure {
	message := fmt.Sprintf(format, args...)
	if request != "" {
		message = request + ": " + message
	}
	return &Failure{Code: code, Request: request, Message: text.Message(message), Err: err}
}

// Within gives the failure of something larger that depends on f: its message says what,
// and then why.
func (f *Failure) Within(what string) *Failure {
	within := *f
	within.Message = what + ": " + f.Message
	return &within
}

// Cause narrows down the code of a failure. The empty Cause says nothing.
type Cause string

// The causes.
const (
	// NameNotResolved: DNS gave no address for the server, or for the proxy.
	NameNotResolved Cause = "name-not-resolved"
	// ProxyNeedsCredentials: the proxy answered 407.
	ProxyNeedsCredentials Cause = "proxy-needs-credentials"
	// SpeaksPlainHTTP: TLS was expected, and the server speaks plain HTTP.
	SpeaksPlainHTTP Cause = "speaks-plain-http"
	// SpeaksTLS: plain HTTP was expected, and the server speaks TLS.
	SpeaksTLS Cause = "speaks-tls"
	// SpeaksNoTLS: what answers is neither TLS nor HTTP.
	SpeaksNoTLS Cause = "speaks-no-tls"
	// CertificateUntrusted: no trusted authority vouches for the certificate.
	CertificateUntrusted Cause = "certificate-untrusted"
	// CertificateOtherName: the certificate is for other names and addresses.
	CertificateOtherName Cause = "certificate-other-name"
	// CertificateExpired: the time of the certificate is over.
	CertificateExpired Cause = "certificate-expired"
	// CertificateNotYetValid: the time of the certificate has not begun.
	CertificateNotYetValid Cause = "certificate-not-yet-valid"
	// CertificateUnusable: the certificate itself is faulty.
	CertificateUnusable Cause = "certificate-unusable"
	// CertificateUnverified: a kubeconfig says not to verify it, and nobody accepted that.
	CertificateUnverified Cause = "certificate-unverified"
	// VersionNotStamped: the server was built without its version.
	VersionNotStamped Cause = "version-not-stamped"
	// PatchUnknown: the server says only which minor version it is.
	PatchUnknown Cause = "patch-unknown"
	// NotBuiltIn: no release of Kubernetes serves the group by itself.
	NotBuiltIn Cause = "not-built-in"
	// AuthorizerFailed: the server could not decide on an access review.
	AuthorizerFailed Cause = "authorizer-failed"
)

// FailureCode tells failures apart. The codes are part of the JSON output and of
// saved snapshots, and do not change.
type FailureCode string

// The codes.
const (
	// NotRecorded: nobody asked, or the saved snapshot does not hold it.
	NotRecorded FailureCode = "not-recorded"
	// NotInCatalogue: only a cluster says it, and the snapshot is of a release of
	// Kubernetes.
	NotInCatalogue FailureCode = "not-in-catalogue"
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
	// EvaluationFailed: there is no decision, because a condition cannot be evaluated,
	// or an authorizer of the server failed ([AuthorizerFailed]).
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
		NotRecorded, NotInCatalogue, Unreachable, Timeout, Certificate, Unauthorized, Forbidden, Unavailable, Redirected,
		InvalidResponse, Stale, NoSchema, OpenSchema, UnjudgedRule, NoNamespace, EvaluationFailed, NotReady, Unsettled, OtherEndpoint, Canceled,
	}
}

func (f *Failure) Error() string { return f.Message }

func (f *Failure) Unwrap() error { return f.Err }
