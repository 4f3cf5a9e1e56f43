// Package crds pins the modules whose custom resource definitions the end-to-end tests install.
// The definitions are YAML files of these modules. It holds no code.
package crds

import (
	// go mod tidy keeps only modules that are imported.
	_ "github.com/cert-manager/cert-manager/pkg/apis/acme"
	_ "github.com/prometheus-operator/prometheus-operator/pkg/versionutil"
	_ "sigs.k8s.io/gateway-api/pkg/consts"
)
