package main

import (
	"context"
	"slices"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/cache"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/hook"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/ignore"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/rest"
	"k8s.io/kubectl/pkg/util/openapi"
)

// application is what Argo CD knows about an Application.
type application struct {
	name, namespace string
	manifests       []*unstructured.Unstructured
	config          *rest.Config
	health          health.HealthOverride
	prune           bool
	applyStrategy   bool
	options         []string
	// resources are the objects to sync, as Kind/name. Empty means all.
	resources []string
}

// comparison is an Application compared with its cluster.
type comparison struct {
	sync.ReconciliationResult
	differences *diff.DiffResultList
	// outOfSync are objects as Kind/name.
	outOfSync []string
	health    string
}

// trackingID is the annotation by which Argo CD finds the objects of an Application.
const trackingID = "argocd.argoproj.io/tracking-id"

// compare compares the manifests with the cluster.
//
// Source: argo-cd v3.5.7, controller/state.go, CompareAppState, and
// controller/health.go, setApplicationHealth.
func (a *application) compare() (*comparison, error) {
	// A new cache each time has what the server has now. Argo CD's own cache follows
	// watches, and waits two seconds between waves for them.
	live := scopes{cache.NewClusterCache(a.config, cache.SetLogr(logr.Discard()),
		cache.SetKubectl(kubectl()),
		cache.SetSettings(cache.Settings{ResourceHealthOverride: a.health, ResourcesFilter: a.followed()}),
		cache.SetNamespaces([]string{a.namespace}), cache.SetClusterResources(true),
		cache.SetPopulateResourceInfoHandler(func(o *unstructured.Unstructured, _ bool) (any, bool) {
			id := o.GetAnnotations()[trackingID]
			return id == a.name, id != ""
		}))}
	if err := live.EnsureSynced(); err != nil {
		return nil, err
	}
	defer live.Invalidate()
	var targets []*unstructured.Unstructured
	for _, manifest := range a.manifests {
		o := manifest.DeepCopy()
		switch namespaced := kube.IsNamespacedOrUnknown(live, o.GroupVersionKind().GroupKind()); {
		case !namespaced:
			o.SetNamespace("")
		case o.GetNamespace() == "":
			o.SetNamespace(a.namespace)
		}
		if !kube.IsCRD(o) {
			annotations := o.GetAnnotations()
			if annotations == nil {
				annotations = map[string]string{}
			}
			annotations[trackingID] = a.name
			o.SetAnnotations(annotations)
		}
		targets = append(targets, o)
	}
	managed, err := live.GetManagedLiveObjs(targets, func(r *cache.Resource) bool {
		own, _ := r.Info.(bool)
		return own
	})
	if err != nil {
		return nil, err
	}
	c := &comparison{ReconciliationResult: sync.Reconcile(targets, managed, a.namespace, live)}
	if c.differences, err = diff.DiffArray(c.Target, c.Live, diff.WithLogr(logr.Discard())); err != nil {
		return nil, err
	}
	worst := health.HealthStatusHealthy
	for i, target := range c.Target {
		o := c.Live[i]
		if o == nil {
			o = target
		}
		if hook.IsHook(o) || ignore.Ignore(o) {
			continue
		}
		if c.differences.Diffs[i].Modified || target == nil || c.Live[i] == nil {
			c.outOfSync = append(c.outOfSync, o.GetKind()+"/"+o.GetName())
		}
		if c.Live[i] == nil {
			continue
		}
		status, err := health.GetResourceHealth(c.Live[i], a.health)
		if err != nil {
			return nil, err
		}
		if status != nil && health.IsWorse(worst, status.Status) {
			worst = status.Status
		}
	}
	slices.Sort(c.outOfSync)
	c.health = string(worst)
	return c, nil
}

// sync takes one step after the other until the sync has ended. As in Argo CD, each
// step begins with a new comparison, and keeps only the results of the earlier one.
//
// Source: argo-cd v3.5.7, controller/sync.go, SyncAppState.
func (a *application) sync(ctx context.Context) (phase, message string, results []common.ResourceSyncResult, err error) {
	state, started := common.OperationRunning, metav1.Now()
	for {
		c, err := a.compare()
		if err != nil {
			return "", "", nil, err
		}
		propagation := metav1.DeletePropagationBackground
		step, cleanup, err := sync.NewSyncContext("0000000", c.ReconciliationResult, a.config, a.config,
			kubectl(), a.namespace,
			sync.WithLogr(logr.Discard()),
			sync.WithHealthOverride(a.health),
			sync.WithOperationSettings(false, a.prune, false, a.applyStrategy || len(a.resources) > 0),
			sync.WithInitialState(state, message, results, started),
			sync.WithResourcesFilter(func(key kube.ResourceKey, _, _ *unstructured.Unstructured) bool {
				return len(a.resources) == 0 || slices.Contains(a.resources, key.Kind+"/"+key.Name)
			}),
			sync.WithResourceModificationChecker(slices.Contains(a.options, "ApplyOutOfSyncOnly=true"), c.differences),
			sync.WithReplace(slices.Contains(a.options, common.SyncOptionReplace)),
			sync.WithServerSideApply(slices.Contains(a.options, common.SyncOptionServerSideApply)),
			sync.WithServerSideApplyManager("argocd-controller"),
			sync.WithSkipDryRunOnMissingResource(slices.Contains(a.options, common.SyncOptionSkipDryRunOnMissingResource)),
			// By default, Argo CD deletes in the foreground. That would never end
			// here, without a garbage collector.
			sync.WithPrunePropagationPolicy(&propagation),
		)
		if err != nil {
			return "", "", nil, err
		}
		step.Sync()
		state, message, results = step.GetState()
		cleanup()
		if state.Completed() {
			return string(state), message, results, nil
		}
		select {
		case <-ctx.Done():
			return string(state), message, results, nil
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// followed are the API groups whose objects a cache follows: those of the manifests,
// and of objects that may be pruned. It does not follow what defines APIs: the cache
// would look for new ones while it is discarded, and fail. Such an object is read by
// name.
func (a *application) followed() groups {
	g := groups{"": true, "batch": true}
	for _, o := range a.manifests {
		g[o.GroupVersionKind().Group] = !kube.IsCRD(o)
	}
	return g
}

type groups map[string]bool

// IsExcludedResource says what is not followed.
func (g groups) IsExcludedResource(group, _, _ string) bool { return !g[group] }

// scopes also knows that CRDs are in no namespace.
type scopes struct{ cache.ClusterCache }

func (s scopes) IsNamespaced(kind schema.GroupKind) (bool, error) {
	if kind.Kind == kube.CustomResourceDefinitionKind {
		return false, nil
	}
	return s.ClusterCache.IsNamespaced(kind)
}

// schemaless is Argo CD's client of the API server. It loads no schemas: to load those of a
// whole server takes seconds, and nothing here reads them.
type schemaless struct{ *kube.KubectlCmd }

func kubectl() schemaless {
	return schemaless{&kube.KubectlCmd{Log: logr.Discard(), Tracer: tracing.NopTracer{}}}
}

// LoadOpenAPISchema loads nothing.
func (schemaless) LoadOpenAPISchema(*rest.Config) (openapi.Resources, *managedfields.GvkParser, error) {
	return nil, nil, nil
}
