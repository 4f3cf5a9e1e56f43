package advice

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/endpoint"
	"github.com/kreconcile/kreconcile/internal/report"
)

// Add adds hints to a plan: what to do about each finding that could not be determined,
// and who was refused each permission. origin is where the facts come from. who is the
// identity that asked, and empty if it is not known.
func Add(plan *apply.Plan, origin *report.Origin, who string) {
	for _, finding := range plan.Findings {
		if u := finding.Undetermined; u != nil {
			u.Hint = hint(u, origin, who)
		}
	}
	attribute(plan.Findings, who)
}

// attribute adds the identity to each permission that was denied. who is empty if it
// is not known.
func attribute(findings []apply.Finding, who string) {
	if who == "" {
		return
	}
	for i := range findings {
		for j := range findings[i].Differences {
			d := &findings[i].Differences[j]
			if d.Code != apply.PermissionDenied {
				continue
			}
			reason := d.Hint
			d.Hint = "refused to " + who
			if reason != "" {
				d.Hint += ": " + reason
			}
		}
	}
}

// hint says what to do about something undetermined. It is empty if the message says
// everything. who is the identity that was refused, and empty if it is not known.
func hint(u *apply.Undetermined, origin *report.Origin, who string) string {
	f := failureOf(u)
	if origin.Release != nil && u.Code == discovery.NotInCatalogue {
		return releaseHint(f, origin)
	}
	if text := hintAnywhere(f); text != "" {
		return text
	}
	if origin.Release != nil {
		return ""
	}
	if origin.Snapshot != nil {
		if f.Code == discovery.NotRecorded {
			return "the snapshot does not hold it; record it again with kreconcile snapshot, and name the declaration"
		}
		return "this was so when the snapshot was taken; record it again with kreconcile snapshot"
	}
	if origin.Context != "" {
		if text := contextHint(f); text != "" {
			return text
		}
	}
	switch f.Code {
	case discovery.Unreachable, discovery.Timeout:
		return connectionHint(f, origin.Endpoint)
	case discovery.Certificate:
		return certificateHint(f)
	case discovery.Unauthorized:
		return "the token is expired, revoked, from another cluster, or for another audience than the API server's"
	case discovery.Forbidden:
		return forbiddenHint(f, strings.HasPrefix(origin.Endpoint, "http://"), who)
	case discovery.Unavailable:
		return "try again; for an aggregated API, kubectl get apiservices says what is wrong with it"
	case discovery.Stale:
		return "kubectl get apiservices says why the API server cannot reach what serves it"
	case discovery.EvaluationFailed:
		return "the server's log says which authorizer failed; try again"
	case discovery.NoSchema:
		return "a custom resource that has just been created has its schema a second later; try again"
	case discovery.NotReady:
		return "an API server that is starting leaves out what it has not loaded yet; try again"
	case discovery.Unsettled:
		return "API servers of different releases may be behind the address, as in the middle of an upgrade, or the cluster is changing; try again when that is over"
	case discovery.Redirected:
		return "redirects are never followed, so that a token goes nowhere else; name the server itself"
	case discovery.OtherEndpoint:
		return "no token is sent to an endpoint that is not declared; fix cluster.endpoint, or name the server with --server"
	case discovery.InvalidResponse:
		if isReview(f) && f.Status == http404 {
			return "the server does not serve authorization.k8s.io/v1, so that nobody can ask it what they may do"
		}
		return "check that the address is an API server's, with its path if it has one, and not that of a proxy or a login page"
	case discovery.Canceled:
		return "the run was ended before it was known"
	case discovery.NotRecorded, discovery.NotInCatalogue, discovery.NoNamespace, discovery.OpenSchema, discovery.UnjudgedRule:
	}
	return ""
}

// contextHint is the hint for a connection that a kubeconfig describes. It is empty for what every
// connection has.
func contextHint(f *discovery.Failure) string {
	switch f.Code { //nolint:exhaustive // all others are the same on every connection
	case discovery.Unreachable, discovery.Timeout:
		return "try kubectl version with the same context; server, proxy-url and the user's credentials are in the kubeconfig"
	case discovery.Unauthorized:
		return "the credentials of the context's user are refused: log in again"
	case discovery.Certificate:
		switch f.Cause { //nolint:exhaustive // no kubeconfig changes the others
		case discovery.CertificateOtherName:
			return "tls-server-name in the kubeconfig is the name that the certificate must have"
		case discovery.CertificateUnverified:
			return "set certificate-authority in the kubeconfig, or accept it with --allow-insecure-skip-tls-verify"
		case discovery.CertificateUntrusted:
			return "certificate-authority in the kubeconfig names the CA that signed it"
		}
	case discovery.OtherEndpoint:
		return "no credentials are sent to an endpoint that is not declared; fix cluster.endpoint, or choose a context with that server"
	}
	return ""
}

// releaseHint is the hint for what only a cluster says.
func releaseHint(f *discovery.Failure, origin *report.Origin) string {
	switch f.Cause { //nolint:exhaustive // all others are answered by a cluster
	case discovery.PatchUnknown:
		return "name the patch, as in --release " + origin.Release.Source
	case discovery.NotBuiltIn:
		return "add --crds FILE with its CRDs, or judge a cluster or a --snapshot of one"
	}
	return "judge a cluster or a --snapshot of one"
}

const http404 = 404

// failureOf returns the failure behind u.
func failureOf(u *apply.Undetermined) *discovery.Failure {
	if u.Failure != nil {
		return u.Failure
	}
	return &discovery.Failure{Code: u.Code, Message: u.Message}
}

// hintAnywhere is the hint for failures that are the same on every target, live or
// recorded.
func hintAnywhere(f *discovery.Failure) string {
	switch {
	case f.Code == discovery.NoNamespace:
		return "add --namespace NAME, or name one in the declaration, where \"*\" means all; in a Pod, its own is used"
	case f.Code == discovery.OpenSchema:
		return "the schema does not say what is there; require the field above it, or the values of a map as .*"
	case f.Code == discovery.UnjudgedRule:
		return "leave out what the rule decides, or try an object with kubectl apply --dry-run=server, which evaluates all rules"
	case f.Code == discovery.EvaluationFailed && f.Cause != discovery.AuthorizerFailed:
		return "the condition itself must be fixed: no cluster makes it known"
	case f.Cause == discovery.VersionNotStamped:
		return "build the API server with its version stamped in, as releases are built, or require APIs instead of a version"
	case f.Cause == discovery.PatchUnknown:
		return "only the minor version is known; a constraint such as \">= 1.30\" or \"~1.30\" depends on nothing else"
	}
	return ""
}

const dnsHint = "if a NetworkPolicy denies egress, allow DNS: port 53, UDP and TCP"

// egressHint names the addresses by which a NetworkPolicy judges. The address of the
// Service, which is in the message, is not one of them.
const egressHint = "if a NetworkPolicy denies egress, allow the addresses and port that kubectl get endpointslices -n default kubernetes lists"

// connectionHint is the hint for a server that did not answer, or too late.
func connectionHint(f *discovery.Failure, server string) string {
	switch {
	case f.Cause == discovery.ProxyNeedsCredentials:
		return "HTTPS_PROXY takes the proxy's user and password, as in http://USER:PASSWORD@proxy.example:3128; " +
			"NO_PROXY names the servers that are reached without it"
	case f.Proxy:
		allow := "add the server to NO_PROXY if it is reached without a proxy; otherwise check that HTTPS_PROXY is right and the proxy allows CONNECT to it"
		switch {
		case f.Cause == discovery.NameNotResolved:
			allow += "; " + dnsHint
		case f.Code == discovery.Timeout:
			allow += "; if a NetworkPolicy denies egress, allow the proxy"
		}
		return allow
	case f.Cause == discovery.NameNotResolved:
		return "check that the name is right; " + dnsHint
	case f.Cause == discovery.SpeaksPlainHTTP:
		return speaksPlainHint(server)
	case f.Cause == discovery.SpeaksTLS:
		return "this port speaks TLS: write --server https://" + strings.TrimPrefix(server, "http://") + ", with --token-file and --ca-file"
	case f.Cause == discovery.SpeaksNoTLS:
		return "an API server speaks TLS: check that the port is right"
	case f.Code == discovery.Timeout:
		return "the server is slow, or what is sent is dropped; " + egressHint + "; --timeout, --request-timeout and --wait set the limits"
	}
	return "check that the address is right and no sidecar is still starting; " + egressHint
}

// speaksPlainHint is the hint for a port that speaks plain HTTP. On loopback it may
// be that of a kubectl proxy.
func speaksPlainHint(server string) string {
	if u, err := url.Parse(server); err == nil && endpoint.IsLoopback(u.Hostname()) {
		return "this port speaks plain HTTP: if it is a kubectl proxy's, write --server http://" + u.Host + u.Path
	}
	return "an API server speaks TLS: check that the port is right; plain HTTP is only spoken to a kubectl proxy on this machine"
}

func certificateHint(f *discovery.Failure) string {
	switch {
	case f.Cause == discovery.CertificateExpired:
		return "renew the certificate, or correct the clock of the machine that kreconcile runs on; no flag accepts it"
	case f.Cause == discovery.CertificateNotYetValid:
		return "correct the clock of the machine that kreconcile runs on, or wait until then; no flag accepts it"
	case f.Cause == discovery.CertificateOtherName:
		return "connect to a name or address that the certificate is valid for, or set --tls-server-name to one"
	case f.Cause == discovery.CertificateUnusable:
		return "the server needs another certificate, issued without this fault; no flag accepts this one"
	case f.Proxy:
		return "NO_PROXY names the servers that are reached without a proxy; --ca-file names the CA that signed the certificate"
	}
	return "--ca-file names the file with the CA that signed it"
}

// forbiddenHint is the hint for a 403. proxied is whether kubectl proxy may have
// answered.
func forbiddenHint(f *discovery.Failure, proxied bool, who string) string {
	role, flags := "system:discovery", "--accept-paths, --reject-paths, --accept-hosts"
	if isReview(f) {
		role, flags = "system:basic-user", flags+", --reject-methods"
	}
	if proxied && f.User == "" {
		return "kubectl proxy refuses it (" + flags + "), or " + cmp.Or(who, "the identity that it uses") + " lacks the ClusterRole " + role
	}
	return "bind the ClusterRole " + role + " to " + cmp.Or(f.User, who, "the identity that asks") + ", as clusters do for system:authenticated by default"
}

// isReview reports whether the failed request is an access review. Nothing else uses
// POST.
func isReview(f *discovery.Failure) bool { return strings.HasPrefix(f.Request, "POST ") }
