// Package previous pins a kube-apiserver one release older than that of tools, and
// the etcd of that release, with the dependencies that they were released with. The
// etcd serves the newer release, too, as it does in the middle of an upgrade. It
// holds no code.
package previous
