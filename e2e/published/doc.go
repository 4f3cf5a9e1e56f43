// Package published returns files of released Go modules: the schemas and custom
// resource definitions that other projects publish, and by which kreconcile's output
// and manifests are checked. It copies none of them into this repository.
package published
