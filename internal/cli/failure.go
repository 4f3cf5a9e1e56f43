package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/view"
)

// operational makes a diagnostic of a failure that no line of a declaration is to
// blame for.
func operational(err error) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Operation failed", Detail: sentence(err.Error())}
	if e, ok := errors.AsType[*connectError](err); ok {
		d.Summary, d.Detail = e.explain()
	} else if is[*snapshotError](err) {
		d.Summary = "Cannot read the snapshot"
	}
	return d
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// crash makes a diagnostic of a panic.
func crash(value any) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Internal error",
		Detail: fmt.Sprintf("This is a bug in kreconcile, and says nothing about the cluster: %v. "+
			"Please report it, with what the same command prints with --debug.", value),
	}
}

// sentence makes a full sentence of an error.
func sentence(text string) string {
	text = strings.TrimRight(text, ". ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

const noNamespaceHint = "add --namespace NAME, or name one in the declaration, where \"*\" means all; in a Pod, its own is used"

const openSchemaHint = "no server tells of what its schema leaves open; require the field above it, or the values of a map as .*"

const unjudgedRuleHint = "leave out what the rule decides, or try an object with kubectl apply --dry-run=server, which evaluates all rules"

// lookup is in the message of a name that does not resolve.
const lookup = ": lookup "

const dnsHint = "where a NetworkPolicy denies egress, allow DNS: port 53, UDP and TCP"

// egressHint names what a NetworkPolicy judges by. That is not the address of the Service,
// which is in the message.
const egressHint = "where a NetworkPolicy denies egress, allow the addresses and port that kubectl get endpointslices -n default kubernetes lists"

// hint says what to do about something that could not be determined, and is empty where
// the message says it all. Who is the identity that was refused, and empty where it is
// not known.
func hint(u *apply.Undetermined, origin *view.Origin, who string) string {
	if u.Code == discovery.NoNamespace {
		return noNamespaceHint
	}
	if u.Code == discovery.OpenSchema {
		return openSchemaHint
	}
	if u.Code == discovery.UnjudgedRule {
		return unjudgedRuleHint
	}
	if u.Code == discovery.EvaluationFailed && !strings.Contains(u.Message, "the server could not decide") {
		return "the condition itself must be fixed: no cluster makes it known"
	}
	if u.Code == discovery.InvalidResponse && strings.Contains(u.Message, "GET /version: ") {
		switch {
		case strings.Contains(u.Message, "does not know its own version"):
			return "build the API server with its version stamped in, as releases are built, or require APIs instead of a version"
		case strings.Contains(u.Message, "has no patch version"), strings.Contains(u.Message, "no patch version can be read"):
			return "only the minor version is known; a constraint such as \">= 1.30\" or \"~1.30\" depends on nothing else"
		}
	}
	if origin.Snapshot != nil {
		if u.Code == discovery.NotRecorded {
			return "the snapshot does not hold it; record it again with kreconcile snapshot, and name the declaration"
		}
		return "so it was when the snapshot was taken; record it again with kreconcile snapshot"
	}
	if (u.Code == discovery.Unreachable || u.Code == discovery.Timeout) && strings.Contains(u.Message, " the proxy") {
		if strings.Contains(u.Message, ": 407 ") {
			return "HTTPS_PROXY takes the proxy's user and password, as in http://USER:PASSWORD@proxy.example:3128; " +
				"NO_PROXY names the servers that are reached without it"
		}
		allow := "add the server to NO_PROXY if it is reached without a proxy; otherwise see that HTTPS_PROXY is right and the proxy allows CONNECT to it"
		switch {
		case strings.Contains(u.Message, lookup):
			allow += "; " + dnsHint
		case u.Code == discovery.Timeout:
			allow += "; where a NetworkPolicy denies egress, allow the proxy"
		}
		return allow
	}
	switch u.Code {
	case discovery.NotRecorded:
	case discovery.Unreachable:
		switch {
		case strings.Contains(u.Message, " speaks plain HTTP, not TLS"):
			return speaksPlainHint(origin.Endpoint)
		case strings.Contains(u.Message, " speaks TLS, not plain HTTP"):
			return "this port speaks TLS: write --server https://" + strings.TrimPrefix(origin.Endpoint, "http://") + ", with --token-file and --ca-file"
		case strings.Contains(u.Message, "does not speak TLS"):
			return "an API server speaks TLS: see that the port is right"
		}
		if strings.Contains(u.Message, lookup) {
			return "see that the name is right; " + dnsHint
		}
		return "see that the address is right and no sidecar is still starting; " + egressHint
	case discovery.Timeout:
		if strings.Contains(u.Message, lookup) {
			return "see that the name is right; " + dnsHint
		}
		return "the server is slow, or what is sent is dropped; " + egressHint + "; --timeout, --request-timeout and --wait set the limits"
	case discovery.Certificate:
		switch {
		case strings.Contains(u.Message, " expired on "):
			return "renew the certificate, or correct the clock of the machine that kreconcile runs on; no flag accepts it"
		case strings.Contains(u.Message, " is not valid before "):
			return "correct the clock of the machine that kreconcile runs on, or wait until then; no flag accepts it"
		case strings.Contains(u.Message, "; it is valid for "):
			return "connect to a name or address that the certificate is valid for, or set --tls-server-name to one"
		}
		if strings.Contains(u.Message, " through the proxy ") {
			return "NO_PROXY names the servers that are reached without a proxy; --ca-file names the CA that signed the certificate"
		}
		if needsAnotherCertificate(u.Message) {
			return "the server needs another certificate, issued without this fault; no flag accepts this one"
		}
		return "--ca-file names the file with the CA that signed it"
	case discovery.Unauthorized:
		return "the token is expired, revoked, from another cluster, or for another audience than the API server's"
	case discovery.Forbidden:
		role, flags := "system:discovery", "--accept-paths, --reject-paths, --accept-hosts"
		if isReview(u) {
			role, flags = "system:basic-user", flags+", --reject-methods"
		}
		said := refusedUser(u.Message)
		if said != "" {
			who = said
		}
		if strings.HasPrefix(origin.Endpoint, "http://") && said == "" {
			if who == "" {
				who = "the identity that it uses"
			}
			return "kubectl proxy refuses it (" + flags + "), or " + who + " lacks the ClusterRole " + role
		}
		if who == "" {
			who = "the identity that asks"
		}
		return "bind the ClusterRole " + role + " to " + who + ", as clusters do for system:authenticated by default"
	case discovery.Unavailable:
		return "try again; for an aggregated API, kubectl get apiservices says what is wrong with it"
	case discovery.Stale:
		return "kubectl get apiservices says why the API server cannot reach what serves it"
	case discovery.NoNamespace:
		return noNamespaceHint
	case discovery.EvaluationFailed:
		return "the server's log says which authorizer failed; try again"
	case discovery.NoSchema:
		return "a custom resource that has just been created has its schema a second later; try again"
	case discovery.OpenSchema:
		return openSchemaHint
	case discovery.UnjudgedRule:
		return unjudgedRuleHint
	case discovery.NotReady:
		return "an API server that is starting leaves out what it has not loaded yet; try again"
	case discovery.Unsettled:
		return "API servers of different releases may be behind the address, as in the middle of an upgrade, or the cluster is changing; try again when that is over"
	case discovery.Redirected:
		return "redirects are never followed, so that a token goes nowhere else; name the server itself"
	case discovery.OtherEndpoint:
		return "no token is sent to an endpoint that is not declared; fix cluster.endpoint, or name the server with --server"
	case discovery.InvalidResponse:
		if isReview(u) && strings.Contains(u.Message, ": 404 ") {
			return "the server does not serve authorization.k8s.io/v1, so that nobody can ask it what they may do"
		}
		return "see that the address is an API server's, with its path where it has one, and not a proxy's or a login page's"
	case discovery.Canceled:
		return "the run was ended before it was told"
	}
	return ""
}

// speaksPlainHint is about a port that was asked over TLS. On loopback it may be that of
// a kubectl proxy.
func speaksPlainHint(endpoint string) string {
	if u, err := url.Parse(endpoint); err == nil && isLoopback(u.Hostname()) {
		return "this port speaks plain HTTP: where it is a kubectl proxy's, write --server http://" + u.Host + u.Path
	}
	return "an API server speaks TLS: see that the port is right; plain HTTP is only spoken to a kubectl proxy on this machine"
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}

// needsAnotherCertificate tells whether neither another CA nor another name would make
// kreconcile accept the certificate.
func needsAnotherCertificate(message string) bool {
	return slices.ContainsFunc([]string{
		" cannot be used: ", "unhandled critical extension", "insecure algorithm", "incompatible key usage",
		"legacy Common Name", "not authorized to sign for this name", "no subject alternative name",
	}, func(fault string) bool { return strings.Contains(message, fault) })
}

// A server's message may have 2 KiB, and each requirement that it is about repeats it in
// each format.
const (
	// wholeMessages is how many bytes of messages a report has whole, and shortMessage
	// how many there are of each beyond.
	wholeMessages = 1 << 20
	shortMessage  = 120
)

// shorten cuts the messages of the server where there are so many, or such long ones,
// that the report would take more memory than a small Pod has. What differs comes short
// from the comparison, and so do messages, but for what a hint goes by.
func shorten(findings []apply.Finding) {
	total := 0
	for _, f := range findings {
		if f.Undetermined == nil {
			continue
		}
		message := &f.Undetermined.Message
		if total += len(*message); total > wholeMessages && len(*message) > shortMessage {
			*message = discovery.Cut(*message, shortMessage)
		}
	}
}

// isReview tells whether it is an access review that was not answered. Nothing else
// is posted.
func isReview(u *apply.Undetermined) bool { return strings.HasPrefix(u.Message, "POST ") }
