// Package manifest reads manifests of Kubernetes objects, in YAML or JSON, as a stream: many
// documents, the items of lists, and the output of helm template. Each object has the file, the
// document and the line that it comes from. [Objects] does that.
//
// Of manifests of CustomResourceDefinitions it makes [CRDs], which say what an API server serves
// after they are applied. They are laid over a [discovery.Snapshot], so that package apply judges
// the two as one cluster.
//
// It opens no file and asks no server, and it judges nothing. It checks of a definition what it
// needs, and not all that an API server checks.
package manifest
