// Package node runs a container of a Pod as a cluster's node does: it lays out the
// volumes and the environment from the API server's objects, runs the container, and
// reports how it ended.
//
// It replaces the kubelet. What runs is what the server returned, after defaults and
// admission, and not what a file says. A field that would change how the container
// runs, and that the package does not know, is an error. The package also computes
// the Job controller's reaction to such a Pod.
package node
