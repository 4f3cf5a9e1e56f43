package programs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Paths has the paths of the programs.
type Paths struct {
	// flags are those that [Build] got.
	flags []string
	// Root is the folder of the main module.
	Root                                     string
	Etcd, KubeAPIServer, Kubectl, Kreconcile string
	// Kubernetes is the version of KubeAPIServer and Kubectl, such as "v1.37.2", and
	// Previous is that of PreviousAPIServer.
	Kubernetes, Previous string
	// Plugin is kubectl-kreconcile, alone in its folder. It is empty until
	// [Paths.BuildPlugin].
	Plugin string
	// Helm3 and Helm4 are empty until [Paths.BuildHelm].
	Helm3, Helm4 string
	// KubeScore is empty until [Paths.BuildKubeScore].
	KubeScore string
	// Krew is the folder of kubectl-krew and validate-krew-manifest. It is empty until
	// [Paths.BuildKrew].
	Krew string
	// PreviousAPIServer is a kube-apiserver of an older release. It is empty until
	// [Paths.BuildPrevious].
	PreviousAPIServer string
	// TestAdapter serves the APIs of custom and external metrics. It is empty until
	// [Paths.BuildAdapter].
	TestAdapter string
	// KustomizeController is Flux's. It is empty until [Paths.BuildKustomizeController].
	KustomizeController string
	// HelmReleaseCRD is the file with the custom resource definition of Flux's HelmRelease.
	// It is empty until [Paths.GenerateHelmRelease].
	HelmReleaseCRD string
	// ArgoCD syncs as Argo CD does. It is empty until [Paths.BuildArgoCD].
	ArgoCD string
	// SARIFMultitool is empty until [Paths.InstallSARIFMultitool].
	SARIFMultitool string
}

// Quick are flags for [Build]. With them, compiling takes a third less, and the programs
// are slower. The tests have them, too, because they share packages with the programs.
// The standard library has that of [NoDWARF].
var Quick = []string{"-gcflags=all=-l -dwarf=false", "-gcflags=std=-dwarf=false"}

// NoDWARF is the flag of make test and of the Makefile's tools: without tables for a debugger,
// compiling takes less time.
const NoDWARF = "-gcflags=all=-dwarf=false"

// Build builds all programs with the given flags, and returns their paths. Kreconcile has
// the flags of a release. With a cold build cache it takes some minutes, and otherwise a
// second if nothing has changed.
func Build(ctx context.Context, flags ...string) (*Paths, error) {
	if err := Require("go", "make"); err != nil {
		return nil, err
	}
	root, err := moduleDir(ctx)
	if err != nil {
		return nil, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("no folder to keep built programs in: %w", err)
	}
	tools, previous := filepath.Join(root, "e2e", "tools"), filepath.Join(root, "e2e", "previous")
	k, err := kubernetes(ctx, tools)
	if err != nil {
		return nil, err
	}
	older, err := kubernetes(ctx, previous)
	if err != nil {
		return nil, err
	}
	p := &Paths{
		flags:         flags,
		Root:          root,
		Kubernetes:    k.version,
		Previous:      older.version,
		Etcd:          filepath.Join(older.dir, "etcd"),
		KubeAPIServer: filepath.Join(k.dir, "kube-apiserver"),
		Kubectl:       filepath.Join(k.dir, "kubectl"),
		Kreconcile:    filepath.Join(cache, "kreconcile-e2e", "kreconcile"+strings.ReplaceAll(root, string(filepath.Separator), "-")),
	}
	for _, b := range []struct{ module, output, pkg, stamp string }{
		{tools, p.KubeAPIServer, "k8s.io/kubernetes/cmd/kube-apiserver", k.stamp},
		{tools, p.Kubectl, "k8s.io/kubernetes/cmd/kubectl", k.stamp},
		{previous, p.Etcd, "go.etcd.io/etcd/server/v3", older.stamp},
	} {
		if err := p.build(ctx, b.module, b.output, b.pkg, b.stamp); err != nil {
			return nil, err
		}
	}
	if err := p.make(ctx, "build", p.Kreconcile); err != nil {
		return nil, err
	}
	return p, nil
}

// make builds a program with the flags of a released one, which the Makefile has.
func (p *Paths) make(ctx context.Context, target, binary string) error {
	build := exec.CommandContext(ctx, "make", "-C", p.Root, target, "binary="+binary)
	build.Env = append(os.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("make %s: %w\n%s", target, err, out)
	}
	return nil
}

// BuildPlugin builds kubectl-kreconcile, and sets its path. With a cold build cache it
// takes a minute.
func (p *Paths) BuildPlugin(ctx context.Context) error {
	p.Plugin = filepath.Join(p.Kreconcile+"-plugin", "kubectl-kreconcile")
	return p.make(ctx, "plugin", p.Plugin)
}

// BuildHelm builds Helm 3 and Helm 4, and sets their paths. It takes less than a
// minute, because they share what [Build] has compiled.
func (p *Paths) BuildHelm(ctx context.Context) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return fmt.Errorf("no folder to keep built programs in: %w", err)
	}
	module := filepath.Join(p.Root, "e2e", "helm")
	version := func(of string) (string, error) {
		return goOutput(ctx, module, "list", "-m", "-f", "{{.Version}}", of)
	}
	library, err := version("k8s.io/client-go")
	if err != nil {
		return err
	}
	// The library of Kubernetes 1.37 has the version v0.37.
	minor := strings.Split(library, ".")[1]
	for major, output := range map[string]*string{"v3": &p.Helm3, "v4": &p.Helm4} {
		path := "helm.sh/helm/" + major
		release, err := version(path)
		if err != nil {
			return err
		}
		// Otherwise, it calls itself v3.22 or so, and Helm 3 assumes Kubernetes 1.20
		// for a cluster that it does not ask.
		stamps := "-X " + path + "/internal/version.version=" + release
		if major == "v3" {
			const kubernetes = " -X %[1]s.k8sVersionMajor=1 -X %[1]s.k8sVersionMinor=%[2]s"
			stamps += fmt.Sprintf(kubernetes, path+"/pkg/chartutil", minor) + fmt.Sprintf(kubernetes, path+"/pkg/lint/rules", minor)
		}
		*output = filepath.Join(cache, "kreconcile-e2e", "helm-"+release, "helm")
		if err := p.build(ctx, module, *output, path+"/cmd/helm", stamps); err != nil {
			return err
		}
	}
	return nil
}

// BuildKubeScore builds the linter of manifests, and sets its path. With a cold build
// cache it takes a minute.
func (p *Paths) BuildKubeScore(ctx context.Context) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return fmt.Errorf("no folder to keep built programs in: %w", err)
	}
	module := filepath.Join(p.Root, "e2e", "score")
	version, err := goOutput(ctx, module, "list", "-m", "-f", "{{.Version}}", "github.com/zegl/kube-score")
	if err != nil {
		return err
	}
	p.KubeScore = filepath.Join(cache, "kreconcile-e2e", "kube-score-"+version)
	return p.build(ctx, module, p.KubeScore, "github.com/zegl/kube-score/cmd/kube-score")
}

// BuildKrew builds kubectl's plugin manager and its validator of manifests, and sets
// their folder. It takes some seconds, because they share what [Build] has compiled.
func (p *Paths) BuildKrew(ctx context.Context) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return fmt.Errorf("no folder to keep built programs in: %w", err)
	}
	module := filepath.Join(p.Root, "e2e", "krew")
	version, err := goOutput(ctx, module, "list", "-m", "-f", "{{.Version}}", "sigs.k8s.io/krew")
	if err != nil {
		return err
	}
	p.Krew = filepath.Join(cache, "kreconcile-e2e", "krew-"+version)
	// kubectl finds it by this name.
	if err := p.build(ctx, module, filepath.Join(p.Krew, "kubectl-krew"), "sigs.k8s.io/krew/cmd/krew"); err != nil {
		return err
	}
	return p.build(ctx, module, filepath.Join(p.Krew, "validate-krew-manifest"), "sigs.k8s.io/krew/cmd/validate-krew-manifest")
}

// BuildPrevious builds the older kube-apiserver of the module e2e/previous, and sets
// its path. With a cold build cache it takes five to ten minutes.
func (p *Paths) BuildPrevious(ctx context.Context) error {
	module := filepath.Join(p.Root, "e2e", "previous")
	k, err := kubernetes(ctx, module)
	if err != nil {
		return err
	}
	p.PreviousAPIServer = filepath.Join(k.dir, "kube-apiserver")
	return p.build(ctx, module, p.PreviousAPIServer, "k8s.io/kubernetes/cmd/kube-apiserver", k.stamp)
}

// BuildAdapter builds the adapter for metrics, and sets its path. It takes less than
// a minute, because it shares what [Build] has compiled.
func (p *Paths) BuildAdapter(ctx context.Context) error {
	p.TestAdapter = filepath.Join(filepath.Dir(p.KubeAPIServer), "test-adapter")
	return p.build(ctx, filepath.Join(p.Root, "e2e", "tools"), p.TestAdapter, "sigs.k8s.io/custom-metrics-apiserver/test-adapter")
}

// BuildArgoCD builds the program of the module e2e/argocd, and sets its path. It takes less
// than a minute, because it shares what [Build] has compiled.
func (p *Paths) BuildArgoCD(ctx context.Context) error {
	// One program for each work tree, because no version pins it.
	p.ArgoCD = p.Kreconcile + "-argocd"
	return p.build(ctx, filepath.Join(p.Root, "e2e", "argocd"), p.ArgoCD, ".")
}

// kubernetesOf is the Kubernetes that a module pins.
type kubernetesOf struct {
	version string
	// dir is the folder for its programs.
	dir string
	// stamp is the linker's flag that writes the version into them. Otherwise, a
	// kube-apiserver calls itself v0.0.0-master.
	stamp string
}

func kubernetes(ctx context.Context, module string) (kubernetesOf, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return kubernetesOf{}, fmt.Errorf("no folder to keep built programs in: %w", err)
	}
	version, err := goOutput(ctx, module, "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes")
	return kubernetesOf{
		version: version,
		// One folder for each version, for all work trees: the go command replaces a
		// program there only if it differs.
		dir:   filepath.Join(cache, "kreconcile-e2e", "kubernetes-"+version),
		stamp: "-X k8s.io/component-base/version.gitVersion=" + version,
	}, err
}

// build builds one program, without tables for a debugger.
func (p *Paths) build(ctx context.Context, dir, output, pkg string, stamps ...string) error {
	return Go(ctx, dir, output, pkg, append(slices.Clone(p.flags), "-ldflags=-w "+strings.Join(stamps, " "))...)
}

// Go builds one program from a package of the module in dir.
func Go(ctx context.Context, dir, output, pkg string, flags ...string) error {
	start := time.Now()
	// Without -p, there would be one compiler at a time, because of GOMAXPROCS.
	args := append([]string{"build", "-p=" + strconv.Itoa(runtime.NumCPU()), "-o", output}, flags...)
	_, err := goOutput(ctx, dir, append(args, pkg)...)
	if took := time.Since(start); err == nil && took > 10*time.Second {
		fmt.Printf("built %s in %s\n", filepath.Base(output), took.Round(time.Second))
	}
	return err
}

// Require says which of the named commands are missing, and how to get them.
func Require(names ...string) error {
	packages := map[string]string{
		"go": "Go, from https://go.dev/dl", "cmark-gfm": "the package cmark-gfm", "curl": "the package curl",
		"git": "the package git", "ip": "the package iproute2", "make": "the package make",
		"xmllint": "the package libxml2-utils",
	}
	var missing []error
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, fmt.Errorf("the end-to-end tests need the command %q: install %s", name, packages[name]))
		}
	}
	return errors.Join(missing...)
}

// moduleDir returns the folder of the main module, from any folder of a module that
// requires it.
func moduleDir(ctx context.Context) (string, error) {
	return goOutput(ctx, "", "list", "-m", "-f", "{{.Dir}}", "github.com/kreconcile/kreconcile")
}

func goOutput(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	// The go command must read the go.mod of dir and no workspace above it.
	// Compilers take a sixth less processor time if each has one processor and collects no
	// garbage before it has two gigabytes.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOMAXPROCS=1", "GOGC=off", "GOMEMLIMIT=2GiB")
	if dir != "" {
		cmd.Env = append(cmd.Env, "PWD="+dir)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}
