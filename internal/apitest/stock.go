package apitest

import (
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Stock returns a new snapshot like that of a kube-apiserver 1.36 without extensions.
// Tests may rely only on its size and shape.
func Stock() *discovery.Snapshot {
	s := &discovery.Snapshot{
		Endpoint:  "https://10.0.1.149:443",
		Time:      time.Date(2026, time.January, 31, 12, 0, 0, 0, time.UTC),
		Confirmed: discovery.Known(struct{}{}),
		Version: discovery.Known(discovery.ServerVersion{
			GitVersion: "v1.36.3", Major: "1", Minor: "36", Platform: "linux/amd64",
		}),
		ServerAddresses: discovery.Known([]string{"10.0.1.149:443"}),
	}
	var named []discovery.Group
	var core discovery.Group
	var resources *[]discovery.Resource
	for line := range strings.Lines(stock) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case len(words) == 1:
			gv, err := kubeapi.ParseGroupVersion(words[0])
			if err != nil {
				panic("apitest: " + err.Error())
			}
			group := &core
			if gv.Group != "" {
				if len(named) == 0 || named[len(named)-1].Name != gv.Group {
					named = append(named, discovery.Group{Name: gv.Group})
				}
				group = &named[len(named)-1]
			}
			if group.Preferred == "" {
				group.Preferred = gv.Version
			}
			group.Versions = append(group.Versions, discovery.Version{
				Name: gv.Version, Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known[[]discovery.Resource](nil),
			})
			resources = &group.Versions[len(group.Versions)-1].Resources.Value
		default:
			*resources = append(*resources, stockResource(words))
		}
	}
	s.Core, s.Named = discovery.Known(core), discovery.Known(named)
	return s
}

// stockResource reads "plural Kind N|C verbs [+subresource=Kind…] [short…]".
func stockResource(words []string) discovery.Resource {
	r := discovery.Resource{
		Name: words[0], Singular: strings.ToLower(words[1]), Kind: words[1],
		Scope: kubeapi.ScopeCluster, Verbs: stockVerbs(words[3]),
	}
	if words[2] == "N" {
		r.Scope = kubeapi.ScopeNamespaced
	}
	for _, word := range words[4:] {
		name, isSubresource := strings.CutPrefix(word, "+")
		if !isSubresource {
			r.ShortNames = append(r.ShortNames, word)
			continue
		}
		name, kind, found := strings.Cut(name, "=")
		if !found {
			kind = r.Kind
		}
		verbs := []string{"get", "patch", "update"}
		switch name {
		case "binding", "eviction", "token":
			verbs = []string{"create"}
		case "log":
			verbs = []string{"get"}
		case "attach", "exec", "portforward":
			verbs = []string{"create", "get"}
		case "proxy":
			verbs = []string{"create", "delete", "get", "patch", "update"}
		}
		r.Subresources = append(r.Subresources, discovery.Subresource{Name: name, Kind: kind, Verbs: verbs})
	}
	return r
}

func stockVerbs(word string) []string {
	switch word {
	case "all":
		return []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
	case "read":
		return []string{"get", "list"}
	}
	return strings.Split(word, ",")
}

const stock = `
v1
bindings Binding N create
componentstatuses ComponentStatus C read cs
configmaps ConfigMap N all cm
endpoints Endpoints N all ep
events Event N all ev
limitranges LimitRange N all limits
namespaces Namespace C create,delete,get,list,patch,update,watch +finalize +status ns
nodes Node C all +proxy=NodeProxyOptions +status no
persistentvolumeclaims PersistentVolumeClaim N all +status pvc
persistentvolumes PersistentVolume C all +status pv
pods Pod N all +attach=PodAttachOptions +binding=Binding +ephemeralcontainers +eviction=Eviction +exec=PodExecOptions +log +portforward=PodPortForwardOptions +proxy=PodProxyOptions +resize +status po
podtemplates PodTemplate N all
replicationcontrollers ReplicationController N all +scale=Scale +status rc
resourcequotas ResourceQuota N all +status quota
secrets Secret N all
serviceaccounts ServiceAccount N all +token=TokenRequest sa
services Service N all +proxy=ServiceProxyOptions +status svc

apiregistration.k8s.io/v1
apiservices APIService C all +status

apps/v1
controllerrevisions ControllerRevision N all
daemonsets DaemonSet N all +status ds
deployments Deployment N all +scale=Scale +status deploy
replicasets ReplicaSet N all +scale=Scale +status rs
statefulsets StatefulSet N all +scale=Scale +status sts

events.k8s.io/v1
events Event N all ev

authentication.k8s.io/v1
selfsubjectreviews SelfSubjectReview C create
tokenreviews TokenReview C create

authorization.k8s.io/v1
localsubjectaccessreviews LocalSubjectAccessReview N create
selfsubjectaccessreviews SelfSubjectAccessReview C create
selfsubjectrulesreviews SelfSubjectRulesReview C create
subjectaccessreviews SubjectAccessReview C create

autoscaling/v2
horizontalpodautoscalers HorizontalPodAutoscaler N all +status hpa
autoscaling/v1
horizontalpodautoscalers HorizontalPodAutoscaler N all +status hpa

batch/v1
cronjobs CronJob N all +status cj
jobs Job N all +status

certificates.k8s.io/v1
certificatesigningrequests CertificateSigningRequest C all +approval +status csr

networking.k8s.io/v1
ingressclasses IngressClass C all
ingresses Ingress N all +status ing
ipaddresses IPAddress C all ip
networkpolicies NetworkPolicy N all netpol
servicecidrs ServiceCIDR C all +status

policy/v1
poddisruptionbudgets PodDisruptionBudget N all +status pdb

rbac.authorization.k8s.io/v1
clusterrolebindings ClusterRoleBinding C all
clusterroles ClusterRole C all
rolebindings RoleBinding N all
roles Role N all

storage.k8s.io/v1
csidrivers CSIDriver C all
csinodes CSINode C all
csistoragecapacities CSIStorageCapacity N all
storageclasses StorageClass C all sc
volumeattachments VolumeAttachment C all +status
volumeattributesclasses VolumeAttributesClass C all vac

admissionregistration.k8s.io/v1
mutatingwebhookconfigurations MutatingWebhookConfiguration C all
validatingadmissionpolicies ValidatingAdmissionPolicy C all +status
validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding C all
validatingwebhookconfigurations ValidatingWebhookConfiguration C all

apiextensions.k8s.io/v1
customresourcedefinitions CustomResourceDefinition C all +status crd crds

scheduling.k8s.io/v1
priorityclasses PriorityClass C all pc

coordination.k8s.io/v1
leases Lease N all

node.k8s.io/v1
runtimeclasses RuntimeClass C all

discovery.k8s.io/v1
endpointslices EndpointSlice N all

resource.k8s.io/v1
deviceclasses DeviceClass C all
resourceclaims ResourceClaim N all +status
resourceclaimtemplates ResourceClaimTemplate N all
resourceslices ResourceSlice C all

flowcontrol.apiserver.k8s.io/v1
flowschemas FlowSchema C all +status
prioritylevelconfigurations PriorityLevelConfiguration C all +status
`
