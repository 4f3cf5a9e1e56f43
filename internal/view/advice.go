package view

import (
	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// advice says what to do about a code, in whatever report it is.
func advice(code string) string {
	switch code {
	case mistake:
		return "Fix what the message names, and run kreconcile again. Until then, the report says nothing about the cluster."
	case notice:
		return "Read the message and decide whether it matters to you."
	}
	if text, ok := adviceOnDrift()[apply.Code(code)]; ok {
		return text
	}
	if text, ok := adviceOnFailures()[discovery.FailureCode(code)]; ok {
		return text
	}
	panic("view: unknown code " + code)
}

func adviceOnDrift() map[apply.Code]string {
	const notServed = "Remove what serves it, or remove served = false from the declaration."
	return map[apply.Code]string{
		apply.EndpointMismatch: "Run kreconcile against the declared endpoint, which --server names, or correct cluster.endpoint in the declaration.",
		apply.ServerAddressMismatch: "Check which cluster this is. If it is the right one, correct cluster.server_address: " +
			"kubectl get --raw /api shows the addresses that the server publishes.",
		apply.KubernetesMismatch: "Upgrade the cluster, or widen cluster.kubernetes if the software works with this version.",
		apply.GroupVersionNotServed: "Install what serves it, such as a CRD or an aggregated API server, or enable it in the API server " +
			"with --runtime-config. If a newer version replaces it, require that one.",
		apply.GroupVersionServed: notServed,
		apply.PreferredMismatch: "Change which version the group prefers, or remove preferred from the declaration. " +
			"kubectl get --raw /apis shows the preferred version of each group.",
		apply.ResourceNotServed: "Check the name: it is the plural one, such as ingresses. If it is right, install or upgrade what serves the group version.",
		apply.ResourceServed:    notServed,
		apply.KindNotServed:     "Check the name: it is written as in a manifest, such as Ingress. If it is right, install or upgrade what serves the group version.",
		apply.KindServed:        notServed,
		apply.KindMismatch:      "Correct kind in the declaration, or install the CRD that the software expects.",
		apply.ScopeMismatch: "Correct scope in the declaration, or install the CRD that the software expects. " +
			"A permission on a resource that is in no namespace declares none.",
		apply.VerbNotServed: "Remove the verb from the declaration, or upgrade what serves the resource. " +
			"kubectl api-resources -o wide shows the verbs of each resource.",
		apply.SubresourceNotServed: "Check the name. If it is right, upgrade what serves the resource. A CRD lists status and scale under subresources.",
		apply.SubresourceServed:    notServed,
		apply.FieldNotServed: "Check the path with kubectl explain. If it is right, upgrade the cluster or the CRD to a version that has the field: " +
			"the server drops or refuses it until then.",
		apply.FieldServed:           notServed,
		apply.FieldTypeMismatch:     "Correct type in the declaration, or install the version of the CRD that the software expects.",
		apply.FieldEnumMismatch:     "Install a version of the CRD that allows the value, or correct enum in the declaration.",
		apply.FieldRequiredMismatch: "Correct required in the declaration, or install the version of the CRD that the software expects.",
		apply.PermissionDenied: "Bind a Role or a ClusterRole with this permission to the identity, or remove it from the declaration. " +
			"kubectl auth can-i asks the same question.",
		apply.AssertFailed: "Read the error message of the assert, which the author of the declaration wrote.",
	}
}

func adviceOnFailures() map[discovery.FailureCode]string {
	return map[discovery.FailureCode]string{
		discovery.NotRecorded:  "Record the snapshot again with kreconcile snapshot, and name the declaration, so that it holds what is required.",
		discovery.Unreachable:  "Check the address of the server, the NetworkPolicies and the proxy, and run kreconcile again.",
		discovery.Timeout:      "Run kreconcile again with a longer --timeout, or with --wait.",
		discovery.Certificate:  "Check that the CA bundle is the one of this server, and that the server's certificate has its name and has not expired.",
		discovery.Unauthorized: "Check that the token has not expired, and that it was issued by this cluster.",
		discovery.Forbidden: "Bind the ClusterRoles system:discovery and system:basic-user to the identity. By default, every identity that is " +
			"authenticated has them.",
		discovery.Unavailable:      "Run kreconcile again with --wait. If an aggregated API answers so, kubectl get apiservices shows why.",
		discovery.Redirected:       "Name the API server itself with --server, and not a load balancer or a login page in front of it.",
		discovery.InvalidResponse:  "Check that the address is the one of a Kubernetes API server, and that nothing in front of it changes its answers.",
		discovery.Stale:            "Check the Pods behind the APIService: kubectl get apiservices shows which one is not available. Then run kreconcile again.",
		discovery.NoNamespace:      "Declare the namespace of the permission, or \"*\" for all of them, or run kreconcile in a Pod.",
		discovery.EvaluationFailed: "If the message is about the condition, fix the condition. Otherwise, check the webhooks by which the server authorizes.",
		discovery.NoSchema:         "Run kreconcile again with --wait: a server publishes the schema of a new CRD some seconds after it serves the CRD.",
		discovery.OpenSchema:       "Require the field above it, or the values of a map as .* in the path.",
		discovery.UnjudgedRule:     "Leave out what the rule decides, or try an object with kubectl apply --dry-run=server, which evaluates all rules.",
		discovery.NotReady:         "Run kreconcile again with --wait, which goes on until the server is ready.",
		discovery.Unsettled:        "Run kreconcile again with --wait once the upgrade or the installation is over.",
		discovery.OtherEndpoint:    "Run kreconcile against the declared endpoint, which --server names, or correct cluster.endpoint in the declaration.",
		discovery.Canceled:         "Run kreconcile again. If the pipeline ended it, allow it more time.",
	}
}
