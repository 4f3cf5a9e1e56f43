package hint

import (
	"slices"
	"strings"
	"sync"
)

// builtin is a kind that Kubernetes itself serves.
type builtin struct{ group, kind, plural string }

// kinds lists the kinds of each group, with a short name behind a colon. A kind that is missing
// costs a suggestion and nothing else.
//
// Source: kubectl api-resources of Kubernetes 1.36.
const kinds = `
core: Binding ComponentStatus:cs ConfigMap:cm Endpoints:ep Event:ev LimitRange Namespace:ns Node:no PersistentVolume:pv PersistentVolumeClaim:pvc
core: Pod:po PodTemplate ReplicationController:rc ResourceQuota:quota Secret Service:svc ServiceAccount:sa
apps: ControllerRevision DaemonSet:ds Deployment:deploy ReplicaSet:rs StatefulSet:sts
autoscaling: HorizontalPodAutoscaler:hpa
batch: CronJob:cj Job
policy: PodDisruptionBudget:pdb
admissionregistration.k8s.io: MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration
admissionregistration.k8s.io: ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration
apiextensions.k8s.io: CustomResourceDefinition:crd
apiregistration.k8s.io: APIService
authentication.k8s.io: SelfSubjectReview TokenReview
authorization.k8s.io: LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview
certificates.k8s.io: CertificateSigningRequest:csr
coordination.k8s.io: Lease
discovery.k8s.io: EndpointSlice
events.k8s.io: Event:ev
flowcontrol.apiserver.k8s.io: FlowSchema PriorityLevelConfiguration
networking.k8s.io: IPAddress:ip Ingress:ing IngressClass NetworkPolicy:netpol ServiceCIDR
node.k8s.io: RuntimeClass
rbac.authorization.k8s.io: ClusterRole ClusterRoleBinding Role RoleBinding
resource.k8s.io: DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
scheduling.k8s.io: PriorityClass:pc
storage.k8s.io: CSIDriver CSINode CSIStorageCapacity StorageClass:sc VolumeAttachment VolumeAttributesClass:vac
`

// builtins has the kinds by each of their names, in lower case: plural, singular and short name.
var builtins = sync.OnceValue(func() map[string][]builtin { //nolint:gochecknoglobals // It is made once, when a name is first looked up.
	named := map[string][]builtin{}
	for line := range strings.Lines(strings.TrimSpace(kinds)) {
		group, list, _ := strings.Cut(line, ": ")
		for name := range strings.FieldsSeq(list) {
			kind, short, _ := strings.Cut(name, ":")
			singular := strings.ToLower(kind)
			b := builtin{strings.TrimPrefix(group, "core"), kind, pluralOf(singular)}
			for _, name := range []string{b.plural, singular, short} {
				if !slices.Contains(named[name], b) {
					named[name] = append(named[name], b)
				}
			}
		}
	}
	return named
})

// pluralOf gives the plural of a kind in lower case, as Kubernetes forms it.
func pluralOf(name string) string {
	switch stem, y := strings.CutSuffix(name, "y"); {
	case name == "endpoints":
		return name
	case y:
		return stem + "ies"
	case strings.HasSuffix(name, "s"):
		return name + "es"
	}
	return name + "s"
}

// find gives what a name means in a group. Names in any group are for the core group first.
func find(name, group string) (builtin, bool) {
	for _, b := range builtins()[strings.ToLower(name)] {
		if name != "" && (group == anyGroup || b.group == group) {
			return b, true
		}
	}
	return builtin{}, false
}

// anyGroup is no name that a group can have.
const anyGroup = "any group"

// groupOf gives the group that a name means: itself, or the one that begins with it, as
// networking.k8s.io does with networking. It is empty for another name.
func groupOf(name string) string {
	_, after, found := strings.Cut(kinds, "\n"+name)
	rest, _, _ := strings.Cut(after, ": ")
	if !found || name == "" || name == "core" || rest != "" && (rest[0] != '.' || !strings.HasSuffix(rest, "k8s.io")) {
		return ""
	}
	return name + rest
}
