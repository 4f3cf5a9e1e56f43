package apply

import (
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// finalizers is a subresource that no API serves. A permission for it lets a program
// make an object the blocking owner of another one. Any resource has it.
//
// Source:
// https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#ownerreferencespermissionenforcement
const finalizers = "finalizers"

// accessScope returns the scope of a resource that only access control knows: no API
// lists it, so there is nothing to look up. The scope is that of the program that
// asks about it.
func accessScope(r *config.PermissionResource) (scope kubeapi.Scope, known bool) {
	switch qualified(r) {
	// Whom a request impersonates, which has the group of authentication where the
	// verb constrains it. A ServiceAccount is in its namespace.
	//
	// Source: https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
	case "users", "groups", "users.authentication.k8s.io", "groups.authentication.k8s.io", "uids.authentication.k8s.io",
		"userextras.authentication.k8s.io", "nodes.authentication.k8s.io":
		return kubeapi.ScopeCluster, true
	case "serviceaccounts.authentication.k8s.io":
		return kubeapi.ScopeNamespaced, true

	// Which API groups an admission webhook may get tokens for.
	//
	// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/registry/core/serviceaccount/storage/token.go
	case "admissionReviewAPIGroups.authentication.k8s.io":
		return kubeapi.ScopeCluster, true

	// Signers of certificates, and which requests of nodes are approved by themselves.
	//
	// Source: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#authorization,
	// https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#approval
	case "signers.certificates.k8s.io", "certificatesigningrequests.certificates.k8s.io/nodeclient",
		"certificatesigningrequests.certificates.k8s.io/selfnodeclient":
		return kubeapi.ScopeCluster, true

	// What a kubelet asks about for its own endpoints.
	//
	// Source: https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
	case "nodes/checkpoint", "nodes/configz", "nodes/healthz", "nodes/log", "nodes/metrics", "nodes/pods", "nodes/stats", "nodes/statusz":
		return kubeapi.ScopeCluster, true

	// Who may write which part of the status of a ResourceClaim.
	//
	// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/registry/resource/utils.go
	case "resourceclaims.resource.k8s.io/binding":
		return kubeapi.ScopeCluster, true
	case "resourceclaims.resource.k8s.io/driver":
		return kubeapi.ScopeNamespaced, true

	// The host of a Route, the strategy of a build, addresses of other namespaces in
	// Endpoints, and the monitoring stack's own APIs.
	//
	// Source: https://docs.redhat.com/en/documentation/openshift_container_platform/4.18/html/builds_using_buildconfig/securing-builds-by-strategy,
	// https://github.com/openshift/library-go/blob/master/pkg/route/hostassignment/assignment.go,
	// https://github.com/openshift/origin/pull/9383,
	// https://docs.redhat.com/en/documentation/openshift_container_platform/4.18/html/monitoring/accessing-metrics
	case "routes.route.openshift.io/custom-host",
		"builds.build.openshift.io/custom", "builds.build.openshift.io/docker", "builds.build.openshift.io/jenkinspipeline",
		"builds.build.openshift.io/optimizeddocker", "builds.build.openshift.io/source",
		"endpoints/restricted",
		"alertmanagers.monitoring.coreos.com/api", "prometheuses.monitoring.coreos.com/api":
		return kubeapi.ScopeNamespaced, true
	}
	// Each key of the extra fields is a subresource.
	if r.Group == "authentication.k8s.io" && r.Resource == "userextras" {
		return kubeapi.ScopeCluster, true
	}
	return "", false
}

// outsideNamespaces names a resource that is in no namespace. A virtual subresource
// may have a parent that is in one.
func outsideNamespaces(r *config.PermissionResource) string {
	if _, known := accessScope(r); known {
		return qualified(r)
	}
	return r.Resource
}
