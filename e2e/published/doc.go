// Package published gives files out of released Go modules: the schemas and
// custom resource definitions that other projects publish, and that kreconcile's
// output and manifests are held against. It copies none of them into this
// repository.
package published
