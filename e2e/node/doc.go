// Package node does with a Pod what a node of a cluster does: it lays out the volumes
// and the environment of one container by what the API server says, runs it, and
// reports how it ended.
//
// It stands in for the kubelet where there is none, so that what is run is what a server
// was given, after its defaults and its admission, and not what a file says. A field that
// would change how the container runs, and that it does not know how to play, is an
// error. It also plays the Job controller's verdict on such a Pod, and what comes of it.
package node
