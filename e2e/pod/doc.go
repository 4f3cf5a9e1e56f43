// Package pod runs a process as in a Pod: with a service account folder laid out as
// the kubelet does, the environment of a Pod, and, in its own network and mount
// namespaces, the API server at its address inside the cluster.
//
// It starts no container and pulls no image: the root file system is empty but for
// the program, or an unpacked image. Nothing outside the namespaces is mounted.
// Traffic leaves them only through one Unix socket to the API server on loopback, and
// enters them only to one port that the caller chooses.
package pod
