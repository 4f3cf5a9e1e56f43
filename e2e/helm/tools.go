// Package helm pins the Helm releases that the end-to-end tests run, Helm 3 and Helm
// 4, which need other versions of Kubernetes' modules than those tests. It holds no
// code.
package helm
