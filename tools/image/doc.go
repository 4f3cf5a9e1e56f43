// Command image makes the container image of kreconcile or of kubectl-kreconcile: an OCI
// image layout with one image for each static binary, and a CycloneDX SBOM for each. It
// can also make only the SBOM.
//
//	image -o dist/image dist/kreconcile_linux_amd64 dist/kreconcile_linux_arm64
//	image -sbom bin/kreconcile
//
// Everything that it says about a binary (version, commit, time, modules) is what the
// go command recorded in it, so that an image never disagrees with its program. The
// same binaries give the same bytes. It builds no binary, and uses no registry and no
// container engine.
package main
