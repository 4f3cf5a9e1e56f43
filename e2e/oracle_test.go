package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"

	"github.com/kreconcile/kreconcile/e2e/pod"
)

// roleClientGo makes this program report what client-go sees in a Pod.
const roleClientGo = "client-go"

// clientGoView is what client-go knows about its own cluster.
type clientGoView struct {
	Host string
	// Preferred is the preferred version of each group.
	Preferred map[string]string
	// Resources are the verbs of each resource and subresource, by group version and
	// name.
	Resources map[string]map[string]clientGoResource
	// Failed are the group versions that client-go reports a failure for, sorted.
	Failed []string
}

type clientGoResource struct {
	Kind       string
	Namespaced bool
	Verbs      []string
}

// initOracle does nothing, unless this program was started as the oracle. Then it
// prints a clientGoView as JSON and ends the program.
func initOracle() {
	if os.Getenv(pod.Role) != roleClientGo {
		return
	}
	view, err := viewInCluster()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(view)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func viewInCluster() (*clientGoView, error) {
	config, err := rest.InClusterConfig()
	if err != nil {
		return nil, err
	}
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	groups, lists, err := client.ServerGroupsAndResources()
	failed := &discovery.ErrGroupDiscoveryFailed{}
	if err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	view := &clientGoView{
		Host: config.Host, Preferred: map[string]string{},
		Resources: map[string]map[string]clientGoResource{}, Failed: []string{},
	}
	for _, group := range groups {
		view.Preferred[group.Name] = group.PreferredVersion.Version
	}
	for _, list := range lists {
		resources := map[string]clientGoResource{}
		for _, r := range list.APIResources {
			resources[r.Name] = clientGoResource{Kind: r.Kind, Namespaced: r.Namespaced, Verbs: slices.Sorted(slices.Values(r.Verbs))}
		}
		view.Resources[list.GroupVersion] = resources
	}
	for gv := range failed.Groups {
		view.Failed = append(view.Failed, gv.String())
	}
	slices.Sort(view.Failed)
	return view, nil
}
