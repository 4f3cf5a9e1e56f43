// Package generate tests what kreconcile generate makes of manifests that others publish. It needs no
// cluster: releases of Kubernetes and CustomResourceDefinitions judge the declarations.
package generate
