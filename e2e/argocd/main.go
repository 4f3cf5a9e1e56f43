package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

func main() {
	klog.SetLogger(logr.Discard())
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// result is the output of the command.
type result struct {
	// Status is Synced or OutOfSync, and Health the health of the Application, after
	// the sync if there was one.
	Status, Health string
	// OutOfSync are the objects that are not in sync, as Kind/name.
	OutOfSync []string
	// Phase is how the sync ended, such as Succeeded or Failed. It is empty if
	// nothing was synced.
	Phase, Message string
	// Objects are the objects of the sync, in its order.
	Objects []object
}

type object struct {
	Name, SyncPhase, Status, HookPhase, Message string
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	flags := flag.NewFlagSet("argocd", flag.ContinueOnError)
	kubeconfig := flags.String("kubeconfig", "", "the cluster")
	a := application{}
	flags.StringVar(&a.name, "app", "app", "the Application's name")
	flags.StringVar(&a.namespace, "namespace", "default", "the Application's destination")
	flags.BoolVar(&a.prune, "prune", false, "delete what is no longer among the manifests")
	flags.Func("option", "a sync option, such as ApplyOutOfSyncOnly=true", func(option string) error {
		a.options = append(a.options, option)
		return nil
	})
	flags.BoolVar(&a.applyStrategy, "strategy-apply", false, "sync with the strategy apply")
	argocdCM := flags.String("argocd-cm", "", "a file with the ConfigMap argocd-cm, for its health checks")
	healthOnly := flags.Bool("health", false, "write the health of the one manifest, whose status is given, and ask no cluster")
	compare := flags.Bool("compare", false, "compare, and sync nothing")
	automatic := flags.Bool("automatic", false, "sync only where the Application is OutOfSync, as automatic sync does")
	selected := flags.String("resources", "", "sync these objects only, as Kind/name,Kind/name")
	selfHeal := flags.Bool("self-heal", false, "sync the objects that are OutOfSync only, as self-heal does")
	timeout := flags.Duration("timeout", 2*time.Minute, "give up after this time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if a.health, err = readHealth(*argocdCM); err != nil {
		return err
	}
	manifests, err := io.ReadAll(stdin)
	if err != nil {
		return err
	}
	if a.manifests, err = split(manifests); err != nil {
		return err
	}
	if *healthOnly {
		status, err := health.GetResourceHealth(a.manifests[0], a.health)
		if err != nil {
			return err
		}
		if status == nil {
			return json.NewEncoder(stdout).Encode(result{})
		}
		return json.NewEncoder(stdout).Encode(result{Health: string(status.Status), Message: status.Message})
	}
	if a.config, err = clientcmd.BuildConfigFromFlags("", *kubeconfig); err != nil {
		return err
	}
	a.config.QPS, a.config.WarningHandler = -1, noWarnings{}
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()

	state, err := a.compare()
	if err != nil {
		return err
	}
	r := result{}
	if *selected != "" {
		a.resources = strings.Split(*selected, ",")
	}
	if *selfHeal {
		// Source: argo-cd v3.5.7, controller/appcontroller.go, autoSync.
		a.resources = state.outOfSync
	}
	// Automatic sync, with or without self-heal, does nothing for a Synced
	// Application.
	if !*compare && (len(state.outOfSync) > 0 || !*automatic && !*selfHeal) {
		var objects []common.ResourceSyncResult
		if r.Phase, r.Message, objects, err = a.sync(ctx); err != nil {
			return err
		}
		for _, o := range objects {
			r.Objects = append(r.Objects, object{
				Name: o.ResourceKey.Kind + "/" + o.ResourceKey.Name, SyncPhase: string(o.SyncPhase),
				Status: string(o.Status), HookPhase: string(o.HookPhase), Message: o.Message,
			})
		}
		if state, err = a.compare(); err != nil {
			return err
		}
	}
	r.Status, r.Health, r.OutOfSync = "Synced", state.health, state.outOfSync
	if len(state.outOfSync) > 0 {
		r.Status = "OutOfSync"
	}
	return json.NewEncoder(stdout).Encode(r)
}

// split reads manifests as Argo CD's repository server does, which splits a List.
//
// Source: argo-cd v3.5.7, reposerver/repository/repository.go, GenerateManifests.
func split(manifests []byte) ([]*unstructured.Unstructured, error) {
	objects, err := kube.SplitYAML(manifests)
	if err != nil {
		return nil, err
	}
	var all []*unstructured.Unstructured
	for _, o := range objects {
		if !o.IsList() {
			all = append(all, o)
			continue
		}
		err := o.EachListItem(func(item runtime.Object) error {
			all = append(all, item.(*unstructured.Unstructured))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// noWarnings drops the API server's warnings.
type noWarnings struct{}

func (noWarnings) HandleWarningHeader(int, string, string) {}
