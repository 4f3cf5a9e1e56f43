// Package previous pins a kube-apiserver one release older than that of tools, and
// the etcd of that release, with the dependencies of their release. The etcd also
// serves the newer release, as during an upgrade. It holds no code.
package previous
