package view

import (
	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// advice says what to do about a code, in whatever report it is.
func advice(code string) string {
	switch code {
	case mistake:
		return "Fix what the message names. Until then, there is no verdict on the cluster."
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
	const notServed = "Remove what serves it, or remove served = false."
	return map[apply.Code]string{
		apply.EndpointMismatch:      "Use --server with the declared endpoint, or correct cluster.endpoint.",
		apply.ServerAddressMismatch: "Check which cluster this is: kubectl get --raw /api shows its addresses. If it is the right one, correct cluster.server_address.",
		apply.KubernetesMismatch:    "Upgrade the cluster, or widen cluster.kubernetes if the software works with this version.",
		apply.GroupVersionNotServed: "Install what serves it, such as a CRD or an aggregated API server, or enable it with the API server's --runtime-config. " +
			"If a newer version replaces it, require that one.",
		apply.GroupVersionServed:    notServed,
		apply.PreferredMismatch:     "Change which version the group prefers, or remove preferred from the declaration.",
		apply.ResourceNotServed:     "Check the plural name, such as ingresses. If it is right, install or upgrade what serves the group version.",
		apply.ResourceServed:        notServed,
		apply.KindNotServed:         "Check the name, such as Ingress. If it is right, install or upgrade what serves the group version.",
		apply.KindServed:            notServed,
		apply.KindMismatch:          "Correct kind, or install the CRD that the software expects.",
		apply.ScopeMismatch:         "Correct scope, or install the CRD that the software expects. Remove namespace from a permission for a resource that is in no namespace.",
		apply.VerbNotServed:         "Remove the verb, or upgrade what serves the resource. kubectl api-resources -o wide shows the verbs.",
		apply.SubresourceNotServed:  "Check the name. If it is right, upgrade what serves the resource.",
		apply.SubresourceServed:     notServed,
		apply.FieldNotServed:        "Check the path with kubectl explain. If it is right, upgrade the cluster or the CRD: until then, the server drops or refuses the field.",
		apply.FieldServed:           notServed,
		apply.FieldTypeMismatch:     "Correct type, or install the version of the CRD that the software expects.",
		apply.FieldEnumMismatch:     "Correct enum, or install a version of the CRD that allows the value.",
		apply.FieldRequiredMismatch: "Correct required, or install the version of the CRD that the software expects.",
		apply.PermissionDenied:      "Bind a Role with this permission to the identity, or remove it from the declaration. kubectl auth can-i asks the same.",
		apply.AssertFailed:          "Read its error message, which the author of the declaration wrote.",
	}
}

func adviceOnFailures() map[discovery.FailureCode]string {
	return map[discovery.FailureCode]string{
		discovery.NotRecorded:      "Record it again with kreconcile snapshot, and name the declaration.",
		discovery.Unreachable:      "Check the address of the server, NetworkPolicies and the proxy.",
		discovery.Timeout:          "Use a longer --timeout, or --wait.",
		discovery.Certificate:      "Check that the CA bundle is of this server, and that the certificate has the server's name and has not expired.",
		discovery.Unauthorized:     "Check that the token is of this cluster and has not expired.",
		discovery.Forbidden:        "Bind the ClusterRoles system:discovery and system:basic-user to the identity. By default, every authenticated identity has them.",
		discovery.Unavailable:      "Use --wait. For an aggregated API, kubectl get apiservices shows why.",
		discovery.Redirected:       "Use --server with the API server itself, not a login page in front of it.",
		discovery.InvalidResponse:  "Check that the address is of a Kubernetes API server, and that nothing changes its answers.",
		discovery.Stale:            "Check the Pods behind the APIService: kubectl get apiservices shows which one is not available.",
		discovery.NoNamespace:      "Declare the namespace of the permission, or use --namespace, or run kreconcile in a Pod.",
		discovery.EvaluationFailed: "Fix the condition if the message is about it. Otherwise, check the authorization webhooks of the server.",
		discovery.NoSchema:         "Use --wait: a server publishes the schema of a new CRD some seconds after it serves the CRD.",
		discovery.OpenSchema:       "Require the field above it, or the values of a map as .* in the path.",
		discovery.UnjudgedRule:     "Remove the requirement, or try an object with kubectl apply --dry-run=server, which evaluates all rules.",
		discovery.NotReady:         "Use --wait: it goes on until the server is ready.",
		discovery.Unsettled:        "Run kreconcile again after the upgrade or the installation, or use --wait.",
		discovery.OtherEndpoint:    "Use --server with the declared endpoint, or correct cluster.endpoint.",
		discovery.Canceled:         "Run kreconcile again. If the pipeline ended it, allow it more time.",
	}
}
