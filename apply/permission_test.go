package apply_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// permitting declares one permission of reviews.
func permitting(reviews ...config.PermissionReview) *config.Declaration {
	d := &config.Declaration{Requirements: len(reviews)}
	p := &config.Permission{Name: "p"}
	for i, r := range reviews {
		r.Requirement = config.Requirement{
			Index: i, Type: config.TypePermission, Enabled: true, Severity: config.SeverityError, Address: fmt.Sprintf("p[%d]", i),
			Range: hcl.Range{Filename: "p.hcl", Start: hcl.Pos{Line: i + 1}},
		}
		p.Reviews = append(p.Reviews, &r)
	}
	d.Permissions = []*config.Permission{p}
	return d
}

type resource = config.PermissionResource

// may makes a review from a text such as "get pods/log".
func may(text string, more resource) config.PermissionReview {
	verb, name, _ := strings.Cut(text, " ")
	name, more.Subresource, _ = strings.Cut(name, "/")
	more.Resource, more.Group, _ = strings.Cut(name, ".")
	if more.Namespace != "" {
		more.NamespaceRange = hcl.Range{Filename: "namespace.hcl"}
	}
	return config.PermissionReview{Verb: verb, Resource: &more}
}

// withPolicy answers all reviews that a declaration needs.
func withPolicy(t *testing.T, d *config.Declaration, s *discovery.Snapshot, policy func(discovery.Review) discovery.ReviewAnswer) []discovery.Review {
	t.Helper()
	var asked []discovery.Review
	for range 8 {
		needs := apply.Needs(d, s)
		if needs.Empty() {
			return asked
		}
		if len(needs.Reviews) == 0 {
			t.Fatalf("needs %+v", needs)
		}
		if s.Reviews == nil {
			s.Reviews = map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{}
		}
		for _, r := range needs.Reviews {
			if _, again := s.Reviews[r]; again {
				t.Errorf("%+v is asked again", r)
			}
			s.Reviews[r] = discovery.Known(policy(r))
		}
		asked = append(asked, needs.Reviews...)
	}
	t.Fatal("it asks without end")
	return nil
}

func allow(discovery.Review) discovery.ReviewAnswer { return discovery.ReviewAnswer{Allowed: true} }

func refuse(discovery.Review) discovery.ReviewAnswer {
	return discovery.ReviewAnswer{Reason: "no rule"}
}

// TestPermissionAsks tests the reviews for each permission, and their descriptions.
func TestPermissionAsks(t *testing.T) {
	type review = discovery.Review
	const web = "web"
	tests := []struct {
		name     string
		declared config.PermissionReview
		asked    []review
		words    string
	}{
		{"in a namespace", may("get pods", resource{Namespace: web}), []review{{Verb: "get", Resource: "pods", Namespace: web}}, "get pods in the namespace web"},
		{"in the Pod's namespace", may("get pods", resource{PodNamespace: "own"}), []review{{Verb: "get", Resource: "pods", Namespace: "own"}}, "get pods in the namespace own"},
		{"not in the Pod's", may("get pods", resource{Namespace: web, PodNamespace: "own"}), []review{{Verb: "get", Resource: "pods", Namespace: web}}, "get pods in the namespace web"},
		{"in all namespaces", may("get pods", resource{Namespace: "*", PodNamespace: "own"}), []review{{Verb: "get", Resource: "pods"}}, "get pods in all namespaces"},
		{"a subresource", may("get pods/log", resource{Namespace: web}), []review{{Verb: "get", Resource: "pods", Subresource: "log", Namespace: web}}, "get pods/log in the namespace web"},
		{
			"a group", may("patch deployments.apps/scale", resource{Namespace: web, ObjectName: "a"}),
			[]review{{Verb: "patch", Group: "apps", Resource: "deployments", Subresource: "scale", Namespace: web, Name: "a"}},
			`patch deployments.apps/scale "a" in the namespace web`,
		},
		{"a resource with nothing but subresources", may("get shadows/log", resource{Namespace: web}), nil, ""},
		{"cluster-scoped", may("list nodes", resource{PodNamespace: "own"}), []review{{Verb: "list", Resource: "nodes"}}, "list nodes"},
		{"cluster-scoped, all namespaces", may("list nodes", resource{Namespace: "*"}), []review{{Verb: "list", Resource: "nodes"}}, "list nodes"},
		{"any verb", may("* nodes", resource{}), []review{{Verb: "*", Resource: "nodes"}}, "* nodes"},
		{"any resource", may("get *", resource{PodNamespace: "own"}), []review{{Verb: "get", Resource: "*"}}, "get * in the whole cluster"},
		{"any resource in a namespace", may("get *", resource{Namespace: web}), []review{{Verb: "get", Resource: "*", Namespace: web}}, "get * in the namespace web"},
		{"any resource of a group", may("get *.gone.example.com", resource{Namespace: "*"}), []review{{Verb: "get", Group: "gone.example.com", Resource: "*"}}, "get *.gone.example.com in the whole cluster"},
		{"any group", may("get pods.*", resource{}), []review{{Verb: "get", Group: "*", Resource: "pods"}}, "get pods.* in the whole cluster"},
		{"a subresource of any resource", may("get */log", resource{}), []review{{Verb: "get", Resource: "*", Subresource: "log"}}, "get */log in the whole cluster"},
		{"a path", config.PermissionReview{Verb: "get", Path: "/metrics"}, []review{{Verb: "get", Path: "/metrics"}}, "get /metrics"},
		{"a kubelet's endpoint", may("get nodes/metrics", resource{PodNamespace: "own"}), []review{{Verb: "get", Resource: "nodes", Subresource: "metrics"}}, "get nodes/metrics"},
		{"impersonation", may("impersonate users", resource{PodNamespace: "own", ObjectName: "jane"}), []review{{Verb: "impersonate", Resource: "users", Name: "jane"}}, `impersonate users "jane"`},
		{
			"impersonation with extras", may("impersonate userextras.authentication.k8s.io/scopes", resource{}),
			[]review{{Verb: "impersonate", Group: "authentication.k8s.io", Resource: "userextras", Subresource: "scopes"}},
			"impersonate userextras.authentication.k8s.io/scopes",
		},
		{
			"a signer", may("approve signers.certificates.k8s.io", resource{ObjectName: "example.com/*"}),
			[]review{{Verb: "approve", Group: "certificates.k8s.io", Resource: "signers", Name: "example.com/*"}},
			`approve signers.certificates.k8s.io "example.com/*"`,
		},
		{"a namespace", may("get namespaces", resource{ObjectName: web}), []review{{Verb: "get", Resource: "namespaces", Namespace: web, Name: web}}, `get namespaces "web"`},
		{"a namespace in itself", may("delete namespaces", resource{ObjectName: web, Namespace: web}), []review{{Verb: "delete", Resource: "namespaces", Namespace: web, Name: web}}, `delete namespaces "web"`},
		{"a namespace among all", may("list namespaces", resource{ObjectName: web}), []review{{Verb: "list", Resource: "namespaces", Name: web}}, `list namespaces "web"`},
		{
			"finalizers of a resource", may("update deployments.apps/finalizers", resource{Namespace: web}),
			[]review{{Verb: "update", Group: "apps", Resource: "deployments", Subresource: "finalizers", Namespace: web}},
			"update deployments.apps/finalizers in the namespace web",
		},
		{"finalizers in the Pod's namespace", may("update pods/finalizers", resource{PodNamespace: "own"}), []review{{Verb: "update", Resource: "pods", Subresource: "finalizers", Namespace: "own"}}, "update pods/finalizers in the namespace own"},
		{"finalizers, cluster-scoped", may("update nodes/finalizers", resource{PodNamespace: "own"}), []review{{Verb: "update", Resource: "nodes", Subresource: "finalizers"}}, "update nodes/finalizers"},
		{"finalizers of a namespace", may("update namespaces/finalizers", resource{ObjectName: web}), []review{{Verb: "update", Resource: "namespaces", Subresource: "finalizers", Name: web}}, `update namespaces/finalizers "web"`},
		{
			"OpenShift's", may("create routes.route.openshift.io/custom-host", resource{PodNamespace: "own"}),
			[]review{{Verb: "create", Group: "route.openshift.io", Resource: "routes", Subresource: "custom-host", Namespace: "own"}},
			"create routes.route.openshift.io/custom-host in the namespace own",
		},
		{
			"the claims of a driver", may("arbitrary-node:update resourceclaims.resource.k8s.io/driver", resource{Namespace: "*", ObjectName: "gpu.example.com"}),
			[]review{{Verb: "arbitrary-node:update", Group: "resource.k8s.io", Resource: "resourceclaims", Subresource: "driver", Name: "gpu.example.com"}},
			`arbitrary-node:update resourceclaims.resource.k8s.io/driver "gpu.example.com" in all namespaces`,
		},
		{
			"constrained impersonation", may("impersonate:serviceaccount serviceaccounts.authentication.k8s.io", resource{Namespace: web}),
			[]review{{Verb: "impersonate:serviceaccount", Group: "authentication.k8s.io", Resource: "serviceaccounts", Namespace: web}},
			"impersonate:serviceaccount serviceaccounts.authentication.k8s.io in the namespace web",
		},
		{
			"tokens for a webhook", may("attest admissionReviewAPIGroups.authentication.k8s.io", resource{PodNamespace: "own"}),
			[]review{{Verb: "attest", Group: "authentication.k8s.io", Resource: "admissionReviewAPIGroups"}},
			"attest admissionReviewAPIGroups.authentication.k8s.io",
		},
		{
			"virtual", may("get tenants.example.com/own", resource{Virtual: true, PodNamespace: "own"}),
			[]review{{Verb: "get", Group: "example.com", Resource: "tenants", Subresource: "own"}}, "get tenants.example.com/own in the whole cluster",
		},
		{
			"virtual, in a namespace", may("get tenants.example.com", resource{Virtual: true, Namespace: web, ObjectName: "a"}),
			[]review{{Verb: "get", Group: "example.com", Resource: "tenants", Namespace: web, Name: "a"}}, `get tenants.example.com "a" in the namespace web`,
		},
		{
			"virtual, in all namespaces", may("get tenants.example.com", resource{Virtual: true, Namespace: "*"}),
			[]review{{Verb: "get", Group: "example.com", Resource: "tenants"}}, "get tenants.example.com in the whole cluster",
		},
		{
			"virtual, and well known", may("create builds.build.openshift.io/docker", resource{Virtual: true, PodNamespace: "own"}),
			[]review{{Verb: "create", Group: "build.openshift.io", Resource: "builds", Subresource: "docker", Namespace: "own"}},
			"create builds.build.openshift.io/docker in the namespace own",
		},
		{"namespaces", may("get namespaces", resource{PodNamespace: "own"}), []review{{Verb: "get", Resource: "namespaces"}}, "get namespaces"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot()
			core := &s.Core.Value.Versions[0].Resources
			core.Value = append(core.Value, discovery.Resource{Name: "namespaces", Kind: "Namespace", Scope: kubeapi.ScopeCluster})
			d := permitting(tt.declared)
			if tt.asked == nil {
				// The server omits its scope.
				if got := apply.Diff(d, s).Findings[0]; got.Status != apply.StatusUndetermined || !apply.Needs(d, s).Empty() {
					t.Errorf("%+v", got)
				}
				return
			}
			asked := withPolicy(t, d, s, refuse)
			if diff := cmp.Diff(tt.asked, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			want := []apply.Difference{{
				Code: apply.PermissionDenied, Declared: tt.words, Hint: "no rule", Range: hcl.Range{Filename: "p.hcl", Start: hcl.Pos{Line: 1}},
			}}
			if diff := cmp.Diff(want, apply.Diff(d, s).Findings[0].Differences); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			s.Reviews = nil
			withPolicy(t, d, s, allow)
			if got := apply.Diff(d, s).Findings[0]; got.Status != apply.Satisfied {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestPermissionCannotBeAsked covers what is judged without a review.
func TestPermissionCannotBeAsked(t *testing.T) {
	gone := &discovery.Failure{Code: discovery.Unavailable, Message: "GET /apis/apps/v1: 503"}
	tests := []struct {
		name     string
		declared config.PermissionReview
		change   func(*discovery.Snapshot)
		want     string
	}{
		{"not served", may("get gateways.example.com", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "gateways.example.com" -> "" (the group example.com is not served; if only access control knows this name, set virtual = true)`},
		{"in another group", may("get deployments", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "deployments" -> "" (deployments.apps is served; if only access control knows this name, set virtual = true)`},
		{"in a group that is not served", may("get deployments.extensions", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "deployments.extensions" -> "" (deployments.apps is served; if only access control knows this name, set virtual = true)`},
		{"in a group that is misspelt", may("get jobs.app", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "jobs.app" -> "" (the group app is not served; did you mean apps; if only access control knows this name, set virtual = true)`},
		{"by its short name", may("get deploy.apps", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "deploy.apps" -> "" (did you mean deployments.apps; if only access control knows this name, set virtual = true)`},
		{"by its singular", may("get pod", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "pod" -> "" (did you mean pods; if only access control knows this name, set virtual = true)`},
		{"misspelt", may("get deploments.apps", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "deploments.apps" -> "" (did you mean deployments.apps; if only access control knows this name, set virtual = true)`},
		{"like nothing", may("get xyz", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "xyz" -> "" (if only access control knows this name, set virtual = true)`},
		{"a name with nothing but subresources", may("get shadows", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "shadows" -> "" (only its subresources are served, such as shadows/log; if only access control knows this name, set virtual = true)`},
		{"subresource not served", may("get deployments.apps/log", resource{Namespace: "web"}), nil, `p[0] drifted subresource-not-served "deployments.apps/log" -> "" (scale and status are served; if only access control knows this name, set virtual = true)`},
		{"a kubelet's endpoint that is none", may("get nodes/metric", resource{}), nil, `p[0] drifted subresource-not-served "nodes/metric" -> "" (nodes has no subresources; if only access control knows this name, set virtual = true)`},
		{"finalizers of what is not served", may("update gateways.example.com/finalizers", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "gateways.example.com/finalizers" -> "" (the group example.com is not served; if only access control knows this name, set virtual = true)`},
		{"finalizers of a misspelt resource", may("update deploments.apps/finalizers", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "deploments.apps/finalizers" -> "" (did you mean deployments.apps; if only access control knows this name, set virtual = true)`},
		{"finalizers of a name with nothing but subresources", may("update shadows/finalizers", resource{Namespace: "web"}), nil, `p[0] drifted resource-not-served "shadows/finalizers" -> "" (only its subresources are served, such as shadows/log; if only access control knows this name, set virtual = true)`},
		{"finalizers, misspelt", may("update deployments.apps/finalizer", resource{Namespace: "web"}), nil, `p[0] drifted subresource-not-served "deployments.apps/finalizer" -> "" (scale and status are served; if only access control knows this name, set virtual = true)`},
		{"finalizers, cluster-scoped, in a namespace", may("update nodes/finalizers", resource{Namespace: "web"}), nil, `p[0] drifted scope-mismatch namespace "web" -> "Cluster" (nodes is in no namespace; leave namespace out)`},
		{"asked for the whole cluster, in a namespace", may("update resourceclaims.resource.k8s.io/binding", resource{Namespace: "web"}), nil, `p[0] drifted scope-mismatch namespace "web" -> "Cluster" (resourceclaims.resource.k8s.io/binding is in no namespace; leave namespace out)`},
		{"well known, no namespace", may("create routes.route.openshift.io/custom-host", resource{}), nil, "p[0] undetermined no-namespace: routes.route.openshift.io/custom-host is namespaced, and no namespace is declared or known from a Pod"},
		{"in a namespace", may("list nodes", resource{Namespace: "web"}), nil, `p[0] drifted scope-mismatch namespace "web" -> "Cluster" (nodes is in no namespace; leave namespace out)`},
		{"virtual, in a namespace", may("impersonate users", resource{Namespace: "web"}), nil, `p[0] drifted scope-mismatch namespace "web" -> "Cluster" (users is in no namespace; leave namespace out)`},
		{"no namespace", may("get deployments.apps/scale", resource{}), nil, "p[0] undetermined no-namespace: deployments.apps/scale is namespaced, and no namespace is declared or known from a Pod"},
		{"stale group", may("get pods.metrics.k8s.io", resource{Namespace: "web"}), nil, "p[0] undetermined stale: metrics.k8s.io/v1beta1 is stale"},
		{
			"one version failed, and another has it", may("get deployments.apps", resource{}),
			func(s *discovery.Snapshot) {
				s.Named.Value[0].Versions[0].Resources = discovery.Failed[[]discovery.Resource](gone)
			},
			"p[0] undetermined no-namespace: deployments.apps is namespaced, and no namespace is declared or known from a Pod",
		},
		{
			"one version failed, and no other has it", may("get daemonsets.apps", resource{}),
			func(s *discovery.Snapshot) {
				s.Named.Value[0].Versions[0].Resources = discovery.Failed[[]discovery.Resource](gone)
			},
			"p[0] undetermined unavailable: GET /apis/apps/v1: 503",
		},
		{
			"one version failed, and the other lacks the subresource", may("get deployments.apps/log", resource{}),
			func(s *discovery.Snapshot) {
				s.Named.Value[0].Versions[0].Resources = discovery.Failed[[]discovery.Resource](gone)
			},
			"p[0] undetermined unavailable: GET /apis/apps/v1: 503",
		},
		{
			"documents failed", may("get pods", resource{Namespace: "web"}),
			func(s *discovery.Snapshot) { s.Core = discovery.Failed[discovery.Group](gone) },
			"p[0] undetermined unavailable: GET /apis/apps/v1: 503",
		},
		{
			"not served, and not confirmed", may("get xyz", resource{Namespace: "web"}),
			func(s *discovery.Snapshot) {
				s.Confirmed = discovery.Failed[struct{}](&discovery.Failure{Code: discovery.NotReady, Message: "GET /readyz: 500"})
			},
			"p[0] undetermined not-ready: what the documents lack could not be confirmed to be absent: GET /readyz: 500",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot()
			if tt.change != nil {
				tt.change(s)
			}
			d := permitting(tt.declared)
			if needs := apply.Needs(d, s); !needs.Empty() {
				t.Errorf("needs %+v", needs)
			}
			plan := apply.Diff(d, s)
			if diff := cmp.Diff([]string{tt.want}, outcomes(plan)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, difference := range plan.Findings[0].Differences {
				if want := map[bool]string{true: "namespace.hcl", false: "p.hcl"}[difference.Facet == "namespace"]; difference.Range.Filename != want {
					t.Errorf("range %v", difference.Range)
				}
			}
		})
	}
}
