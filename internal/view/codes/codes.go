package codes

import (
	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// The codes of diagnostics, beside those of differences and of failures.
const (
	Error  = "error"
	Notice = "notice"
)

// Code is what a report can say of a requirement or of the run.
type Code struct {
	Name string
	// Meaning says what is so, and Follows what that means for the verdict.
	Meaning, Follows string
	// Advice says what to do, in whatever report it is.
	Advice string
}

// All lists every code, in an order that does not change within one version.
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
		Error, "The declaration, the command line or the run itself is at fault, which exits with 1.",
		"There is no verdict on the cluster.",
		"Fix what the message names, and run kreconcile again. Until then, the report says nothing about the cluster.",
	}, Code{
		Notice, "Something is worth knowing that does not prevent a verdict.",
		"The exit code is the same without it.",
		"Read the message and decide whether it matters to you.",
	})
}

// explained is a code's meaning and advice.
type explained struct{ meaning, advice string }

// drifts explains every code of a difference.
func drifts() map[apply.Code]explained {
	const notServed = "Remove what serves it, or remove served = false from the declaration."
	return map[apply.Code]explained{
		apply.EndpointMismatch: {"The connection is not to the declared endpoint.",
			"Run kreconcile against the declared endpoint, which --server names, or correct cluster.endpoint in the declaration."},
		apply.ServerAddressMismatch: {"The server publishes none of the declared addresses.",
			"Check which cluster this is. If it is the right one, correct cluster.server_address: " +
				"kubectl get --raw /api shows the addresses that the server publishes."},
		apply.KubernetesMismatch: {"The server's version is outside the declared range.",
			"Upgrade the cluster, or widen cluster.kubernetes if the software works with this version."},
		apply.GroupVersionNotServed: {"A group version that is required is not served.",
			"Install what serves it, such as a CRD or an aggregated API server, or enable it in the API server " +
				"with --runtime-config. If a newer version replaces it, require that one."},
		apply.GroupVersionServed: {"A group version is served that must not be.",
			notServed},
		apply.PreferredMismatch: {"A group version is the preferred one of its group and must not be, or is not and must be.",
			"Change which version the group prefers, or remove preferred from the declaration. " +
				"kubectl get --raw /apis shows the preferred version of each group."},
		apply.ResourceNotServed: {"A resource that is required is not served.",
			"Check the name: it is the plural one, such as ingresses. If it is right, install or upgrade what serves the group version."},
		apply.ResourceServed: {"A resource is served that must not be.",
			notServed},
		apply.KindNotServed: {"A kind that is required is not served.",
			"Check the name: it is written as in a manifest, such as Ingress. If it is right, install or upgrade what serves the group version."},
		apply.KindServed: {"A kind is served that must not be.",
			notServed},
		apply.KindMismatch: {"A resource has another kind than the declared one.",
			"Correct kind in the declaration, or install the CRD that the software expects."},
		apply.ScopeMismatch: {"A resource is namespaced and must not be, or is not and must be.",
			"Correct scope in the declaration, or install the CRD that the software expects. " +
				"A permission on a resource that is in no namespace declares none."},
		apply.VerbNotServed: {"A resource lacks a verb that is required.",
			"Remove the verb from the declaration, or upgrade what serves the resource. " +
				"kubectl api-resources -o wide shows the verbs of each resource."},
		apply.SubresourceNotServed: {"A subresource that is required is not served.",
			"Check the name. If it is right, upgrade what serves the resource. A CRD lists status and scale under subresources."},
		apply.SubresourceServed: {"A subresource is served that must not be.",
			notServed},
		apply.PermissionDenied: {"The identity that asks may not do what is required.",
			"Bind a Role or a ClusterRole with this permission to the identity, or remove it from the declaration. " +
				"kubectl auth can-i asks the same question."},
		apply.AssertFailed: {"The condition of an assert does not hold.",
			"Read the error message of the assert, which the author of the declaration wrote."},
		apply.FieldNotServed: {"The schema of a kind lacks a field that is required.",
			"Check the path with kubectl explain. If it is right, upgrade the cluster or the CRD to a version that has the field: " +
				"the server drops or refuses it until then."},
		apply.FieldServed: {"The schema of a kind has a field that it must not have.",
			notServed},
		apply.FieldTypeMismatch: {"A field has another type than the declared one.",
			"Correct type in the declaration, or install the version of the CRD that the software expects."},
		apply.FieldEnumMismatch: {"A field may not have a value that is required to be possible.",
			"Install a version of the CRD that allows the value, or correct enum in the declaration."},
		apply.FieldRequiredMismatch: {"A field is always there and must not be, or is not and must be.",
			"Correct required in the declaration, or install the version of the CRD that the software expects."},
	}
}

// failures explains every code of a failure. The meaning goes on after a colon.
func failures() map[discovery.FailureCode]explained {
	return map[discovery.FailureCode]explained{
		discovery.NotRecorded: {"the snapshot does not hold it.",
			"Record the snapshot again with kreconcile snapshot, and name the declaration, so that it holds what is required."},
		discovery.Unreachable: {"there was no connection to the server, or it broke.",
			"Check the address of the server, the NetworkPolicies and the proxy, and run kreconcile again."},
		discovery.Timeout: {"a time limit ended the request.",
			"Run kreconcile again with a longer --timeout, or with --wait."},
		discovery.Certificate: {"the server's certificate does not verify.",
			"Check that the CA bundle is the one of this server, and that the server's certificate has its name and has not expired."},
		discovery.Unauthorized: {"the server answered 401.",
			"Check that the token has not expired, and that it was issued by this cluster."},
		discovery.Forbidden: {"the server answered 403.",
			"Bind the ClusterRoles system:discovery and system:basic-user to the identity. By default, every identity that is " +
				"authenticated has them."},
		discovery.Unavailable: {"the server, or what serves an aggregated API, answered 429 or 5xx.",
			"Run kreconcile again with --wait. If an aggregated API answers so, kubectl get apiservices shows why."},
		discovery.Redirected: {"the server answered with a redirect, which is never followed.",
			"Name the API server itself with --server, and not a load balancer or a login page in front of it."},
		discovery.InvalidResponse: {"the answer is not what was asked for, or beyond a limit.",
			"Check that the address is the one of a Kubernetes API server, and that nothing in front of it changes its answers."},
		discovery.Stale: {"the API server cannot reach what serves the group version.",
			"Check the Pods behind the APIService: kubectl get apiservices shows which one is not available. Then run kreconcile again."},
		discovery.NoNamespace: {"nobody has said which namespace is meant.",
			"Declare the namespace of the permission, or \"*\" for all of them, or run kreconcile in a Pod."},
		discovery.EvaluationFailed: {"an authorizer of the server failed, or a condition cannot be evaluated.",
			"If the message is about the condition, fix the condition. Otherwise, check the webhooks by which the server authorizes."},
		discovery.NoSchema: {"the server's OpenAPI documents do not describe the kind, or not yet.",
			"Run kreconcile again with --wait: a server publishes the schema of a new CRD some seconds after it serves the CRD."},
		discovery.OpenSchema: {"the schema takes anything at that place.",
			"Require the field above it, or the values of a map as .* in the path."},
		discovery.UnjudgedRule: {"the schema has a rule that kreconcile does not evaluate.",
			"Leave out what the rule decides, or try an object with kubectl apply --dry-run=server, which evaluates all rules."},
		discovery.NotReady: {"the server is not ready, so that what is missing may yet come.",
			"Run kreconcile again with --wait, which goes on until the server is ready."},
		discovery.Unsettled: {"answers that came one after the other differ.",
			"Run kreconcile again with --wait once the upgrade or the installation is over."},
		discovery.OtherEndpoint: {"nothing was asked, because the connection would not be to the declared endpoint.",
			"Run kreconcile against the declared endpoint, which --server names, or correct cluster.endpoint in the declaration."},
		discovery.Canceled: {"a signal ended the run.",
			"Run kreconcile again. If the pipeline ended it, allow it more time."},
	}
}
