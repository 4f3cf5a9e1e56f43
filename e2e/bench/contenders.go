package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

// declaration has ten requirements, all of which hold.
const declaration = `
api "v1" {
  resource "pods" { verbs = ["get", "list", "watch"] }
  resource "services" { scope = "Namespaced" }
  resource "configmaps" {}
}
api "apps/v1" {
  resource "deployments" {
    verbs        = ["create", "patch"]
    subresources = ["scale"]
  }
  kind "StatefulSet" {}
}
api "networking.k8s.io/v1" {
  resource "ingresses" {}
}
`

// contender is a program to measure.
type contender struct {
	name string
	// flag is its name for -only.
	flag string
	// command is what to run, to ask the server at a. The folder cache is empty.
	command func(a access, cache string) (args, env []string)
	// ours is whether it is a kreconcile, to be compared with the others.
	ours bool
	// local is whether it asks no server.
	local bool
}

// The flags of the contenders that ours are compared with.
const (
	minimal      = "minimal"
	apiVersions  = "kubectl-api-versions"
	apiResources = "kubectl-api-resources"
)

// access is an address of an API server, and the files that a client of it needs.
type access struct {
	url, host, port string
	// mount is the folder of a service account, as in a Pod.
	mount, kubeconfig, token string
}

func (a access) file(name string) string { return filepath.Join(a.mount, name) }

// contenders are the selected programs, in the order in which they run.
func contenders(o *options, built *programs.Paths, dir string) ([]contender, error) {
	file := filepath.Join(dir, "ten.hcl")
	if err := os.WriteFile(file, []byte(declaration), 0o600); err != nil {
		return nil, err
	}
	kubectl := func(command string) func(access, string) ([]string, []string) {
		return func(a access, cache string) ([]string, []string) {
			return []string{built.Kubectl, command, "--cache-dir=" + cache}, []string{"KUBECONFIG=" + a.kubeconfig, "HOME=" + cache}
		}
	}
	library := func(mode string) func(access, string) ([]string, []string) {
		return func(a access, cache string) ([]string, []string) {
			return []string{filepath.Join(dir, "clientgo"), mode, a.kubeconfig, cache}, nil
		}
	}
	all := []contender{
		{name: "minimal program", flag: minimal, command: func(a access, _ string) (args, env []string) {
			return []string{filepath.Join(dir, "minimal"), a.url, a.file("token"), a.file("ca.crt")}, nil
		}},
		ours("kreconcile apply", "kreconcile", built.Kreconcile, file),
	}
	for _, p := range o.programs {
		name, path, _ := strings.Cut(p, "=")
		all = append(all, ours(name, name, path, file))
	}
	all = append(all,
		contender{name: "curl", flag: "curl", command: func(a access, _ string) (args, env []string) {
			return []string{
				// The API server indents answers for curl, which makes them twice as large.
				"curl", "-sS", "--fail", "--compressed", "--user-agent", "bench",
				"--cacert", a.file("ca.crt"), "-H", "Authorization: Bearer " + a.token, "-H", "Accept: " + acceptAggregated,
				"-o", os.DevNull, a.url + "/api", "-o", os.DevNull, a.url + "/apis",
			}, nil
		}},
		contender{name: "client-go discovery", flag: "client-go", command: library("discovery")},
		contender{name: "Helm's capabilities", flag: "helm", command: library("helm")},
		contender{name: "kubectl api-versions", flag: apiVersions, command: kubectl("api-versions")},
		contender{name: "kubectl api-resources", flag: apiResources, command: kubectl("api-resources")},
		contender{name: "kreconcile version", flag: "version", local: true, command: func(access, string) (args, env []string) {
			return []string{built.Kreconcile, "version"}, nil
		}},
	)
	return choose(all, o.only)
}

func ours(name, flag, path, declaration string) contender {
	return contender{name: name, flag: flag, ours: true, command: func(a access, _ string) (args, env []string) {
		return []string{path, "apply", "--service-account-dir", a.mount, declaration},
			[]string{"KUBERNETES_SERVICE_HOST=" + a.host, "KUBERNETES_SERVICE_PORT=" + a.port}
	}}
}

func choose(all []contender, only []string) ([]contender, error) {
	if only == nil {
		return all, nil
	}
	var chosen []contender
	var names []string
	for _, c := range all {
		names = append(names, c.flag)
		if slices.Contains(only, c.flag) {
			chosen = append(chosen, c)
		}
	}
	for _, name := range only {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("there is no contender %q, only %s", name, strings.Join(names, ", "))
		}
	}
	return chosen, nil
}
