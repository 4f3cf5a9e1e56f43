// Package cluster runs a real control plane for tests: one etcd and one
// kube-apiserver with TLS, RBAC and service account keys, all on loopback and
// with their data below one folder.
//
// There is no controller manager, no scheduler and no node: nothing makes a
// default ServiceAccount, and no Pod ever runs. Processes end with [Cluster.Stop]
// and, whatever happens to the program that started them, with that program.
package cluster
