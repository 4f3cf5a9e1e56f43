package codes

import (
	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// The codes of diagnostics, and of requirements that hold. Differences and failures have
// codes of their own.
const (
	Deprecated = "deprecated"
	Error      = "error"
	Notice     = "notice"
)

// Code is a code that a report can give for a requirement or for the run.
type Code struct {
	Name string
	// Meaning says what the code means, and Follows what that does to the verdict.
	Meaning, Follows string
	// Advice says what to do, in any report.
	Advice string
}

// All lists every code. The order is the same for one version of kreconcile.
func All() []Code {
	var list []Code
	drifts, failures := drifts(), failures()
	for _, name := range apply.Codes() {
		d := drifts[name]
		list = append(list, Code{string(name), d.meaning, "This is drift: what was found differs from the declaration.", d.advice})
	}
	for _, name := range discovery.FailureCodes() {
		f := failures[name]
		list = append(list, Code{
			string(name), "It could not be determined whether the requirement is met: " + f.meaning,
			"The requirement is neither met nor missed, and kreconcile exits with 3 unless --allow-undetermined is given.", f.advice,
		})
	}
	return append(list, Code{
		Deprecated, "The requirement is met by an API that Kubernetes has deprecated.",
		"It is a warning, and like drift with --fail-on-deprecated.",
		"Change to the replacement that the message names before a release removes it.",
	}, Code{
		Error, "The declaration, the command line or the run is at fault: exit code 1.",
		"There is no verdict on the cluster.",
		"Fix what the message names.",
	}, Code{
		Notice, "Something is worth knowing that does not prevent a verdict.",
		"The exit code is the same without it.",
		"Decide whether the message matters to you.",
	})
}

// explained is a code's meaning and advice.
type explained struct{ meaning, advice string }

// drifts explains every code of a difference.
func drifts() map[apply.Code]explained {
	const served = "Remove it, or remove served = false."
	return map[apply.Code]explained{
		apply.EndpointMismatch: {"The connection is not to the declared endpoint.",
			"Use --server with the declared endpoint, or correct cluster.endpoint."},
		apply.ServerAddressMismatch: {"The server publishes none of the declared addresses.",
			"kubectl get --raw /api shows the server's addresses. If it is the right cluster, correct cluster.server_address."},
		apply.KubernetesMismatch: {"The server's version is outside the declared range.",
			"Upgrade the cluster, or widen cluster.kubernetes."},
		apply.GroupVersionNotServed: {"A required group version is not served.",
			"Install what serves it, such as a CRD, enable it with --runtime-config, or require the version that replaces it."},
		apply.GroupVersionServed: {"A group version is served that must not be.",
			served},
		apply.PreferredMismatch: {"A group version is preferred in its group and must not be, or the reverse.",
			"Change which version the group prefers, or remove preferred."},
		apply.ResourceNotServed: {"A required resource is not served.",
			"Check the plural name, such as ingresses, or install or upgrade what serves it."},
		apply.ResourceServed: {"A resource is served that must not be.",
			served},
		apply.KindNotServed: {"A required kind is not served.",
			"Check the name, such as Ingress, or install or upgrade what serves it."},
		apply.KindServed: {"A kind is served that must not be.",
			served},
		apply.KindMismatch: {"A resource has another kind than the declared one.",
			"Correct kind, or install the CRD that the software expects."},
		apply.ScopeMismatch: {"A resource is namespaced and must not be, or the reverse.",
			"Correct scope, or install the CRD that the software expects. A permission for a resource that is in no namespace " +
				"must have no namespace."},
		apply.VerbNotServed: {"A resource lacks a required verb.",
			"kubectl api-resources -o wide shows the verbs. Remove the verb, or upgrade what serves the resource."},
		apply.SubresourceNotServed: {"A required subresource is not served.",
			"Check the name, or upgrade what serves the resource."},
		apply.SubresourceServed: {"A subresource is served that must not be.",
			served},
		apply.PermissionDenied: {"The identity that asks lacks a required permission.",
			"Bind a Role with it to the identity, or remove the requirement. kubectl auth can-i asks the same."},
		apply.AssertFailed: {"The condition of an assert does not hold.",
			"Read its error message."},
		apply.FieldNotServed: {"The schema of a kind lacks a required field.",
			"Check the path with kubectl explain, or upgrade the cluster or the CRD: until then, the server drops or refuses " +
				"the field."},
		apply.FieldServed: {"The schema of a kind has a field that it must not have.",
			served},
		apply.FieldTypeMismatch: {"A field has another type than the declared one.",
			"Correct type, or install the version of the CRD that the software expects."},
		apply.FieldEnumMismatch: {"A field does not allow a required value.",
			"Correct enum, or install a version of the CRD that allows the value."},
		apply.FieldRequiredMismatch: {"The schema requires a field and must not, or the reverse.",
			"Correct required, or install the version of the CRD that the software expects."},
	}
}

// failures explains every code of a failure. The meaning continues a sentence after a
// colon.
func failures() map[discovery.FailureCode]explained {
	return map[discovery.FailureCode]explained{
		discovery.NotRecorded: {"the snapshot does not hold it.",
			"Record it again with kreconcile snapshot, and name the declaration."},
		discovery.NotInCatalogue: {"the catalogue of releases does not have the answer.",
			"For a group of CRDs, add --crds. For a version, name the patch, as in --release 1.34.2. For the rest, such as " +
				"permissions, judge a cluster, or a snapshot of one."},
		discovery.Unreachable: {"there was no connection to the server, or it broke.",
			"Check the address of the server, NetworkPolicies and the proxy."},
		discovery.Timeout: {"a time limit ended the request.",
			"Use a longer --timeout, or --wait."},
		discovery.Certificate: {"the server's certificate does not verify.",
			"Check the CA bundle, and the names and the end of the certificate."},
		discovery.Unauthorized: {"the server answered 401.",
			"Check that the token is of this cluster and has not expired."},
		discovery.Forbidden: {"the server answered 403.",
			"Bind the ClusterRoles system:discovery and system:basic-user to the identity."},
		discovery.Unavailable: {"the server, or what serves an aggregated API, answered 429 or 5xx.",
			"Use --wait. For an aggregated API, kubectl get apiservices shows why."},
		discovery.Redirected: {"the server answered with a redirect, which kreconcile never follows.",
			"Use --server with the API server itself, not a login page."},
		discovery.InvalidResponse: {"the answer is not what kreconcile asked for, or exceeds a limit.",
			"Check that the address is of a Kubernetes API server, and not of a proxy that changes answers."},
		discovery.Stale: {"the API server cannot reach what serves the group version.",
			"kubectl get apiservices shows which one is not available. Check its Pods."},
		discovery.NoNamespace: {"the namespace is not known.",
			"Declare it, use --namespace, or run kreconcile in a Pod."},
		discovery.EvaluationFailed: {"an authorizer of the server failed, or a condition cannot be evaluated.",
			"Fix the condition, or check the server's authorization webhooks."},
		discovery.NoSchema: {"the server's OpenAPI documents do not describe the kind, or not yet.",
			"Use --wait: the schema of a new CRD is published some seconds after the CRD is served."},
		discovery.OpenSchema: {"the schema takes anything at that place.",
			"Require the field above it, or the values of a map as .* in the path."},
		discovery.UnjudgedRule: {"the schema has a rule that kreconcile does not evaluate.",
			"Remove the requirement, or try an object with kubectl apply --dry-run=server."},
		discovery.NotReady: {"the server is not ready, so what is missing may still come.",
			"Use --wait."},
		discovery.Unsettled: {"answers that came one after the other differ.",
			"Run kreconcile again after the upgrade, or use --wait."},
		discovery.OtherEndpoint: {"nothing was asked, because the connection would not be to the declared endpoint.",
			"Use --server with it, or correct cluster.endpoint."},
		discovery.Canceled: {"a signal ended the run.",
			"Run kreconcile again. If the pipeline ended it, allow it more time."},
	}
}
