// Package pod shows a process what a Pod sees: a service account folder laid out
// as the kubelet does, the environment of a Pod, and, in network and mount
// namespaces of its own, the API server at its address inside the cluster.
//
// It starts no container and pulls no image: the root file system is an empty one
// with the program in it, or a folder that an image was unpacked into. Nothing
// outside the namespaces is mounted, and no traffic leaves them but through one
// Unix socket to the API server on loopback, and none comes in but to one port that
// the process is asked for.
package pod
