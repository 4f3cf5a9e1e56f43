// Command clientgo asks an API server what it serves, with client-go: as its discovery
// client does, or as Helm does.
//
// Usage: clientgo discovery|helm KUBECONFIG CACHE-FOLDER
package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/disk"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: clientgo discovery|helm KUBECONFIG CACHE-FOLDER")
		os.Exit(1)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(mode, kubeconfig, cache string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	switch mode {
	case "discovery":
		return discover(config)
	case "helm":
		return capabilities(config, cache)
	}
	return fmt.Errorf("there is no mode %q", mode)
}

// discover reads all resources with aggregated discovery.
func discover(config *rest.Config) error {
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return err
	}
	_, resources, failed, err := client.GroupsAndMaybeResources()
	if err == nil && (resources == nil || len(failed) > 0) {
		err = fmt.Errorf("no aggregated discovery, or not all of it: %v", failed)
	}
	return err
}

// capabilities does what getCapabilities and GetVersionSet of Helm 4 do, with the
// discovery client that Helm gets from k8s.io/cli-runtime:
// https://github.com/helm/helm/blob/v4.3.1/pkg/action/action.go
func capabilities(config *rest.Config, cache string) error {
	config.Burst = 100
	client, err := disk.NewCachedDiscoveryClientForConfig(config, filepath.Join(cache, "discovery"), filepath.Join(cache, "http"), 6*time.Hour)
	if err != nil {
		return err
	}
	client.Invalidate()
	version, err := client.ServerVersion()
	if err != nil {
		return err
	}
	groups, resources, err := client.ServerGroupsAndResources()
	if err != nil {
		return err
	}
	names := make(map[string]bool)
	for _, g := range groups {
		for _, v := range g.Versions {
			names[v.GroupVersion] = true
		}
	}
	for _, list := range resources {
		for _, r := range list.APIResources {
			names[path.Join(list.GroupVersion, r.Kind)] = true
		}
	}
	_, err = fmt.Println(version.GitVersion, len(names))
	return err
}
