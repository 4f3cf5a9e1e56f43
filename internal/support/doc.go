// Package support computes which releases of Kubernetes satisfy a declaration, the kubeVersion of a Helm chart
// that allows these, and what a chart's own kubeVersion promises beyond them.
//
// It judges nothing, reads no file and prints nothing: it gets the plan of each release. Releases that nobody
// judged are neither allowed nor refused for a reason.
package support
