package inclusterauth

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// EnvironmentError says that an environment variable is missing or cannot be used.
type EnvironmentError struct {
	// Variable is its name, such as KUBERNETES_SERVICE_HOST.
	Variable string
	// Reason says what is wrong and what to do. It never holds user information
	// or a proxy's address.
	Reason string
}

func (e *EnvironmentError) Error() string {
	return fmt.Sprintf("environment variable %s %s", e.Variable, e.Reason)
}

// ServerProblem tells the errors in a server's URL apart.
type ServerProblem string

// The problems of a server's URL.
const (
	// ServerMalformed: no URL with a scheme, a host and perhaps a port, or a
	// TLS server name that is no name.
	ServerMalformed ServerProblem = "malformed"
	// ServerUserInfo: user information, which would be a credential in a URL.
	ServerUserInfo ServerProblem = "user-info"
	// ServerPath: a path, a query or a fragment.
	ServerPath ServerProblem = "path"
	// ServerPlaintext: http:// to a host that is not loopback.
	ServerPlaintext ServerProblem = "plaintext"
)

// ServerError says that Options.Server or Options.TLSServerName cannot be used.
// While connecting, it also says that a plaintext "localhost" is an address that
// is not loopback.
type ServerError struct {
	Problem ServerProblem
	// Reason says what is wrong and what to do. It never holds user information,
	// a query or a fragment.
	Reason string
}

func (e *ServerError) Error() string { return e.Reason }

// OriginError says that a request was refused because it was not for the base
// URL's scheme, host and port, or had user information in its URL. Nothing was
// dialled.
type OriginError struct {
	// Requested and Base are origins: scheme://host:port.
	Requested, Base string
}

func (e *OriginError) Error() string {
	if e.Requested == e.Base {
		return "request refused: its URL holds user information"
	}
	return fmt.Sprintf("request to %s refused: the credentials are for %s only", e.Requested, e.Base)
}

// FileProblem tells apart why a file of the service account cannot be used.
type FileProblem string

// The problems of a file.
const (
	// FileMissing: there is no such file.
	FileMissing FileProblem = "missing"
	// FileUnreadable: it could not be opened or read.
	FileUnreadable FileProblem = "unreadable"
	// FileIrregular: it is a folder, a named pipe, a socket or a device.
	FileIrregular FileProblem = "irregular"
	// FileTooLarge: it is beyond the limit.
	FileTooLarge FileProblem = "too-large"
	// FileEmpty: it holds nothing but white space.
	FileEmpty FileProblem = "empty"
	// FileMalformed: what it holds is not what it should hold.
	FileMalformed FileProblem = "malformed"
)

// TokenError says that the token file cannot be used. The token is never shown.
type TokenError struct {
	Path    string
	Problem FileProblem
	// Err says what was found.
	Err error
}

func (e *TokenError) Error() string {
	return "token file " + e.Path + ": " + withAdvice(innermost(e.Err), e.advice())
}

// Unwrap gives Err, so that errors.Is finds fs.ErrNotExist and fs.ErrPermission.
func (e *TokenError) Unwrap() error { return e.Err }

func (e *TokenError) advice() string {
	switch {
	case e.Problem == FileMissing:
		return "this is not a Pod, or automountServiceAccountToken is false for it or its service account; " +
			"mount the token, or name another token file"
	case errors.Is(e.Err, fs.ErrPermission):
		return "the process may not read the mounted token; set fsGroup in the Pod's securityContext"
	case e.Problem == FileEmpty:
		return "requests are never sent without a token; mount a service account token there"
	}
	return ""
}

// CAError says that the file of the CA bundle cannot be used.
type CAError struct {
	Path    string
	Problem FileProblem
	// Err says what was found.
	Err error
}

func (e *CAError) Error() string {
	return "CA file " + e.Path + ": " + withAdvice(innermost(e.Err), e.advice())
}

// Unwrap gives Err, so that errors.Is finds fs.ErrNotExist and fs.ErrPermission.
func (e *CAError) Unwrap() error { return e.Err }

func (e *CAError) advice() string {
	const never = "the system's roots are never used in its place"
	switch {
	case e.Problem == FileMissing:
		return never + "; mount the ConfigMap kube-root-ca.crt, or name another CA file"
	case errors.Is(e.Err, fs.ErrPermission):
		return "the process may not read it; set fsGroup in the Pod's securityContext"
	case e.Problem == FileEmpty, e.Problem == FileMalformed:
		return never
	}
	return ""
}

// CertificateError says that the server's certificate does not verify against the
// CA bundle, which has been read again before this was concluded. No request was
// sent.
type CertificateError struct {
	// Server is the base URL.
	Server string
	// CAFile is the file that holds the only roots that are trusted.
	CAFile string
	// Proxy is the host and port of the proxy that the connection went through, and
	// "" where there is none.
	Proxy string
	// EnvironmentHost is KUBERNETES_SERVICE_HOST, for which a cluster promises a
	// certificate; "" where it is not set or not a host.
	EnvironmentHost string
	// LocalTime is what the clock said when verification failed.
	LocalTime time.Time
	// Err holds a *tls.CertificateVerificationError, and in it the error of
	// package x509.
	Err error
}

func (e *CertificateError) Error() string {
	return "certificate of " + e.Server + ": " + withAdvice(e.Err, e.advice())
}

// Unwrap gives Err.
func (e *CertificateError) Unwrap() error { return e.Err }

func (e *CertificateError) advice() string {
	if wrong, ok := errors.AsType[x509.HostnameError](e.Err); ok {
		if c := wrong.Certificate; len(c.DNSNames) == 0 && len(c.IPAddresses) == 0 {
			return "it holds no subject alternative name, so that no name or address fits it; issue it again with one"
		}
		promised := "the host in " + hostVariable
		if e.EnvironmentHost != "" {
			promised = e.EnvironmentHost + ", " + promised
		}
		return "a cluster promises a certificate for " + promised +
			"; connect to that, or set TLSServerName (--tls-server-name) to a name that the certificate holds"
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](e.Err); ok && invalid.Reason == x509.Expired {
		return "the local clock says " + e.LocalTime.UTC().Format(time.RFC3339)
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](e.Err); ok {
		advice := "only the CA bundle in " + e.CAFile + " is trusted"
		if e.Proxy != "" {
			advice += "; the connection went through the proxy " + e.Proxy + ", which may have answered with a certificate of its own: " +
				"add the server to NO_PROXY if it is reached without a proxy"
		}
		return advice
	}
	return ""
}

func withAdvice(err error, advice string) string {
	if advice == "" {
		return err.Error()
	}
	return err.Error() + ": " + advice
}

// innermost drops the operation and the path that package os puts before an
// error, because the caller's text already names the file.
func innermost(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}

// quoted shows a value that is wrong, unless it may hold a password.
func quoted(value string) string {
	if strings.Contains(value, "@") {
		return "(not shown)"
	}
	const most = 200
	if len(value) > most {
		return fmt.Sprintf("%q…", value[:most])
	}
	return fmt.Sprintf("%q", value)
}
