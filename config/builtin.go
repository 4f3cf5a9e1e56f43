package config

import (
	"slices"
	"strings"
	"sync"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// builtin is a kind that Kubernetes itself serves. It is used for suggestions only, so that
// a list that is not complete costs a suggestion and nothing else.
type builtin struct{ group, kind, plural string }

// resource is how a permission names it.
func (b builtin) resource() string {
	if b.group == "" {
		return b.plural
	}
	return b.plural + "." + b.group
}

// catalogue has the kinds by each name that can only mean one: the plural, singular and
// short name, all in lower case.
type catalogue struct {
	named  map[string][]builtin
	groups []string
}

// builtins gives the catalogue, which never changes.
var builtins = sync.OnceValue(makeCatalogue) //nolint:gochecknoglobals // It is made once, when a name is first looked up.

// makeCatalogue lists the kinds of each group, with a short name behind a colon.
//
// Source: kubectl api-resources of Kubernetes 1.36.
func makeCatalogue() catalogue {
	all := catalogue{named: map[string][]builtin{}}
	for _, group := range []struct{ name, kinds string }{
		{"", "Binding ComponentStatus:cs ConfigMap:cm Endpoints:ep Event:ev LimitRange Namespace:ns Node:no PersistentVolume:pv " +
			"PersistentVolumeClaim:pvc Pod:po PodTemplate ReplicationController:rc ResourceQuota:quota Secret Service:svc ServiceAccount:sa"},
		{"apps", "ControllerRevision DaemonSet:ds Deployment:deploy ReplicaSet:rs StatefulSet:sts"},
		{"autoscaling", "HorizontalPodAutoscaler:hpa"},
		{"batch", "CronJob:cj Job"},
		{"policy", "PodDisruptionBudget:pdb"},
		{"admissionregistration.k8s.io", "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration " +
			"ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration"},
		{"apiextensions.k8s.io", "CustomResourceDefinition:crd"},
		{"apiregistration.k8s.io", "APIService"},
		{"authentication.k8s.io", "SelfSubjectReview TokenReview"},
		{"authorization.k8s.io", "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview"},
		{"certificates.k8s.io", "CertificateSigningRequest:csr"},
		{"coordination.k8s.io", "Lease"},
		{"discovery.k8s.io", "EndpointSlice"},
		{"events.k8s.io", "Event:ev"},
		{"flowcontrol.apiserver.k8s.io", "FlowSchema PriorityLevelConfiguration"},
		{"networking.k8s.io", "IPAddress:ip Ingress:ing IngressClass NetworkPolicy:netpol ServiceCIDR"},
		{"node.k8s.io", "RuntimeClass"},
		{"rbac.authorization.k8s.io", "ClusterRole ClusterRoleBinding Role RoleBinding"},
		{"resource.k8s.io", "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice"},
		{"scheduling.k8s.io", "PriorityClass:pc"},
		{"storage.k8s.io", "CSIDriver CSINode CSIStorageCapacity StorageClass:sc VolumeAttachment VolumeAttributesClass:vac"},
	} {
		if group.name != "" {
			all.groups = append(all.groups, group.name)
		}
		for name := range strings.FieldsSeq(group.kinds) {
			kind, short, _ := strings.Cut(name, ":")
			b := builtin{group.name, kind, pluralOf(kind)}
			names := []string{b.plural, strings.ToLower(kind), short}
			slices.Sort(names)
			for _, name := range slices.Compact(names) {
				if name != "" {
					all.named[name] = append(all.named[name], b)
				}
			}
		}
	}
	return all
}

// pluralOf gives the plural of a kind that Kubernetes serves.
func pluralOf(kind string) string {
	name := strings.ToLower(kind)
	switch {
	case name == "endpoints":
		return name
	case strings.HasSuffix(name, "s"):
		return name + "es"
	case strings.HasSuffix(name, "y"):
		return strings.TrimSuffix(name, "y") + "ies"
	}
	return name + "s"
}

// findBuiltin finds what a name means in a group, or in any group if it is nil. Names of the
// core group come first.
func findBuiltin(name string, group *string) (builtin, bool) {
	for _, b := range builtins().named[strings.ToLower(name)] {
		if group == nil || b.group == *group {
			return b, true
		}
	}
	return builtin{}, false
}

// builtinGroup gives the group that a name means: itself, or the one that begins with it, as
// networking.k8s.io does with networking. It is empty for another name.
func builtinGroup(name string) string {
	known := builtins().groups
	if slices.Contains(known, name) {
		return name
	}
	for _, group := range known {
		if name != "" && strings.HasPrefix(group, name+".") && strings.HasSuffix(group, "k8s.io") {
			return group
		}
	}
	return ""
}

// isStrictVersion tells whether a name can only be a version, such as v1 or v1beta1.
func isStrictVersion(s string) bool { return kubeapi.IsLabel(s) && strictVersion.MatchString(s) }
