package live

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/kreconcile/kreconcile/inclusterauth"
	"github.com/kreconcile/kreconcile/internal/report"
)

// The ways to reach a cluster from a workstation.
const (
	proxyWay = "use 'kubectl kreconcile', or run 'kubectl proxy --port=8001' and add --server http://127.0.0.1:8001"
	// The user chooses the service account, so its name is left open.
	createToken = "'kubectl create token NAME > token' writes the token of a service account to a file" //nolint:gosec // It is advice, and no token.
	getCA       = `"kubectl get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}' > ca.crt" writes the cluster's CA to a file`
)

// ConnectError says that there is no usable connection, and knows which advice fits.
type ConnectError struct {
	err error
	// inPod is whether the environment is that of a Pod, and contexts whether a kubeconfig names the clusters.
	inPod, contexts bool
	given           *Connection
}

func (a Access) connectError(err error, c *Connection) error {
	return &ConnectError{err: err, given: c, inPod: a.Getenv("KUBERNETES_SERVICE_HOST") != "", contexts: a.HasContexts()}
}

func (e *ConnectError) Error() string { return e.err.Error() }

func (e *ConnectError) Unwrap() error { return e.err }

// Explain returns the summary and detail of a diagnostic.
func (e *ConnectError) Explain() (summary, detail string) {
	detail = report.Sentence(e.err.Error())
	if environment, ok := errors.AsType[*inclusterauth.EnvironmentError](e.err); ok {
		if !e.inPod && environment.Variable == "KUBERNETES_SERVICE_HOST" {
			return "No API server to ask", "Not running in a Pod: KUBERNETES_SERVICE_HOST is not set. From a workstation, " + proxyWay + ". " +
				"Or add --server https://HOST:PORT --token-file token --ca-file ca.crt: " + createToken + ", and " + getCA + "." +
				" 'kreconcile plan --snapshot FILE' asks a recorded cluster instead."
		}
		if strings.HasPrefix(environment.Variable, "KUBERNETES_") {
			detail += " The flag is --server."
		}
		return "No API server to ask", detail
	}
	if _, ok := errors.AsType[*inclusterauth.ServerError](e.err); ok {
		return "Invalid server URL", detail
	}
	if token, ok := errors.AsType[*inclusterauth.TokenError](e.err); ok {
		return "No token to authenticate with", e.about(detail, token.Path, token.Err, e.given.TokenFile, "--token-file", createToken)
	}
	if _, ok := errors.AsType[*InsecureError](e.err); ok {
		return "Certificate is not verified", detail + " Set certificate-authority there, or accept it with --allow-insecure-skip-tls-verify."
	}
	if ca, ok := errors.AsType[*inclusterauth.CAError](e.err); ok {
		return "No CA to verify the API server by", e.about(detail, ca.Path, ca.Err, e.given.CAFile, "--ca-file", getCA)
	}
	if e.contexts {
		return "Cannot use the kubeconfig", detail
	}
	return "Operation failed", detail
}

// about adds to detail what to do about a file that cannot be used. flag names the
// file, and command writes one. given is the flag's value, and empty if it is not
// set.
func (e *ConnectError) about(detail, path string, err error, given, flag, command string) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return detail + " kreconcile runs as a user who may not read it."
	case given == "" && e.given.ServiceAccountDir != "":
		return detail + " --service-account-dir names the folder with the files token, ca.crt and namespace; " + flag + " names one file."
	case given == "" && !e.inPod && errors.Is(err, fs.ErrNotExist):
		return flag + " is not given, and there is no " + path + ", as in a Pod. From a workstation, add " + flag + " FILE: " + command +
			". Or " + proxyWay + " instead."
	case given == "":
		return detail + " " + flag + " names another file."
	}
	return detail + " " + strings.ToUpper(command[:1]) + command[1:] + "."
}
