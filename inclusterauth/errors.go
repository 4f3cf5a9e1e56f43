package inclusterauth

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// EnvironmentError says that an environment variable is missing or cannot be used.
type EnvironmentError struct {
	// Variable is the variable's name, such as KUBERNETES_SERVICE_HOST.
	Variable string
	// Reason says what is wrong and what to do. It never holds user information
	// or a proxy's address.
	Reason string
}

func (e *EnvironmentError) Error() string {
	return fmt.Sprintf("environment variable %s %s", e.Variable, e.Reason)
}

// ServerProblem is the kind of error in a server's URL.
type ServerProblem string

// The problems of a server's URL.
const (
	// ServerMalformed: the URL lacks a scheme or a host, or its port or the TLS
	// server name is invalid.
	ServerMalformed ServerProblem = "malformed"
	// ServerUserInfo: the URL has user information, which would be a credential.
	ServerUserInfo ServerProblem = "user-info"
	// ServerPath: the URL has a path that cannot be used, a query or a fragment.
	ServerPath ServerProblem = "path"
	// ServerPlaintext: the URL is http:// to a host that is not loopback.
	ServerPlaintext ServerProblem = "plaintext"
)

// ServerError says that Options.Server or Options.TLSServerName cannot be used. While
// connecting, it says that a plaintext "localhost" resolved to an address that is not
// loopback.
type ServerError struct {
	Problem ServerProblem
	// Reason says what is wrong and what to do. It never holds user information,
	// a query or a fragment.
	Reason string
}

func (e *ServerError) Error() string { return e.Reason }

// OriginError says that a request was refused: it was for another scheme, host or
// port than the base URL, or for a path that is not under it, or its URL had user
// information. Nothing was dialled.
type OriginError struct {
	// Requested and Base are origins (scheme://host:port), with their paths if only
	// these differ.
	Requested, Base string
}

func (e *OriginError) Error() string {
	if e.Requested == e.Base {
		return "request refused: its URL holds user information"
	}
	return fmt.Sprintf("request to %s refused: the credentials are for %s only", e.Requested, e.Base)
}

// FileProblem is the kind of error in a file of the service account.
type FileProblem string

// The problems of a file.
const (
	// FileMissing: there is no such file.
	FileMissing FileProblem = "missing"
	// FileUnreadable: the file could not be opened or read.
	FileUnreadable FileProblem = "unreadable"
	// FileIrregular: it is a folder, a named pipe, a socket or a device.
	FileIrregular FileProblem = "irregular"
	// FileTooLarge: it is larger than the limit.
	FileTooLarge FileProblem = "too-large"
	// FileEmpty: it holds nothing but white space.
	FileEmpty FileProblem = "empty"
	// FileMalformed: it holds something other than a token or a CA bundle.
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

// Unwrap returns Err, so that errors.Is finds fs.ErrNotExist and fs.ErrPermission.
func (e *TokenError) Unwrap() error { return e.Err }

func (e *TokenError) advice() string {
	switch {
	case e.Problem == FileEmpty:
		return "requests are never sent without a token"
	case !isDefault(e.Path):
	case e.Problem == FileMissing:
		return "this is not a Pod, or automountServiceAccountToken is false for it or its service account; " +
			"mount the token, or name another token file"
	case errors.Is(e.Err, fs.ErrPermission):
		return "the process may not read the mounted token; set fsGroup in the Pod's securityContext"
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

// Unwrap returns Err, so that errors.Is finds fs.ErrNotExist and fs.ErrPermission.
func (e *CAError) Unwrap() error { return e.Err }

func (e *CAError) advice() string {
	const never = "the system's roots are never used in its place"
	switch {
	case e.Problem == FileMissing && !isDefault(e.Path):
		return never
	case e.Problem == FileMissing:
		return never + "; mount the ConfigMap kube-root-ca.crt, or name another CA file"
	case errors.Is(e.Err, fs.ErrPermission) && isDefault(e.Path):
		return "the process may not read it; set fsGroup in the Pod's securityContext"
	case e.Problem == FileEmpty, e.Problem == FileMalformed:
		return never
	}
	return ""
}

// isDefault reports whether the kubelet mounts the file there. Advice about Pods
// helps only then.
func isDefault(path string) bool { return filepath.Dir(path) == DefaultDir }

func withAdvice(err error, advice string) string {
	if advice == "" {
		return err.Error()
	}
	return err.Error() + ": " + advice
}

// innermost drops the operation and the path that package os puts before an error:
// the caller's text already names the file.
func innermost(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}

// quoted quotes an invalid value, unless it may hold a password.
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
