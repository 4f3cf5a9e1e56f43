// Package programs builds the programs that the end-to-end tests run: kube-apiserver,
// kubectl and an aggregated API server at the versions that the module e2e/tools
// pins, etcd and an older kube-apiserver that e2e/previous pins, Flux's
// kustomize-controller that e2e/flux pins, and kreconcile from the work tree.
//
// It builds with the go command and keeps the results in the user's cache folder, so
// that a second run links nothing. It starts none of them.
package programs
