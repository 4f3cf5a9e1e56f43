// Command argocd syncs manifests to a cluster as Argo CD's application controller
// does, with Argo CD's own engine: its order of phases and waves, its hooks with
// their delete policies, its health checks, and the comparison that says Synced or
// OutOfSync.
//
//	argocd [flags] < manifests
//
// It reads one Application's manifests, and writes the result as JSON. What the
// controller adds to the engine is repeated here in a few lines, each with its
// source. There is no Git, no server and no project.
package main
