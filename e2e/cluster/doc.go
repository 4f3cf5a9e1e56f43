// Package cluster runs a real control plane for tests: one etcd and one
// kube-apiserver with TLS, RBAC and service account keys, all on loopback and with
// their data in one folder.
//
// There is no controller manager, no scheduler and no node: nothing makes a default
// ServiceAccount, and no Pod ever runs. Processes end with [Cluster.Stop], or with
// the program that started them, however that ends.
package cluster
