package programs

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// BuildKustomizeController builds Flux's, and sets its path. With a cold build cache it takes
// two minutes.
func (p *Paths) BuildKustomizeController(ctx context.Context) error {
	const controller = "github.com/fluxcd/kustomize-controller"
	path, module, err := p.flux(ctx, controller)
	if err != nil {
		return err
	}
	p.KustomizeController = filepath.Join(path, "kustomize-controller")
	return p.build(ctx, module, p.KustomizeController, controller)
}

// GenerateHelmRelease generates the custom resource definition of Flux's HelmRelease, and sets
// its path.
func (p *Paths) GenerateHelmRelease(ctx context.Context) error {
	const types = "github.com/fluxcd/helm-controller/api"
	path, module, err := p.flux(ctx, types)
	if err != nil {
		return err
	}
	p.HelmReleaseCRD = filepath.Join(path, "helm.toolkit.fluxcd.io_helmreleases.yaml")
	generator := filepath.Join(path, "controller-gen")
	if err := p.build(ctx, module, generator, "sigs.k8s.io/controller-tools/cmd/controller-gen"); err != nil {
		return err
	}
	// helm-controller's own Makefile makes the file of its releases in this way.
	generate := exec.CommandContext(ctx, generator, "crd", "paths="+types+"/v2", "output:crd:dir="+path)
	generate.Dir, generate.Env = module, append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := generate.CombinedOutput(); err != nil {
		return fmt.Errorf("controller-gen: %w\n%s", err, out)
	}
	return nil
}

// flux returns a folder for what is built from one of Flux's modules, and the folder of e2e/flux.
func (p *Paths) flux(ctx context.Context, of string) (dir, module string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", "", fmt.Errorf("no folder to keep built programs in: %w", err)
	}
	module = filepath.Join(p.Root, "e2e", "flux")
	version, err := goOutput(ctx, module, "list", "-m", "-f", "{{.Version}}", of)
	return filepath.Join(cache, "kreconcile-e2e", strings.ReplaceAll(strings.TrimPrefix(of, "github.com/"), "/", "-")+"-"+version), module, err
}
