// Package flux pins what the end-to-end tests run of Flux: kustomize-controller, and the
// types of HelmRelease, which its custom resource definition is generated from. It holds no
// code.
package flux

import (
	// The module of helm-controller itself, which has the definition as a file, is not on the
	// module proxy.
	_ "github.com/fluxcd/helm-controller/api/v2"
)
