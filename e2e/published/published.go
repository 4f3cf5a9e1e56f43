package published

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// File is a file of one version of a module.
type File struct {
	// Module is the module's path, and Version its version.
	Module, Version string
	// Sum is the hash of the module's content, as in go.sum.
	Sum string
	// Path is the file's path inside the module, with slashes.
	Path string
}

// SARIF is the JSON schema of SARIF 2.1.0.
//
// Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
func SARIF() File {
	return File{
		Module: "github.com/securego/gosec/v2", Version: "v2.30.0", Sum: "h1:67aF6LHa7SAL6QEc4es857GrXTT50gUqmrl0XPhtDx0=",
		Path: "report/sarif/testdata/sarif-schema-2.1.0.json",
	}
}

// JUnit is the XML schema of JUnit's reports.
func JUnit() File {
	return File{
		Module: "github.com/yannh/kubeconform", Version: "v0.8.0", Sum: "h1:loDYd3a3spjIFrauqW67CDKF55Oo9R6uvC8AvpVd4ug=",
		Path: "fixtures/junit.xsd",
	}
}

// TektonTask is the custom resource definition of Tekton's tasks.
func TektonTask() File { return tekton("config/300-crds/300-task.yaml") }

// TektonPipeline is the custom resource definition of Tekton's pipelines.
func TektonPipeline() File { return tekton("config/300-crds/300-pipeline.yaml") }

// TektonTaskRun is the custom resource definition of Tekton's runs of a task.
func TektonTaskRun() File { return tekton("config/300-crds/300-taskrun.yaml") }

func tekton(path string) File {
	return File{
		Module: "github.com/tektoncd/pipeline", Version: "v1.9.0", Sum: "h1:f/5Vwq1bF4eQQk3hiE7Y5fMvq1nJRTxqqhq5E9YZBeQ=",
		Path: path,
	}
}

// FluxKustomization is the custom resource definition of Flux's Kustomization, in the
// release that the module e2e/flux pins.
func FluxKustomization() File {
	return File{
		Module: "github.com/fluxcd/kustomize-controller", Version: "v1.9.6", Sum: "h1:XB+G3A0mky0j5uVHZWv4oSlS2RvZBoNIUhstIvY0JKE=",
		Path: "config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml",
	}
}

// FluxSource is the custom resource definition of one of Flux's sources, by its plural.
func FluxSource(plural string) File {
	return File{
		Module: "github.com/fluxcd/source-controller", Version: "v1.9.6", Sum: "h1:nG534/bI6nVpyHra7ONAk6xDB3xPsVT+EOLHZHXPrrc=",
		Path: "config/crd/bases/source.toolkit.fluxcd.io_" + plural + ".yaml",
	}
}

// ArgoCDApplication is the custom resource definition of Argo CD's Applications.
func ArgoCDApplication() File { return argoCD("manifests/crds/application-crd.yaml") }

// ArgoCDHealth is the page of Argo CD's manual about health checks.
func ArgoCDHealth() File { return argoCD("docs/operator-manual/health.md") }

func argoCD(path string) File {
	return File{
		Module: "github.com/argoproj/argo-cd/v3", Version: "v3.5.7", Sum: "h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0=",
		Path: path,
	}
}

// OldGateway is the custom resource definition of the Gateway API's Gateway, of an older release than the
// module e2e/crds pins.
func OldGateway() File {
	return File{
		Module: "sigs.k8s.io/gateway-api", Version: "v1.4.0", Sum: "h1:ZwlNM6zOHq0h3WUX2gfByPs2yAEsy/EenYJB78jpQfQ=",
		Path: "config/crd/experimental/gateway.networking.k8s.io_gateways.yaml",
	}
}

// OldCertificate is the custom resource definition of cert-manager's Certificate, of an older release than
// the module e2e/crds pins.
func OldCertificate() File {
	return File{
		Module: "github.com/cert-manager/cert-manager", Version: "v1.19.0", Sum: "h1:pPKtK06zPriliwq7B12xa7DGKbc4SvnfOjE0BXaAspk=",
		Path: "deploy/crds/cert-manager.io_certificates.yaml",
	}
}

// CycloneDX is the JSON schema of CycloneDX 1.6, in a folder with the schemas that it
// refers to.
//
// Source: https://cyclonedx.org/docs/1.6/json/
func CycloneDX() File {
	return File{
		Module: "github.com/CycloneDX/cyclonedx-go", Version: "v0.12.0", Sum: "h1:/7Jum36UA6V043tQZ/fE3jf+Nf9gn/qxUFfd7QReMy8=",
		Path: "schema/bom-1.6.schema.json",
	}
}

// Fetch returns the path of the file in the module cache. The go command downloads
// the module if it is not there. A module whose content does not match the sum is an
// error.
func (f File) Fetch(ctx context.Context) (string, error) {
	// Outside any module, so that no go.mod or go.sum changes.
	dir, err := os.MkdirTemp("", "published")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", f.Module+"@"+f.Version)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "PWD="+dir)
	// The document also describes the error.
	out, runErr := cmd.Output()
	var answer struct{ Dir, Sum, Error string }
	if err := json.Unmarshal(out, &answer); err != nil {
		return "", fmt.Errorf("go mod download %s@%s: %w", f.Module, f.Version, runErr)
	}
	switch {
	case answer.Error != "":
		return "", fmt.Errorf("go mod download %s@%s: %s", f.Module, f.Version, answer.Error)
	case runErr != nil:
		return "", fmt.Errorf("go mod download %s@%s: %w", f.Module, f.Version, runErr)
	case answer.Sum != f.Sum:
		return "", fmt.Errorf("%s@%s has the sum %s, and not %s", f.Module, f.Version, answer.Sum, f.Sum)
	}
	path := filepath.Join(answer.Dir, filepath.FromSlash(f.Path))
	_, err = os.Stat(path)
	return path, err
}
